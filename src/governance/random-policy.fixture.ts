/** For tests: small random policies as rows of the database, with everything in them that decisions depend on. */
import type { Random } from "../../test/soak/random.ts";
import { permissions, type Permission } from "./permission.ts";
import { organisationId } from "./policy.ts";
import type { PolicyRows } from "./policy-rows.ts";
import type { Predicate } from "./predicate/predicate.ts";
import type { Securable } from "./securable.ts";
import type { GrantedKind, PrincipalKind } from "../db/tables.ts";

/** Moments from 0 to 9; questions are asked at one of them. */
export const moments = 10;
export const fieldIds = [1, 2, 3] as const;

export const accounts = ["a0", "a1"] as const;
export const databases = [
  { id: "d0", accountId: "a0" },
  { id: "d1", accountId: "a0" },
  { id: "d2", accountId: "a1" },
] as const;
export const tables = databases.flatMap(({ id, accountId }) =>
  [0, 1].map((number) => ({ kind: "table", id: `${id}.t${number}`, databaseId: id, accountId }) as const),
);
export const sources = accounts.map((accountId) => ({ kind: "source", id: `s.${accountId}`, accountId }) as const);

export const resources: readonly Securable[] = [
  { kind: "lake" },
  { kind: "machine" },
  { kind: "visible" },
  ...accounts.map((id) => ({ kind: "account", id }) as const),
  ...databases.map((one) => ({ kind: "database", ...one }) as const),
  ...databases.map((one) => ({ kind: "tables", ...one }) as const),
  ...sources,
  ...tables,
  ...tables,
];

/** Org units: the second is at most below the first, and the third below one of them. */
export const units = ["o0", "o1", "o2"] as const;

const people = ["u0", "u1", "u2", "k0"] as const;
const groups = ["g0", "g1", "g2"] as const;
const roles = ["r0"] as const;
export const principals = [...people, ...groups, ...roles];
/** Everything that can hold a grant. */
export const holders = [...principals, ...accounts, ...units, organisationId];

const kinds: Readonly<Record<string, PrincipalKind>> = {
  u: "user",
  k: "service",
  g: "group",
  r: "role",
  a: "account",
  o: "unit",
  [organisationId.charAt(0)]: "unit",
};

/** The condition of each filter, in the words of this fixture; naive-decide.fixture.ts says what it means. */
export const conditions = ["country DE", "own country", "not DE", "in groups", "amount 10"] as const;
export type Condition = (typeof conditions)[number];

const country = { fieldId: 1, type: "string" } as const;
const bound: Readonly<Record<Condition, Predicate>> = {
  "country DE": { op: "=", column: country, value: { literal: "DE" } },
  "own country": { op: "=", column: country, value: { attribute: "country" } },
  "not DE": { op: "not", term: { op: "=", column: country, value: { literal: "DE" } } },
  "in groups": { op: "in", column: country, values: "groups" },
  "amount 10": { op: ">=", column: { fieldId: 2, type: "int" }, value: { literal: "10" } },
};

export type PrincipalOf = PolicyRows["principals"][number];

const shareIds = ["s0", "s1"] as const;

/** Values by their ids, with the key of each; the keys k0 and k1 are of the first account, k2 of the second. */
const tagKeys = { k0: "a0", k1: "a0", k2: "a1" } as const;
const tagValues = { v0: "k0", v1: "k0", v2: "k1", v3: "k1", v4: "k2" } as const;
type ValueId = keyof typeof tagValues;
const valueIds = ["v0", "v1", "v2", "v3", "v4"] as const satisfies readonly ValueId[];
const expressionIds = ["e0", "e1", "e2"] as const;

