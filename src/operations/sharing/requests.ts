/** Operations that list and show share requests: one's own, those of an account, and those that wait for somebody. */
import { sql } from "kysely";
import { z } from "zod";
import { requestStates } from "../../db/share-request-rows.ts";
import { isOwner, type Asking } from "../../governance/asking.ts";
import { visible } from "../../governance/resource.ts";
import { arePending, mayDecide, type Moment } from "../../sharing/case-of.ts";
import { stateAt, type ShareRequest } from "../../sharing/request.ts";
import { readRequests, type RequestCondition } from "../../sharing/request-store.ts";
import { list } from "../answers.ts";
import type { Context } from "../context.ts";
import { operation } from "../operation.ts";
import { administersAccount, findRequest, isAsker, mayKnowRequest, momentOf, personIdOf } from "./known-request.ts";
import { itemMissingCodes } from "./asked-items.ts";
import { presentedRequest, requestPresenter } from "./present-request.ts";

const listed = z.strictObject({ requests: list(presentedRequest) });

const limit = z.int().min(1).max(1_000).default(100).describe("At most so many, the newest first.");

export const requestList = operation({
  name: "request.list",
  summary: "List share requests: one's own, or those from and for the account in which the caller acts",
  action: "watch",
  seesBrowsable: true,
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
    const found = await readRequests(context.db, { where: conditionOf(asking, of) });
    const shown = found.filter(
      (request) =>
        mayKnowRequest(request, asking, moment) && (state === undefined || stateAt(request, moment.now) === state),
    );
    return presentAll(context, { asking, moment }, shown.slice(0, most));
  },
});

/** Requests that somebody may know; those that they only decide on are among the pending ones and their own decisions. */
function conditionOf(asking: Asking, of: "mine" | "account" | "all"): RequestCondition {
  const own = personIdOf(asking);
  const mine =
    own === undefined
      ? sql<boolean>`requester_id is null`
      : sql<boolean>`(requester_id = ${own}::uuid
          or id in (select request_id from share_request_followers where principal_id = ${own}::uuid))`;
  if (of === "mine") return mine;
  if (of === "account") {
    const { accountId } = asking;
    return ofAccounts(accountId !== undefined && administersAccount(asking, accountId) ? [accountId] : []);
  }
  if (isOwner(asking)) return sql<boolean>`true`;
  const accounts = [...asking.policy.accounts.keys()].filter((id) => administersAccount(asking, id));
  return sql<boolean>`(${mine} or ${ofAccounts(accounts)} or state = 'pending'
    or id in (select request_id from share_decisions where person_id = ${own ?? null}::uuid))`;
}

function ofAccounts(ids: readonly string[]): RequestCondition {
  return sql<boolean>`(source_account_id = any(${ids}::uuid[]) or target_id = any(${ids}::uuid[]))`;
}

interface Asked {
  readonly asking: Asking;
  readonly moment: Moment;
}

async function presentAll(context: Context, { asking, moment }: Asked, requests: readonly ShareRequest[]) {
  const present = await requestPresenter(context, asking, moment);
  return { requests: await Promise.all(requests.map(present)) };
}

export const requestInbox = operation({
  name: "request.inbox",
  summary: "List the requests that wait for the caller, or for anybody of the account that they administer",
  action: "watch",
  seesBrowsable: true,
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
    return presentAll(context, { asking, moment }, waiting.slice(0, most));
  },
});

export const requestShow = operation({
  name: "request.show",
  summary: "Show a share request: what it asks for, how it was judged, and every step with its state and time",
  action: "watch",
  seesBrowsable: true,
  input: z.strictObject({ request: z.string().min(1) }),
  output: presentedRequest.extend({ mine: z.boolean().describe("Whether the caller has asked for it.") }),
  errors: [...itemMissingCodes, "REQUEST_NOT_FOUND"],
  resources: () => [visible],
  async run(context, { request: handle }, { asking }) {
    const { request, moment } = await findRequest(context, asking, handle);
    const present = await requestPresenter(context, asking, moment);
    return { ...(await present(request)), mine: isAsker(request, asking) };
  },
});
