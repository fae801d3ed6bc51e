/** Operations with which approvers decide on share requests, one or several at once. */
import { z } from "zod";
import { must } from "../../base/must.ts";
import { toHeadgateError } from "../../base/present-error.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { checkMask } from "../../governance/check-mask.ts";
import { parsePredicate } from "../../governance/predicate/parse-predicate.ts";
import { visible } from "../../governance/resource.ts";
import { hasColumn } from "../../governance/table-access.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import type { NestedField } from "../../iceberg/type.ts";
import { authorOf } from "../../identity/principal.ts";
import { mayDecide, openAbsences, progressOfRequest, type MayDecide } from "../../sharing/case-of.ts";
import { decideRequest } from "../../sharing/request-life.ts";
import { byId, currentDecisions, type Narrowing, type RequestItem, type ShareRequest } from "../../sharing/request.ts";
import { readRequest } from "../../sharing/request-store.ts";
import { checkTimes } from "../access/check-times.ts";
import { fieldNamed } from "../access/column-names.ts";
import { namedMask } from "../access/filter-content.ts";
import { list, presentedError } from "../answers.ts";
import type { Context } from "../context.ts";
import { givenInstant } from "../given-instant.ts";
import { operation, type Call } from "../operation.ts";
import { itemMissingCodes, labelOfItem } from "./asked-items.ts";
import { findRequest, personIdOf } from "./known-request.ts";
import { presentedRequest, presentRequest } from "./present-request.ts";
import { checkPending, inRequestWork, type RequestWork } from "./request-work.ts";

const handles = z.array(z.string().min(1)).min(1).max(200).describe("The names of the requests.");

const decided = z.strictObject({
  decided: list(
    presentedRequest.extend({
      judgedAgain: z
        .boolean()
        .describe("Whether nothing was approved, because something more sensitive was found and its steps begin anew."),
    }),
  ),
  failed: list(z.strictObject({ request: z.string(), error: presentedError })),
});

const errors = [
  ...itemMissingCodes,
  "REQUEST_NOT_FOUND",
  "REQUEST_OVER",
  "REQUEST_REFUSED",
  "TERMS_NOT_ACCEPTED",
] as const;

const some = z
  .array(z.string().min(1))
  .min(1)
  .optional()
  .describe("Only these of the things that are asked for, as `request.show` writes them; the others stay undecided.");

export const narrowedItem = z
  .strictObject({
    on: z.string().describe("The table, as `request.show` writes it."),
    columns: z.array(z.string()).min(1).optional().describe("The only columns that are left of those asked for."),
    rows: z.string().min(1).optional().describe("A further condition on rows: country = 'DE'."),
    masks: z
      .array(namedMask)
      .min(1)
      .max(1_000)
      .optional()
      .describe("The masks that are shown in place of the values of columns that are left."),
  })
  .meta({ title: "NarrowedItem" });

const approveInput = z.strictObject({
  requests: handles,
  items: some,
  narrow: z.array(narrowedItem).max(200).default([]).describe("Parts that are taken away from what was asked for."),
  until: givenInstant.optional().describe("An earlier end than was asked for."),
  comment: z.string().max(4_000).optional(),
});

export const requestApprove = operation({
  name: "request.approve",
  summary: "Approve share requests, as a whole or narrowed: fewer things, columns or rows, or for a shorter time",
  action: "watch",
  seesViews: true,
  changes: true,
  input: approveInput,
  output: decided,
  errors,
  resources: () => [visible],
  run: (context, { requests, ...wish }, call) => decideAll(context, call, { verdict: "approve", requests, ...wish }),
});

export const requestDeny = operation({
  name: "request.deny",
  summary: "Deny share requests, with the reason that the requester is told",
  action: "watch",
  seesViews: true,
  changes: true,
  input: z.strictObject({
    requests: handles,
    items: some,
    reason: z.string().max(4_000),
  }),
  output: decided,
  errors,
  resources: () => [visible],
  run: (context, { requests, items, reason }, call) =>
    decideAll(context, call, { verdict: "deny", requests, items, comment: reason, narrow: [] }),
});

interface Wish extends Partial<z.infer<typeof approveInput>> {
  readonly verdict: "approve" | "deny";
  readonly requests: string[];
  readonly narrow: z.infer<typeof narrowedItem>[];
}

