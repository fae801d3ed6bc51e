/**
 * The one way to an operation, for every door and for the command line: decides whether the caller may perform it on
 * the resources that the input names, parses the input, runs the operation, and notifies the listener of `Context` how
 * it ended.
 * Invariant: a caller who may not read rows receives no value of a row, in a result, an item or an error message.
 */
import { toHeadgateError } from "../base/present-error.ts";
import { withoutRowValues, withRowValues } from "../base/row-values.ts";
import { HeadgateError } from "../errors.ts";
import { decide, type Decision } from "../governance/decide.ts";
import { lake, type Resource } from "../governance/resource.ts";
import type { Principal } from "../identity/principal.ts";
import { withChecks } from "./check-answer.ts";
import type { Context } from "./context.ts";
import type { Listener, Operation } from "./operation.ts";
import { checkInput } from "./parse-input.ts";
import type { Performed } from "./performed.ts";

/** The part of the context that performing needs, in addition to what the operation uses. */
type Hearing = Pick<Context, "onPerformed" | "checksAnswers">;

export interface Asked<Input, Output> {
  readonly operation: Operation<Input, Output>;
  readonly principal: Principal;
  /** Not parsed yet. */
  readonly input: unknown;
}

/** An operation that was admitted and may be run once. */
export interface Admitted<Output> {
  /** Throws what the work throws, as a HeadgateError. */
  run(listener: Listener): Promise<Output>;
}

/** Throws what `admit` throws and what the work throws, as a HeadgateError. */
export async function perform<Input, Output>(
  context: Context,
  asked: Asked<Input, Output> & { readonly listener: Listener },
): Promise<Output> {
  return admit(context, asked).run(asked.listener);
}

/** Throws NOT_ALLOWED or PASSWORD_MUST_CHANGE, and USAGE only to callers who may perform the operation. */
export function admit<Input, Output>(
  context: Context,
  { operation, principal, input }: Asked<Input, Output>,
): Admitted<Output> {
  const { name, action } = operation;
  const checked = checkInput(name, operation.input, input);
  const resources = (checked.isFit ? operation.resources?.(checked.input) : undefined) ?? [lake];
  const decision = permit(context, { principal, operation: name, action, resources });
  if (!checked.isFit) throw checked.mistake;
  checkNames(name, resources);
  return {
    run: (listener) => {
      const checkedOperation = context.checksAnswers === true ? withChecks(operation) : operation;
      const work = () =>
        checkedOperation.run(context, checked.input, { ...listenerFor(principal, listener), principal });
      return told(context, { principal, operation: name, action, resources, decision }, work);
    },
  };
}

/** PostgreSQL cannot store U+0000, so no name contains it. Throws USAGE. */
function checkNames(place: string, resources: readonly Resource[]): void {
  if (!resources.some((resource) => Object.values(resource).some((text) => text.includes("\0")))) return;
  throw new HeadgateError("USAGE", {
    place,
    message: "a name contains the character U+0000, which no name may contain",
  });
}

/**
 * For what a door offers besides operations: decides, and reports a refusal. Throws NOT_ALLOWED, PASSWORD_MUST_CHANGE.
 */
export function permit(
  { onPerformed }: Hearing,
  asked: Pick<Performed, "principal" | "operation" | "action" | "resources">,
): Decision {
  const decision = decide(asked.principal, asked.action, asked.resources);
  if (decision.allowed) return decision;
  onPerformed?.({ ...asked, decision, outcome: "refused", milliseconds: 0 });
  throw refusal(decision);
}

function refusal({ code, because }: Extract<Decision, { allowed: false }>): HeadgateError {
  return new HeadgateError(code, { message: because });
}

async function told<Output>(
  { onPerformed }: Hearing,
  asked: Omit<Performed, "outcome" | "milliseconds">,
  work: () => Promise<Output>,
): Promise<Output> {
  const began = performance.now();
  const tell = (outcome: Performed["outcome"]): void =>
    onPerformed?.({ ...asked, outcome, milliseconds: performance.now() - began });
  try {
    const answer = await work();
    tell("done");
    return mayRead(asked.principal) ? withRowValues(answer) : withoutRowValues(answer);
  } catch (failure) {
    const known = toHeadgateError(failure);
    tell(known.code);
    throw mayRead(asked.principal) ? withWords(known) : withoutWords(known);
  }
}

/**
 * Items are either rows, which only those who may read them receive, or entries of the ledger, which contain no values.
 */
function listenerFor(principal: Principal, listener: Listener): Listener {
  if (mayRead(principal)) return listener;
  return { ...listener, emit: (item) => listener.emit(withoutRowValues(item)) };
}

function mayRead(principal: Principal): boolean {
  return decide(principal, "read", [lake]).allowed;
}

function withWords(failure: HeadgateError): HeadgateError {
  return failure.quoted === undefined ? failure : said(failure, failure.quoted);
}

function withoutWords(failure: HeadgateError): HeadgateError {
  return failure.quoted === undefined ? failure : said(failure, failure.message);
}

function said({ code, place, remedy, cause, stack }: HeadgateError, message: string): HeadgateError {
  const failure = new HeadgateError(code, { place, remedy, message, cause });
  if (stack !== undefined) failure.stack = stack;
  return failure;
}
