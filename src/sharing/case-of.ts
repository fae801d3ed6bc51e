/** Who may decide on a request now, step by step and item by item, in the words of governance/approvers.ts. */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import type { TableEntry } from "../catalog/catalog.ts";
import { accountsFor } from "../governance/acts-in.ts";
import {
  approversOf,
  askerIn,
  mayStillAsk,
  standingOf,
  type Absence,
  type Approver,
  type Case,
} from "../governance/approvers.ts";
import type { Asking } from "../governance/asking.ts";
import { decideFor } from "../governance/decide.ts";
import type { Policy } from "../governance/policy.ts";
import { securableTable, type Securable } from "../governance/securable.ts";
import { progressOf, type Progress } from "./progress.ts";
import { currentDecisions, type Decision, type RequestItem, type ShareRequest } from "./request.ts";

export interface Moment {
  readonly policy: Policy;
  readonly absences: readonly Absence[];
  readonly now: number;
}

export async function openAbsences(db: Kysely<Tables>, now: number): Promise<readonly Absence[]> {
  const rows = await db
    .selectFrom("approver_absences")
    .select(["principal_id as principalId", "deputy_id as deputyId", "from_at", "until_at"])
    .where("ended_at", "is", null)
    .where("until_at", ">", new Date(now))
    .execute();
  return rows.map(({ from_at: from, until_at: until, ...row }) => ({
    ...row,
    from: from.getTime(),
    until: until.getTime(),
  }));
}

export function progressOfRequest(request: ShareRequest): Progress {
  const itemIds = request.items.map(({ id }) => id);
  const decisions = currentDecisions(request).map((decision) => ({ ...decision, personId: deciderOf(decision) }));
  return progressOf({ steps: request.steps, itemIds, decisions });
}

/** Systems are no people, and each of them counts. */
function deciderOf({ channel, standing, personId }: Decision): string | undefined {
  return channel === systemChannel ? standing : personId;
}

/** The channel of answers of systems outside; their standing is `system:<name>`. */
export const systemChannel = "system";

/** The systems outside that still have to answer in an open step. */
export function systemsOfStep(request: ShareRequest, index: number): readonly (Approver & { kind: "system" })[] {
  if (progressOfRequest(request).steps[index] !== "open") return [];
  const answered = currentDecisions(request).filter(({ step, channel }) => step === index && channel === systemChannel);
  return (request.steps[index]?.approvers ?? [])
    .filter((one) => one.kind === "system")
    .filter(({ name }) => !answered.some(({ standing }) => standing === systemStanding(name)));
}

export function systemStanding(name: string): string {
  return `system:${name}`;
}

/** The people who asked and those behind them, also if they have left it to others: none of them decides. */
function askersOf(request: ShareRequest): ReadonlySet<string> {
  const { requesterId, personId, followerIds, behindFollowers, leftIds } = request;
  const all = [requesterId, personId, ...followerIds, ...behindFollowers, ...leftIds];
  return new Set(all.filter((id) => id !== undefined));
}

function caseOf(request: ShareRequest, { policy, absences, now }: Moment, index: number): Case {
  const opened = openedAt(request, index);
  const within = (request.steps[index]?.withinHours ?? 0) * 3_600_000;
  return {
    policy,
    absences,
    now,
    askers: askersOf(request),
    personId: request.personId ?? request.requesterId,
    isOwners: request.requesterId === undefined,
    productId: request.productId,
    isLate: opened + within <= now,
  };
}

/** When the step could first be decided: when it was judged, or when the last decision of an earlier step was made. */
export function openedAt(request: ShareRequest, index: number): number {
  const order = request.steps[index]?.order ?? 0;
  const before = currentDecisions(request).filter(({ step }) => (request.steps[step]?.order ?? 0) < order);
  return Math.max(request.judgedAt ?? 0, ...before.map(({ at }) => at));
}

export function securableItem({ kind, thingId, databaseId }: RequestItem, accountId: string): Securable {
  if (kind === "table") return { kind, id: thingId, databaseId, accountId };
  return { kind: "database", id: thingId, accountId };
}

