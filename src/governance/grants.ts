/**
 * Makes and ends grants: one row per permission. It does not ask whether the caller may; right-to-grant.ts does.
 * Invariant: a row is ended and never changed, and with a grant everything that was passed on from it ends.
 */
import { sql, type Kysely } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { Tables } from "../db/tables.ts";
import type { Permission } from "./permission.ts";
import type { GrantedOn, Validity } from "./policy.ts";
import type { ColumnSet } from "./table-access.ts";

export interface NewGrant {
  readonly principalId: string;
  readonly on: GrantedOn;
  readonly permission: Permission;
  readonly isGrantable: boolean;
  readonly columns: ColumnSet;
  readonly filterId: string | undefined;
  readonly valid: Validity;
  /** The grant by whose right it is made; undefined if an administrator makes it. */
  readonly parentId: string | undefined;
  /** The account by whose share it is passed on. */
  readonly accountId?: string | undefined;
  /** The share that gives it. */
  readonly shareId?: string | undefined;
}

export interface Author {
  /** The principal who grants; null for the owner of the data directory. */
  readonly by: string | null;
  /** The declaration that makes the grants; null for a command. */
  readonly origin: string | null;
}

export interface StoredGrant {
  readonly id: string;
  readonly isNew: boolean;
}

/**
 * A grant that exists in the same form is left as it is. What two people passed on are two grants, because each depends
 * on its grantor. The caller holds the lock of the policy. */
export async function addGrant(transaction: Kysely<Tables>, grant: NewGrant, author: Author): Promise<StoredGrant> {
  const same = await sameGrant(transaction, grant, author);
  if (same !== undefined) return { id: same, isNew: false };
  const { valid, on } = grant;
  const row = {
    id: uuidv7(),
    principal_id: grant.principalId,
    resource_kind: on.kind,
    resource_id: "id" in on ? on.id : null,
    location: on.kind === "location" ? on.location : null,
    columns: columnsJson(grant.columns),
    filter_id: grant.filterId ?? null,
    permissions: [grant.permission],
    grantable: grant.isGrantable ? [grant.permission] : [],
    valid_from: moment(valid.from),
    valid_until: moment(valid.until),
    parent_id: grant.parentId ?? null,
    granted_by: author.by,
    origin: author.origin,
    share_id: grant.shareId ?? null,
    account_id: grant.accountId ?? null,
  };
  await transaction.insertInto("grants").values(row).execute();
  return { id: row.id, isNew: true };
}

async function sameGrant(
  transaction: Kysely<Tables>,
  { principalId, on, permission, isGrantable, columns, filterId, valid, parentId, accountId, shareId }: NewGrant,
  { by, origin }: Author,
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from grants
    where ended_at is null and principal_id = ${principalId} and resource_kind = ${on.kind}
      and resource_id is not distinct from ${"id" in on ? on.id : null}
      and location is not distinct from ${on.kind === "location" ? on.location : null}
      and columns is not distinct from ${columnsJson(columns)}::jsonb
      and filter_id is not distinct from ${filterId ?? null}
      and permissions = array[${permission}] and (cardinality(grantable) > 0) = ${isGrantable}
      and valid_from is not distinct from ${moment(valid.from)}
      and valid_until is not distinct from ${moment(valid.until)}
      and parent_id is not distinct from ${parentId ?? null}
      and (parent_id is null or granted_by is not distinct from ${by})
      and share_id is not distinct from ${shareId ?? null}
      and account_id is not distinct from ${accountId ?? null}
      and origin is not distinct from ${origin}`.execute(transaction);
  return rows[0]?.id;
}

function moment(milliseconds: number | undefined): Date | null {
  return milliseconds === undefined ? null : new Date(milliseconds);
}

/** In one order, so that equal sets are equal texts. */
export function columnsJson(columns: ColumnSet): string | null {
  if (columns.mode === "all") return null;
  return JSON.stringify({ mode: columns.mode, fieldIds: [...columns.fieldIds].toSorted((one, other) => one - other) });
}

export interface Ending {
  readonly by: string | null;
  readonly reason: string;
}

/** Returns the ids of all grants that have ended: the given ones, and those that descend from them. */
export async function endGrants(
  transaction: Kysely<Tables>,
  ids: readonly string[],
  { by, reason }: Ending,
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive ending (id) as (
      select id from grants where id = any(${ids}::uuid[]) and ended_at is null
      union
      select grants.id from grants join ending on grants.parent_id = ending.id where grants.ended_at is null
    )
    update grants set ended_at = clock_timestamp(), ended_by = ${by}, end_reason = ${reason}
    where id in (select id from ending) returning id`.execute(transaction);
  return rows.map(({ id }) => id);
}
