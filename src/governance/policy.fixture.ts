/** Policies for tests, written in a few words: ada, bob and whatever groups and grants a test names. */
import { must } from "../base/must.ts";
import type { GrantedKind } from "../db/tables.ts";
import type { Permission } from "./permission.ts";
import {
  resourceKey,
  type DataFilter,
  type Grant,
  type GrantedOn,
  type Policy,
  type PolicyPrincipal,
  type Steward,
} from "./policy.ts";
import { noTags, type TagPolicy } from "./tag-policy.ts";

export interface GrantText {
  readonly id?: string;
  readonly to: string;
  /** The role that the grant on an account stands for. */
  readonly role?: string;
  /** `lake`, or a kind and an id: `table orders`, `tables shop`, `account main`. */
  readonly on: "lake" | `${Exclude<GrantedKind, "lake">} ${string}`;
  readonly permissions: readonly Permission[];
  /** Whether the holder may pass the permissions on. */
  readonly grantable?: boolean;
  readonly include?: readonly number[];
  readonly filter?: string;
  readonly parent?: string;
  /** By default, whoever holds the parent. */
  readonly by?: string;
  readonly from?: number;
  readonly until?: number;
}

export interface PolicyText {
  readonly grants: readonly GrantText[];
  readonly accounts?: readonly string[];
  /** The unit of each account that has one. */
  readonly inUnits?: Readonly<Record<string, string>>;
  /** Units with the unit above each; undefined for those at the top. */
  readonly units?: Readonly<Record<string, string | undefined>>;
  readonly groups?: readonly string[];
  /** By default those of all accounts. */
  readonly people?: Readonly<Record<"ada" | "bob", readonly string[]>>;
  readonly members?: readonly { of: string; member: string; from?: number; until?: number }[];
  readonly inactive?: readonly string[];
  readonly filters?: readonly DataFilter[];
  readonly tags?: TagPolicy;
  /** By the id of a database or a table. */
  readonly stewards?: Readonly<Record<string, readonly Omit<Steward, "id">[]>>;
}

export function policyOf({ grants, accounts = ["main"], groups = [], members = [], ...more }: PolicyText): Policy {
  const holders = new Map(grants.map(({ id, to }) => [id, to]));
  const given = grants.map((grant, index) => ({
    ...grantOf(grant, index),
    grantedBy: grant.by ?? (grant.parent === undefined ? undefined : holders.get(grant.parent)),
  }));
  const isActive = (id: string): boolean => more.inactive?.includes(id) !== true;
  const people = ["ada", "bob"].map((id): PolicyPrincipal => principalOf(id, "user", isActive(id)));
  const teams = groups.map((id) => ({ ...principalOf(id, "group", isActive(id)), accountId: accounts[0] }));
  const units = Object.entries(more.units ?? {});
  const places = [
    ...accounts.map((id) => principalOf(id, "account", true)),
    ...units.map(([id]) => principalOf(id, "unit", isActive(id))),
  ];
  const inAccounts = people.flatMap(({ id }) =>
    (more.people?.[id as "ada" | "bob"] ?? accounts).map((of) => ({
      of,
      member: id,
      from: undefined,
      until: undefined,
    })),
  );
  return {
    epoch: 1n,
    accounts: new Map(accounts.map((id) => [id, { id, name: id, unitId: more.inUnits?.[id] }])),
    units: new Map(units.map(([id, parentId]) => [id, { id, parentId }])),
    principals: new Map([...people, ...teams, ...places].map((principal) => [principal.id, principal])),
    memberships: Map.groupBy(
      [...inAccounts, ...members].map(({ of, member, from, until }) => ({
        id: `${of} ${member}`,
        containerId: of,
        memberId: member,
        valid: { from, until },
      })),
      ({ memberId }) => memberId,
    ),
    grants: new Map(given.map((grant) => [grant.id, grant])),
    grantsTo: new Map(
      [...Map.groupBy(given, ({ principalId }) => principalId)].map(([id, held]) => [
        id,
        Map.groupBy(held, ({ on }) => resourceKey(on)),
      ]),
    ),
    shares: new Map(),
    sensitivity: new Map(),
    filters: new Map((more.filters ?? []).map((filter) => [filter.id, filter])),
    tags: more.tags ?? noTags,
    stewards: new Map(
      Object.entries(more.stewards ?? {}).map(([id, named]) => [
        id,
        named.map((one) => ({ ...one, id: `${one.role} ${one.principalId} of ${id}` })),
      ]),
    ),
  };
}

function principalOf(id: string, kind: PolicyPrincipal["kind"], isActive: boolean): PolicyPrincipal {
  return { id, kind, name: id, accountId: undefined, attributes: {}, isActive };
}

function grantOf(text: GrantText, index: number): Omit<Grant, "grantedBy"> {
  const { id, to, on, permissions, grantable, include, filter, parent, from, until, role } = text;
  return {
    id: id ?? `grant ${index}`,
    principalId: to,
    on: onOf(on),
    columns: include === undefined ? { mode: "all" } : { mode: "include", fieldIds: new Set(include) },
    filterId: filter,
    permissions: new Set(permissions),
    grantable: new Set(grantable === true ? permissions : []),
    valid: { from, until },
    parentId: parent,
    origin: role && `role:${role}`,
  };
}

function onOf(text: GrantText["on"]): GrantedOn {
  if (text === "lake") return { kind: "lake" };
  const [, kind, id] = /^([\w-]+) (.+)$/.exec(text) ?? [];
  if (kind === "location") return { kind, location: must(id, "a location") };
  return { kind: must(kind, "a kind") as "table", id: must(id, "an id") };
}
