/**
 * An operation: something that a person or program may ask of Headgate, however they ask. The command line and the HTTP
 * door reach the same operations through perform.ts. An operation declares its input and the resources it works on,
 * does its work through the layers below, and returns plain JSON data.
 */
import type { z } from "zod";
import type { Report } from "../base/progress.ts";
import type { ErrorCode } from "../errors.ts";
import type { Action } from "../governance/decide.ts";
import type { Resource } from "../governance/resource.ts";
import type { Principal } from "../identity/principal.ts";
import type { Context } from "./context.ts";

/** Receives what an operation reports while it runs. */
export interface Listener {
  readonly report: Report;
  /** Sends one item of a result that is too large to return at once; resolves when the caller is ready for more. */
  emit(item: unknown): Promise<void>;
  /** Aborted when the caller disconnects. */
  readonly signal: AbortSignal;
}

/** One call: the caller, and where its reports go. */
export interface Call extends Listener {
  readonly principal: Principal;
}

export interface Operation<Input, Output> {
  /** Dotted, as in the HTTP path: `source.add`. */
  readonly name: string;
  readonly summary: string;
  /** The action that the caller must be allowed to perform. */
  readonly action: Action;
  /** True if the operation can begin a lake: its command creates the data directory if there is none. */
  readonly creates?: boolean | undefined;
  readonly input: z.ZodType<Input>;
  /** Schema of the answer. The OpenAPI document and the client include it, and tests check every answer against it. */
  readonly output: z.ZodType<Output>;
  /** Schema of one streamed item; absent if there are none. */
  readonly item?: z.ZodType | undefined;
  /** Errors that it can answer, in addition to `usualErrors`. */
  readonly errors: readonly ErrorCode[];
  /** The resources that the input names; by default the whole lake. */
  resources?(input: Input): readonly Resource[];
  run(context: Context, input: Input, call: Call): Promise<Output>;
}

/** Any operation, for code that treats all alike; its input has passed its own schema. */
export type AnyOperation = Operation<unknown, unknown>;

/** Keeps the types of input and output together with the definition. */
export function operation<Input, Output>(definition: Operation<Input, Output>): Operation<Input, Output> {
  return definition;
}
