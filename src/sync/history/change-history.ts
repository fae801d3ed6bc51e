/**
 * The history of a table's changes, `<table>__history`: one row for each row image that was added or removed since the
 * history was switched on, in the table's own columns, with the kind of change, when it was seen, and the source's
 * position at that time. Append-only, written in the same commit.
 * Invariant: no column is ever removed from it, so that everything written stays readable; the table's state when the
 * history began plus the history equals the table.
 */
import { createHash } from "node:crypto";
import type { CatalogTable, TableEntry } from "../../catalog/catalog.ts";
import { historyOfProperty } from "../../catalog/history-of-property.ts";
import { copyDataFiles, publishAll } from "../../engine/copy-data-files.ts";
import { isFloat, quoteName, quoteText } from "../../engine/duckdb-type.ts";
import type { NestedField } from "../../iceberg/type.ts";
import { currentSchema, followSchema, type FollowedSchema } from "../run/lake-schema.ts";
import { tableLabel, type NamedTable } from "../../catalog/table-name.ts";
import type { LakeTarget } from "../run/lake-target.ts";
import { comingRows, goingRows, hasKeyIn, type ImageKeys, type ImageParts } from "../../writer/row-images.ts";
import type { SourceTable } from "../source.ts";
import { stagedFile, type StagedFile } from "../../writer/staged-file.ts";
import { tableLayout, usualLayout } from "../../writer/table-layout.ts";
import type { SeeingRun } from "../run/sync-run.ts";
import type { ShapeColumn } from "../run/table-shape.ts";

export interface HistoryTarget extends LakeTarget {
  /** The fields of the source's columns, in the table's order. */
  readonly fields: readonly NestedField[];
}

