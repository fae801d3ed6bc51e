/**
 * A view: a statement that has a name in a database. This is its stored form; query/view-tables.ts makes it readable.
 * Invariant: what a view reads is named by ids, as it was found when the text was written, and never looked up by name
 * again.
 */
import { z } from "zod";
import type { Json } from "../base/json.ts";
import { formatSchema, parseSchema } from "../iceberg/schema.ts";
import type { NestedField } from "../iceberg/type.ts";

/** The parts of a view that every list of tables has. */
export interface ViewHead {
  /** Undefined for the owner of the data directory. */
  readonly ownerId: string | undefined;
  /** The account in which the owner acts. */
  readonly ownerAccountId: string | undefined;
  readonly version: number;
  /** The declaration that made it. */
  readonly origin: string | undefined;
}

/** The statement of a view, with everything that was found out about it when it was written. */
export interface ViewText {
  readonly text: string;
  readonly columns: readonly NestedField[];
  readonly reads: readonly ViewRead[];
  /** For each mention of a table in the text, its place in `reads`. */
  readonly mentions: readonly number[];
  readonly lineage: Lineage;
}

/** A table or a view that a view reads. */
export interface ViewRead {
  readonly id: string;
  readonly isView: boolean;
  /** Those that the text can name, under the names that it knows them by. */
  readonly columns: readonly NestedField[];
  /** The field ids of those without which the text means nothing. */
  readonly uses: readonly number[];
}

export interface Lineage {
  readonly columns: readonly ColumnLineage[];
  /** The columns that decide which rows there are: in conditions, joins, groups and orders. */
  readonly influences: readonly BaseColumn[];
}

/** The columns of which the values of a view's column are made. */
export interface ColumnLineage {
  /** The field id of the view's column. */
  readonly column: number;
  readonly from: readonly BaseColumn[];
}

export interface BaseColumn {
  readonly id: string;
  readonly fieldId: number;
}

export interface ViewVersion extends ViewText {
  readonly version: number;
  readonly madeAt: Date;
  /** Null for the owner of the data directory. */
  readonly madeBy: string | null;
  /** The earlier version whose text was taken up again. */
  readonly restored: number | null;
}

const baseColumn = z.strictObject({ id: z.string(), fieldId: z.int() });

const lineageSchema = z.strictObject({
  columns: z.array(z.strictObject({ column: z.int(), from: z.array(baseColumn) })),
  influences: z.array(baseColumn),
});

const readsSchema = z.array(
  z.strictObject({ id: z.string(), isView: z.boolean(), columns: z.json(), uses: z.array(z.int()) }),
);

/** The stored members that are JSON. */
interface StoredText {
  readonly text: string;
  readonly columns: unknown;
  readonly reads: unknown;
  readonly mentions: readonly number[];
  readonly lineage: unknown;
}

/** Throws if it cannot be understood, so that nothing is read by it. */
export function viewTextOf({ text, columns, reads, mentions, lineage }: StoredText): ViewText {
  return {
    text,
    columns: fieldsOf(z.json().parse(columns)),
    reads: readsSchema.parse(reads).map((read) => ({ ...read, columns: fieldsOf(read.columns) })),
    mentions,
    lineage: lineageSchema.parse(lineage),
  };
}

export function storedText({ text, columns, reads, mentions, lineage }: ViewText) {
  return {
    text,
    columns: JSON.stringify(schemaOf(columns)),
    reads: JSON.stringify(reads.map((read) => ({ ...read, columns: schemaOf(read.columns) }))),
    mentions,
    lineage: JSON.stringify(lineage),
  };
}

function schemaOf(fields: readonly NestedField[]): Json {
  return formatSchema({ schemaId: 0, fields, identifierFieldIds: [] });
}

function fieldsOf(json: Json): readonly NestedField[] {
  return parseSchema(json).fields;
}