/** Each is decided by itself; of several, one that cannot be decided does not hold back the others. */
async function decideAll(context: Context, call: Call, wish: Wish): Promise<z.infer<typeof decided>> {
  const done = [];
  const failed = [];
  for (const handle of new Set(wish.requests))
    try {
      done.push(await decideOn(context, call, { ...wish, handle, channel: "api" }));
    } catch (failure) {
      if (wish.requests.length === 1) throw failure;
      const { code, message, place, remedy } = toHeadgateError(failure);
      failed.push({ request: handle, error: { code, message, remedy, ...(place !== undefined && { place }) } });
    }
  const about = done.map(({ request: name }) => ({ kind: "request", name }));
  call.record({ about, verdict: wish.verdict, ...(wish.comment !== undefined && { comment: wish.comment }) });
  return { decided: done, failed };
}

export interface OneDecision extends Omit<Wish, "requests"> {
  readonly handle: string;
  /** How the approver reached it. */
  readonly channel: "api" | "mail";
}

/** Throws USAGE for a denial without a reason, and what deciding throws. */
export async function decideOn(context: Context, { asking }: Call, wish: OneDecision) {
  if (wish.verdict === "deny" && (wish.comment ?? "").trim() === "")
    throw new HeadgateError("USAGE", {
      message: "a denial has a reason",
      remedy: "say why, so that the requester knows",
    });
  if (wish.verdict === "deny" && (wish.narrow.length > 0 || wish.until !== undefined))
    throw new HeadgateError("USAGE", { place: wish.handle, message: "what is denied has no narrower part and no end" });
  const { request } = await findRequest(context, asking, wish.handle);
  const { isRaised } = await inRequestWork(context, asking, async (work) => {
    const present = must(await readRequest(work.transaction, byId(request.id)), "the request");
    checkPending(present, work.now);
    return decideRequest(work, present, await decisionsOf(context, work, { request: present, wish }));
  });
  const after = must(await readRequest(context.db, byId(request.id)), "the request");
  const moment = { policy: asking.policy, now: Date.now(), absences: await openAbsences(context.db, Date.now()) };
  const shown = await presentRequest(context, { asking, moment }, after);
  return { ...shown, judgedAgain: isRaised };
}

interface AskedDecision {
  readonly request: ShareRequest;
  readonly wish: OneDecision;
}

/** One for each open step in which the caller may decide. Throws NOT_ALLOWED, USAGE. */
async function decisionsOf(context: Context, work: RequestWork, { request, wish }: AskedDecision) {
  const moment = { ...work, absences: await openAbsences(work.transaction, work.now) };
  const own = mayDecide(request, work.asking, moment);
  if (own.length === 0) throw notAllowed(work.asking, request);
  const chosen = chosenItems(request, await labels(context, work), wish.items);
  const narrowings = wish.narrow.length === 0 ? [] : await narrowingsOf(context, work, { request, wish });
  const until = endOf(request, wish.until, work.now);
  const found = own.flatMap((right) => {
    const itemIds = right.itemIds.filter((id) => chosen.has(id) && !isDecidedBy(request, right, { id, work }));
    if (itemIds.length === 0) return [];
    const { step, standing } = right;
    return [
      {
        step,
        standing,
        itemIds,
        principalId: authorOf(work.asking.principal) ?? undefined,
        personId: personIdOf(work.asking),
        verdict: wish.verdict,
        comment: wish.comment,
        narrowed: narrowings.filter(({ itemId }) => itemIds.includes(itemId)),
        until,
        channel: wish.channel,
      },
    ];
  });
  if (found.length === 0) throw nothingLeft(request);
  if (narrowings.some(({ itemId }) => !found.some(({ itemIds }) => itemIds.includes(itemId))))
    throw notNarrowed(request);
  return found;
}

/** Nobody decides twice about one thing in one step. */
function isDecidedBy(
  request: ShareRequest,
  { step }: MayDecide,
  { id, work }: { readonly id: string; readonly work: RequestWork },
): boolean {
  const own = personIdOf(work.asking);
  return currentDecisions(request).some(
    (decision) => decision.step === step && decision.personId === own && decision.itemIds.includes(id),
  );
}

async function labels(
  { catalog }: Context,
  { asking }: RequestWork,
): Promise<(item: RequestItem) => string | undefined> {
  const entries = await catalog.everything().withViews().entries();
  return (item) => labelOfItem(item, { asking, entries });
}

