/**
 * Judges a share request: how sensitive what it asks for is now, how far it goes, and which steps follow.
 * Invariants: only what is stored counts, for every column of every table that is covered, and of a view everything that it
 * reads. Of all tables of a database those are covered that the asker could know when they asked; a table that is added
 * later is outside, and so is a view, which is asked for by name. Somebody always decides on a view.
 */
import type { Kysely } from "kysely";
import { mapLimit } from "../base/limit.ts";
import { isView, type Catalog, type CatalogTable, type TableEntry } from "../catalog/catalog.ts";
import { historyOfProperty } from "../catalog/history-of-property.ts";
import type { Tables } from "../db/tables.ts";
import { columnTags, tableTags, type TagSet } from "../governance/effective-tags.ts";
import type { Policy } from "../governance/policy.ts";
import { currentSchema } from "../iceberg/table-metadata.ts";
import { demandingSources } from "../stewardship/demands-classes.ts";
import { viewBases } from "../stewardship/view-bases.ts";
import { sensitivityClasses, sensitivityOfTable, type Finding } from "../stewardship/sensitivity.ts";
import { ownerStep, planFor, relations, type Plan, type Processes, type Relation } from "./process.ts";
import type { JudgedFinding, JudgedTable, Judgement, RequestItem, ShareRequest } from "./request.ts";

export interface JudgeParts {
  readonly db: Kysely<Tables>;
  /** One that shows everything, views too: what the asker may not know counts all the same. */
  readonly catalog: Pick<Catalog, "entries" | "load">;
  readonly policy: Policy;
  readonly processes: Processes;
}

export type JudgedRequest = Pick<ShareRequest, "sourceAccountId" | "target" | "accountId" | "productId"> & {
  readonly items: readonly (Pick<RequestItem, "id" | "kind" | "thingId" | "databaseId"> &
    Partial<Pick<RequestItem, "judged">>)[];
};

export interface Judged {
  readonly judgement: Judgement;
  readonly plan: Plan;
  /** By item: the tables that it covers, those that are gone left out. */
  readonly tables: ReadonlyMap<string, readonly JudgedTable[]>;
}

export async function judge(parts: JudgeParts, request: JudgedRequest): Promise<Judged> {
  const entries = await parts.catalog.entries();
  const covered = new Map(request.items.map((item) => [item.id, entriesOf(item, entries)]));
  const all = [...new Set([...covered.values()].flat())];
  const loaded = new Map(await mapLimit(all, readAtOnce, async (entry) => [entry.id, await parts.catalog.load(entry)]));
  const findings = await findingsOf(parts, all);
  const found = sensitivityClasses.findLast((one) => findings.some((finding) => finding.class === one)) ?? "none";
  const relation = relationOf(parts.policy, request);
  const read = [...loaded.values(), ...(await behindViews(parts, all, entries))];
  const tags = new Set(read.flatMap((table) => tagsOf(parts.policy, table)));
  const facts = { class: found, relation, tags, productId: request.productId };
  const plan = decidedBySomebody(planFor(parts.processes, facts), all);
  const knownIdsOf = new Map(
    request.items.flatMap(({ judged = [] }) => judged.map(({ id, knownIds }) => [id, knownIds] as const)),
  );
  const judgedOf = ({ id }: TableEntry): JudgedTable => ({
    id,
    knownIds: knownIdsOf.get(id),
    fieldIds: currentSchema(loaded.get(id)?.metadata ?? missing(id)).fields.map((field) => field.id),
    baseId: loaded.get(id)?.metadata.properties[historyOfProperty],
  });
  return {
    judgement: { class: found, relation, findings: findings.map(kept), because: plan.because },
    plan,
    tables: new Map([...covered].map(([itemId, of]) => [itemId, of.map(judgedOf)])),
  };
}

const readAtOnce = 16;

/** The tables that the views among them read: a rule about tags holds for what is behind a view, too. */
async function behindViews(
  { db, catalog }: JudgeParts,
  covered: readonly TableEntry[],
  entries: readonly TableEntry[],
): Promise<readonly CatalogTable[]> {
  const views = covered.filter(isView);
  if (views.length === 0) return [];
  const { behind } = await viewBases(db);
  const ids = new Set(views.flatMap(({ id }) => [...behind(id).keys()]));
  return mapLimit(
    entries.filter(({ id }) => ids.has(id)),
    readAtOnce,
    (entry) => catalog.load(entry),
  );
}

/** A view can show something else tomorrow, by its statement and its owner's rights, so that no judgement of it lasts. */
function decidedBySomebody(plan: Plan, covered: readonly TableEntry[]): Plan {
  if (plan.refuse !== undefined || plan.steps.length > 0 || !covered.some(isView)) return plan;
  return { ...plan, steps: [ownerStep], because: [...plan.because, "somebody always decides on a view: owner"] };
}

function missing(id: string): never {
  throw new TypeError(`the table ${id} was not read`);
}

/** Those that were judged before, as far as they are there; at first, all tables of a database. */
function entriesOf({ kind, thingId, judged = [] }: JudgedRequest["items"][number], entries: readonly TableEntry[]) {
  if (kind === "table") return entries.filter(({ id }) => id === thingId);
  const before = new Set(judged.map(({ id }) => id));
  return entries.filter(
    (entry) => entry.databaseId === thingId && !isView(entry) && (before.size === 0 || before.has(entry.id)),
  );
}

async function findingsOf(parts: JudgeParts, tables: readonly TableEntry[]): Promise<readonly Finding[]> {
  const of = { db: parts.db, catalog: parts.catalog, demandsClasses: demandingSources(parts) };
  const found = await mapLimit(tables, readAtOnce, async (table) => (await sensitivityOfTable(of, table)).findings);
  const keys = new Map(found.flat().map((finding) => [keyOf(kept(finding)), finding]));
  return [...keys.values()];
}

function kept({ class: found, level, table, column }: Finding): JudgedFinding {
  return { class: found, level, ...(table && { tableId: table.id }), ...(column !== undefined && { column }) };
}

function keyOf(finding: JudgedFinding): string {
  return JSON.stringify([finding.class, finding.level, finding.tableId, finding.column]);
}

/** Whether something that an approver has to know was not known when the request was judged before. */
export function isRaised(before: Judgement, now: Judgement): boolean {
  const known = new Set(before.findings.map(keyOf));
  const isFarther = relations.indexOf(now.relation) > relations.indexOf(before.relation);
  return isFarther || now.findings.some((finding) => !known.has(keyOf(finding)));
}

export function relationOf(
  policy: Policy,
  request: Pick<ShareRequest, "sourceAccountId" | "target" | "accountId">,
): Relation {
  const { sourceAccountId, target, accountId } = request;
  const consumerId = target.kind === "account" ? target.id : accountId;
  if (consumerId === sourceAccountId) return "same_account";
  const isMember = (id: string): boolean => policy.accounts.get(id)?.isOutside === false;
  return isMember(sourceAccountId) && isMember(consumerId ?? "") ? "same_organisation" : "outside";
}

function tagsOf({ tags }: Policy, table: CatalogTable): readonly string[] {
  const effective = tableTags(tags, table);
  const ofColumns = currentSchema(table.metadata).fields.map(({ id }) => columnTags(effective, id));
  return [effective.table, ...ofColumns].flatMap((set) => namesOf(tags, set));
}

function namesOf({ keys, values }: Policy["tags"], set: TagSet): readonly string[] {
  return [...set].flatMap(([keyId, valueIds]) =>
    [...valueIds].map((valueId) => `${keys.get(keyId)?.name ?? ""}=${values.get(valueId)?.name ?? ""}`),
  );
}