/** Derived from the table's id, so that files left behind by a dead run can be found. */
export function historyId(tableId: string): string {
  const hex = createHash("sha256").update(`history of ${tableId}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

interface HistoryParts {
  readonly table: SourceTable;
  readonly name: NamedTable;
  readonly tableId: string;
  /** The source's columns at the time the history was last written. */
  readonly shape: readonly ShapeColumn[];
  readonly lakeLocation: string;
  readonly entries: readonly TableEntry[];
  /** True if a table of the source has, or is about to get, this name in the lake. */
  isClaimed(name: NamedTable): boolean;
  load(entry: TableEntry): Promise<CatalogTable>;
}

export async function historyTarget(parts: HistoryParts): Promise<HistoryTarget> {
  const tableId = historyId(parts.tableId);
  const entry = parts.entries.find(({ id }) => id === tableId);
  const current = entry && (await parts.load(entry));
  const name = current === undefined ? freeName(parts) : { database: current.database, name: current.name };
  const followed = followHistory(parts, current);
  return {
    tableId,
    name,
    lakeLabel: tableLabel(name),
    location: current?.location ?? `${parts.lakeLocation}/${tableId}`,
    current,
    properties: { [historyOfProperty]: parts.tableId },
    ...followed,
    layout: tableLayout(usualLayout, { schema: followed.follow.schema, metadata: current?.metadata }),
  };
}

/** `<table>__history`, or `<table>__history_2` and so on if that name is taken. */
function freeName({ name: { database, name: table }, entries, isClaimed }: HistoryParts): NamedTable {
  for (let number = 1; ; number++) {
    const name = { database, name: `${table}__history${number === 1 ? "" : `_${number}`}` };
    const isInLake = entries.some((entry) => entry.database === database && entry.name === name.name);
    if (!isInLake && !isClaimed(name)) return name;
  }
}

export const aboutTheChange: readonly Pick<NestedField, "id" | "name" | "type" | "doc">[] = [
  {
    id: 1,
    name: "_operation",
    type: "string",
    doc: "insert, delete, or both images of an update: update_before, update_after",
  },
  { id: 2, name: "_changed_at", type: "timestamptz", doc: "when the change was seen" },
  { id: 3, name: "_position", type: "string", doc: "the source's position then" },
];

export function followHistory(
  { table, shape }: Pick<HistoryParts, "table" | "shape">,
  current: CatalogTable | undefined,
): { readonly follow: FollowedSchema; readonly fields: readonly NestedField[] } {
  const before = current && currentSchema(current.metadata);
  const known = before?.fields.filter(({ id }) => id > aboutTheChange.length) ?? [];
  const followed = followSchema(table, {
    schema: { schemaId: 0, identifierFieldIds: [], ...before, fields: known },
    lastColumnId: current?.metadata.lastColumnId ?? aboutTheChange.length,
    shape,
  });
  const fields = followed.schema.fields;
  const names = new Set(fields.map(({ name }) => name));
  const keepName = (field: NestedField, aside: string): NestedField => {
    let name = field.name;
    while (names.has(name)) name += aside;
    names.add(name);
    return { ...field, name };
  };
  const left = known.filter(({ id }) => !fields.some((field) => field.id === id));
  const all = [
    ...aboutTheChange.map((field) => keepName({ ...field, required: true }, "_")),
    ...fields,
    ...left.map((field) => keepName(field, `__${String(field.type)}`)),
  ];
  const isSame = before !== undefined && outline(before.fields) === outline(all);
  return {
    fields,
    follow: {
      schema: { schemaId: 0, fields: all, identifierFieldIds: [] },
      lastColumnId: followed.lastColumnId,
      changes: before === undefined || isSame ? [] : ["the history follows"],
    },
  };
}

function outline(fields: readonly NestedField[]): string {
  return JSON.stringify(fields.map(({ id, name, type }) => [id, name, type]));
}

/** The parts of a run that writing a history needs; other changes of a table provide them too. */
export type HistoryRun = Pick<SeeingRun, "seen" | "newFile" | "reach"> & {
  readonly config: Pick<SeeingRun["config"], "scratchDirectory">;
};

/** Where images are written. */
export type HistoryPlace = Pick<HistoryTarget, "fields" | "follow" | "layout" | "location">;

/** Writes the images of a difference. `pairs` is undefined for a keyless table. */
export async function writeHistory(
  run: HistoryRun,
  { history, parts, pairs }: { history: HistoryPlace; parts: ImageParts; pairs: ImageKeys | undefined },
): Promise<readonly StagedFile[]> {
  const files = await copyDataFiles({
    engine: parts.engine,
    columns: historyColumns(run, { history, parts }),
    relation: await imageRelation(parts, pairs),
    layout: history.layout.files,
    scratchDirectory: run.config.scratchDirectory,
    newFile: () => run.newFile(history.location),
    groupRows: 61_440,
    signal: parts.signal,
  });
  await publishAll(files);
  run.reach("history-published");
  return files.map(stagedFile);
}

function historyColumns(run: HistoryRun, { history, parts }: { history: HistoryPlace; parts: ImageParts }) {
  const seen = `to_timestamp(${run.seen.at.getTime() / 1000})`;
  const expressions = ["operation", seen, quoteText(run.seen.position)];
  const about = history.follow.schema.fields
    .slice(0, aboutTheChange.length)
    .map(({ id, name }, index) => ({ fieldId: id, name, expression: expressions[index] ?? "null" }));
  const images = parts.columns.map(({ name, sqlType }, index) => ({
    fieldId: history.fields[index]?.id ?? 0,
    name: history.fields[index]?.name ?? name,
    isFloat: isFloat(sqlType),
    expression: quoteName(name),
  }));
  return [...about, ...images];
}

async function imageRelation(parts: ImageParts, pairs: ImageKeys | undefined): Promise<string> {
  const names = parts.columns.map(({ name }) => quoteName(name)).join(", ");
  const operation = (alone: string, paired: string, other: string | undefined): string =>
    pairs === undefined || other === undefined
      ? quoteText(alone)
      : `case when ${hasKeyIn(other, pairs.keys)} then ${quoteText(paired)} else ${quoteText(alone)} end`;
  const went = `select ${names}, ${operation("delete", "update_before", pairs?.came)} as operation
    from (${await goingRows(parts, parts.columns)}) data`;
  const came = `select ${names}, ${operation("insert", "update_after", pairs?.went)} as operation
    from (${await comingRows(parts, parts.columns)}) data`;
  return `(${went} union all ${came}) images`;
}
