/**
 * Share requests in the metadata database: makes rows of values and values of rows, and decides nothing.
 * Invariant: a decision is only ever added, and no request is deleted.
 */
import { randomInt } from "node:crypto";
import { sql, type Kysely, type RawBuilder, type Selectable } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { RequestState, ShareRequestTables } from "../db/share-request-rows.ts";
import type { Tables } from "../db/tables.ts";
import { columnsJson } from "../governance/grants.ts";
import type { Predicate } from "../governance/predicate/predicate.ts";
import { columnSetOf } from "../governance/policy-rows.ts";
import type { ProcessStep } from "./process.ts";
import type { Decision, JudgedTable, Judgement, Narrowing, RequestItem, ShareRequest } from "./request.ts";

type Rows = { readonly [Name in keyof ShareRequestTables]: Selectable<ShareRequestTables[Name]> };

/** A condition on rows of `share_requests`. */
export type RequestCondition = RawBuilder<boolean>;

export interface Chosen {
  readonly where: RequestCondition;
  /** The newest ones; by default all. */
  readonly limit?: number | undefined;
}

export interface Shown {
  readonly where: RequestCondition;
  isShown(request: ShareRequest): boolean;
  readonly limit: number;
}

/** The newest of those that are shown; no more of the history is read than it takes to find them. */
export async function newestRequests(
  db: Kysely<Tables>,
  { where, isShown, limit }: Shown,
): Promise<readonly ShareRequest[]> {
  const shown: ShareRequest[] = [];
  let before = sql<boolean>`true`;
  for (let size = limit + 1; shown.length < limit; size = 1_000) {
    const found = await readRequests(db, { where: sql<boolean>`(${where}) and ${before}`, limit: size });
    shown.push(...found.filter(isShown));
    const last = found.at(-1);
    if (last === undefined || found.length < size) break;
    const of = sql`(select created_at, id from share_requests where id = ${last.id}::uuid)`;
    before = sql<boolean>`(created_at, id) < ${of}`;
  }
  return shown.slice(0, limit);
}

/** Newest first. */
export async function readRequests(db: Kysely<Tables>, { where, limit }: Chosen): Promise<readonly ShareRequest[]> {
  const rows = await db
    .selectFrom("share_requests")
    .selectAll()
    .where(where)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .$if(limit !== undefined, (query) => query.limit(limit ?? 0))
    .execute();
  if (rows.length === 0) return [];
  const ids = sql`any(${rows.map(({ id }) => id)}::uuid[])`;
  const ofThem = sql<boolean>`request_id = ${ids}`;
  const [items, decisions, followers] = [
    await db.selectFrom("share_request_items").selectAll().where(ofThem).orderBy("position").execute(),
    await db.selectFrom("share_decisions").selectAll().where(ofThem).orderBy("decided_at").orderBy("id").execute(),
    await db
      .selectFrom("share_request_followers")
      .leftJoin("api_keys", "api_keys.id", "principal_id")
      .select(["request_id", "principal_id", "owner_id", "left_at"])
      .where(ofThem)
      .orderBy("joined_at")
      .execute(),
  ];
  const by = <Row extends { readonly request_id: string }>(all: readonly Row[]) =>
    Map.groupBy(all, ({ request_id: id }) => id);
  const [itemsBy, decisionsBy, followersBy] = [by(items), by(decisions), by(followers)];
  return rows.map((row) => ({
    ...requestOf(row),
    ...followersOf(followersBy.get(row.id) ?? []),
    items: (itemsBy.get(row.id) ?? []).map(itemOf),
    decisions: (decisionsBy.get(row.id) ?? []).map(decisionOf),
  }));
}

interface FollowerRow {
  readonly principal_id: string;
  readonly owner_id: string | null;
  readonly left_at: Date | null;
}

type Followers = Pick<ShareRequest, "followerIds" | "behindFollowers" | "leftIds">;

function followersOf(rows: readonly FollowerRow[]): Followers {
  const ownersOf = (of: readonly FollowerRow[]) => of.flatMap(({ owner_id: id }) => (id === null ? [] : [id]));
  const idsOf = (of: readonly FollowerRow[]) => of.map(({ principal_id: id }) => id);
  const [left, staying] = [rows.filter((row) => row.left_at !== null), rows.filter((row) => row.left_at === null)];
  return {
    followerIds: idsOf(staying),
    behindFollowers: ownersOf(staying),
    leftIds: [...idsOf(left), ...ownersOf(left)],
  };
}

