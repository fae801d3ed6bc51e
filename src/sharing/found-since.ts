/**
 * The tables and columns of a share that nobody decided on which somebody has to judge now: those that were marked as
 * sensitive since, and those that were added to what it is of. They are closed already; this only finds them.
 * Invariant: what somebody decided to leave out is not found again.
 */
import { isView, type TableEntry } from "../catalog/catalog.ts";
import { historyOfProperty } from "../catalog/history-of-property.ts";
import { closedColumns, judgedOf } from "../governance/judged-share.ts";
import type { JudgedColumns, JudgedThings } from "../governance/policy.ts";
import { currentSchema } from "../iceberg/table-metadata.ts";
import { mayFind } from "./case-of.ts";
import type { LifeParts } from "./life-parts.ts";
import { byId, type RequestItem, type ShareRequest } from "./request.ts";
import { readRequest } from "./request-store.ts";
import { findShare } from "./shares.ts";

export interface FoundTable {
  readonly thingId: string;
  readonly databaseId: string;
  readonly fieldIds: readonly number[];
  readonly baseId: string | undefined;
}

/** Undefined for a share that people decided on, which gives all that its items say. */
export async function foundSince(parts: LifeParts, shareId: string): Promise<readonly FoundTable[] | undefined> {
  const { row, items } = await findShare(parts.transaction, shareId, parts.now);
  if (row.judged === null) return undefined;
  const judged = judgedOf(row.judged);
  const request = row.request_id === null ? undefined : await readRequest(parts.transaction, byId(row.request_id));
  const open = items.filter(({ ended_at: end }) => end === null);
  const isOver = (id: string): boolean =>
    judged.tables.has(id) && !open.some(({ resource_id: of }) => of === id) && !isAllLeftOut(judged.tables.get(id));
  const found: FoundTable[] = [];
  for (const entry of await parts.catalog.entries()) {
    if (isView(entry) || isOver(entry.id)) continue;
    const table = await foundIn(parts, entry, { judged, request });
    if (table.fieldIds.length > 0) found.push(table);
  }
  return found;
}

function isAllLeftOut(columns: JudgedColumns | undefined): boolean {
  return columns?.fieldIds.size === 0;
}

interface Asked {
  readonly judged: JudgedThings;
  readonly request: ShareRequest | undefined;
}

async function foundIn(parts: LifeParts, entry: TableEntry, { judged, request }: Asked): Promise<FoundTable> {
  const { id, databaseId } = entry;
  const own = judged.tables.get(id);
  const closed = closedColumns(parts.policy, judged, entry);
  const table = { thingId: id, databaseId, fieldIds: closed, baseId: own?.baseId };
  if (request?.items.some((item) => isOfAll(item, entry)) !== true) return table;
  if (own === undefined && !mayFind(request, entry, parts)) return table;
  const { metadata } = await parts.catalog.load(entry);
  const added = currentSchema(metadata)
    .fields.map((field) => field.id)
    .filter((fieldId) => own === undefined || (!own.fieldIds.has(fieldId) && !own.leftOut.has(fieldId)));
  return { ...table, fieldIds: [...closed, ...added], baseId: metadata.properties[historyOfProperty] };
}

/** Whether all columns of the table were asked for, also those that come later. */
function isOfAll({ kind, thingId, columns }: RequestItem, { id, databaseId }: TableEntry): boolean {
  return columns.mode === "all" && thingId === (kind === "table" ? id : databaseId);
}
