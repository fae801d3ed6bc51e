/**
 * Rows that the source deleted and the lake keeps, marked by when that was seen. By key there is one row, live or marked: where a
 * key comes back, its marked row goes. Of a table without key each row that goes stays, marked, a changed one included.
 * Invariant: rows without a mark are exactly the source's.
 */
import { randomBytes } from "node:crypto";
import { duckdbType, quoteName } from "../../engine/duckdb-type.ts";
import { readDataFilesSql } from "../../engine/read-data-files.ts";
import type { ReadColumn } from "../../engine/read-column.ts";
import type { LocalFile } from "../../catalog/local-files.ts";
import type { NestedField } from "../../iceberg/type.ts";
import type { FollowedSchema, PreviousSchema } from "../run/lake-schema.ts";
import { goingRows, hasKeyIn, type ImageKeys, type ImageParts } from "../../writer/row-images.ts";

/** The property that tells the field of the marks, whatever it is called. */
export const deletedAtProperty = "headgate.deleted-at-field";

export const deletedAtType = "timestamptz";

export function deletedAtColumn({ id }: NestedField): ReadColumn {
  return { fieldId: id, name: `c${id}`, sqlType: duckdbType(deletedAtType) };
}

interface MarkParts {
  /** Whether deleted rows shall be kept. */
  readonly wanted: boolean;
  /** The field of the marks until now. */
  readonly before: NestedField | undefined;
  readonly isNew: boolean;
}

/** The schema with the column of the marks after the source's own, if it shall have one. */
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

/** The schema of the source's columns alone. */
export function withoutMarks(previous: PreviousSchema, before: NestedField | undefined): PreviousSchema {
  const fields = previous.schema.fields.filter(({ id }) => id !== before?.id);
  return { ...previous, schema: { ...previous.schema, fields } };
}

/** A table of the engine with the places of the rows that stay, marked, though they go. */
export interface KeptRows extends AsyncDisposable {
  readonly places: string;
}

type KeptParts = ImageParts & { readonly live: readonly LocalFile[]; readonly deletedAt: ReadColumn };

/** Adds to the rows that go the marked ones whose key comes. */
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
