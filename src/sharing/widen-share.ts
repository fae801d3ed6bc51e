/**
 * The consequences of a judgement for the share that it is about: what was approved is given, also if it was marked, and
 * what was not is left out from then on.
 * Invariant: the marks of what was approved are known from then on, and no others.
 */
import { sql } from "kysely";
import { changeFilter } from "../governance/data-filters.ts";
import { columnsJson } from "../governance/grants.ts";
import { judgedJson, judgedOf, marksOf } from "../governance/judged-share.ts";
import type { JudgedColumns, JudgedThings } from "../governance/policy.ts";
import { columnSetOf, filterOf } from "../governance/policy-rows.ts";
import { hasColumn, type ColumnSet } from "../governance/table-access.ts";
import type { LifeParts } from "./life-parts.ts";
import { addShareItem } from "./open-share.ts";
import { currentDecisions, type RequestItem, type ShareRequest } from "./request.ts";
import type { Share } from "./shares.ts";

export interface Judgement {
  readonly request: ShareRequest;
  /** Ids of items; all others are left out. */
  readonly approved: readonly string[];
}

export async function widenShare(parts: LifeParts, share: Share, { request, approved }: Judgement): Promise<void> {
  let judged = judgedOf(share.row.judged);
  for (const item of request.items) {
    const asked = item.columns.mode === "include" ? [...item.columns.fieldIds] : [];
    const given = approved.includes(item.id) ? asked.filter((id) => isLeft(request, item, id)) : [];
    judged = withTable(parts, judged, { item, asked, given });
    if (given.length > 0) await giveColumns(parts, share, { request, item, given });
  }
  await parts.transaction
    .updateTable("shares")
    .set({ judged: judgedJson(judged) })
    .where("id", "=", share.row.id)
    .execute();
}

/** Whether no approver took the column away. */
function isLeft(request: ShareRequest, { id }: RequestItem, fieldId: number): boolean {
  const limits = currentDecisions(request).flatMap(({ narrowed }) => narrowed.filter(({ itemId }) => itemId === id));
  return limits.every(({ fieldIds }) => fieldIds?.includes(fieldId) !== false);
}

interface JudgedItem {
  readonly item: RequestItem;
  readonly asked: readonly number[];
  readonly given: readonly number[];
}

function withTable(
  { policy }: LifeParts,
  { tables, known }: JudgedThings,
  { item, asked, given }: JudgedItem,
): JudgedThings {
  const { thingId: id, databaseId } = item;
  const before = tables.get(id) ?? { fieldIds: new Set(), leftOut: new Set(), baseId: item.judged[0]?.baseId };
  const left = asked.filter((fieldId) => !given.includes(fieldId));
  const after: JudgedColumns = {
    fieldIds: new Set([...before.fieldIds, ...given].filter((fieldId) => !left.includes(fieldId))),
    leftOut: new Set([...before.leftOut, ...left]),
    baseId: before.baseId,
  };
  const marks = marksOf(policy, { id, databaseId }, after.baseId);
  const isAll = [...after.fieldIds].every((fieldId) => given.includes(fieldId));
  const found = given.length > 0 && isAll ? marks.whole : [];
  return {
    tables: new Map([...tables, [id, after]]),
    known: new Set([...known, ...found, ...given.flatMap(marks.ofColumn)]),
  };
}

interface Giving {
  readonly request: ShareRequest;
  readonly item: RequestItem;
  readonly given: readonly number[];
}

/** A table that the share is of already gets the columns in its grant, so that whoever it was passed on to has them, too. */
async function giveColumns({ transaction }: LifeParts, share: Share, { request, item, given }: Giving): Promise<void> {
  const own = share.items.filter(({ ended_at: end, resource_id: id }) => end === null && id === item.thingId);
  const [first] = own.toSorted((one, other) => Number(one.filter_id !== null) - Number(other.filter_id !== null));
  const isMore = given.some((id) => !own.some(({ columns }) => hasColumn(columnSetOf(columns) ?? noColumns, id)));
  if (first !== undefined && first.filter_id === null && isMore)
    for (const [table, id] of [
      ["share_items", first.id],
      ["grants", first.grant_id],
    ] as const)
      await transaction
        .updateTable(table)
        .set({ columns: columnsJson(withColumns(columnSetOf(first.columns) ?? noColumns, given)) })
        .where("id", "=", id)
        .execute();
  else if (first !== undefined && first.filter_id !== null) await widenFilter(transaction, first.filter_id, given);
  else if (first === undefined)
    await addShareItem(transaction, {
      id: share.row.id,
      share: {
        target: { kind: share.row.target_kind, id: share.row.target_id },
        mayReshare: share.row.may_reshare,
        author: { by: currentDecisions(request).at(-1)?.principalId ?? null, origin: `request:${request.handle}` },
      },
      item: {
        on: { kind: "table", id: item.thingId },
        columns: { mode: "include", fieldIds: new Set(given) },
        filterId: undefined,
      },
    });
}

const noColumns: ColumnSet = { mode: "include", fieldIds: new Set() };

async function widenFilter(transaction: LifeParts["transaction"], id: string, given: readonly number[]): Promise<void> {
  const row = await transaction
    .selectFrom("data_filters")
    .selectAll()
    .where(sql<boolean>`id = ${id} and ended_at is null`)
    .executeTakeFirst();
  const filter = row && filterOf(row);
  if (row === undefined || filter === undefined) return;
  const rows =
    filter.rows === undefined || row.row_text === null ? undefined : { text: row.row_text, predicate: filter.rows };
  await changeFilter(transaction, { id, content: { ...filter, rows, columns: withColumns(filter.columns, given) } });
}

function withColumns(columns: ColumnSet, more: readonly number[]): ColumnSet {
  if (columns.mode === "all") return columns;
  const fieldIds =
    columns.mode === "include"
      ? new Set([...columns.fieldIds, ...more])
      : new Set([...columns.fieldIds].filter((id) => !more.includes(id)));
  return { mode: columns.mode, fieldIds };
}
