/** A share request in the words of people, as far as whoever asks may know what is in it. */
import { sql } from "kysely";
import { z } from "zod";
import { must } from "../../base/must.ts";
import type { TableEntry } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import { requestKinds, requestStates } from "../../db/share-request-rows.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { securableTable } from "../../governance/securable.ts";
import { isWhole, showsColumn } from "../../governance/table-access.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import { principalLabel } from "../../identity/principal-name.ts";
import {
  mayDecide,
  missingApprovals,
  openedAt,
  peopleOfStep,
  progressOfRequest,
  systemChannel,
  systemsOfStep,
  systemStanding,
  type Moment,
} from "../../sharing/case-of.ts";
import { listProducts } from "../../sharing/product-store.ts";
import { relations } from "../../sharing/process.ts";
import { stepStates } from "../../sharing/progress.ts";
import {
  stateAt,
  type Decision,
  type JudgedFinding,
  type Narrowing,
  type RequestItem,
  type ShareRequest,
} from "../../sharing/request.ts";
import { sensitivityClasses } from "../../stewardship/sensitivity.ts";
import { presentColumns } from "../access/column-names.ts";
import { presentedColumns } from "../access/present-grant.ts";
import { count, instant, list, texts } from "../answers.ts";
import type { Context } from "../context.ts";
import { nameInLists } from "../scope.ts";
import { labelOfItem } from "./asked-items.ts";
import { administersAccount } from "./known-request.ts";

const presentedItem = z
  .strictObject({
    on: z.string().nullable().describe("Null for something that is gone, or that the caller may no longer know."),
    columns: presentedColumns.nullable().describe("Null for all columns."),
    rows: z.string().nullable().describe("Null for all rows."),
    tables: count.describe("How many tables were judged with it. Only these are shared."),
    leftOut: z.string().nullable().describe("Why it is not in the share."),
  })
  .meta({ title: "RequestedItem" });

const leftPart = z
  .strictObject({
    on: z.string(),
    columns: texts.nullable().describe("The only columns that are left, those that the caller may know. Null for all."),
    rows: z.string().nullable().describe("A further condition on rows, for those who may know the whole table."),
    someRows: z.boolean().describe("Whether there is such a condition."),
    masked: texts.describe("The columns that are shown masked, those that the caller may know."),
  })
  .meta({ title: "LeftPart" });

const presentedDecision = z
  .strictObject({
    by: z.string(),
    standing: z.string().describe("By what right they decided."),
    verdict: z.enum(["approve", "deny"]),
    comment: z.string().nullable(),
    narrowed: z.boolean().describe("Whether they took something away of what was asked for."),
    left: list(leftPart).describe("The parts that they left of things, as far as the caller may know them."),
    until: instant.nullable().describe("The earlier end that they gave it."),
    channel: z.string(),
    at: instant,
  })
  .meta({ title: "RequestDecision" });

const presentedStep = z
  .strictObject({
    name: z.string(),
    state: z.enum(stepStates),
    quorum: count.describe("How many people have to approve."),
    openedAt: instant.nullable(),
    dueAt: instant.nullable().describe("Those to whom the step is escalated may decide after this, too."),
    waitsFor: texts.describe(
      "The people who may decide, for those who administer the account or decide themselves; systems outside as system:<hook>.",
    ),
    missing: count.describe(
      "How many approvals more it needs than there are people who may give them; somebody else has to be named for them.",
    ),
    decisions: list(presentedDecision),
  })
  .meta({ title: "RequestStep" });

const presentedFinding = z.strictObject({
  class: z.enum(sensitivityClasses),
  level: z.enum(["database", "table", "column"]),
  table: z.string().nullable(),
  column: z.string().nullable(),
});

export const presentedRequest = z
  .strictObject({
    request: z.string().describe("The name by which it is asked about."),
    state: z.enum(requestStates),
    kind: z
      .enum(requestKinds)
      .describe(
        "`judgement`: about what was marked or added since a share was approved at once. `extension`: a later end of a share.",
      ),
    about: z.string().nullable().describe("The id of that share."),
    from: z.string().describe("The account that has what is asked for."),
    for: z.string().describe("account:<name>, or the person or key who asks."),
    requester: z.string(),
    others: count.describe("How many others have asked for the same."),
    purpose: z.string(),
    answers: z.record(z.string(), z.string()),
    product: z.string().nullable().describe("The product that it is for."),
    terms: z
      .strictObject({
        accepted: count.nullable().describe("The version that whoever asked has accepted."),
        current: count.describe("The version that holds now. Nothing is approved unless it is the accepted one."),
      })
      .nullable()
      .describe("Null without a product that has terms."),
    items: list(presentedItem),
    until: instant.nullable().describe("The end that is asked for."),
    sensitivity: z
      .strictObject({
        class: z.enum(sensitivityClasses),
        relation: z.enum(relations),
        because: texts.describe("The rules that led to the steps."),
        findings: list(presentedFinding),
      })
      .nullable()
      .describe("As it was judged; null for a draft."),
    round: count.describe("How often it was judged: again if something more sensitive was found meanwhile."),
    steps: list(presentedStep),
    createdAt: instant,
    submittedAt: instant.nullable(),
    decideBy: instant.nullable().describe("Undecided at this moment, it expires."),
    endedAt: instant.nullable(),
    reason: z.string().nullable().describe("Why it ended as it did."),
    share: z.string().nullable(),
    yours: z.boolean().describe("Whether the caller may decide now."),
  })
  .meta({ title: "ShareRequest" });

