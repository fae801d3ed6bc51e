/**
 * Parameters: texts by key that people attach to databases, tables and columns, such as `data_owner`, `pii_flag` and
 * `description`. It does not ask whether the caller may.
 * Invariant: they are bound to ids (a table's uuid, a column's field id), so that a rename keeps them and a name that is
 * used again has none.
 */
import { sql, type Kysely, type Selectable } from "kysely";
import type { DescribedKind, ParameterRow, Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";

/** A database, a table, or a column of a table. */
export interface Described {
  readonly kind: DescribedKind;
  readonly id: string;
  /** Undefined: the database or the table itself. */
  readonly fieldId?: number | undefined;
}

export interface Parameter {
  readonly on: Described;
  readonly key: string;
  readonly value: string;
  /** `yaml` for a declaration; null for a command. */
  readonly origin: string | null;
}

export interface ParameterChange {
  readonly on: Described;
  readonly key: string;
  /** Undefined removes it. */
  readonly value: string | undefined;
}

/** A change that was made: what the value was, and what it is now. */
export interface ChangedParameter extends ParameterChange {
  readonly before: string | undefined;
}

/** Who changes something. */
export interface Author {
  /** A principal's id; null for the owner of the data directory. */
  readonly by: string | null;
  /** `yaml` for a declaration; null for a command. */
  readonly origin: string | null;
}

/** All parameters of these databases and tables, with those of their columns, by key. */
export async function parametersOf(
  db: Kysely<Tables>,
  ids: readonly string[],
  { withColumns = true } = {},
): Promise<readonly Parameter[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("parameters")
    .selectAll()
    .where(sql<boolean>`thing_id = any(${ids}::uuid[])`)
    .$if(!withColumns, (query) => query.where("field_id", "is", null))
    .orderBy("thing_id")
    .orderBy(sql`field_id nulls first`)
    .orderBy(sql`key collate "C"`)
    .execute();
  return rows.map(parameterOf);
}

function parameterOf({ thing_kind, thing_id, field_id, key, value, origin }: Selectable<ParameterRow>): Parameter {
  return { on: { kind: thing_kind, id: thing_id, fieldId: field_id ?? undefined }, key, value, origin };
}

/** Other changes of what is said of these things wait until the end of the transaction. */
export async function lockDescribed(transaction: Kysely<Tables>, ids: Iterable<string>): Promise<void> {
  for (const id of [...new Set(ids)].toSorted())
    await sql`select pg_advisory_xact_lock(hashtextextended(${`described ${id}`}, 0))`.execute(transaction);
}

/**
 * Returns what changed; a value that is the same stays as it is, with its author. Throws USAGE for a key or a value that
 * cannot be stored.
 */
export async function setParameters(
  transaction: Kysely<Tables>,
  changes: readonly ParameterChange[],
  author: Author,
): Promise<readonly ChangedParameter[]> {
  for (const change of changes) checkParameter(change);
  const ids = new Set(changes.map(({ on }) => on.id));
  await lockDescribed(transaction, ids);
  const had = new Map((await parametersOf(transaction, [...ids])).map((one) => [placeOf(one), one.value]));
  const changed: ChangedParameter[] = [];
  for (const change of changes) {
    const before = had.get(placeOf(change));
    if (before === change.value) continue;
    await setParameter(transaction, change, author);
    if (change.value === undefined) had.delete(placeOf(change));
    else had.set(placeOf(change), change.value);
    changed.push({ ...change, before });
  }
  return changed;
}

function placeOf({ on: { id, fieldId }, key }: Pick<ParameterChange, "on" | "key">): string {
  return JSON.stringify([id, fieldId ?? null, key]);
}

/** A value that is changed keeps its origin, so that a declaration still knows what it has made. */
async function setParameter(
  transaction: Kysely<Tables>,
  { on, key, value }: ParameterChange,
  { by, origin }: Author,
): Promise<void> {
  const fieldId = on.fieldId ?? null;
  if (value === undefined) {
    const gone = transaction.deleteFrom("parameters").where("thing_id", "=", on.id).where("key", "=", key);
    await gone.where("field_id", "is not distinct from", fieldId).execute();
    return;
  }
  const row = { thing_kind: on.kind, thing_id: on.id, field_id: fieldId, key, value, origin, set_by: by };
  await transaction
    .insertInto("parameters")
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(["thing_id", "field_id", "key"])
        .doUpdateSet({ value, set_by: by, set_at: sql<Date>`clock_timestamp()` }),
    )
    .execute();
}

export const parameterKeyPattern = /^[A-Za-z][A-Za-z0-9_.:-]{0,127}$/;
export const mostCharacters = 10_000;

/** Throws USAGE. */
function checkParameter({ key, value }: ParameterChange): void {
  if (!parameterKeyPattern.test(key))
    throw new HeadgateError("USAGE", {
      place: key,
      message:
        "the key of a parameter has letters, digits and _ . : - and begins with a letter; it has at most 128 characters",
    });
  if (value !== undefined) checkText(value, key);
}

/** For a text that people write about something. Throws USAGE. */
export function checkText(text: string, place: string): void {
  const message =
    text.trim() === ""
      ? "this text is empty; to remove it, unset it"
      : text.length > mostCharacters
        ? `this text has more than ${mostCharacters} characters`
        : text.includes("\0")
          ? "this text contains the character U+0000, which cannot be stored"
          : undefined;
  if (message !== undefined) throw new HeadgateError("USAGE", { place, message });
}