/** Undefined if there is none. A transaction that holds the lock of the policy sees no other change of it. */
export async function readRequest(db: Kysely<Tables>, where: RequestCondition): Promise<ShareRequest | undefined> {
  return (await readRequests(db, { where, limit: 1 }))[0];
}

function requestOf(row: Rows["share_requests"]): Omit<ShareRequest, keyof Followers | "items" | "decisions"> {
  return {
    id: row.id,
    handle: row.handle,
    kind: row.kind,
    aboutShareId: row.about_share ?? undefined,
    sourceAccountId: row.source_account_id,
    target: { kind: row.target_kind, id: row.target_id },
    accountId: row.account_id ?? undefined,
    requesterId: row.requester_id ?? undefined,
    personId: row.person_id ?? undefined,
    purpose: row.purpose,
    answers: (row.answers ?? {}) as Readonly<Record<string, string>>,
    productId: row.product_id ?? undefined,
    termsVersion: row.terms_version ?? undefined,
    mayReshare: row.may_reshare,
    until: row.until_at?.getTime(),
    state: row.state,
    round: row.round,
    judgement: (row.judgement ?? undefined) as Judgement | undefined,
    steps: row.steps as readonly ProcessStep[],
    processIds: row.process_ids,
    extendsId: row.extends_id ?? undefined,
    createdAt: row.created_at.getTime(),
    submittedAt: row.submitted_at?.getTime(),
    judgedAt: row.judged_at?.getTime(),
    decideBy: row.decide_by?.getTime(),
    endedAt: row.ended_at?.getTime(),
    endReason: row.end_reason ?? undefined,
    shareId: row.share_id ?? undefined,
  };
}

function itemOf(row: Rows["share_request_items"]): RequestItem {
  const { row_text: text, row_predicate: predicate } = row;
  return {
    id: row.id,
    kind: row.kind,
    thingId: row.thing_id,
    databaseId: row.database_id,
    columns: columnSetOf(row.columns) ?? { mode: "include", fieldIds: new Set() },
    rows: text === null ? undefined : { text, predicate: predicate as Predicate },
    judged: row.judged as readonly JudgedTable[],
    leftOut: row.left_out ?? undefined,
  };
}

function decisionOf(row: Rows["share_decisions"]): Decision {
  return {
    id: row.id,
    round: row.round,
    step: row.step,
    principalId: row.principal_id ?? undefined,
    personId: row.person_id ?? undefined,
    standing: row.standing,
    verdict: row.verdict,
    itemIds: row.item_ids,
    comment: row.comment ?? undefined,
    narrowed: row.narrowed as readonly Narrowing[],
    until: row.until_at?.getTime(),
    channel: row.channel,
    at: row.decided_at.getTime(),
  };
}

export type NewRequest = Pick<
  ShareRequest,
  | "sourceAccountId"
  | "target"
  | "accountId"
  | "requesterId"
  | "personId"
  | "purpose"
  | "answers"
  | "productId"
  | "termsVersion"
  | "mayReshare"
  | "until"
  | "extendsId"
  | "kind"
  | "aboutShareId"
> & { readonly items: readonly NewItem[] };

/** `judged`: of all tables of a database, those that it is about. */
export type NewItem = Pick<RequestItem, "kind" | "thingId" | "databaseId" | "columns" | "rows" | "judged">;

/** A draft. Returns its id. */
export async function insertRequest(transaction: Kysely<Tables>, request: NewRequest): Promise<string> {
  const id = uuidv7();
  await transaction
    .insertInto("share_requests")
    .values({
      id,
      handle: newHandle(),
      source_account_id: request.sourceAccountId,
      target_kind: request.target.kind,
      target_id: request.target.id,
      account_id: request.accountId ?? null,
      requester_id: request.requesterId ?? null,
      person_id: request.personId ?? null,
      purpose: request.purpose,
      answers: JSON.stringify(request.answers),
      product_id: request.productId ?? null,
      terms_version: request.termsVersion ?? null,
      may_reshare: request.mayReshare,
      until_at: dateOf(request.until),
      fingerprint: fingerprintOf(request),
      state: "draft",
      extends_id: request.extendsId ?? null,
      kind: request.kind,
      about_share: request.aboutShareId ?? null,
    })
    .execute();
  await transaction
    .insertInto("share_request_items")
    .values(request.items.map((item, position) => itemRow(item, { id, position })))
    .execute();
  return id;
}

