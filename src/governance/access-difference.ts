/**
 * Finds what a change opens and closes, and for whom: the decisions under the policy before it and under the one after it, side
 * by side. Pure, and nothing but decisions of decide.ts.
 * Invariant: whoever is not in the answer may do after the change exactly what they may do now.
 */
import type { Asking } from "./asking.ts";
import { canAct } from "./acts-in.ts";
import { decideFor, grantsFor, keysOf } from "./decide.ts";
import { askingsAs } from "./effective-access.ts";
import { columnsOfShare } from "./judged-share.ts";
import { lineOf } from "./live-grant.ts";
import { passedOnFrom } from "./passed-on.ts";
import { permissions, type Permission } from "./permission.ts";
import { resourceKey, type Grant, type Policy, type PolicyPrincipal } from "./policy.ts";
import { placesOf } from "./reader.ts";
import type { SecurableTable } from "./securable.ts";
import { hasColumn, type AccessPart } from "./table-access.ts";
import { coverageOf, isByTag, taggedPart, type Tagged } from "./tag-coverage.ts";

export interface PolicyStep {
  readonly before: Policy;
  readonly after: Policy;
  readonly now: number;
}

export interface AccessDifference {
  readonly principal: PolicyPrincipal;
  /** The account in which they act; undefined if it is the same in all of theirs. */
  readonly accountId: string | undefined;
  readonly resource: Tagged;
  /** Permissions on the thing, or on a part of it. */
  readonly gained: readonly Permission[];
  readonly lost: readonly Permission[];
  readonly columns: ColumnDifferences;
}

/** By field id. */
export interface ColumnDifferences {
  /** Could not be read before. */
  readonly opened: readonly number[];
  readonly closed: readonly number[];
  /** Read before and after, but with more, or with fewer, rows or values. */
  readonly widened: readonly number[];
  readonly narrowed: readonly number[];
  /** Known by name only. */
  readonly shown: readonly number[];
  readonly hidden: readonly number[];
}

export interface ComparedThing {
  readonly resource: Tagged;
  /** The columns of a table. */
  readonly fieldIds: readonly number[];
}

/** Whether the change may concern a thing at all, which is cheap to tell. */
export function mayDiffer({ before, after }: PolicyStep, resource: Tagged): boolean {
  const [was, is] = [before, after].map(({ tags }) => coverageOf(tags, resource).columns);
  const ids = new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])]);
  if ([...ids].some((id) => !isSameSet(was?.get(id), is?.get(id)))) return true;
  const changed = grantsChanged(before, after);
  const parents = [...after.grants.values()].filter(({ on }) => on.kind === "tag" || on.kind === "tag-value");
  return (
    changed.some((grant) => [before, after].some((policy) => mayReach(policy, grant, resource))) ||
    parents.some((one) => !isSameSet(taggedPart(before, one, resource), taggedPart(after, one, resource))) ||
    (resource.kind === "table" && isClosedOtherwise({ before, after }, resource))
  );
}

/** Whether a share that nobody decided on leaves other columns of the table closed, because of marks that changed. */
function isClosedOtherwise({ before, after }: Omit<PolicyStep, "now">, table: SecurableTable): boolean {
  return [...after.shares.values()].some(({ id: shareId, judged }) => {
    if (judged?.tables.has(table.id) !== true) return false;
    return !isSameSet(columnsOfShare(before, { shareId }, table), columnsOfShare(after, { shareId }, table));
  });
}

function mayReach(policy: Policy, grant: Grant, resource: Tagged): boolean {
  if (isByTag(grant.on)) return taggedPart(policy, grant, resource) !== undefined;
  return keysOf(policy, resource).includes(resourceKey(grant.on));
}

function isSameSet(one: AccessPart["columns"] | undefined, other: AccessPart["columns"] | undefined): boolean {
  if (one?.mode !== other?.mode) return false;
  if (one === undefined || other === undefined || one.mode === "all" || other.mode === "all") return true;
  return one.fieldIds.symmetricDifference(other.fieldIds).size === 0;
}

const changedGrants = new WeakMap<Policy, { readonly before: Policy; readonly grants: readonly Grant[] }>();

/** Those that are new, or over, or of a share that has changed, or held by a unit that an account has left or entered; with all that descend from them. */
function grantsChanged(before: Policy, after: Policy): readonly Grant[] {
  const known = changedGrants.get(after);
  if (known?.before === before) return known.grants;
  const moved = holdersMoved(before, after);
  const isOther = ({ principalId, shareId = "" }: Grant): boolean =>
    moved.has(principalId) || before.shares.get(shareId) !== after.shares.get(shareId);
  const own = [
    ...[...after.grants.values()].filter(isOther),
    ...[...after.grants.values()].filter((grant) => before.grants.get(grant.id) !== grant),
    ...[...before.grants.values()].filter((grant) => !after.grants.has(grant.id)),
  ];
  const grants = own.length === 0 ? own : [...own, ...passedOnFrom(before, own), ...passedOnFrom(after, own)];
  changedGrants.set(after, { before, grants });
  return grants;
}

/** The units that an account or another unit is no longer below, or was not below before. */
function holdersMoved(before: Policy, after: Policy): ReadonlySet<string> {
  if (before.accounts === after.accounts && before.units === after.units) return new Set();
  const moved = [...after.accounts.keys(), ...after.units.keys()].flatMap((id) => {
    const [was, is] = [before, after].map((policy) => new Set(placesOf(policy, id)));
    if (before.accounts.get(id)?.isOutside !== after.accounts.get(id)?.isOutside) return [...(is ?? [])];
    return [...(was?.symmetricDifference(is ?? was) ?? [])];
  });
  return new Set(moved);
}

