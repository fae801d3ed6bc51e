/**
 * The life of a share request, from the draft to its end, each step in the transaction of its caller, who holds the lock
 * of the policy. It asks nobody who they are; case-of.ts says who may decide.
 * Invariants: a request ends once. It is judged again before it is approved, and what was found since makes it begin
 * anew. The share is made in the same transaction as the approval, or neither is.
 */
import { isDeepStrictEqual } from "node:util";
import { HeadgateError } from "../errors.ts";
import { marksOf } from "../governance/judged-share.ts";
import type { JudgedColumns, JudgedThings } from "../governance/policy.ts";
import { insertFilter } from "../governance/data-filters.ts";
import type { Mask } from "../governance/mask.ts";
import { hasColumn, type ColumnSet } from "../governance/table-access.ts";
import { isLeft, progressOfRequest } from "./case-of.ts";
import { extendShare } from "./change-share.ts";
import { foundSince } from "./found-since.ts";
import { checkConditions, checkTerms } from "./asked-product.ts";
import { isRaised, judge, type Judged } from "./judge.ts";
import type { LifeParts } from "./life-parts.ts";
import { makeLinks } from "./make-links.ts";
import { noteWaiting } from "./note-waiting.ts";
import { openShare, type ShareItem } from "./open-share.ts";
import type { Progress } from "./progress.ts";
import { findShare, type Share } from "./shares.ts";
import { widenShare } from "./widen-share.ts";
import { keptProcesses, processesFor, type ChosenProcesses } from "./process-store.ts";
import {
  byId,
  currentDecisions,
  type Decision,
  type JudgedTable,
  type Narrowing,
  type RequestItem,
  type RowRule,
  type ShareRequest,
} from "./request.ts";
import { beginRound, endRequest, insertDecision, readRequest, type NewDecision } from "./request-store.ts";
import { has, productById, type ProductItem } from "./product-store.ts";
import { must } from "../base/must.ts";

/**
 * From a draft to a pending request, or, if no step is needed, to the share. Throws REQUEST_REFUSED, USAGE, and for a
 * product what its conditions throw.
 */
export async function submitRequest(parts: LifeParts, request: ShareRequest): Promise<ShareRequest> {
  if (request.kind === "new") await checkConditions(parts.transaction, request);
  const processes = await processesFor(parts.transaction, request.sourceAccountId);
  const judged = await judgeNow(parts, request, processes);
  checkAllowed(request, judged);
  if ([...judged.tables.values()].some((tables) => tables.length === 0)) throw nothingThere();
  return begin(parts, request, { judged, processIds: processes.ids });
}

/** A draft of what was found in a share since it was made. A process that refuses it has decided: it is left out. */
export async function submitJudgement(parts: LifeParts, request: ShareRequest): Promise<ShareRequest> {
  const processes = await processesFor(parts.transaction, request.sourceAccountId);
  const judged = await judgeNow(parts, request, processes);
  const { refuse: reason } = judged.plan;
  if (reason === undefined) return begin(parts, request, { judged, processIds: processes.ids });
  const share = await findShare(parts.transaction, must(request.aboutShareId, "the share of a judgement"), parts.now);
  await widenShare(parts, share, { request, approved: [] });
  const leftOut = new Map(request.items.map(({ id }) => [id, reason]));
  await endRequest(parts.transaction, request.id, { state: "denied", reason, shareId: share.row.id, leftOut });
  return read(parts, request.id);
}

/** A pending request that asks for more than before: whatever was decided about less counts no longer. */
export async function askAgain(parts: LifeParts, request: ShareRequest): Promise<ShareRequest> {
  const of = { ids: request.processIds, accountId: request.sourceAccountId };
  const judged = await judgeNow(parts, request, await keptProcesses(parts.transaction, of));
  checkAllowed(request, judged);
  return begin(parts, request, { judged, processIds: request.processIds });
}

function judgeNow(parts: LifeParts, request: ShareRequest, processes: ChosenProcesses): Promise<Judged> {
  const { transaction: db, catalog, policy } = parts;
  return judge({ db, catalog, policy, processes }, request);
}

function checkAllowed({ handle }: ShareRequest, { plan }: Judged): void {
  if (plan.refuse === undefined) return;
  throw new HeadgateError("REQUEST_REFUSED", { place: handle, message: plan.refuse });
}

function nothingThere(): HeadgateError {
  return new HeadgateError("USAGE", {
    message: "there is no table in what is asked for",
    remedy: "ask again when there is something to share, or leave the empty database out",
  });
}

interface Beginning {
  readonly judged: Judged;
  readonly processIds: readonly string[];
}