function itemRow(item: NewItem, { id, position }: { readonly id: string; readonly position: number }) {
  return {
    id: uuidv7(),
    request_id: id,
    position,
    kind: item.kind,
    thing_id: item.thingId,
    database_id: item.databaseId,
    columns: columnsJson(item.columns),
    row_text: item.rows?.text ?? null,
    row_predicate: item.rows === undefined ? null : JSON.stringify(item.rows.predicate),
    judged: JSON.stringify(item.judged),
  };
}

function dateOf(moment: number | undefined): Date | null {
  return moment === undefined ? null : new Date(moment);
}

/** Without vowels, so that it is no word, and without characters that look alike. */
const letters = "bcdfghjkmnpqrstvwxz23456789";

function newHandle(): string {
  return Array.from({ length: 10 }, () => letters[randomInt(letters.length)]).join("");
}

/** Equal for requests that ask for the same thing for the same target. */
function fingerprintOf({
  target,
  sourceAccountId,
  items,
  productId,
  kind: asked,
  aboutShareId,
}: Fingerprinted): string {
  const texts = items.map(({ kind, thingId, columns, rows, judged }) => {
    const tables = judged.map(({ id, knownIds }) => `${id}${knownIds?.join(" ") ?? ""}`).toSorted();
    return `${kind} ${thingId} ${columnsJson(columns) ?? "all"} ${rows?.text ?? ""} ${tables.join()}`;
  });
  const more = `${productId ?? ""} ${aboutShareId === undefined ? "" : `${asked} ${aboutShareId}`}`;
  return `${target.kind} ${target.id} from ${sourceAccountId} ${more}: ${texts.toSorted().join("; ")}`;
}

type Fingerprinted = Pick<NewRequest, "target" | "sourceAccountId" | "items" | "productId" | "kind" | "aboutShareId">;

/** The pending request that asks for the same. */
export function samePendingRequest(
  transaction: Kysely<Tables>,
  request: Fingerprinted,
): Promise<ShareRequest | undefined> {
  const same = sql<boolean>`fingerprint = ${fingerprintOf(request)} and state = 'pending'`;
  return readRequest(transaction, same);
}

export async function acceptTerms(
  transaction: Kysely<Tables>,
  { id, version }: { readonly id: string; readonly version: number },
): Promise<void> {
  await transaction.updateTable("share_requests").set({ terms_version: version }).where("id", "=", id).execute();
}

/** The requests for a product that nobody has decided yet, drafts included. */
export function openRequestsFor(db: Kysely<Tables>, productId: string): Promise<readonly ShareRequest[]> {
  return readRequests(db, { where: sql<boolean>`product_id = ${productId}::uuid and state in ('draft', 'pending')` });
}

export interface Follower {
  readonly requestId: string;
  readonly principalId: string;
  readonly purpose: string;
}

export async function addFollower(transaction: Kysely<Tables>, follower: Follower): Promise<void> {
  await transaction
    .insertInto("share_request_followers")
    .values({ request_id: follower.requestId, principal_id: follower.principalId, purpose: follower.purpose })
    .onConflict((conflict) =>
      conflict.columns(["request_id", "principal_id"]).doUpdateSet({ purpose: follower.purpose, left_at: null }),
    )
    .execute();
}

/** They stay known as somebody who asked. */
export async function leaveRequest(
  transaction: Kysely<Tables>,
  { requestId, principalId }: Omit<Follower, "purpose">,
): Promise<void> {
  await transaction
    .updateTable("share_request_followers")
    .set({ left_at: sql<Date>`clock_timestamp()` })
    .where("request_id", "=", requestId)
    .where("principal_id", "=", principalId)
    .execute();
}