function chosenItems(
  { items, handle }: ShareRequest,
  labelOf: (item: RequestItem) => string | undefined,
  names: readonly string[] | undefined,
): ReadonlySet<string> {
  if (names === undefined) return new Set(items.map(({ id }) => id));
  const found = names.map((name) => ({ name, item: items.find((item) => labelOf(item) === name.trim()) }));
  const missing = found.find(({ item }) => item === undefined);
  if (missing !== undefined) throw notAsked(handle, missing.name);
  return new Set(found.flatMap(({ item }) => (item === undefined ? [] : [item.id])));
}

function notAsked(place: string, name: string): HeadgateError {
  return new HeadgateError("USAGE", {
    place,
    message: `the request does not ask for ${name}`,
    remedy: `see \`headgate request show ${place}\` for what it asks for`,
  });
}

/** Throws USAGE for columns that were not asked for, FILTER_INVALID. */
async function narrowingsOf(
  context: Context,
  work: RequestWork,
  { request, wish }: AskedDecision,
): Promise<readonly Narrowing[]> {
  const everything = context.catalog.everything().withViews();
  const entries = await everything.entries();
  const narrowings: Narrowing[] = [];
  for (const { on, columns, rows, masks } of wish.narrow) {
    const item = request.items.find((one) => labelOfItem(one, { asking: work.asking, entries }) === on.trim());
    const table = entries.find(({ id }) => id === item?.thingId);
    if (item === undefined) throw notAsked(request.handle, on);
    if (table === undefined) throw notOneTable(on);
    const { fields } = currentSchema((await everything.load(table)).metadata);
    const own = fields.filter(({ id }) => hasColumn(item.columns, id));
    const fieldIds = columns?.map((name) => fieldNamed(own, { name, place: on }).id);
    const predicate = rows === undefined ? undefined : parsePredicate(rows, fields);
    const rule = rows === undefined || predicate === undefined ? undefined : { text: rows, predicate };
    const left = fieldIds === undefined ? own : own.filter(({ id }) => fieldIds.includes(id));
    const masked = masks === undefined ? {} : { masks: masksOf(left, { masks, place: on }) };
    narrowings.push({ itemId: item.id, fieldIds, rows: rule, ...masked });
  }
  return narrowings;
}

/** Throws USAGE for a column that is not left, and FILTER_INVALID for a mask that does not fit its type. */
function masksOf(
  fields: readonly NestedField[],
  { masks, place }: { readonly masks: readonly z.infer<typeof namedMask>[]; readonly place: string },
): NonNullable<Narrowing["masks"]> {
  return masks.map(({ column, mask: action, value }) => {
    const field = fieldNamed(fields, { name: column, place });
    checkMask({ action, value }, field);
    return { fieldId: field.id, action, ...(value === undefined ? {} : { value }) };
  });
}

function notOneTable(place: string): HeadgateError {
  return new HeadgateError("USAGE", {
    place,
    message: "columns and rows are those of one table",
    remedy: "approve all of it, or deny it and let the tables be asked for one by one",
  });
}

function notNarrowed({ handle }: ShareRequest): HeadgateError {
  return new HeadgateError("USAGE", {
    place: handle,
    message: "something is narrowed that is not approved by this, because it was left out or you decided on it before",
    remedy: "narrow only what you approve at the same time",
  });
}

/** Throws USAGE for an end that is over, or later than was asked for. */
function endOf({ until: asked, handle }: ShareRequest, text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  checkTimes({ place: handle, until: text }, now);
  const until = Date.parse(text);
  if (until <= (asked ?? Infinity)) return until;
  throw new HeadgateError("USAGE", {
    place: handle,
    message: "it is asked for until an earlier time",
    remedy: `name an end before ${new Date(asked ?? 0).toISOString()}, or leave it out`,
  });
}

function notAllowed({ principal }: Asking, { handle }: ShareRequest): HeadgateError {
  return new HeadgateError("NOT_ALLOWED", {
    place: handle,
    message: `${principal.name} does not decide on this request now`,
    remedy: `see \`headgate request show ${handle}\` for its steps; whoever asked never decides`,
  });
}

function nothingLeft(request: ShareRequest): HeadgateError {
  const isOpen = progressOfRequest(request).outcome === undefined;
  return new HeadgateError("USAGE", {
    place: request.handle,
    message: isOpen ? "you have decided on this already; others still have to" : "this is decided",
  });
}
