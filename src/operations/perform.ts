/**
 * The one way to an operation, for every door and for the command line: decides whether the caller may perform it on
 * the resources that the input names, parses the input, runs the operation, and notifies the listener of `Context` how
 * it ended.
 * Invariant: a caller who may not read rows receives no value of a row, in a result, an item or an error message.
 */
import { toHeadgateError } from "../base/present-error.ts";
import { withoutRowValues, withRowValues } from "../base/row-values.ts";
import { catalogIn } from "../catalog/catalog.ts";
import { mainAccount } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { askingOf, type Asking } from "../governance/asking.ts";
import { administersOwn, decideFor, withThoseInTrust, type Action, type Decision } from "../governance/decide.ts";
import { lake, visible, type Resource } from "../governance/resource.ts";
import type { Securable } from "../governance/securable.ts";
import { isInTrust } from "../governance/share.ts";
import { isWhole } from "../governance/table-access.ts";
import type { Principal } from "../identity/principal.ts";
import { stillAllowed, watchAccess } from "./access-watch.ts";
import { withChecks } from "./check-answer.ts";
import type { Context } from "./context.ts";
import { orDangling } from "./links/or-dangling.ts";
import { catalogForWork, catalogOfOwnNames, governedCatalog } from "./governed-catalog.ts";
import { locateAll, mayKnow } from "./locate.ts";
import type { Listener, Operation } from "./operation.ts";
import { checkInput } from "./parse-input.ts";
import { storable } from "./storable.ts";
import type { Performed, RecordedFacts } from "./performed.ts";
import { knowsAll, mayInAllAccounts } from "./scope.ts";

export interface Asked<Input, Output> {
  readonly operation: Operation<Input, Output>;
  readonly principal: Principal;
  /** Not parsed yet. */
  readonly input: unknown;
}

/** An operation that was admitted and may be run once. */
export interface Admitted<Output> {
  /** Aborted, with the error to send, when the caller loses the right to the answer while it is being given. */
  readonly ended: AbortSignal;
  /** Throws what the work throws, as a HeadgateError. */
  run(listener: Listener): Promise<Output>;
}

/** Throws what `admit` throws and what the work throws, as a HeadgateError. */
export async function perform<Input, Output>(
  context: Context,
  asked: Asked<Input, Output> & { readonly listener: Listener },
): Promise<Output> {
  return (await admit(context, asked)).run(asked.listener);
}

/**
 * Throws NOT_ALLOWED or PASSWORD_MUST_CHANGE, TABLE_NOT_FOUND to callers who may not know about a table, and USAGE. An input
 * that does not fit names nothing, so its mistake is told to whoever may do such a thing with anything at all; everybody else
 * is refused as for an input that fits.
 */
