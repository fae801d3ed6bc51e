/**
 * Turns rows of the database into a policy: the earlier one with what has changed.
 * Invariant: whatever cannot be understood gives no right.
 */
import type { Selectable } from "kysely";
import { z } from "zod";
import type { AccountRow } from "../db/account-row.ts";
import type { DataFilterRow, GrantRow, MembershipRow, OrgUnitRow, PrincipalRow, StewardRow } from "../db/tables.ts";
import type { SensitivityFactRow, ShareRow } from "../db/share-tables.ts";
import { changedMap } from "./changed-map.ts";
import { isFlagged } from "./is-flagged.ts";
import { judgedOf } from "./judged-share.ts";
import { maskActions, type Mask } from "./mask.ts";
import { permissions, type Permission } from "./permission.ts";
import {
  resourceKey,
  type DataFilter,
  type Grant,
  type GrantedOn,
  type Membership,
  type Policy,
  type PolicyAccount,
  type PolicyPrincipal,
  type PolicyShare,
  type SensitivityFacts,
  type Validity,
} from "./policy.ts";
import type { Predicate } from "./predicate/predicate.ts";
import type { ColumnSet } from "./table-access.ts";
import { tagsWith, type TagRows } from "./tag-rows.ts";

export interface PolicyRows extends TagRows {
  readonly epoch: bigint;
  readonly accounts: readonly Selectable<AccountRow>[];
  readonly units: readonly Selectable<OrgUnitRow>[];
  readonly principals: readonly Selectable<PrincipalRow>[];
  readonly memberships: readonly Selectable<MembershipRow>[];
  readonly filters: readonly Selectable<DataFilterRow>[];
  readonly grants: readonly Selectable<GrantRow>[];
  readonly shares: readonly Selectable<ShareRow>[];
  readonly sensitivity: readonly Selectable<SensitivityFactRow>[];
  readonly stewards: readonly Selectable<StewardRow>[];
}

export function withRows(before: Policy, rows: PolicyRows): Policy {
  const accounts = changedMap(before.accounts, rows.accounts, (row) =>
    row.deleted_at === null && row.removing_since === null ? accountOf(row) : undefined,
  );
  const units = changedMap(before.units, rows.units, ({ id, parent_id: above }) => ({
    id,
    parentId: above ?? undefined,
  }));
  const principals = changedMap(before.principals, rows.principals, (row) =>
    row.deleted_at === null ? principalOf(row) : undefined,
  );
  const filters = changedMap(before.filters, rows.filters, (row) =>
    row.ended_at === null ? filterOf(row) : undefined,
  );
  const grants = changedMap(before.grants, rows.grants, (row) => (row.ended_at === null ? grantOf(row) : undefined));
  return {
    epoch: rows.epoch,
    accounts,
    units,
    principals,
    filters,
    memberships: membershipsWith(before.memberships, rows.memberships),
    grants,
    shares: changedMap(before.shares, rows.shares, (row) => (row.ended_at === null ? shareOf(row) : undefined)),
    sensitivity: sensitivityWith(before.sensitivity, rows.sensitivity),
    grantsTo: grantsToWith(before, { grants, changed: rows.grants }),
    tags: tagsWith(before.tags, rows),
    stewards: stewardsWith(before.stewards, rows.stewards),
  };
}

function membershipsWith(
  before: Policy["memberships"],
  rows: readonly Selectable<MembershipRow>[],
): Policy["memberships"] {
  if (rows.length === 0) return before;
  const after = new Map(before);
  for (const row of rows) {
    const others = (after.get(row.member_id) ?? []).filter(({ id }) => id !== row.id);
    after.set(row.member_id, row.ended_at === null ? [...others, membershipOf(row)] : others);
  }
  return after;
}

function stewardsWith(before: Policy["stewards"], rows: readonly Selectable<StewardRow>[]): Policy["stewards"] {
  if (rows.length === 0) return before;
  const after = new Map(before);
  for (const { id, thing_id: thingId, role, principal_id: principalId, ended_at: end } of rows) {
    const others = (after.get(thingId) ?? []).filter((one) => one.id !== id);
    after.set(thingId, end === null ? [...others, { id, role, principalId }] : others);
  }
  return after;
}

/** Only the principals whose grants have changed are indexed again. */
function grantsToWith(
  before: Policy,
  { grants, changed }: { grants: Policy["grants"]; changed: readonly Selectable<GrantRow>[] },
): Policy["grantsTo"] {
  if (changed.length === 0) return before.grantsTo;
  const after = new Map(before.grantsTo);
  for (const [principalId, rows] of Map.groupBy(changed, (row) => row.principal_id)) {
    const ids = new Set(rows.map(({ id }) => id));
    const others = [...(after.get(principalId)?.values() ?? [])].flat().filter(({ id }) => !ids.has(id));
    const now = [...ids].map((id) => grants.get(id)).filter((grant) => grant !== undefined);
    after.set(
      principalId,
      Map.groupBy([...others, ...now], ({ on }) => resourceKey(on)),
    );
  }
  return after;
}