async function begin(
  parts: LifeParts,
  request: ShareRequest,
  { judged, processIds }: Beginning,
): Promise<ShareRequest> {
  const { judgement, plan, tables } = judged;
  const decideBy = parts.now + plan.expiresAfterHours * 3_600_000;
  const round = { judgement, steps: plan.steps, processIds, judged: tables, decideBy };
  await beginRound(parts.transaction, request.id, round);
  return endIfDecided(parts, await read(parts, request.id));
}

async function read({ transaction }: LifeParts, id: string): Promise<ShareRequest> {
  return must(await readRequest(transaction, byId(id)), "the request");
}

export interface Decided {
  readonly request: ShareRequest;
  /** Whether the decision was not taken, because the request was found to be more sensitive and begins anew. */
  readonly isRaised: boolean;
}

/** The caller has looked at who decides, and that the request is pending. Throws REQUEST_REFUSED, TERMS_NOT_ACCEPTED. */
export async function decideRequest(
  parts: LifeParts,
  request: ShareRequest,
  decisions: readonly Omit<NewDecision, "requestId" | "round">[],
): Promise<Decided> {
  if (request.kind !== "new") checkAboutShare(request, decisions);
  if (decisions.some(({ verdict }) => verdict === "approve")) {
    if (isLeft(request, parts)) return { request: await endAsLeft(parts, request), isRaised: false };
    if (await isOvertaken(parts, request)) return { request: await endAsOvertaken(parts, request), isRaised: true };
    await checkTermsStand(parts, request);
    const again = await judgedAgain(parts, request);
    if (again !== undefined) return { request: await begin(parts, request, again), isRaised: true };
  }
  for (const decision of decisions)
    await insertDecision(parts.transaction, { ...decision, requestId: request.id, round: request.round });
  return { request: await endIfDecided(parts, await read(parts, request.id)), isRaised: false };
}

/** Whoever asked has accepted the terms that hold now, whatever they were when they asked. */
async function checkTermsStand({ transaction }: LifeParts, request: ShareRequest): Promise<void> {
  const { productId, kind } = request;
  const product = productId === undefined || kind !== "new" ? undefined : await productById(transaction, productId);
  if (product !== undefined) checkTerms(product, request);
}

async function endAsLeft(parts: LifeParts, { id }: ShareRequest): Promise<ShareRequest> {
  await endRequest(parts.transaction, id, { state: "withdrawn", reason: "nobody who asked for it may ask any more" });
  return read(parts, id);
}

/** Whether more of the tables that it asks about was marked since, so that its items no longer say what would be opened. */
async function isOvertaken(parts: LifeParts, request: ShareRequest): Promise<boolean> {
  if (request.kind !== "judgement") return false;
  const found = (await foundSince(parts, must(request.aboutShareId, "the share of a judgement"))) ?? [];
  return request.items.some(({ thingId, columns }) =>
    found.some((one) => one.thingId === thingId && one.fieldIds.some((fieldId) => !hasColumn(columns, fieldId))),
  );
}

async function endAsOvertaken(parts: LifeParts, { id }: ShareRequest): Promise<ShareRequest> {
  const reason = "more of it was marked as sensitive meanwhile, which is asked about anew";
  await endRequest(parts.transaction, id, { state: "withdrawn", reason });
  return read(parts, id);
}

/** A share that exists keeps its rows, and whoever judges some of its columns does not decide on its end. Throws USAGE. */
function checkAboutShare(
  { handle, kind }: ShareRequest,
  decisions: readonly Pick<Decision, "narrowed" | "until">[],
): void {
  const isJudgement = kind === "judgement";
  const isFitting = decisions.every(
    ({ narrowed, until }) =>
      (until === undefined || !isJudgement) &&
      narrowed.every(
        ({ rows, fieldIds, masks }) =>
          rows === undefined && masks === undefined && (isJudgement || fieldIds === undefined),
      ),
  );
  if (isFitting) return;
  throw new HeadgateError("USAGE", {
    place: handle,
    message: isJudgement
      ? "this is about columns of a share that exists, which keeps its rows and its end"
      : "this is about the end of a share that exists, which keeps its columns and rows",
    remedy: "approve it as a whole or in part, or deny it; see `headgate share --help` to change the share itself",
  });
}

/** Set if there is something that was not known when the request was judged, or that demands another step. */
async function judgedAgain(parts: LifeParts, request: ShareRequest): Promise<Beginning | undefined> {
  const of = { ids: request.processIds, accountId: request.sourceAccountId };
  const processes = await keptProcesses(parts.transaction, of);
  const judged = await judgeNow(parts, request, processes);
  checkAllowed(request, judged);
  const isLonger = judged.plan.steps.some((step) => !request.steps.some((had) => isDeepStrictEqual(had, step)));
  if (request.judgement !== undefined && !isLonger && !isRaised(request.judgement, judged.judgement)) return undefined;
  return { judged, processIds: request.processIds };
}

