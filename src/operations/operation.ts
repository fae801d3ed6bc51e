/**
 * What a person or program may ask of Headgate, independent of how they ask: the command line and the HTTP door reach the same
 * operations through perform.ts. An operation says what it takes and what it works on, does its work through the layers below and
 * returns plain JSON data.
 */
import type { z } from "zod";
import type { Report } from "../base/progress.ts";
import type { ErrorCode } from "../errors.ts";
import type { Action } from "../governance/decide.ts";
import type { Resource } from "../governance/resource.ts";
import type { Principal } from "../identity/principal.ts";
import type { Context } from "./context.ts";

/** What the asker hears while the operation runs. */
export interface Listener {
  readonly report: Report;
  /** Hands over one item of a result too large to return at once; resolves when the asker is ready for more. */
  emit(item: unknown): Promise<void>;
  /** Aborted when the asker goes away. */
  readonly signal: AbortSignal;
}

/** One call: who asks, and what they hear. */
export interface Call extends Listener {
  readonly principal: Principal;
}

export interface Operation<Input, Output> {
  /** Dotted, as in the HTTP path: `source.add`. */
  readonly name: string;
  readonly summary: string;
  /** What who asks must be allowed to do. */
  readonly action: Action;
  /** True where it begins a lake: a command that does makes the data directory when there is none. */
  readonly creates?: boolean | undefined;
  readonly input: z.ZodType<Input>;
  /** Of the answer. The OpenAPI document and the client have it, and tests check every answer against it. */
  readonly output: z.ZodType<Output>;
  /** Of one item that is handed over while the work goes on; absent where none is. */
  readonly item?: z.ZodType | undefined;
  /** What it can answer with instead, beside `usualErrors`. */
  readonly errors: readonly ErrorCode[];
  /** What the input names; the whole lake where it names nothing. */
  resources?(input: Input): readonly Resource[];
  run(context: Context, input: Input, call: Call): Promise<Output>;
}

/** Any of them, for what treats all alike: its input is what its own schema let through. */
export type AnyOperation = Operation<unknown, unknown>;

/** Keeps the types of input and output together with the definition. */
export function operation<Input, Output>(definition: Operation<Input, Output>): Operation<Input, Output> {
  return definition;
}
