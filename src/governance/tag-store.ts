/**
 * Makes, changes and ends tag keys, their values, assignments and expressions. It does not ask whether the caller may.
 * The caller holds the lock of the policy.
 * Invariant: a row is ended and never deleted, and an ended one never counts again.
 */
import { sql, type Kysely } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { Tables } from "../db/tables.ts";
import type { TaggedKind } from "../db/tag-tables.ts";
import type { Alternatives } from "./tag-policy.ts";
import { inOrder } from "./tag-text.ts";

export interface NewKey {
  readonly accountId: string;
  readonly name: string;
  readonly description: string | null;
  readonly isMultiple: boolean;
  readonly origin: string | null;
  readonly by: string | null;
}

export async function insertKey(transaction: Kysely<Tables>, key: NewKey): Promise<string> {
  const id = uuidv7();
  const { accountId, name, description, isMultiple, origin, by } = key;
  await transaction
    .insertInto("tag_keys")
    .values({ id, account_id: accountId, name, description, is_multiple: isMultiple, origin, created_by: by })
    .execute();
  return id;
}

export interface KeyChange {
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly isMultiple?: boolean | undefined;
}

export async function changeKey(transaction: Kysely<Tables>, id: string, change: KeyChange): Promise<void> {
  const { name, description, isMultiple } = change;
  await transaction
    .updateTable("tag_keys")
    .set({
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(isMultiple === undefined ? {} : { is_multiple: isMultiple }),
    })
    .where("id", "=", id)
    .execute();
}

/** The key with its values. */
export async function endKey(transaction: Kysely<Tables>, id: string): Promise<void> {
  const open = { ended_at: sql<Date>`clock_timestamp()` };
  await transaction
    .updateTable("tag_values")
    .set(open)
    .where("key_id", "=", id)
    .where("ended_at", "is", null)
    .execute();
  await transaction.updateTable("tag_keys").set(open).where("id", "=", id).execute();
}

export interface NewValue {
  readonly keyId: string;
  readonly name: string;
  readonly isSensitive: boolean;
}

export async function insertValue(
  transaction: Kysely<Tables>,
  { keyId, name, isSensitive }: NewValue,
): Promise<string> {
  const id = uuidv7();
  await transaction.insertInto("tag_values").values({ id, key_id: keyId, name, is_sensitive: isSensitive }).execute();
  return id;
}

export async function changeValue(
  transaction: Kysely<Tables>,
  id: string,
  change: { readonly name?: string; readonly isSensitive?: boolean },
): Promise<void> {
  const { name, isSensitive } = change;
  await transaction
    .updateTable("tag_values")
    .set({
      ...(name === undefined ? {} : { name }),
      ...(isSensitive === undefined ? {} : { is_sensitive: isSensitive }),
    })
    .where("id", "=", id)
    .execute();
}

export async function endValue(transaction: Kysely<Tables>, id: string): Promise<void> {
  const ended = { ended_at: sql<Date>`clock_timestamp()` };
  await transaction.updateTable("tag_values").set(ended).where("id", "=", id).execute();
}

export interface NewAssignment {
  readonly kind: TaggedKind;
  readonly resourceId: string;
  readonly fieldId: number | undefined;
  readonly keyId: string;
  readonly valueId: string;
  readonly origin: string | null;
  readonly by: string | null;
}

export async function insertAssignment(transaction: Kysely<Tables>, assignment: NewAssignment): Promise<void> {
  const { kind, resourceId, fieldId, keyId, valueId, origin, by } = assignment;
  await transaction
    .insertInto("tag_assignments")
    .values({
      id: uuidv7(),
      resource_kind: kind,
      resource_id: resourceId,
      field_id: fieldId ?? null,
      key_id: keyId,
      value_id: valueId,
      origin,
      assigned_by: by,
    })
    .execute();
}

export async function endAssignments(
  transaction: Kysely<Tables>,
  ids: readonly string[],
  by: string | null,
): Promise<void> {
  await sql`update tag_assignments set ended_at = clock_timestamp(), ended_by = ${by}
    where id = any(${ids}::uuid[]) and ended_at is null`.execute(transaction);
}

/** For a table that is dropped. Returns the ids of what it and its columns had. */
export async function endTagsOf(
  transaction: Kysely<Tables>,
  resourceId: string,
  by: string | null,
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    update tag_assignments set ended_at = clock_timestamp(), ended_by = ${by}
    where resource_id = ${resourceId} and ended_at is null returning id`.execute(transaction);
  return rows.map(({ id }) => id);
}

interface CopiedTags {
  readonly from: string;
  readonly to: string;
  /** Field ids of the one table by those of the other; tags of other columns are left out. */
  readonly columns: ReadonlyMap<number, number>;
}

/** Gives a table what another has of its own; what it has already stays as it is. */
export async function copyTags(transaction: Kysely<Tables>, { from, to, columns }: CopiedTags): Promise<void> {
  const rows = await transaction
    .selectFrom("tag_assignments")
    .select(["resource_kind", "field_id", "key_id", "value_id", "origin", "assigned_by"])
    .where("resource_id", "=", from)
    .where("ended_at", "is", null)
    .execute();
  for (const row of rows) {
    const fieldId = row.field_id === null ? null : columns.get(row.field_id);
    if (fieldId === undefined) continue;
    await transaction
      .insertInto("tag_assignments")
      .values({ ...row, id: uuidv7(), resource_id: to, field_id: fieldId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** A new database gets what its source gives to each, in the transaction that makes it. */
export async function giveDefaultTags(
  transaction: Kysely<Tables>,
  { sourceId, databaseId }: { readonly sourceId: string; readonly databaseId: string },
): Promise<void> {
  await sql`
    insert into tag_assignments (id, resource_kind, resource_id, key_id, value_id, origin, assigned_by)
    select gen_random_uuid(), 'database', ${databaseId}, key_id, value_id, 'source', assigned_by from tag_assignments
    where resource_kind = 'source' and resource_id = ${sourceId} and ended_at is null`.execute(transaction);
}

export interface NewExpression {
  readonly id: string;
  readonly accountId: string;
  /** Null for one that is written in a grant. */
  readonly name: string | null;
  readonly alternatives: Alternatives;
  readonly origin: string | null;
  readonly by: string | null;
}

export async function insertExpression(transaction: Kysely<Tables>, expression: NewExpression): Promise<void> {
  const { id, accountId, name, alternatives, origin, by } = expression;
  await transaction
    .insertInto("tag_expressions")
    .values({
      id,
      account_id: accountId,
      name,
      alternatives: JSON.stringify(inOrder(alternatives)),
      origin,
      created_by: by,
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

export async function changeExpression(
  transaction: Kysely<Tables>,
  id: string,
  alternatives: Alternatives,
): Promise<void> {
  const changed = { alternatives: JSON.stringify(inOrder(alternatives)) };
  await transaction.updateTable("tag_expressions").set(changed).where("id", "=", id).execute();
}

export async function endExpression(transaction: Kysely<Tables>, id: string): Promise<void> {
  const ended = { ended_at: sql<Date>`clock_timestamp()` };
  await transaction.updateTable("tag_expressions").set(ended).where("id", "=", id).execute();
}