export type PresentedRequest = z.infer<typeof presentedRequest>;

type Lookup = Pick<Context, "catalog">;

interface Asked {
  readonly asking: Asking;
  readonly moment: Moment;
}

export async function presentRequest(context: Lookup, asked: Asked, request: ShareRequest): Promise<PresentedRequest> {
  const [presented] = await presentRequests(context, asked, [request]);
  return must(presented, "the request");
}

/** Reads the names in all of them at once. */
export async function presentRequests(
  { catalog }: Lookup,
  { asking, moment }: Asked,
  requests: readonly ShareRequest[],
): Promise<readonly PresentedRequest[]> {
  const things = [...new Set(requests.flatMap(thingsIn))];
  const all = await catalog.everything().entriesOf(things);
  const known = new Set((await catalog.entriesOf(things)).map(({ id }) => id));
  const productIds = requests.flatMap(({ productId }) => productId ?? []);
  const isNamed = sql<boolean>`products.id = any(${productIds}::uuid[])`;
  const products = new Map((await listProducts(catalog.db, isNamed)).map((product) => [product.id, product]));
  const present = async (request: ShareRequest): Promise<PresentedRequest> => {
    const product = products.get(request.productId ?? "");
    const own = mayDecide(request, asking, moment);
    const isDeciding = own.length > 0 || administersAccount(asking, request.sourceAccountId);
    const entries = isDeciding ? all : all.filter(({ id }) => known.has(id));
    const shown = { catalog, asking, moment, entries, isDeciding };
    const state = stateAt(request, moment.now);
    return {
      request: request.handle,
      state,
      kind: request.kind,
      about: request.aboutShareId ?? null,
      from: moment.policy.accounts.get(request.sourceAccountId)?.name ?? "(removed)",
      for: targetLabel(request, moment),
      requester: nameOf(request.requesterId, moment),
      others: request.followerIds.length,
      purpose: request.purpose,
      answers: request.answers,
      product:
        request.productId === undefined ? null : product === undefined ? "(removed)" : nameInLists(asking, product),
      terms:
        product?.terms === undefined ? null : { accepted: request.termsVersion ?? null, current: product.termsVersion },
      items: await Promise.all(request.items.map((item) => presentItem(item, shown))),
      until: instantOf(request.until),
      sensitivity: presentSensitivity(request, shown),
      round: request.round,
      steps: await Promise.all(request.steps.map((_step, index) => presentStep(request, index, shown))),
      createdAt: new Date(request.createdAt).toISOString(),
      submittedAt: instantOf(request.submittedAt),
      decideBy: state === "pending" ? instantOf(request.decideBy) : null,
      endedAt: instantOf(request.endedAt),
      reason: request.endReason ?? null,
      share: request.shareId ?? null,
      yours: state === "pending" && own.length > 0,
    };
  };
  return Promise.all(requests.map(present));
}

/** The tables and databases that a request names. */
function thingsIn({ items, judgement }: ShareRequest): readonly string[] {
  return [
    ...items.map(({ thingId }) => thingId),
    ...(judgement?.findings ?? []).flatMap(({ tableId }) => tableId ?? []),
  ];
}

interface Shown {
  readonly catalog: Context["catalog"];
  readonly asking: Asking;
  readonly moment: Moment;
  /** As far as the caller may know them. */
  readonly entries: readonly TableEntry[];
  readonly isDeciding: boolean;
}

function instantOf(moment: number | undefined): string | null {
  return moment === undefined ? null : new Date(moment).toISOString();
}

function nameOf(id: string | undefined, { policy }: Moment): string {
  if (id === undefined) return "local";
  const own = policy.principals.get(id);
  return own === undefined ? "(removed)" : principalLabel(own);
}

function targetLabel({ target }: ShareRequest, moment: Moment): string {
  if (target.kind === "principal") return nameOf(target.id, moment);
  return `${target.kind}:${moment.policy.accounts.get(target.id)?.name ?? "(removed)"}`;
}

