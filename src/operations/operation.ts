/**
 * An operation: something that a person or program may ask of Headgate, however they ask. The command line and the HTTP
 * door reach the same operations through perform.ts. An operation declares its input and the resources it works on,
 * does its work through the layers below, and returns plain JSON data.
 */
import type { z } from "zod";
import type { Report } from "../base/progress.ts";
import type { ErrorCode } from "../errors.ts";
import type { Asking } from "../governance/asking.ts";
import type { Action } from "../governance/decide.ts";
import type { Resource } from "../governance/resource.ts";
import type { Principal } from "../identity/principal.ts";
import type { AccessCheck } from "./access-watch.ts";
import type { Context } from "./context.ts";
import type { RecordedFacts } from "./performed.ts";

/** Receives what an operation reports while it runs. */
export interface Listener {
  readonly report: Report;
  /** Sends one item of a result that is too large to return at once; resolves when the caller is ready for more. */
  emit(item: unknown): Promise<void>;
  /** The size of the items that were sent so far; absent where they are not sent but printed. */
  readonly sentBytes?: (() => number) | undefined;
  /** Aborted when the caller disconnects. */
  readonly signal: AbortSignal;
}

/** One call: the caller, and where its reports go. */
export interface Call extends Listener {
  readonly principal: Principal;
  /** For decisions about things that the input does not name. */
  readonly asking: Asking;
  /** Ends the call, through its signal, when a right that it depends on has ended. */
  follow(check: AccessCheck): void;
  /**
   * Adds facts to this call's entry in the audit log, such as the rights that were granted; `isSelfGrant` flags a right
   * that the caller granted to themselves. They must not contain a password, a key or a value of a row.
   */
  record(facts: RecordedFacts): void;
}

export interface Operation<Input, Output> {
  /** Dotted, as in the HTTP path: `source.add`. */
  readonly name: string;
  readonly summary: string;
  /** The action that the caller must be allowed to perform. */
  readonly action: Action;
  /** Whether it changes something, for the audit log. By default it does unless its action is `watch` or `read`. */
  readonly changes?: boolean | undefined;
  /** Whether its names of tables also mean views. Without it, a view is no table that it could find. */
  readonly seesViews?: boolean | undefined;
  /** Whether its names also mean tables that the caller may only browse: to ask for what the search has found. */
  readonly seesBrowsable?: boolean | undefined;
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
