/** Operations with which people ask for data: make a request, send a draft, take it back. */
import { z } from "zod";
import { must } from "../../base/must.ts";
import type { Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { isOwner, type Asking } from "../../governance/asking.ts";
import { visible } from "../../governance/resource.ts";
import { checkKinds } from "../../identity/account-kinds.ts";
import { ownerOfKey } from "../../identity/api-keys.ts";
import { byId, isOpen, stateAt, type ShareRequest } from "../../sharing/request.ts";
import {
  acceptTerms,
  addFollower,
  endRequest,
  insertRequest,
  leaveRequest,
  passRequest,
  readRequest,
  samePendingRequest,
  widenRequest,
  type NewRequest,
} from "../../sharing/request-store.ts";
import { checkConditions, checkTerms, endWithin } from "../../sharing/asked-product.ts";
import { nextAsker } from "../../sharing/case-of.ts";
import { productById } from "../../sharing/product-store.ts";
import { askAgain, submitRequest } from "../../sharing/request-life.ts";
import type { Context } from "../context.ts";
import { checkTimes } from "../access/check-times.ts";
import { givenInstant } from "../given-instant.ts";
import { operation } from "../operation.ts";
import { extensionOf } from "./asked-extension.ts";
import { itemMissingCodes } from "./asked-items.ts";
import { askedInput, askedThings, productCodes } from "./asked-things.ts";
import { administersAccount, administersTarget, findRequest, isAsker, momentOf, personIdOf } from "./known-request.ts";
import { presentedRequest, presentRequest, type PresentedRequest } from "./present-request.ts";
import { checkPending, inRequestWork, type RequestWork } from "./request-work.ts";

const named = z.strictObject({ request: z.string().min(1).describe("The name that the request was given.") });

const createInput = z.strictObject({
  ...askedInput,
  extend: z
    .string()
    .min(1)
    .optional()
    .describe("Instead of things: the id of a share that should end later. It keeps its end until that is approved."),
  for: z
    .enum(["self", "account"])
    .default("self")
    .describe("Themselves, or the account in which the caller acts, which they then have to administer."),
  purpose: z.string().trim().min(1).max(4_000).describe("The reason why it is needed, which the approvers read."),
  answers: z
    .record(z.string().max(200), z.string().max(4_000))
    .default({})
    .describe("Answers to the questions of the product."),
  acceptTerms: z.int().min(1).optional().describe("The version of the product's terms that the caller accepts."),
  until: givenInstant.optional().describe("When the right should end; by default never, or as the product says."),
  days: z.int().min(1).max(36_500).optional().describe("The same as a number of days from now."),
  reshare: z.boolean().default(false).describe("Whether the account may pass it on to other accounts."),
  draft: z.boolean().default(false).describe("Only write it down; `request.submit` sends it."),
});

type CreateInput = z.infer<typeof createInput>;

export const requestCreate = operation({
  name: "request.create",
  summary: "Ask for data that other people decide on; who asks for the same as an open request joins it",
  action: "watch",
  seesBrowsable: true,
  seesViews: true,
  changes: true,
  input: createInput,
  output: z.strictObject({ request: presentedRequest, joined: z.boolean() }),
  errors: [...itemMissingCodes, ...productCodes, "ACCOUNT_KIND", "REQUEST_REFUSED", "SHARE_NOT_FOUND", "SHARE_STATE"],
  resources: () => [visible],
  async run(context, input, { asking, record }) {
    const { product, acceptTerms: terms, for: target, purpose, extend } = input;
    const asked = { items: input.items.map(({ on }) => on), product, terms, for: target, purpose };
    record(extend === undefined ? asked : { ...asked, extend });
    const wanted = await wantedRequest(context, asking, input);
    const { id, isJoined } = await inRequestWork(context, asking, async (work) => {
      await checkMayAsk(work, wanted);
      return createOrJoin(work, wanted, input.draft);
    });
    const request = await present(context, asking, id);
    record({ about: [{ kind: "request", name: request.request, id }], joined: isJoined, state: request.state });
    return { request, joined: isJoined };
  },
});

/** Throws what finding the items, the product or the share throws, SHARE_STATE, and USAGE. */
async function wantedRequest(context: Context, asking: Asking, input: CreateInput): Promise<NewRequest> {
  const until = endOf(input, asking.now);
  checkTimes({ place: "until", until: until === undefined ? undefined : new Date(until).toISOString() }, asking.now);
  const by = {
    accountId: asking.accountId,
    requesterId: personIdOf(asking),
    personId: await personBehind(context.db, asking),
    purpose: input.purpose,
    answers: input.answers,
    productId: undefined,
    termsVersion: undefined,
    until,
    extendsId: undefined,
  };
  if (input.extend !== undefined) return { ...by, ...(await extensionOf(context, asking, { ...input, until })) };
  const { items, sourceAccountId, product } = await askedThings(context, asking, input);
  return {
    ...by,
    sourceAccountId,
    target: targetOf(asking, input.for),
    productId: product?.id,
    termsVersion: product === undefined ? undefined : input.acceptTerms,
    mayReshare: input.reshare,
    until: product === undefined ? until : endWithin(product, { until, now: asking.now }),
    kind: "new",
    aboutShareId: undefined,
    items,
  };
}

function endOf({ until, days }: CreateInput, now: number): number | undefined {
  if (until !== undefined && days !== undefined)
    throw new HeadgateError("USAGE", { message: "either an end is given, or a number of days", remedy: "give one" });
  if (days !== undefined) return now + days * 86_400_000;
  return until === undefined ? undefined : Date.parse(until);
}

function targetOf(asking: Asking, kind: CreateInput["for"]): NewRequest["target"] {
  const { accountId } = asking;
  if (kind === "account" && accountId !== undefined) return { kind, id: accountId };
  const own = personIdOf(asking);
  if (kind === "self" && own !== undefined) return { kind: "principal", id: own };
  throw new HeadgateError("USAGE", {
    message: kind === "self" ? "the owner of the data directory may read everything" : "you act in no account",
    remedy: "ask for an account, with --account <name> for the one that is meant",
  });
}

/** The user who answers for a request: its approvers must be other people. Throws NOT_ALLOWED. */
async function personBehind(db: Kysely<Tables>, asking: Asking): Promise<string | undefined> {
  const own = personIdOf(asking);
  if (own === undefined || asking.policy.principals.get(own)?.kind !== "service") return own;
  const owner = await ownerOfKey(db, own);
  if (owner !== undefined) return owner;
  throw new HeadgateError("NOT_ALLOWED", {
    message: "the key has no owner, so nobody would be known to have asked",
    remedy: "ask as a person, or with a key that has an owner: headgate key create --owner",
  });
}

/** Throws NOT_ALLOWED, USAGE, ACCOUNT_KIND. */
async function checkMayAsk(
  { asking, transaction }: RequestWork,
  { target, sourceAccountId, accountId }: NewRequest,
): Promise<void> {
  if (target.kind === "account" && !isOwner(asking) && !administersAccount(asking, target.id))
    throw new HeadgateError("NOT_ALLOWED", {
      message: `${asking.principal.name} may not ask for this account`,
      remedy:
        accountId === sourceAccountId
          ? "ask for yourself, or let somebody ask who administers the account"
          : "let somebody ask who administers the account: what belongs to another account is asked for by an account",
    });
  if (target.kind === "account" && target.id === sourceAccountId)
    throw new HeadgateError("USAGE", {
      message: "the account has this already",
      remedy: "ask for yourself: --for self",
    });
  if (target.kind === "principal" && accountId !== sourceAccountId)
    throw new HeadgateError("USAGE", {
      message: "this belongs to another account, which shares with accounts",
      remedy: "let somebody who administers your account ask for it: --for account",
    });
  await checkKinds(transaction, { target, sourceAccountId });
}

interface Created {
  readonly id: string;
  readonly isJoined: boolean;
}

async function createOrJoin(work: RequestWork, wanted: NewRequest, isDraft: boolean): Promise<Created> {
  if (!isDraft) await checkConditions(work.transaction, wanted);
  const joined = isDraft ? undefined : await joinPending(work, wanted);
  if (joined !== undefined) return { id: joined, isJoined: true };
  const id = await insertRequest(work.transaction, wanted);
  if (!isDraft) await submitRequest(work, must(await readRequest(work.transaction, byId(id)), "the new request"));
  return { id, isJoined: false };
}

type Joining = Pick<
  NewRequest,
  | "target"
  | "sourceAccountId"
  | "items"
  | "productId"
  | "termsVersion"
  | "kind"
  | "aboutShareId"
  | "requesterId"
  | "purpose"
  | "until"
  | "mayReshare"
>;

/** The id of the request that waits for the same; undefined if none does. */
async function joinPending(work: RequestWork, wanted: Joining): Promise<string | undefined> {
  const { transaction, now } = work;
  const open = await samePendingRequest(transaction, wanted);
  if (open === undefined) return undefined;
  if (stateAt(open, now) === "expired") {
    await endRequest(transaction, open.id, { state: "expired", reason: undefined });
    return undefined;
  }
  const { requesterId, purpose, termsVersion } = wanted;
  if (termsVersion !== undefined) await acceptTerms(transaction, { id: open.id, version: termsVersion });
  if (requesterId !== undefined && requesterId !== open.requesterId)
    await addFollower(transaction, { requestId: open.id, principalId: requesterId, purpose });
  await widenFor(work, open, wanted);
  return open.id;
}

/** Whoever joins gets no less than they asked for: with a later end, the approvers are asked anew. */
async function widenFor(work: RequestWork, open: ShareRequest, wanted: Joining): Promise<void> {
  const until = laterOf(open.until, wanted.until);
  const mayReshare = open.mayReshare || wanted.mayReshare;
  if (until === open.until && mayReshare === open.mayReshare) return;
  await widenRequest(work.transaction, { id: open.id, until, mayReshare });
  await askAgain(work, must(await readRequest(work.transaction, byId(open.id)), "the request"));
}

/** Undefined for no end. */
function laterOf(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : Math.max(one, other);
}

async function present(context: Context, asking: Asking, id: string): Promise<PresentedRequest> {
  const request = must(await readRequest(context.db, byId(id)), "the request");
  return presentRequest(context, { asking, moment: await momentOf(context, asking) }, request);
}

export const requestSubmit = operation({
  name: "request.submit",
  summary: "Send a draft to those who decide on it",
  action: "watch",
  seesBrowsable: true,
  seesViews: true,
  changes: true,
  input: named,
  output: presentedRequest,
  errors: [
    ...itemMissingCodes,
    ...productCodes,
    "ACCOUNT_KIND",
    "REQUEST_NOT_FOUND",
    "REQUEST_OVER",
    "REQUEST_REFUSED",
  ],
  resources: () => [visible],
  async run(context, { request: handle }, { asking, record }) {
    const { request } = await findRequest(context, asking, handle);
    record({ about: [{ kind: "request", name: request.handle, id: request.id }] });
    const id = await inRequestWork(context, asking, async (work) => {
      const draft = must(await readRequest(work.transaction, byId(request.id)), "the request");
      if (!isAsker(draft, work.asking)) throw notYours(draft);
      if (draft.state !== "draft")
        throw new HeadgateError("USAGE", { place: handle, message: "the request was sent already" });
      await checkMayAsk(work, { ...draft, items: [] });
      const joined = await joinPending(work, draft);
      if (joined === undefined) await submitRequest(work, draft);
      else
        await endRequest(work.transaction, draft.id, { state: "withdrawn", reason: "the same was asked for already" });
      return joined ?? draft.id;
    });
    return present(context, asking, id);
  },
});

export const requestAcceptTerms = operation({
  name: "request.accept-terms",
  summary: "Accept the terms of the product that a request is for, which have changed since it was made",
  action: "watch",
  seesBrowsable: true,
  seesViews: true,
  changes: true,
  input: named.extend({ version: z.int().min(1).describe("The version that `product.show` shows.") }),
  output: presentedRequest,
  errors: [...itemMissingCodes, "REQUEST_NOT_FOUND", "REQUEST_OVER", "TERMS_NOT_ACCEPTED"],
  resources: () => [visible],
  async run(context, { request: handle, version }, { asking, record }) {
    const { request } = await findRequest(context, asking, handle);
    record({ about: [{ kind: "request", name: request.handle, id: request.id }], version });
    await inRequestWork(context, asking, async (work) => {
      const open = must(await readRequest(work.transaction, byId(request.id)), "the request");
      if (!isAsker(open, work.asking)) throw notYours(open);
      if (!isOpen(open.state)) checkPending(open, work.now);
      const product = await productById(work.transaction, open.productId ?? nothing);
      if (product === undefined) throw new HeadgateError("USAGE", { place: handle, message: "it is for no product" });
      checkTerms(product, { termsVersion: version });
      await acceptTerms(work.transaction, { id: open.id, version });
    });
    return present(context, asking, request.id);
  },
});

const nothing = "00000000-0000-0000-0000-000000000000";

export const requestWithdraw = operation({
  name: "request.withdraw",
  summary: "Take a request back, or leave one that others have made, too",
  action: "watch",
  seesBrowsable: true,
  seesViews: true,
  changes: true,
  input: named.extend({ reason: z.string().max(4_000).optional() }),
  output: presentedRequest.extend({ left: z.boolean().describe("Whether the request goes on for others.") }),
  errors: [...itemMissingCodes, "REQUEST_NOT_FOUND", "REQUEST_OVER"],
  resources: () => [visible],
  async run(context, { request: handle, reason }, { asking, record }) {
    const { request } = await findRequest(context, asking, handle);
    record({ about: [{ kind: "request", name: request.handle, id: request.id }] });
    const left = await inRequestWork(context, asking, async (work) => {
      const open = must(await readRequest(work.transaction, byId(request.id)), "the request");
      if (!isOpen(open.state)) checkPending(open, work.now);
      if (open.kind === "judgement") throw notWithdrawn(open);
      if (await leftToOthers(work, open)) return true;
      if (!isAsker(open, work.asking) && !administersTarget(open, work.asking) && !isOwner(work.asking))
        throw notYours(open);
      await endRequest(work.transaction, open.id, { state: "withdrawn", reason });
      return false;
    });
    return { ...(await present(context, asking, request.id)), left };
  },
});

/** Whether the request goes on for others who have asked for the same, one of whom is its requester from now on. */
async function leftToOthers({ transaction, asking, policy, now }: RequestWork, open: ShareRequest): Promise<boolean> {
  const principalId = personIdOf(asking);
  if (principalId !== undefined && open.followerIds.includes(principalId)) {
    await leaveRequest(transaction, { requestId: open.id, principalId });
    return true;
  }
  const nextId = open.requesterId === principalId ? nextAsker(open, { policy, now }) : undefined;
  if (nextId === undefined) return false;
  const personId = (await ownerOfKey(transaction, nextId)) ?? nextId;
  await passRequest(transaction, open, { principalId: nextId, personId });
  return true;
}

/** The things that it asks about are closed until somebody decides, whoever would rather not ask. */
function notWithdrawn({ handle }: ShareRequest): HeadgateError {
  return new HeadgateError("USAGE", {
    place: handle,
    message: "nobody made this request: a share that was approved at once has something that has to be judged",
    remedy: "leave it to its approvers, or ask for the share to be revoked",
  });
}

function notYours({ handle }: ShareRequest): HeadgateError {
  return new HeadgateError("NOT_ALLOWED", {
    place: handle,
    message: "only whoever asked, or administers the account that it is for, may do this",
  });
}
