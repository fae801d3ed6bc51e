/**
 * The part of a table that a grant of SELECT gives: its columns, rows and masks, and never more than the grants that it
 * descends from. A grant by tags gives the columns that have them.
 */
import type { Asking } from "./asking.ts";
import { columnsOfShare } from "./judged-share.ts";
import { lineOf } from "./live-grant.ts";
import type { Mask } from "./mask.ts";
import type { Grant, Policy } from "./policy.ts";
import { fillIn } from "./predicate/fill-in.ts";
import type { Predicate } from "./predicate/predicate.ts";
import { predicateColumns } from "./predicate/predicate-columns.ts";
import type { SecurableTable } from "./securable.ts";
import { hasColumn, type AccessPart, type ColumnSet } from "./table-access.ts";
import { taggedPart } from "./tag-coverage.ts";

/**
 * Undefined if a filter of the grant, or of one that it descends from, is no longer valid, or if the table no longer has
 * the tags that one of them names.
 */
export function accessPart(grant: Grant, { policy, reader }: Asking, table: SecurableTable): AccessPart | undefined {
  const part = writtenPart(grant, policy, table);
  return part && { ...part, rows: part.rows.map((predicate) => fillIn(predicate, reader)) };
}

/** The same with conditions as they were written, before facts about the reader are filled in. */
export function writtenPart(grant: Grant, policy: Policy, table: SecurableTable): AccessPart | undefined {
  const tagged = taggedColumns(grant, policy, table);
  if (tagged === undefined) return undefined;
  let part: AccessPart = { columns: tagged, rows: [], masks: new Map() };
  for (const one of lineOf(policy, grant)) {
    const own = ownPart(policy, one);
    if (own === undefined || !own.rows.every((rows) => comparesOnly(rows, tagged))) return undefined;
    part = narrowed(part, own);
  }
  return part;
}

/** By its rows, a condition would tell of a column that is left out because of its tags, or since it was marked. */
function comparesOnly(rows: Predicate, columns: ColumnSet): boolean {
  return predicateColumns(rows).every((fieldId) => hasColumn(columns, fieldId));
}

/**
 * The columns that a grant, and those that it descends from, leave of a table, or of a database, because of tags, or
 * because of a share that nobody decided on; undefined if nothing is left.
 */
export function taggedColumns(
  grant: Grant,
  policy: Policy,
  resource: Parameters<typeof taggedPart>[2],
): ColumnSet | undefined {
  let columns: ColumnSet = { mode: "all" };
  for (const one of lineOf(policy, grant)) {
    const own = taggedPart(policy, one, resource);
    const ofShare = resource.kind === "table" ? columnsOfShare(policy, one, resource) : own;
    if (own === undefined || ofShare === undefined) return undefined;
    columns = bothColumns(bothColumns(columns, own), ofShare);
  }
  return columns.mode === "include" && columns.fieldIds.size === 0 ? undefined : columns;
}

function ownPart({ filters }: Policy, { columns, filterId, on }: Grant): AccessPart | undefined {
  if (filterId === undefined) return { columns, rows: [], masks: new Map() };
  const filter = filters.get(filterId);
  if (filter === undefined || on.kind !== "table" || filter.tableId !== on.id) return undefined;
  return {
    columns: bothColumns(columns, filter.columns),
    rows: filter.rows === undefined ? [] : [filter.rows],
    masks: filter.masks,
  };
}

function narrowed(one: AccessPart, other: AccessPart): AccessPart {
  return {
    columns: bothColumns(one.columns, other.columns),
    rows: [...one.rows, ...other.rows],
    masks: bothMasks(one.masks, other.masks),
  };
}

type Masks = AccessPart["masks"];

/** A value that two grants mask in different ways is hidden, because either mask could show what the other hides. */
function bothMasks(one: Masks, other: Masks): Masks {
  const differing = [...one].filter(([id, mask]) => other.has(id) && !isSame(mask, other.get(id)));
  const hidden = differing.map(([id]): [number, Mask] => [id, { action: "replace-with-null" }]);
  return new Map([...one, ...other, ...hidden]);
}

function isSame(one: Mask, other: Mask | undefined): boolean {
  return one.action === other?.action && one.value === other.value;
}

function bothColumns(one: ColumnSet, other: ColumnSet): ColumnSet {
  if (one.mode === "all") return other;
  if (other.mode === "all") return one;
  if (one.mode === "exclude" && other.mode === "exclude")
    return { mode: "exclude", fieldIds: one.fieldIds.union(other.fieldIds) };
  const [listed, rest] = one.mode === "include" ? [one, other] : [other, one];
  return { mode: "include", fieldIds: new Set([...listed.fieldIds].filter((id) => hasColumn(rest, id))) };
}