export function randomRows(random: Random): PolicyRows {
  const filters: PolicyRows["filters"] = ["f0", "f1", "f2"].map((id) => ({
    ...row(id),
    table_id: randomTable(random),
    name: id,
    columns: randomColumns(random),
    row_text: null,
    row_predicate: random.chance(0.7) ? bound[random.pick(conditions)] : null,
    masks: fieldIds
      .filter(() => random.chance(0.4))
      .map((fieldId) => ({ fieldId, mask: random.pick(["sha-256-global", "replace-with-null"] as const) })),
    origin: null,
    ended_at: ended(random),
  }));
  const tenants = randomAccounts(random);
  return {
    epoch: 1n,
    accounts: tenants,
    units: randomUnits(random),
    principals: [
      ...principals.map((id) => ({
        ...row(id),
        kind: kinds[id.charAt(0)] ?? "user",
        account_id: id.startsWith("u") ? null : random.pick(accounts),
        name: id,
        attributes: random.chance(0.5) ? { country: random.pick(["DE", "FR", "g0"]) } : {},
        active: random.chance(0.9),
        origin: null,
        deleted_at: random.chance(0.05) ? new Date(0) : null,
      })),
      ...tenants.map(({ id, deleted_at: end }) => placePrincipal(id, end)),
      ...units.map((id) => placePrincipal(id, ended(random))),
      placePrincipal(organisationId, null),
    ],
    memberships: [...times(random, 6, (index) => membership(random, index)), ...inAccounts(random)],
    filters,
    ...randomShared(random, filters),
    ...randomTags(random),
    sensitivity: random.chance(0.5) ? randomFacts(random) : [],
    stewards: times(random, 4, (index) => randomSteward(random, index)),
  };
}

function randomAccounts(random: Random): PolicyRows["accounts"] {
  return accounts.map((id) => ({
    ...row(id),
    number: "1",
    name: id,
    unit_id: random.pick([...units, null]),
    is_canary: random.chance(0.2),
    is_outside: random.chance(0.3),
    origin: null,
    requires_codes: false,
    is_producer: true,
    is_consumer: random.chance(0.8),
    owner_id: null,
    keeps_files: false,
    removing_since: random.chance(0.1) ? new Date(0) : null,
    deleted_at: random.chance(0.2) ? new Date(0) : null,
  }));
}

export function randomUnits(random: Random): PolicyRows["units"] {
  return units.map((id, index) => ({
    ...row(id),
    name: id,
    parent_id: random.pick([...units.slice(0, index), null]),
    origin: null,
  }));
}

/** An account or a unit as a principal, which the database keeps. */
function placePrincipal(id: string, end: Date | null): PrincipalOf {
  const kind = kinds[id.charAt(0)] ?? "account";
  const rest = { account_id: null, name: id, attributes: {}, origin: null };
  return { ...row(id), ...rest, kind, active: end === null, deleted_at: end };
}

function randomSteward(random: Random, index: number): PolicyRows["stewards"][number] {
  const kind = random.pick(["database", "table"] as const);
  return {
    ...row(`steward${index}`),
    thing_kind: kind,
    thing_id: kind === "table" ? randomTable(random) : random.pick(databases).id,
    role: random.pick(["owner", "steward"]),
    principal_id: random.pick(principals),
    origin: null,
    set_by: null,
    ended_at: ended(random),
  };
}

/** In a third of the policies nothing has a tag. */
function randomTags(random: Random): Pick<PolicyRows, "tagKeys" | "tagValues" | "tagAssignments" | "tagExpressions"> {
  const assignments = random.chance(0.33) ? [] : times(random, 10, (index) => randomAssignment(random, index));
  return {
    tagKeys: Object.entries(tagKeys).map(([id, account]) => ({
      ...row(id),
      account_id: account,
      name: id,
      description: null,
      is_multiple: true,
      origin: null,
      created_by: null,
      ended_at: null,
    })),
    tagValues: Object.entries(tagValues).map(([id, key]) => ({
      ...row(id),
      key_id: key,
      name: id,
      is_sensitive: random.chance(0.3),
      ended_at: ended(random),
    })),
    tagAssignments: assignments,
    tagExpressions: expressionIds.map((id) => ({
      ...row(id),
      account_id: random.chance(0.8) ? accounts[0] : accounts[1],
      name: random.chance(0.5) ? id : null,
      alternatives: randomAlternatives(random),
      origin: null,
      created_by: null,
      ended_at: ended(random),
    })),
  };
}

export type AssignmentRow = PolicyRows["tagAssignments"][number];

/** A tag of a table or a database, or of a column. */
export function randomAssignment(random: Random, index: number): AssignmentRow {
  const valueId = random.pick(valueIds);
  const kind = random.pick(["database", "table", "column", "column"] as const);
  return {
    ...row(`assignment${index}`),
    resource_kind: kind,
    resource_id: kind === "database" ? random.pick(databases).id : randomTable(random),
    field_id: kind === "column" ? random.pick(fieldIds) : null,
    key_id: tagValues[valueId],
    value_id: valueId,
    origin: null,
    assigned_by: null,
    ended_at: ended(random),
    ended_by: null,
  };
}

