/** Operations that list and show share requests: one's own, those of an account, and those that wait for somebody. */
import { sql, type RawBuilder } from "kysely";
import { z } from "zod";
import { requestStates, type RequestState } from "../../db/share-request-rows.ts";
import { isOwner, type Asking } from "../../governance/asking.ts";
import { visible } from "../../governance/resource.ts";
import { arePending, mayDecide } from "../../sharing/case-of.ts";
import { stateAt, type ShareRequest } from "../../sharing/request.ts";
import { newestRequests, readRequests, type RequestCondition } from "../../sharing/request-store.ts";
import { list } from "../answers.ts";
import { operation } from "../operation.ts";
import { administersAccount, findRequest, isAsker, mayKnowRequest, momentOf, personIdOf } from "./known-request.ts";
import { itemMissingCodes } from "./asked-items.ts";
import { presentedRequest, presentRequest, presentRequests } from "./present-request.ts";
import { readAlready, readsAlready } from "./reads-already.ts";

const listed = z.strictObject({ requests: list(presentedRequest) });

const limit = z.int().min(1).max(1_000).default(100).describe("At most so many, the newest first.");

export const requestList = operation({
  name: "request.list",
  summary: "List share requests: one's own, or those from and for the account in which the caller acts",
  action: "watch",
  seesBrowsable: true,
  seesViews: true,
  input: z.strictObject({
    of: z
      .enum(["mine", "account", "all"])
      .default("all")
      .describe("Only one's own; only those of the account, for whoever administers it; or all that one may know."),
    state: z.enum(requestStates).optional(),
    limit,
  }),
  output: listed,
  errors: itemMissingCodes,
  resources: () => [visible],
  async run(context, { of, state, limit: most }, { asking }) {
    const moment = await momentOf(context, asking);
    const where = sql<boolean>`${conditionOf(asking, of)} and ${stored(state)}`;
    const isShown = (request: ShareRequest): boolean =>
      mayKnowRequest(request, asking, moment) && (state === undefined || stateAt(request, moment.now) === state);
    const shown = await newestRequests(context.db, { where, isShown, limit: most });
    return { requests: await presentRequests(context, { asking, moment }, shown) };
  },
});

/** An undecided request whose time is over has expired, whatever is stored. */
function stored(state: RequestState | undefined): RequestCondition {
  if (state === undefined) return sql<boolean>`true`;
  return state === "expired" ? sql<boolean>`state in ('expired', 'pending')` : sql<boolean>`state = ${state}`;
}

/** Requests that somebody may know; those that they only decide on are among the pending ones and their own decisions. */
function conditionOf(asking: Asking, of: "mine" | "account" | "all"): RequestCondition {
  const own = personIdOf(asking);
  const mine = askedBy(own);
  if (of === "mine") return isOneOf(mine);
  if (of === "account") {
    const { accountId } = asking;
    return ofAccounts(accountId !== undefined && administersAccount(asking, accountId) ? [accountId] : []);
  }
  if (isOwner(asking)) return sql<boolean>`true`;
  const pending = sql`select id from share_requests where state = 'pending'`;
  const decided = sql`select request_id from share_decisions where person_id = ${own ?? null}::uuid`;
  const others = isOneOf([...mine, pending, decided]);
  const accounts = [...asking.policy.accounts.keys()].filter((id) => administersAccount(asking, id));
  return accounts.length === 0 ? others : sql<boolean>`(${ofAccounts(accounts)} or ${others})`;
}

/** Ids of requests. */
function askedBy(personId: string | undefined): readonly RawBuilder<unknown>[] {
  if (personId === undefined) return [sql`select id from share_requests where requester_id is null`];
  return [
    sql`select id from share_requests where requester_id = ${personId}::uuid`,
    sql`select request_id from share_request_followers where principal_id = ${personId}::uuid and left_at is null`,
  ];
}

function isOneOf(ids: readonly RawBuilder<unknown>[]): RequestCondition {
  return sql<boolean>`id in (${sql.join(ids, sql` union all `)})`;
}

function ofAccounts(ids: readonly string[]): RequestCondition {
  return sql<boolean>`(source_account_id = any(${ids}::uuid[]) or target_id = any(${ids}::uuid[]))`;
}

export const requestInbox = operation({
  name: "request.inbox",
  summary: "List the requests that wait for the caller, or for anybody of the account that they administer",
  action: "watch",
  seesBrowsable: true,
  seesViews: true,
  input: z.strictObject({
    account: z.boolean().default(false).describe("All that wait for somebody of the account in which the caller acts."),
    limit,
  }),
  output: listed,
  errors: itemMissingCodes,
  resources: () => [visible],
  async run(context, { account, limit: most }, { asking }) {
    const moment = await momentOf(context, asking);
    const pending = (await readRequests(context.db, { where: arePending })).filter(
      (request) => stateAt(request, moment.now) === "pending",
    );
    const ofAccount = (request: ShareRequest): boolean =>
      request.sourceAccountId === asking.accountId && administersAccount(asking, request.sourceAccountId);
    const waiting = pending.filter((request) =>
      account ? ofAccount(request) : mayDecide(request, asking, moment).some(({ itemIds }) => itemIds.length > 0),
    );
    return { requests: await presentRequests(context, { asking, moment }, waiting.slice(0, most)) };
  },
});

export const requestShow = operation({
  name: "request.show",
  summary: "Show a share request: what it asks for, how it was judged, and every step with its state and time",
  action: "watch",
  seesBrowsable: true,
  seesViews: true,
  input: z.strictObject({ request: z.string().min(1) }),
  output: presentedRequest.extend({
    mine: z.boolean().describe("Whether the caller has asked for it."),
    already: readAlready,
  }),
  errors: [...itemMissingCodes, "REQUEST_NOT_FOUND"],
  resources: () => [visible],
  async run(context, { request: handle }, { asking }) {
    const { request, moment } = await findRequest(context, asking, handle);
    const presented = await presentRequest(context, { asking, moment }, request);
    const already = await readsAlready(context, request, { asking, moment });
    return { ...presented, mine: isAsker(request, asking), already };
  },
});