function accountOf(row: Selectable<AccountRow>): PolicyAccount {
  const { id, name, is_canary: isCanary, is_outside: isOutside, is_consumer: isConsumer, unit_id: unit } = row;
  return { id, name, isCanary, isOutside, isConsumer, unitId: unit ?? undefined };
}

function principalOf(row: Selectable<PrincipalRow>): PolicyPrincipal {
  const { id, kind, name, attributes, active: isActive, account_id: accountId } = row;
  return { id, kind, name, attributes, isActive, accountId: accountId ?? undefined };
}

function shareOf(row: Selectable<ShareRow>): PolicyShare {
  return {
    id: row.id,
    sourceAccountId: row.source_account_id,
    targetId: row.target_id,
    isActive: row.state === "active",
    until: row.valid_until?.getTime(),
    mayReshare: row.may_reshare,
    judged: row.judged === null ? undefined : judgedOf(row.judged),
  };
}

const unsaid: SensitivityFacts = { isFlagged: undefined, columns: new Map(), isDemanded: false };

function sensitivityWith(
  before: Policy["sensitivity"],
  rows: readonly Selectable<SensitivityFactRow>[],
): Policy["sensitivity"] {
  if (rows.length === 0) return before;
  const after = new Map(before);
  for (const [id, own] of Map.groupBy(rows, (row) => row.thing_id)) {
    const columns = new Map(after.get(id)?.columns);
    let { isFlagged: flagged, isDemanded } = after.get(id) ?? unsaid;
    for (const { field_id: fieldId, kind, value } of own) {
      const said = value === null ? undefined : isFlagged(value);
      if (kind === "demand") isDemanded = value !== null;
      else if (fieldId === null) flagged = said;
      else if (said === undefined) columns.delete(fieldId);
      else columns.set(fieldId, said);
    }
    after.set(id, { isFlagged: flagged, columns, isDemanded });
  }
  return after;
}

function membershipOf(row: Selectable<MembershipRow>): Membership {
  return { id: row.id, containerId: row.container_id, memberId: row.member_id, valid: validityOf(row) };
}

interface ValidRow {
  readonly valid_from: Date | null;
  readonly valid_until: Date | null;
}

function validityOf({ valid_from: from, valid_until: until }: ValidRow): Validity {
  return { from: from?.getTime(), until: until?.getTime() };
}

/** Undefined if it cannot be understood. */
export function grantOf(row: Selectable<GrantRow>): Grant | undefined {
  const [on, columns] = [grantedOn(row), columnSetOf(row.columns)];
  if (on === undefined || columns === undefined) return undefined;
  return {
    id: row.id,
    principalId: row.principal_id,
    on,
    columns,
    filterId: row.filter_id ?? undefined,
    permissions: knownPermissions(row.permissions),
    grantable: knownPermissions(row.grantable),
    valid: validityOf(row),
    parentId: row.parent_id ?? undefined,
    grantedBy: row.granted_by ?? undefined,
    origin: row.origin ?? undefined,
    shareId: row.share_id ?? undefined,
    accountId: row.account_id ?? undefined,
  };
}

function grantedOn({ resource_kind: kind, resource_id: id, location }: Selectable<GrantRow>): GrantedOn | undefined {
  if (kind === "lake") return { kind };
  if (kind === "location") return location === null ? undefined : { kind, location };
  return id === null ? undefined : { kind, id };
}

function knownPermissions(names: readonly string[]): ReadonlySet<Permission> {
  return new Set(permissions.filter((permission) => names.includes(permission)));
}

const columnsSchema = z.strictObject({ mode: z.enum(["include", "exclude"]), fieldIds: z.array(z.int()) }).nullable();

/** Undefined if it cannot be understood. */
export function columnSetOf(json: unknown): ColumnSet | undefined {
  const { data, success } = columnsSchema.safeParse(json);
  if (!success) return undefined;
  return data === null ? { mode: "all" } : { mode: data.mode, fieldIds: new Set(data.fieldIds) };
}

const masksSchema = z.array(
  z.strictObject({ fieldId: z.int(), mask: z.enum(maskActions), value: z.string().optional() }),
);

/** Undefined if it cannot be understood. */
export function filterOf(row: Selectable<DataFilterRow>): DataFilter | undefined {
  const columns = columnSetOf(row.columns);
  const masks = masksSchema.safeParse(row.masks);
  if (columns === undefined || !masks.success) return undefined;
  return {
    id: row.id,
    tableId: row.table_id,
    name: row.name,
    columns,
    rows: row.row_predicate === null ? undefined : (row.row_predicate as Predicate),
    masks: new Map(masks.data.map(({ fieldId, mask: action, value }): [number, Mask] => [fieldId, { action, value }])),
  };
}