/** Mostly one or two, of one or two terms with one or two values. */
export function randomAlternatives(random: Random) {
  return Array.from({ length: 1 + random.below(2) }, () => {
    const keys = random.chance(0.6) ? [random.pick(["k0", "k1", "k2"] as const)] : (["k0", "k1"] as const);
    return keys.map((keyId) => ({
      keyId,
      valueIds: valueIds.filter((id, index) => tagValues[id] === keyId && (index % 2 === 0 || random.chance(0.4))),
    }));
  }).filter((terms) => terms.every((term) => term.valueIds.length > 0));
}

export function membership(random: Random, index: number) {
  return {
    ...row(`m${index}`),
    ...validity(random),
    container_kind: "group" as const,
    container_id: random.pick([...groups, ...roles]),
    member_id: random.pick(principals),
    origin: null,
    ended_at: ended(random),
  };
}

/** Most users are members of an account, and some of both. */
function inAccounts(random: Random): PolicyRows["memberships"] {
  return people
    .flatMap((member) => accounts.map((account) => ({ member, account })))
    .filter(({ member }) => member.startsWith("u") && random.chance(0.6))
    .map(({ member, account }) => ({
      ...row(`${member} ${account}`),
      valid_from: null,
      valid_until: random.chance(0.2) ? new Date(random.below(moments)) : null,
      container_kind: "account" as const,
      container_id: account,
      member_id: member,
      origin: null,
      ended_at: ended(random),
    }));
}

/** One table more often than others, so that several rules meet there. */
function randomTable(random: Random): string {
  return random.chance(0.6) ? `${databases[0].id}.t0` : random.pick(tables).id;
}

function randomShared(random: Random, filters: PolicyRows["filters"]): Pick<PolicyRows, "grants" | "shares"> {
  const shares = random.chance(0.6) ? shareIds.map((id) => randomShare(random, id)) : [];
  const grants: GrantRow[] = [];
  for (const index of times(random, 10, (number) => number))
    grants.push(randomGrant(random, index, { earlier: grants, filters, shares }));
  return { grants, shares };
}

/** Mostly active, and with an account or a unit. */
export function randomShare(random: Random, id: string): PolicyRows["shares"][number] {
  const state = random.pick(["active", "active", "active", "suspended", "awaiting_acceptance", "revoked"] as const);
  const target = random.pick([...accounts, ...accounts, ...units, "u0"]);
  return {
    ...row(id),
    request_id: null,
    product_id: null,
    source_account_id: accounts[0],
    target_kind: target === "u0" ? "principal" : target.startsWith("a") ? "account" : "unit",
    target_id: target,
    state,
    valid_until: random.chance(0.3) ? new Date(random.below(moments)) : null,
    may_reshare: random.chance(0.3),
    judged: random.chance(0.4) ? randomJudged(random) : null,
    made_by: null,
    origin: null,
    ended_at: state === "revoked" ? new Date(0) : null,
    ended_by: null,
    end_reason: null,
  };
}

function randomJudged(random: Random): unknown {
  const some = () => fieldIds.filter(() => random.chance(0.6));
  const known = ["pii", "secret", "unclassified"].flatMap((mark) => [
    ...databases.map(({ id }) => `${mark} ${id}`),
    ...tables.flatMap(({ id }) => [`${mark} ${id}`, ...fieldIds.map((fieldId) => `${mark} ${id} ${fieldId}`)]),
  ]);
  return {
    tables: tables
      .filter(() => random.chance(0.7))
      .map(({ id }) => {
        const left = random.pick([[], [], [random.pick(fieldIds)]]);
        const judged = some().filter((fieldId) => !left.includes(fieldId));
        return { id, base: random.chance(0.2) ? randomTable(random) : null, fieldIds: judged, leftOut: left };
      }),
    known: known.filter(() => random.chance(0.3)),
  };
}

/** Marks come and go in all forms; the first table has them more often. */
export function randomFacts(random: Random): PolicyRows["sensitivity"] {
  const things = [...databases.map(({ id }) => id), ...tables.map(({ id }) => id)];
  return things.flatMap((id) => {
    const value = (): string | null => random.pick(["true", "false", null]);
    const made = [
      { thing_id: id, field_id: null, kind: "flag" as const, value: random.chance(0.2) ? value() : null, epoch: 1n },
      { thing_id: id, field_id: null, kind: "demand" as const, value: random.chance(0.2) ? "yes" : null, epoch: 1n },
      ...fieldIds.map((fieldId) => ({
        thing_id: id,
        field_id: fieldId,
        kind: "flag" as const,
        value: value(),
        epoch: 1n,
      })),
    ];
    return made.filter(() => random.chance(0.4));
  });
}

