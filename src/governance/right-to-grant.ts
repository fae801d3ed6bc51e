/**
 * Whether somebody may make a grant: because they administer what it is on, or because they were granted the same
 * permission together with the right to pass it on.
 * Invariant: what is passed on is never wider than the grant it descends from, and never valid for longer.
 */
import { HeadgateError } from "../errors.ts";
import { writtenPart } from "./access-part.ts";
import type { Asking } from "./asking.ts";
import { decideFor, grantsFor } from "./decide.ts";
import type { NewGrant } from "./grants.ts";
import type { Permission } from "./permission.ts";
import { predicateColumns } from "./predicate/predicate-columns.ts";
import type { DataFilter, Grant, GrantedOn, Policy } from "./policy.ts";
import type { Securable } from "./securable.ts";
import { hasColumn } from "./table-access.ts";
import { endOfGrant } from "./ways.ts";

/** A thing on which something is granted, with whatever contains it; undefined for a storage location. */
export type GrantPlace = Exclude<Securable, { readonly kind: "machine" | "visible" }> | undefined;

export type Wanted = Pick<NewGrant, "on" | "permission" | "columns" | "filterId" | "valid">;

export interface RightToGrant {
  /** Undefined for administrators. */
  readonly parentId: string | undefined;
  /** The end of the new grant: that of its parent if none was asked for. */
  readonly until: number | undefined;
}

export function administers(asking: Asking, place: GrantPlace): boolean {
  return decideFor(asking, "administer", place ?? { kind: "lake" }).allowed;
}

/** Throws NOT_ALLOWED, and GRANT_TOO_WIDE if every grant that could be passed on is narrower. */
export function rightToGrant(asking: Asking, place: GrantPlace, wanted: Wanted): RightToGrant {
  if (administers(asking, place)) return { parentId: undefined, until: wanted.valid.until };
  const parents = passedOn(asking, place, wanted.permission);
  if (parents.length === 0) throw mayNotGrant(asking, wanted);
  const tried = parents.map((parent) => ({ parent, obstacle: tooWide(asking, parent, wanted) }));
  const fitting = tried.filter(({ obstacle }) => obstacle === undefined).map(({ parent }) => parent);
  const [longest] = fitting.toSorted((one, other) => endOfGrant(asking, other) - endOfGrant(asking, one));
  if (longest === undefined) throw tried[0]?.obstacle ?? mayNotGrant(asking, wanted);
  const end = endOfGrant(asking, longest);
  return { parentId: longest.id, until: wanted.valid.until ?? (end === Infinity ? undefined : end) };
}

/** The live grants of somebody by which they may grant this permission there. */
export function passedOn(asking: Asking, place: GrantPlace, permission: Permission): readonly Grant[] {
  if (place === undefined || place.kind === "lake") return [];
  return grantsFor(asking, place, permission).filter(
    ({ grantable }) => grantable.has(permission) || (permission !== "ADMINISTER" && grantable.has("ALL")),
  );
}

function tooWide(asking: Asking, parent: Grant, wanted: Wanted): HeadgateError | undefined {
  const { columns, filterId, valid } = wanted;
  const end = endOfGrant(asking, parent);
  if (valid.until !== undefined && valid.until > end)
    return wide("the grant would last longer than your own", `let it end by ${new Date(end).toISOString()}`);
  const isWhole = parent.filterId === undefined && parent.columns.mode === "all";
  const isSame = filterId !== undefined && filterId === parent.filterId && columns.mode === "all";
  if (isWhole || isSame || isPartOf(asking.policy, parent, wanted)) return undefined;
  if (parent.filterId !== undefined) return wide(...onlyFilter(asking.policy.filters.get(parent.filterId)));
  return filterId === undefined
    ? wide("you may pass on only the columns that you were granted", "name only columns that you may read")
    : wide("you may read only some columns, and this data filter may tell of others", "name the columns instead");
}

/**
 * Some columns of the parent's by name, or another data filter. The holder then has what both show. A filter that
 * compares a column that the parent hides or masks would tell by its rows what is in it.
 */
function isPartOf(policy: Policy, parent: Grant, { columns, filterId }: Wanted): boolean {
  const own = writtenPart(parent, policy);
  if (own === undefined) return false;
  const isShown = (fieldId: number): boolean => hasColumn(own.columns, fieldId);
  if (filterId === undefined) return columns.mode === "include" && [...columns.fieldIds].every(isShown);
  const filter = policy.filters.get(filterId);
  if (filter === undefined || columns.mode !== "all") return false;
  const compared = filter.rows === undefined ? [] : predicateColumns(filter.rows);
  return compared.every((fieldId) => isShown(fieldId) && !own.masks.has(fieldId));
}

function onlyFilter(filter: DataFilter | undefined): readonly [message: string, remedy: string] {
  const name = filter?.name ?? "your own";
  return [
    `you may pass on only what the data filter ${name} shows`,
    `grant it with the same filter, ${name}, with some of its columns, or with a filter that compares only columns that you can read`,
  ];
}

function wide(message: string, remedy: string): HeadgateError {
  return new HeadgateError("GRANT_TOO_WIDE", { message, remedy });
}

function mayNotGrant({ principal }: Asking, { permission, on }: Wanted): HeadgateError {
  return new HeadgateError("NOT_ALLOWED", {
    message: `${principal.name} may not grant ${permission} on ${nameOf(on)}`,
    remedy: "ask an administrator to make this grant, or to let you pass the permission on (--grantable)",
  });
}

function nameOf({ kind }: GrantedOn): string {
  if (kind === "lake") return "the whole lake";
  return kind === "tables" ? "all tables of this database" : `this ${kind}`;
}
