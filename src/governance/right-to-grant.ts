/**
 * Whether somebody may make a grant: because they administer what it is on, or because they were granted the same
 * permission together with the right to pass it on.
 * Invariant: what is passed on is never wider than the grant it descends from, and never valid for longer.
 */
import { HeadgateError } from "../errors.ts";
import { taggedColumns, writtenPart } from "./access-part.ts";
import type { Asking } from "./asking.ts";
import { accountsFor } from "./acts-in.ts";
import { decideFor, grantsFor, grantsInTrust, isInAll } from "./decide.ts";
import type { NewGrant } from "./grants.ts";
import { isGrantableByTag } from "./grantable-on.ts";
import { lineOf } from "./live-grant.ts";
import type { Permission } from "./permission.ts";
import { predicateColumns } from "./predicate/predicate-columns.ts";
import type { DataFilter, Grant, GrantedOn, Policy } from "./policy.ts";
import type { Securable, SecurableTable } from "./securable.ts";
import { isInTrust } from "./share.ts";
import { hasColumn } from "./table-access.ts";
import type { Alternatives } from "./tag-policy.ts";
import { endOfGrant } from "./ways.ts";

/** A thing on which something is granted, with whatever contains it; undefined for a storage location. */
export type GrantPlace = Exclude<Securable, { readonly kind: "machine" | "visible" | "provisioned" }> | undefined;

export type Wanted = Pick<NewGrant, "on" | "permission" | "columns" | "filterId" | "valid">;

export interface RightToGrant {
  /** Undefined for administrators. */
  readonly parentId: string | undefined;
  /** The end of the new grant: that of its parent if none was asked for, and that is no share, which can be extended. */
  readonly until: number | undefined;
  /** The account by whose share it is passed on. */
  readonly accountId?: string | undefined;
}

export function administers(asking: Asking, place: GrantPlace): boolean {
  return decideFor(asking, "administer", place ?? { kind: "lake" }).allowed;
}

/** Throws NOT_ALLOWED, and GRANT_TOO_WIDE if every grant that could be passed on is narrower. */
export function rightToGrant(asking: Asking, place: GrantPlace, wanted: Wanted): RightToGrant {
  if (administers(asking, place)) return { parentId: undefined, until: wanted.valid.until };
  const parents = passedOn(asking, place, wanted.permission);
  if (parents.length === 0) throw mayNotGrant(asking, wanted);
  const tried = parents.map((parent) => ({ parent, obstacle: tooWide(asking, parent, { ...wanted, place }) }));
  const fitting = tried.filter(({ obstacle }) => obstacle === undefined).map(({ parent }) => parent);
  const [longest] = fitting.toSorted((one, other) => endOfGrant(asking, other) - endOfGrant(asking, one));
  if (longest === undefined) throw tried[0]?.obstacle ?? mayNotGrant(asking, wanted);
  const isShared = isInTrust(asking.policy, longest);
  const end = isShared ? Infinity : endOfGrant(asking, longest);
  return {
    parentId: longest.id,
    until: wanted.valid.until ?? (end === Infinity ? undefined : end),
    accountId: isShared ? asking.accountId : longest.accountId,
  };
}

type PassingOn = Pick<RightToGrant, "parentId" | "accountId">;

/** A share is passed on to those who act in its account, unless it may be shared again. */
function mayHold({ policy, now }: Asking, { parentId, accountId }: PassingOn, principalId: string): boolean {
  const parent = policy.grants.get(parentId ?? "");
  if (accountId === undefined || parent === undefined) return true;
  const root = lineOf(policy, parent).at(-1);
  if (policy.shares.get(root?.shareId ?? "")?.mayReshare === true) return true;
  return accountsFor(policy, principalId, now).includes(accountId);
}

/** Whether somebody holds a grant of this permission there that they may pass on to the principal. */
export function mayPassTo(asking: Asking, place: GrantPlace, given: Passed): boolean {
  return passedOn(asking, place, given.permission).some((parent) => {
    const accountId = isInTrust(asking.policy, parent) ? asking.accountId : parent.accountId;
    return mayHold(asking, { parentId: parent.id, accountId }, given.to);
  });
}

interface Passed {
  readonly permission: Permission;
  readonly to: string;
}

