/**
 * Soft deletes: rows that the source deleted stay in the lake, marked with the time when the deletion was seen. A table
 * with a key has one row per key, live or marked; when the key appears again, its marked row is removed. In a keyless
 * table every removed row stays, marked, including the old version of a changed row.
 * Invariant: the rows without a mark are exactly the source's.
 */
import { randomBytes } from "node:crypto";
import { duckdbType, quoteName } from "../../engine/duckdb-type.ts";
import { readDataFilesSql } from "../../engine/read-data-files.ts";
import type { ReadColumn } from "../../engine/read-column.ts";
import type { LocalFile } from "../../catalog/local-files.ts";
import type { NestedField } from "../../iceberg/type.ts";
import type { FollowedSchema, PreviousSchema } from "../run/lake-schema.ts";
import { goingRows, hasKeyIn, type ImageKeys, type ImageParts } from "../../writer/row-images.ts";

/** Property that holds the id of the field with the marks, whatever the field's name is. */
export const deletedAtProperty = "headgate.deleted-at-field";

export const deletedAtType = "timestamptz";

export function deletedAtColumn({ id }: NestedField): ReadColumn {
  return { fieldId: id, name: `c${id}`, sqlType: duckdbType(deletedAtType) };
}

interface MarkParts {
  /** Whether soft deletes are switched on. */
  readonly wanted: boolean;
  /** The field that has held the marks until now. */
  readonly before: NestedField | undefined;
  readonly isNew: boolean;
}

/** The schema with the marks column after the source's own columns, if soft deletes are switched on. */
export function followMarks(follow: FollowedSchema, { wanted, before, isNew }: MarkParts): FollowedSchema {
  const { schema, lastColumnId, changes } = follow;
  if (!wanted && before === undefined) return follow;
  if (!wanted) return { ...follow, changes: [...changes, "deleted rows are not kept"], endedMarks: before };
  const id = before?.id ?? lastColumnId + 1;
  const name = schema.fields.some((field) => field.name === "_deleted_at") ? "_headgate_deleted_at" : "_deleted_at";
  const deletedAt: NestedField = {
    id,
    name,
    required: false,
    type: deletedAtType,
    doc: "when the row was seen to be gone",
  };
  return {
    schema: { ...schema, fields: [...schema.fields, deletedAt] },
    lastColumnId: Math.max(lastColumnId, id),
    changes: before === undefined && !isNew ? [...changes, `deleted rows are kept, marked in ${name}`] : changes,
    deletedAt,
  };
}

/** The schema with only the source's columns. */
export function withoutMarks(previous: PreviousSchema, before: NestedField | undefined): PreviousSchema {
  const fields = previous.schema.fields.filter(({ id }) => id !== before?.id);
  return { ...previous, schema: { ...previous.schema, fields } };
}

/** An engine table with the places of removed rows that stay in the lake, marked. */
export interface KeptRows extends AsyncDisposable {
  readonly places: string;
}

type KeptParts = ImageParts & { readonly live: readonly LocalFile[]; readonly deletedAt: ReadColumn };

/** Adds to the rows to remove those marked rows whose key appears again. */
export async function keepDeleted(parts: KeptParts, pairs: ImageKeys | undefined): Promise<KeptRows> {
  const { engine, difference, signal } = parts;
  const places = `kept_${randomBytes(8).toString("hex")}`;
  const stay = pairs === undefined ? "true" : `not ${hasKeyIn(pairs.came, pairs.keys)}`;
  const going = await goingRows(parts, pairs?.keys ?? []);
  await engine.run(`create table ${places} as select file, row from (${going}) data where ${stay}`, { signal });
  if (pairs !== undefined) await engine.run(`insert into ${difference.going} ${markedRows(parts, pairs)}`, { signal });
  return {
    places,
    async [Symbol.asyncDispose]() {
      if (engine.isAlive()) await engine.run(`drop table if exists ${places}`);
    },
  };
}

function markedRows({ live, deletedAt }: KeptParts, { keys, came }: ImageKeys): string {
  const rows = readDataFilesSql({ files: live, columns: [...keys, deletedAt], placesIn: live });
  return `select file, row from (${rows}) data where ${quoteName(deletedAt.name)} is not null and ${hasKeyIn(came, keys)}`;
}
