/** What an engine and its process say to each other (structured clone over the process channel). */

export type EngineRequest =
  | { readonly kind: "open"; readonly settings: Readonly<Record<string, string>> }
  /** Runs statements; the last one's rows come in batches, each but the first to be asked for. One that fails is the last to run. */
  | {
      readonly kind: "run";
      readonly id: number;
      /** Run before the others; no one sees their rows. */
      readonly first: readonly string[];
      readonly sql: string;
      readonly parameters?: readonly string[] | undefined;
    }
  | { readonly kind: "next"; readonly id: number }
  | { readonly kind: "cancel"; readonly id: number };

export type EngineResponse =
  | { readonly kind: "opened" }
  | { readonly kind: "columns"; readonly id: number; readonly columns: readonly EngineColumn[] }
  | { readonly kind: "rows"; readonly id: number; readonly rows: readonly (readonly EngineValue[])[] }
  | { readonly kind: "end"; readonly id: number }
  | { readonly kind: "failed"; readonly id: number; readonly message: string };

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