/** Users, keys and roles, in the order of the policy; groups, accounts and units read nothing, whoever is in them does. */
export function accessDifferences(step: PolicyStep, things: readonly ComparedThing[]): readonly AccessDifference[] {
  const holders = holdersConcerned(step);
  return [...step.after.principals.values()].flatMap((principal) => {
    if (!canAct(principal)) return [];
    const pairs = askingPairs(step, principal);
    const isConcerned = pairs.some((pair) => pair.some(({ reader }) => !reader.ids.isDisjointFrom(holders)));
    return isConcerned ? things.flatMap((thing) => inAccounts(principal, pairs, thing)) : [];
  });
}

type Pair = readonly [Asking, Asking];

/** As they ask before and after, in each account that they can act in. */
function askingPairs({ before, after, now }: PolicyStep, principal: PolicyPrincipal): readonly Pair[] {
  const then = new Map(askingsAs(after, principal, now).map((asking) => [asking.accountId, asking]));
  return askingsAs(before, principal, now).flatMap((asking): readonly Pair[] => {
    const other = then.get(asking.accountId);
    return other === undefined ? [] : [[asking, other]];
  });
}

/** Whoever holds a grant that has changed, or that depends on tags or on a share that nobody decided on. */
function holdersConcerned({ before, after }: PolicyStep): ReadonlySet<string> {
  const byTags = (policy: Policy): readonly Grant[] =>
    [...policy.grants.values()].filter((grant) =>
      lineOf(policy, grant).some(
        ({ on, shareId = "" }) => isByTag(on) || policy.shares.get(shareId)?.judged !== undefined,
      ),
    );
  const grants = [...grantsChanged(before, after), ...byTags(before), ...byTags(after)];
  return new Set(grants.map(({ principalId }) => principalId));
}

function inAccounts(
  principal: PolicyPrincipal,
  pairs: readonly Pair[],
  thing: ComparedThing,
): readonly AccessDifference[] {
  const found = pairs.flatMap(([before, after]) => {
    const difference = differenceOf(before, after, thing);
    return difference === undefined
      ? []
      : [{ principal, accountId: before.accountId, resource: thing.resource, ...difference }];
  });
  const alike = new Set(found.map((one) => JSON.stringify({ ...one, accountId: null })));
  const [first] = found;
  if (first === undefined || found.length < pairs.length || alike.size > 1) return found;
  return [{ ...first, accountId: undefined }];
}

function differenceOf(
  before: Asking,
  after: Asking,
  { resource, fieldIds }: ComparedThing,
): Pick<AccessDifference, "gained" | "lost" | "columns"> | undefined {
  const [had, has] = [held(before, resource), held(after, resource)];
  const columns = columnDifferences(viewsOf(before, resource), viewsOf(after, resource), fieldIds);
  const gained = has.filter((one) => !had.includes(one));
  const lost = had.filter((one) => !has.includes(one));
  const isSame = gained.length + lost.length + Object.values(columns).flat().length === 0;
  return isSame ? undefined : { gained, lost, columns };
}

function held(asking: Asking, resource: Tagged): readonly Permission[] {
  return permissions.filter((permission) => {
    if (permission === "SELECT") return decideFor(asking, "read", resource).allowed;
    if (permission === "DESCRIBE") return decideFor(asking, "watch", resource).allowed;
    return grantsFor(asking, resource, permission).length > 0;
  });
}

interface Views {
  readonly read: readonly AccessPart[];
  readonly watch: readonly AccessPart[];
}

function viewsOf(asking: Asking, resource: Tagged): Views {
  const partsOf = (action: "read" | "watch"): readonly AccessPart[] => {
    const decision = decideFor(asking, action, resource);
    return decision.allowed && resource.kind === "table" ? decision.access.parts : [];
  };
  return { read: partsOf("read"), watch: partsOf("watch") };
}

function columnDifferences(before: Views, after: Views, fieldIds: readonly number[]): ColumnDifferences {
  const found = { opened: [], closed: [], widened: [], narrowed: [], shown: [], hidden: [] } as {
    [Word in keyof ColumnDifferences]: number[];
  };
  for (const fieldId of fieldIds) {
    const [was, is] = [viewsIn(before.read, fieldId), viewsIn(after.read, fieldId)];
    const [knew, knows] = [before.watch, after.watch].map((parts) => parts.some(showing(fieldId)));
    if (was.size === 0 && is.size > 0) found.opened.push(fieldId);
    else if (was.size > 0 && is.size === 0) found.closed.push(fieldId);
    else {
      if (hasMore(is, was)) found.widened.push(fieldId);
      if (hasMore(was, is)) found.narrowed.push(fieldId);
    }
    if (knows === true && knew === false && is.size === 0) found.shown.push(fieldId);
    if (knew === true && knows === false && was.size === 0) found.hidden.push(fieldId);
  }
  return found;
}

const showing =
  (fieldId: number) =>
  (part: AccessPart): boolean =>
    hasColumn(part.columns, fieldId);

const everything = "everything";

function hasMore(views: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return !others.has(everything) && !views.isSubsetOf(others);
}

/**
 * Which rows of a column are seen and how, as texts that can be compared. Who sees everything sees no more by a
 * condition or a mask beside it, so then these do not count as a loss when they go.
 */
function viewsIn(parts: readonly AccessPart[], fieldId: number): ReadonlySet<string> {
  const views = new Set(
    parts.filter(showing(fieldId)).map(({ rows, masks }) => {
      const mask = masks.get(fieldId);
      return rows.length === 0 && mask === undefined ? everything : JSON.stringify([rows, mask ?? null]);
    }),
  );
  return views.has(everything) ? new Set([everything]) : views;
}
