/** The messages between an engine process and the one that started it (structured clone over the process channel). */
import type { ErrorCode } from "../errors.ts";

export type EngineRequest =
  /** Makes an instance under a number that the other side chose; `first` runs in it. */
  | {
      readonly kind: "open";
      readonly id: number;
      readonly instance: number;
      readonly settings: Readonly<Record<string, string>>;
      readonly first: readonly string[];
    }
  /** Gives an instance up. There is no answer. */
  | { readonly kind: "close"; readonly instance: number }
  /** Runs statements; the last one's rows come in batches, each but the first to be asked for. One that fails is the last to run. */
  | {
      readonly kind: "run";
      readonly id: number;
      readonly instance: number;
      /** Run before the others; no one sees their rows. */
      readonly first: readonly string[];
      readonly sql: string;
      readonly parameters?: readonly string[] | undefined;
    }
  /** Does a piece of work that the process was started with, beside an instance. */
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
  /** The last one for its id; `value` is what a call answers. */
  | { readonly kind: "end"; readonly id: number; readonly value?: unknown }
  | {
      readonly kind: "failed";
      readonly id: number;
      readonly message: string;
      readonly error?: EngineError | undefined;
    };

/** An operating error of a piece of work, taken apart to pass between processes. */
export interface EngineError {
  readonly code: ErrorCode;
  readonly place: string | undefined;
  readonly message: string;
  readonly remedy: string;
}

export interface EngineColumn {
  readonly name: string;
  /** As DuckDB writes it: `DECIMAL(12,2)`. */
  readonly type: string;
}

/**
 * A value as it leaves the engine, exact: whole numbers are numbers (`bigint` beyond 2^53), decimals texts that keep their scale,
 * floats numbers or `NaN`, `Infinity`, `-Infinity` as text, dates and times ISO 8601 texts (instants in UTC, ending in Z), bytes
 * hexadecimal digits and geometries those of their WKB, lists arrays, structs objects, maps lists of `{ key, value }`, variants
 * what is in them.
 */
export type EngineValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly EngineValue[]
  | { readonly [name: string]: EngineValue };