async function presentItem(item: RequestItem, shown: Shown) {
  const on = labelOfItem(item, shown) ?? null;
  const isWholeItem = item.columns.mode === "all";
  const table = isWholeItem ? undefined : shown.entries.find(({ id }) => id === item.thingId);
  const fields = table === undefined ? [] : currentSchema((await shown.catalog.load(table)).metadata).fields;
  return {
    on,
    columns: on === null || isWholeItem ? null : presentColumns(item.columns, fields),
    rows: item.rows?.text ?? null,
    tables: item.judged.length,
    leftOut: item.leftOut ?? null,
  };
}

function presentSensitivity({ judgement }: ShareRequest, shown: Shown): PresentedRequest["sensitivity"] {
  if (judgement === undefined) return null;
  const { class: found, relation, because, findings } = judgement;
  const presented = findings.flatMap((finding) => presentFinding(finding, shown));
  const distinct = new Map(presented.map((finding) => [JSON.stringify(finding), finding]));
  return { class: found, relation, because, findings: [...distinct.values()] };
}

/** To somebody who does not decide, only what they may know of the tables. */
function presentFinding({ class: found, level, tableId, column }: JudgedFinding, shown: Shown) {
  const table = shown.entries.find(({ id }) => id === tableId);
  if (tableId !== undefined && table === undefined) return [];
  const label = table === undefined ? null : tableLabel(table);
  const isNamed = column !== undefined && table !== undefined && (shown.isDeciding || knowsWhole(shown.asking, table));
  return [{ class: found, level, table: label, column: isNamed ? column : null }];
}

function knowsWhole(asking: Asking, table: TableEntry): boolean {
  const decision = decideFor(asking, "browse", securableTable(table));
  return decision.allowed && isWhole(decision.access);
}

async function presentStep(request: ShareRequest, index: number, shown: Shown) {
  const { moment, isDeciding } = shown;
  const step = request.steps[index];
  if (step === undefined) throw new TypeError("a request has this step");
  const isRunning = stateAt(request, moment.now) === "pending";
  const state = progressOfRequest(request).steps[index] ?? "waiting";
  const opened = state === "waiting" ? undefined : openedAt(request, index);
  const isWaited = isRunning && state === "open";
  const waitsFor = isWaited && isDeciding ? peopleOfStep(request, moment, index).map((id) => nameOf(id, moment)) : [];
  const systems = isWaited ? systemsOfStep(request, index).map(({ name }) => systemStanding(name)) : [];
  const due = opened === undefined ? undefined : opened + step.withinHours * 3_600_000;
  return {
    name: step.name,
    state,
    quorum: step.quorum,
    openedAt: instantOf(opened),
    dueAt: isWaited ? instantOf(due) : null,
    waitsFor: [...waitsFor.toSorted(), ...systems],
    missing: isRunning ? missingApprovals(request, moment, index) : 0,
    decisions: await Promise.all(
      request.decisions
        .filter((decision) => decision.step === index && decision.round === request.round)
        .map((decision) => presentDecision(decision, request.items, shown)),
    ),
  };
}

async function presentDecision(decision: Decision, items: readonly RequestItem[], shown: Shown) {
  const { personId, standing, verdict, comment = null, narrowed, until, channel, at } = decision;
  const isNarrowed = narrowed.length > 0 || until !== undefined;
  const parts = await Promise.all(narrowed.map((narrowing) => presentLeft(narrowing, items, shown)));
  return {
    by: channel === systemChannel ? standing : nameOf(personId, shown.moment),
    standing,
    verdict,
    comment,
    narrowed: isNarrowed,
    left: parts.flatMap((part) => part ?? []),
    until: instantOf(until),
    channel,
    at: new Date(at).toISOString(),
  };
}

/** Undefined if the caller may not know the table. */
async function presentLeft(
  { itemId, fieldIds, rows, masks = [] }: Narrowing,
  items: readonly RequestItem[],
  shown: Shown,
) {
  const item = items.find(({ id }) => id === itemId);
  const table = shown.entries.find(({ id }) => id === item?.thingId);
  if (item === undefined || table === undefined) return undefined;
  const isWholeKnown = shown.isDeciding || knowsWhole(shown.asking, table);
  return {
    on: tableLabel(table),
    columns: fieldIds === undefined ? null : await knownNames(fieldIds, table, shown),
    rows: isWholeKnown ? (rows?.text ?? null) : null,
    someRows: rows !== undefined,
    masked: await knownNames(
      masks.map(({ fieldId }) => fieldId),
      table,
      shown,
    ),
  };
}

async function knownNames(fieldIds: readonly number[], table: TableEntry, { catalog, asking, isDeciding }: Shown) {
  const decision = decideFor(asking, "browse", securableTable(table));
  const { fields } = currentSchema((await catalog.load(table)).metadata);
  const isKnown = (id: number): boolean => isDeciding || (decision.allowed && showsColumn(decision.access, id));
  return fields.filter(({ id }) => fieldIds.includes(id) && isKnown(id)).map(({ name }) => name);
}