async function endIfDecided(parts: LifeParts, request: ShareRequest): Promise<ShareRequest> {
  const { outcome, approved, denied } = progressOfRequest(request);
  if (outcome === undefined) {
    await noteWaiting(parts.transaction, request);
    return request;
  }
  if (request.kind !== "new") return endAboutShare(parts, request, { outcome, approved, denied });
  const reason = currentDecisions(request).findLast(({ verdict }) => verdict === "deny")?.comment;
  const leftOut = new Map(denied.map((id) => [id, reason ?? "denied"]));
  if (outcome === "denied") {
    await endRequest(parts.transaction, request.id, { state: "denied", reason, leftOut });
    return read(parts, request.id);
  }
  const share = await shareOf(parts, request, approved);
  for (const id of share.gone) leftOut.set(id, "it was removed, or taken out of the product");
  if (share.items.length === 0)
    await endRequest(parts.transaction, request.id, {
      state: "withdrawn",
      reason: "what it asked for was removed",
      leftOut,
    });
  else {
    const judged = request.steps.length === 0 ? judgedThings(parts, request, approved) : undefined;
    const made = { ...shareFrom(request), items: share.items, judged };
    const { id: shareId } = await openShare(parts.transaction, made);
    const state = leftOut.size === 0 ? "approved" : "partly_approved";
    await endRequest(parts.transaction, request.id, { state, reason, shareId, leftOut });
  }
  return read(parts, request.id);
}

type Outcome = Pick<Progress, "outcome" | "approved" | "denied">;

/** The consequences for the share that the request is about; none if that has ended meanwhile. */
async function endAboutShare(
  parts: LifeParts,
  request: ShareRequest,
  { outcome = "denied", approved, denied }: Outcome,
): Promise<ShareRequest> {
  const shareId = must(request.aboutShareId, "the share of a request about one");
  const share = await findShare(parts.transaction, shareId, parts.now);
  const reason = currentDecisions(request).findLast(({ verdict }) => verdict === "deny")?.comment;
  const leftOut = new Map(denied.map((id) => [id, reason ?? "denied"]));
  const isOver = share.state === "revoked" || share.state === "rejected";
  if (isOver) await endRequest(parts.transaction, request.id, { state: "withdrawn", reason: "the share has ended" });
  else {
    if (request.kind === "judgement") {
      await widenShare(parts, share, { request, approved });
      if (share.state === "active") await makeLinks(parts.transaction, shareId);
    }
    // A share has one end: what was denied of it cannot have an earlier one than the rest.
    const state = request.kind === "extension" && denied.length > 0 ? "denied" : outcome;
    if (request.kind === "extension" && state !== "denied")
      await extendShare(parts.transaction, share, laterEnd(share, request));
    await endRequest(parts.transaction, request.id, { state, reason, shareId, leftOut });
  }
  return read(parts, request.id);
}

/** Null for none. Whoever approves gives at least the end that the share has. */
function laterEnd({ row }: Share, request: ShareRequest): Date | null {
  const asked = endOf(request);
  if (asked === undefined || row.valid_until === null) return null;
  return new Date(Math.max(asked, row.valid_until.getTime()));
}

