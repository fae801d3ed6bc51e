/**
 * The messages between an engine process and the process that started it, sent over the process channel by structured
 * clone.
 */
import type { ErrorCode } from "../errors.ts";

export type EngineRequest =
  /** Makes an instance under a number that the sender chose and runs `first` in it. */
  | {
      readonly kind: "open";
      readonly id: number;
      readonly instance: number;
      readonly settings: Readonly<Record<string, string>>;
      readonly first: readonly string[];
    }
  /** Closes an instance. There is no answer. */
  | { readonly kind: "close"; readonly instance: number }
  /**
   * Runs statements. The rows of the last one are sent in batches, each of which except the first must be asked for.
   * After a failed statement, no more are run.
   */
  | {
      readonly kind: "run";
      readonly id: number;
      readonly instance: number;
      /** Statements to run before `sql`. Their rows are not returned. */
      readonly first: readonly string[];
      readonly sql: string;
      readonly parameters?: readonly string[] | undefined;
    }
  /** Runs a task that the process was started with, beside an instance. */
  | {
      readonly kind: "call";
      readonly id: number;
      readonly instance: number;
      readonly task: string;
      readonly input: unknown;
    }
  | { readonly kind: "next"; readonly id: number }
  | { readonly kind: "cancel"; readonly id: number };

export type EngineResponse =
  | { readonly kind: "columns"; readonly id: number; readonly columns: readonly EngineColumn[] }
  | { readonly kind: "rows"; readonly id: number; readonly rows: readonly (readonly EngineValue[])[] }
  /** The last response for its id. `value` is the answer of a call. */
  | { readonly kind: "end"; readonly id: number; readonly value?: unknown }
  | {
      readonly kind: "failed";
      readonly id: number;
      readonly message: string;
      readonly error?: EngineError | undefined;
    };

/** An operating error of a task, as plain data that can pass between processes. */
export interface EngineError {
  readonly code: ErrorCode;
  readonly place: string | undefined;
  readonly message: string;
  readonly remedy: string;
}

export interface EngineColumn {
  readonly name: string;
  /** The type in DuckDB's notation: `DECIMAL(12,2)`. */
  readonly type: string;
}

/**
 * An exact value from the engine. Whole numbers are numbers (`bigint` beyond 2^53), decimals are texts that keep their
 * scale, floats are numbers or the texts `NaN`, `Infinity`, `-Infinity`. Dates and times are ISO 8601 texts (instants
 * in UTC, ending in Z). Bytes are hexadecimal digits, and geometries those of their WKB. Lists are arrays, structs are
 * objects, maps are lists of `{ key, value }`, and variants are the values they contain.
 */
export type EngineValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly EngineValue[]
  | { readonly [name: string]: EngineValue };