/** For what is passed on from a share. Throws GRANT_TOO_WIDE for a holder who does not act in the account. */
export function checkHolder(asking: Asking, right: PassingOn, principalId: string): void {
  if (mayHold(asking, right, principalId)) return;
  const account = asking.policy.accounts.get(right.accountId ?? "")?.name ?? "the account";
  throw new HeadgateError("GRANT_TOO_WIDE", {
    message: `what is shared with ${account} can be passed on only to those who act in it`,
    remedy: `name a member, a group, a role or a key of ${account}; others are shared with by whoever owns the table`,
  });
}

/** The live grants of somebody by which they may grant this permission there. */
export function passedOn(asking: Asking, place: GrantPlace, permission: Permission): readonly Grant[] {
  if (place === undefined || place.kind === "lake") return [];
  const held = [...grantsFor(asking, place, permission), ...grantsInTrust(asking, place, permission)];
  const own = held.filter(
    ({ grantable }) => grantable.has(permission) || (isInAll(permission) && grantable.has("ALL")),
  );
  if (place.kind !== "expression" || !isGrantableByTag(permission)) return own;
  return [...own, ...byTags(asking, place)];
}

interface Tagged {
  readonly accountId: string;
  readonly alternatives: Alternatives;
}

/**
 * The grants of GRANT_WITH_TAG by which somebody may grant on an expression. Each alternative must name a tag of such a
 * grant, or one value of a tag and no other; further terms only make it narrower.
 */
function byTags(asking: Asking, { accountId, alternatives }: Tagged): readonly Grant[] {
  const [first = []] = alternatives;
  const found = first.flatMap(({ keyId, valueIds }) => {
    const terms = alternatives.map((one) => one.find((term) => term.keyId === keyId));
    if (terms.some((term) => term === undefined)) return [];
    const [only = "", another] = new Set([...valueIds, ...terms.flatMap((term) => term?.valueIds ?? [])]);
    const place =
      another === undefined
        ? ({ kind: "tag-value", id: only, keyId, accountId } as const)
        : ({ kind: "tag", id: keyId, accountId } as const);
    return grantsFor(asking, place, "GRANT_WITH_TAG");
  });
  return [...new Set([...found, ...grantsFor(asking, { kind: "account", id: accountId }, "GRANT_WITH_TAG")])];
}

interface PlacedWish extends Wanted {
  readonly place: GrantPlace;
}

function tooWide(asking: Asking, parent: Grant, wanted: PlacedWish): HeadgateError | undefined {
  const { columns, filterId, valid, place } = wanted;
  const end = endOfGrant(asking, parent);
  if (valid.until !== undefined && valid.until > end)
    return wide("the grant would last longer than your own", `let it end by ${new Date(end).toISOString()}`);
  if (place?.kind !== "table") return undefined;
  // Whoever it is passed on to has what both show.
  if (isInTrust(asking.policy, parent) && filterId === undefined && columns.mode !== "include") return undefined;
  const isWhole =
    parent.filterId === undefined &&
    parent.columns.mode === "all" &&
    // The part that tags leave is asked for at each decision; a condition on rows must not tell of the other columns.
    (filterId === undefined || taggedColumns(parent, asking.policy, place)?.mode === "all");
  const isSame = filterId !== undefined && filterId === parent.filterId && columns.mode === "all";
  if (isWhole || isSame || isPartOf(asking.policy, parent, { ...wanted, place })) return undefined;
  if (parent.filterId !== undefined) return wide(...onlyFilter(asking.policy.filters.get(parent.filterId)));
  return filterId === undefined
    ? wide("you may pass on only the columns that you were granted", "name only columns that you may read")
    : wide("you may read only some columns, and this data filter may tell of others", "name the columns instead");
}

/**
 * Some columns of the parent's by name, or another data filter. The holder then has what both show. A filter that
 * compares a column that the parent hides or masks would tell by its rows what is in it.
 */
function isPartOf(
  policy: Policy,
  parent: Grant,
  { columns, filterId, place }: Wanted & { readonly place: SecurableTable },
): boolean {
  const own = writtenPart(parent, policy, place);
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
  if (kind === "tables") return "all tables of this database";
  return kind === "expression" ? "what has these tags" : `this ${kind === "tag-value" ? "value of a tag" : kind}`;
}