/** The earliest of the end that was asked for and those that approvers named. */
function endOf(request: ShareRequest): number | undefined {
  const ends = [request.until, ...currentDecisions(request).map(({ until }) => until)];
  const known = ends.filter((end) => end !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function shareFrom(request: ShareRequest) {
  const { id: requestId, productId, sourceAccountId, target, mayReshare } = request;
  const last = currentDecisions(request).at(-1);
  return {
    requestId,
    productId,
    sourceAccountId,
    target,
    mayReshare,
    until: endOf(request),
    author: { by: last?.principalId ?? null, origin: `request:${request.handle}` },
  };
}

/** Everything that an automatic share gives, with the marks that it has at this moment. */
function judgedThings({ policy }: LifeParts, request: ShareRequest, approved: readonly string[]): JudgedThings {
  const tables = new Map<string, JudgedColumns>();
  const known = new Set<string>();
  for (const item of request.items.filter(({ id }) => approved.includes(id)))
    for (const table of item.judged) {
      const { id, fieldIds, baseId } = table;
      const given = fieldIds.filter((fieldId) => hasColumn(item.columns, fieldId) && isKnownIn(table, fieldId));
      const before = tables.get(id)?.fieldIds ?? [];
      tables.set(id, { fieldIds: new Set([...before, ...given]), leftOut: new Set(), baseId });
      const marks = marksOf(policy, { id, databaseId: item.databaseId }, baseId);
      for (const mark of [...marks.whole, ...given.flatMap(marks.ofColumn)]) known.add(mark);
    }
  return { tables, known };
}

interface SharedItems {
  readonly items: readonly ShareItem[];
  /** Items of which nothing is there any more. */
  readonly gone: readonly string[];
}

async function shareOf(parts: LifeParts, request: ShareRequest, approved: readonly string[]): Promise<SharedItems> {
  const there = new Set((await parts.catalog.entries()).map(({ id }) => id));
  const offered = await offeredNow(parts, request);
  const made: ShareItem[] = [];
  const gone: string[] = [];
  for (const item of request.items.filter(({ id }) => approved.includes(id))) {
    const isOffered = offered === undefined || has(offered, item);
    const tables = isOffered ? item.judged.filter(({ id }) => there.has(id)) : [];
    if (tables.length === 0) gone.push(item.id);
    for (const table of tables) made.push(await sharedTable(parts, request, { item, table }));
  }
  return { items: made, gone };
}

/** The contents of the product now: its owners may decide about nothing else. Undefined for a request without a product. */
async function offeredNow(
  { transaction }: LifeParts,
  { productId }: ShareRequest,
): Promise<readonly ProductItem[] | undefined> {
  if (productId === undefined) return undefined;
  return (await productById(transaction, productId))?.items ?? [];
}

interface TableOfItem {
  readonly item: RequestItem;
  readonly table: JudgedTable;
}

/** The part that was asked for, as far as every approver left it. A part with a condition on rows or with masks becomes a data filter. */
async function sharedTable(parts: LifeParts, request: ShareRequest, of: TableOfItem): Promise<ShareItem> {
  const narrowed = narrowingsOf(currentDecisions(request), of.item.id);
  const columns = sharedColumns(request, of, narrowed);
  const rows = [of.item.rows, ...narrowed.map((one) => one.rows)].filter((rule) => rule !== undefined);
  const on = { kind: "table", id: of.table.id } as const;
  const condition = allOf(rows);
  const masks = masksLeft(narrowed, columns);
  if (condition === undefined && masks.size === 0) return { on, columns, filterId: undefined };
  const filterId = await insertFilter(parts.transaction, {
    tableId: of.table.id,
    name: `request-${request.handle}`,
    content: { columns, rows: condition, masks },
    origin: null,
  });
  return { on, columns: { mode: "all" }, filterId };
}

function narrowingsOf(decisions: readonly Decision[], itemId: string): readonly Narrowing[] {
  return decisions.flatMap(({ narrowed }) => narrowed.filter((one) => one.itemId === itemId));
}

/**
 * By name of the columns that were judged, unless people agreed to all columns, future ones too: nobody has judged a
 * column that is added to what was shared without anybody's decision.
 */
function sharedColumns(
  { steps }: ShareRequest,
  { item, table }: TableOfItem,
  narrowed: readonly Narrowing[],
): ColumnSet {
  const limits = narrowed.map(({ fieldIds }) => fieldIds).filter((ids) => ids !== undefined);
  const isOfAll = item.columns.mode === "all" && table.knownIds === undefined;
  if (isOfAll && limits.length === 0 && steps.length > 0) return { mode: "all" };
  const fieldIds = table.fieldIds.filter(
    (id) => hasColumn(item.columns, id) && isKnownIn(table, id) && limits.every((limit) => limit.includes(id)),
  );
  return { mode: "include", fieldIds: new Set(fieldIds) };
}

/** Whether whoever asked for the table may know the column. */
function isKnownIn({ knownIds }: JudgedTable, fieldId: number): boolean {
  return knownIds === undefined || knownIds.includes(fieldId);
}

/** Approvers who mask a column in different ways leave nothing of it but where it is empty. */
function masksLeft(narrowed: readonly Narrowing[], columns: ColumnSet): ReadonlyMap<number, Mask> {
  const masks = new Map<number, Mask>();
  for (const { fieldId, ...mask } of narrowed.flatMap((one) => one.masks ?? [])) {
    if (!hasColumn(columns, fieldId)) continue;
    const before = masks.get(fieldId);
    const isSame = before === undefined || (before.action === mask.action && before.value === mask.value);
    masks.set(fieldId, isSame ? mask : { action: "replace-with-null" });
  }
  return masks;
}

function allOf(rules: readonly RowRule[]): RowRule | undefined {
  const [first, ...more] = rules;
  if (first === undefined || more.length === 0) return first;
  return {
    text: rules.map(({ text }) => `(${text})`).join(" AND "),
    predicate: { op: "and", terms: rules.map(({ predicate }) => predicate) },
  };
}