export async function admit<Input, Output>(
  context: Context,
  { operation, principal, input }: Asked<Input, Output>,
): Promise<Admitted<Output>> {
  const { name, action } = operation;
  const checked = checkInput(name, operation.input, input);
  const resources = checked.isFit ? (operation.resources?.(checked.input) ?? [lake]) : [visible];
  const { changes, seesViews = false } = operation;
  const own = seesViews ? { ...context, catalog: context.catalog.withViews() } : context;
  const right = await permit(own, { principal, operation: name, action, resources, changes });
  if (!checked.isFit) throw checked.mistake;
  checkNames(name, resources);
  const watch = watchAccess(context.policyWatch, right.asking);
  return {
    ended: watch.signal,
    run: (listener) => {
      const checkedOperation = context.checksAnswers === true ? withChecks(operation) : operation;
      const facts: RecordedFacts = {};
      const call = {
        ...listenerFor(right, listener, watch.signal),
        principal,
        asking: right.asking,
        follow: watch.follow,
        record: (more: RecordedFacts) => void Object.assign(facts, more),
      };
      watch.follow(stillAllowed(action, right.securables));
      const within = contextFor(own, right, operation.seesBrowsable);
      const work = () => storable(name, checked.input, () => checkedOperation.run(within, checked.input, call));
      return told(context, { ...right, facts }, work).finally(() => watch[Symbol.dispose]());
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

/** A request that is allowed, with the caller as they were when it was decided. */
interface Right extends Omit<Performed, "outcome" | "milliseconds"> {
  readonly asking: Asking;
  readonly securables: readonly Securable[];
}

/** Also for what a door offers besides operations: decides, and reports a refusal. Throws like `admit`. */
export async function permit(
  { policies, catalog, onPerformed }: Pick<Context, "policies" | "catalog" | "onPerformed">,
  asked: Pick<Performed, "principal" | "operation" | "action" | "resources" | "changes">,
): Promise<Right> {
  const asking = askingOf(await policies.current(), asked.principal, Date.now());
  const located = await locateAll(catalogIn(catalog, asking.accountId), asking, asked.resources);
  const decisions = located.map(({ securable }) => decideFor(asking, asked.action, securable));
  const refusedAt = decisions.findIndex(({ allowed }) => !allowed);
  const decision = decisions[Math.max(0, refusedAt)] ?? nothingNamed;
  if (decision.allowed) return { ...asked, decision, asking, securables: located.map(({ securable }) => securable) };
  await onPerformed?.({ ...asked, decision, outcome: "refused", milliseconds: 0 });
  const unknown = decision.code === "NOT_ALLOWED" ? located[refusedAt]?.unknown : undefined;
  if (unknown !== undefined) throw await orDangling(catalog.db, asking, unknown);
  throw new HeadgateError(decision.code, { message: decision.because, remedy: remedyFor(asking, asked.action) });
}

/** Undefined for the usual one. Somebody who administers an account may pass on to themselves what is shared with it. */
function remedyFor(asking: Asking, action: Action): string | undefined {
  if (action !== "read" || !administersOwn(asking)) return undefined;
  if (!withThoseInTrust(asking).some((grant) => isInTrust(asking.policy, grant))) return undefined;
  return `what is shared with your account is passed on first: headgate grant select on <table> to ${asking.principal.name}`;
}

const nothingNamed: Decision = { allowed: false, because: "the request names nothing", code: "NOT_ALLOWED" };

/** Names mean what they mean in the account that the caller acts in. */
function contextFor(context: Context, { action, asking }: Right, seesBrowsable = false): Context {
  const { accountId } = asking;
  const catalog = catalogIn(context.catalog, accountId);
  const sources = accountId === mainAccount ? context.sources : context.sources.actingIn(accountId);
  const isLooking = action === "watch" || action === "read";
  const named = isLooking ? catalog : catalogOfOwnNames(catalog);
  const own = { ...context, sources, catalog: named };
  if (knowsAll(asking)) return own;
  const limited = isLooking ? governedCatalog : catalogForWork;
  return { ...own, catalog: limited(named, (entry) => mayKnow(asking, entry, seesBrowsable ? "browse" : "watch")) };
}

async function told<Output>(
  { onPerformed, db }: Pick<Context, "onPerformed" | "db">,
  right: Right,
  work: () => Promise<Output>,
): Promise<Output> {
  const began = performance.now();
  const { asking: _asking, securables: _securables, ...asked } = right;
  const tell = async (outcome: Performed["outcome"]): Promise<void> =>
    onPerformed?.({ ...asked, outcome, milliseconds: performance.now() - began });
  try {
    const answer = await work();
    await tell("done");
    return mayReadAll(right) ? withRowValues(answer) : withoutRowValues(answer);
  } catch (failure) {
    const known = await orDangling(db, right.asking, toHeadgateError(failure));
    await tell(known.code);
    throw mayReadAll(right) ? withWords(known) : withoutWords(known);
  }
}

/**
 * Items are either rows, which only those who may read them receive, or entries of the ledger, which contain no values
 * for anybody else.
 */
function listenerFor(right: Right, listener: Listener, ended: AbortSignal): Listener {
  const signal = AbortSignal.any([listener.signal, ended]);
  if (right.action === "read" || mayReadAll(right)) return { ...listener, signal };
  return { ...listener, signal, emit: (item) => listener.emit(withoutRowValues(item)) };
}

/** Whether an error or a report may quote values of rows: of the whole lake, or of tables that may be read as a whole. */
function mayReadAll({ asking, securables }: Right): boolean {
  if (mayInAllAccounts(asking, "read")) return true;
  return securables.every((securable) => {
    const decision = decideFor(asking, "read", securable);
    return securable.kind === "table" && decision.allowed && isWhole(decision.access);
  });
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