/** Whether nobody who asked is left, or may ask any more. */
export function isLeft(request: ShareRequest, { policy, now }: Pick<Moment, "policy" | "now">): boolean {
  const { target, requesterId, followerIds, accountId } = request;
  if (target.kind !== "account" && policy.principals.get(target.id)?.isActive !== true) return true;
  if (target.kind === "principal") return !accountsFor(policy, target.id, now).includes(accountId ?? "");
  const askingId = target.kind === "unit" ? (accountId ?? "") : target.id;
  if (!policy.accounts.has(askingId)) return true;
  if (requesterId === undefined) return false;
  return ![requesterId, ...followerIds].some((id) => mayStillAsk({ policy, now }, id, askingId));
}

/** The follower who asks in the place of the requester if that one withdraws; undefined if nobody may any more. */
export function nextAsker(
  { target, followerIds }: ShareRequest,
  { policy, now }: Pick<Moment, "policy" | "now">,
): string | undefined {
  return target.kind !== "account" ? undefined : followerIds.find((id) => mayStillAsk({ policy, now }, id, target.id));
}

/**
 * How many approvals an open step needs that nobody is left to give, for the thing for which most are missing. Nothing
 * is approved without them: somebody has to be named, or the request expires.
 */
export function missingApprovals(request: ShareRequest, moment: Moment, index: number): number {
  const step = request.steps[index];
  const { steps, denied } = progressOfRequest(request);
  if (step === undefined || steps[index] !== "open") return 0;
  const about = caseOf(request, moment, index);
  const systems = systemsOfStep(request, index).length;
  const missing = request.items
    .filter(({ id }) => !denied.includes(id))
    .map((item) => {
      const given = currentDecisions(request).filter(
        (one) => one.step === index && one.verdict === "approve" && one.itemIds.includes(item.id),
      );
      const deciders = new Set(given.map(deciderOf));
      const people = [...approversOf(about, step, securableItem(item, request.sourceAccountId)).keys()];
      return step.quorum - deciders.size - systems - people.filter((id) => !deciders.has(id)).length;
    });
  return Math.max(0, ...missing);
}

/** Whether one of those who asked may find a table, so that it is one of those that they asked for with all of a database. */
export function mayFind(
  request: ShareRequest,
  table: TableEntry,
  { policy, now }: Pick<Moment, "policy" | "now">,
): boolean {
  const { requesterId, accountId, followerIds } = request;
  if (requesterId === undefined) return true;
  return [requesterId, ...followerIds].some((id) => {
    const asking = askerIn({ policy, now }, id, accountId);
    return asking !== undefined && decideFor(asking, "browse", securableTable(table)).allowed;
  });
}

export interface MayDecide {
  /** The place of the step among all steps. */
  readonly step: number;
  readonly standing: string;
  readonly itemIds: readonly string[];
}

/** The open steps in which whoever asks may still decide, with the items about which they may. */
export function mayDecide(request: ShareRequest, asking: Asking, moment: Moment): readonly MayDecide[] {
  const progress = progressOfRequest(request);
  return request.steps.flatMap((step, index) => {
    if (progress.steps[index] !== "open") return [];
    const about = caseOf(request, moment, index);
    const standings = request.items
      .filter(({ id }) => !progress.denied.includes(id))
      .map(({ id, ...item }) => {
        const thing = securableItem({ id, ...item }, request.sourceAccountId);
        return { id, standing: standingOf(about, asking, { step, thing }) };
      });
    const own = standings.filter((one) => one.standing !== undefined);
    const [first] = own;
    if (first?.standing === undefined) return [];
    return [{ step: index, standing: first.standing, itemIds: own.map(({ id }) => id) }];
  });
}

/** Whether whoever asks decides on the request in any of its steps, also one that is not open. */
export function isApprover(request: ShareRequest, asking: Asking, moment: Moment): boolean {
  return request.steps.some((step, index) =>
    request.items.some((item) => {
      const thing = securableItem(item, request.sourceAccountId);
      return standingOf(caseOf(request, moment, index), asking, { step, thing }) !== undefined;
    }),
  );
}

/** The ids of all people who may decide in a step now, about any item. */
export function peopleOfStep(request: ShareRequest, moment: Moment, index: number): readonly string[] {
  const step = request.steps[index];
  if (step === undefined) return [];
  const about = caseOf(request, moment, index);
  const found = request.items.flatMap((item) => [
    ...approversOf(about, step, securableItem(item, request.sourceAccountId)).keys(),
  ]);
  return [...new Set(found)];
}

/** A condition on requests that may be waiting for somebody. */
export const arePending = sql<boolean>`state = 'pending'`;