type GrantRow = PolicyRows["grants"][number];

interface Made {
  readonly earlier: readonly GrantRow[];
  readonly filters: PolicyRows["filters"];
  readonly shares: PolicyRows["shares"];
}

export function randomGrant(random: Random, index: number, { earlier, filters, shares }: Made): GrantRow {
  const share = shares.length > 0 && random.chance(0.3) ? random.pick(shares) : undefined;
  const isChild = share === undefined && earlier.length > 0 && random.chance(0.4);
  const parent = isChild ? random.pick(earlier) : undefined;
  const isSame = parent !== undefined && random.chance(0.7);
  const { kind, id } = isSame ? { kind: parent.resource_kind, id: parent.resource_id } : randomResource(random);
  const isTable = kind === "table";
  return {
    ...row(`grant${index}`),
    ...validity(random),
    principal_id: share?.target_id ?? random.pick(random.chance(0.7) ? principals : holders),
    share_id: share?.id ?? null,
    account_id: parent === undefined || random.chance(0.3) ? null : random.pick(accounts),
    resource_kind: kind,
    resource_id: id,
    location: null,
    columns: isTable && random.chance(0.3) ? randomColumns(random) : null,
    filter_id: isTable && random.chance(0.5) ? randomFilter(random, filters, id) : null,
    permissions: randomPermissions(random),
    grantable: [],
    parent_id: parent?.id ?? null,
    granted_by: randomGrantor(random, parent),
    origin: kind === "account" && random.chance(0.5) ? "role:analyst" : null,
    ended_at: ended(random),
    ended_by: null,
    end_reason: null,
  };
}

/** An account in another unit, or in none. */
export function inUnit(random: Random, account: PolicyRows["accounts"][number]): PolicyRows["accounts"][number] {
  return { ...account, unit_id: random.pick([...units, null]) };
}

/** Mostly the holder of the grant that it descends from; often somebody else, who may be in that group. */
function randomGrantor(random: Random, parent: GrantRow | undefined): string | null {
  if (random.chance(0.1)) return null;
  return parent !== undefined && random.chance(0.6) ? parent.principal_id : random.pick(principals);
}

/** Mostly one of the table, and at times one of another table or none that exists. */
function randomFilter(random: Random, filters: PolicyRows["filters"], tableId: string | null): string {
  const own = filters.filter(({ table_id: of }) => of === tableId);
  return own.length > 0 && random.chance(0.9) ? random.pick(own).id : random.pick(["f0", "f1", "f2"]);
}

function randomResource(random: Random): { readonly kind: GrantedKind; readonly id: string | null } {
  const kind = random.pick([
    ...(["table", "table", "table", "tables", "database", "account", "source", "lake"] as const),
    ...(["expression", "expression", "tag", "tag-value"] as const),
  ]);
  if (kind === "expression") return { kind, id: random.pick(expressionIds) };
  if (kind === "tag") return { kind, id: random.pick(["k0", "k1", "k2"]) };
  if (kind === "tag-value") return { kind, id: random.pick(valueIds) };
  if (kind === "lake") return { kind, id: null };
  if (kind === "account") return { kind, id: random.pick(accounts) };
  if (kind === "source") return { kind, id: random.pick(sources).id };
  return { kind, id: kind === "table" ? randomTable(random) : random.pick(databases).id };
}

function randomPermissions(random: Random): readonly Permission[] {
  if (random.chance(0.6)) return ["SELECT"];
  return permissions.filter(() => random.chance(0.15));
}

function randomColumns(random: Random) {
  if (random.chance(0.3)) return null;
  return { mode: random.pick(["include", "exclude"]), fieldIds: fieldIds.filter(() => random.chance(0.5)) };
}

function validity(random: Random) {
  const moment = (): Date | null => (random.chance(0.25) ? new Date(random.below(moments)) : null);
  return { valid_from: moment(), valid_until: moment() };
}

function ended(random: Random): Date | null {
  return random.chance(0.1) ? new Date(0) : null;
}

function row(id: string) {
  return { id, created_at: new Date(0), epoch: 1n };
}

function times<T>(random: Random, most: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: random.below(most + 1) }, (_, index) => make(index));
}