/** The request goes on as that of one of its followers, with the purpose that they named; whoever made it has left it. */
export async function passRequest(
  transaction: Kysely<Tables>,
  { id, requesterId, purpose }: Pick<ShareRequest, "id" | "requesterId" | "purpose">,
  { principalId, personId }: { readonly principalId: string; readonly personId: string },
): Promise<void> {
  const { purpose: own } = await transaction
    .deleteFrom("share_request_followers")
    .where("request_id", "=", id)
    .where("principal_id", "=", principalId)
    .returning("purpose")
    .executeTakeFirstOrThrow();
  await transaction
    .updateTable("share_requests")
    .set({ requester_id: principalId, person_id: personId, purpose: own })
    .where("id", "=", id)
    .execute();
  if (requesterId === undefined) return;
  await addFollower(transaction, { requestId: id, principalId: requesterId, purpose });
  await leaveRequest(transaction, { requestId: id, principalId: requesterId });
}

/** Asks for more time, or for the right to pass it on, because somebody who joined needs that. */
export async function widenRequest(
  transaction: Kysely<Tables>,
  { id, until, mayReshare }: Pick<ShareRequest, "id" | "until" | "mayReshare">,
): Promise<void> {
  await transaction
    .updateTable("share_requests")
    .set({ until_at: dateOf(until), may_reshare: mayReshare })
    .where("id", "=", id)
    .execute();
}

export interface NewRound {
  readonly judgement: Judgement;
  readonly steps: readonly ProcessStep[];
  readonly processIds: readonly string[];
  readonly judged: ReadonlyMap<string, readonly JudgedTable[]>;
  readonly decideBy: number;
}

/** A request that was judged, for the first time or again: what was decided before no longer counts. */
export async function beginRound(transaction: Kysely<Tables>, id: string, round: NewRound): Promise<void> {
  const now = sql<Date>`clock_timestamp()`;
  await transaction
    .updateTable("share_requests")
    .set({ state: "pending", judged_at: now, submitted_at: sql<Date>`coalesce(submitted_at, clock_timestamp())` })
    .set({ judgement: JSON.stringify(round.judgement), steps: JSON.stringify(round.steps) })
    .set({ process_ids: [...round.processIds], decide_by: new Date(round.decideBy) })
    .set("round", sql<number>`round + 1`)
    .where("id", "=", id)
    .execute();
  for (const [itemId, tables] of round.judged)
    await transaction
      .updateTable("share_request_items")
      .set({ judged: JSON.stringify(tables) })
      .where("id", "=", itemId)
      .execute();
}

export type NewDecision = Omit<Decision, "id" | "at"> & { readonly requestId: string };

export async function insertDecision(transaction: Kysely<Tables>, decision: NewDecision): Promise<void> {
  await transaction
    .insertInto("share_decisions")
    .values({
      id: uuidv7(),
      request_id: decision.requestId,
      round: decision.round,
      step: decision.step,
      principal_id: decision.principalId ?? null,
      person_id: decision.personId ?? null,
      standing: decision.standing,
      verdict: decision.verdict,
      item_ids: [...decision.itemIds],
      comment: decision.comment ?? null,
      narrowed: JSON.stringify(decision.narrowed),
      until_at: dateOf(decision.until),
      channel: decision.channel,
    })
    .execute();
}

export interface RequestEnd {
  readonly state: Exclude<RequestState, "draft" | "pending">;
  readonly reason: string | undefined;
  readonly shareId?: string | undefined;
  /** By item: why it is not in the share. */
  readonly leftOut?: ReadonlyMap<string, string> | undefined;
}

export async function endRequest(
  transaction: Kysely<Tables>,
  id: string,
  { state, reason, shareId, leftOut = new Map() }: RequestEnd,
): Promise<void> {
  await transaction
    .updateTable("share_requests")
    .set({ state, ended_at: sql<Date>`clock_timestamp()` })
    .$if(reason !== undefined, (query) => query.set({ end_reason: reason ?? "" }))
    .$if(shareId !== undefined, (query) => query.set({ share_id: shareId ?? "" }))
    .where("id", "=", id)
    .execute();
  for (const [itemId, why] of leftOut)
    await transaction.updateTable("share_request_items").set({ left_out: why }).where("id", "=", itemId).execute();
}
