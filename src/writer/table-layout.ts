/**
 * How a table's files are laid out: format version, partition spec and sort order (Iceberg specification:
 * "Partitioning", "Sorting"), and the size and compression of files. Settings take precedence over what the table has.
 * Pure.
 * Invariant: a partition field that a table once had keeps its id and its name for ever; a format version only grows.
 */
import { messageOf } from "../base/thrown.ts";
import { closest } from "../base/closest.ts";
import { compressions, type Compression, type FileLayout, type LayoutColumn } from "../engine/file-layout.ts";
import { HeadgateError } from "../errors.ts";
import type { FormatVersion } from "../iceberg/format-version.ts";
import { defaultSpec, type TableMetadata } from "../iceberg/table-metadata.ts";
import { firstPartitionId, type PartitionField, type PartitionSpec } from "../iceberg/partition-spec.ts";
import { fieldById, type Schema } from "../iceberg/schema.ts";
import type { SortField, SortOrder } from "../iceberg/sort-order.ts";
import { formatTransform, parseTransform, type Transform } from "../iceberg/transform.ts";
import type { NestedField, PrimitiveType } from "../iceberg/type.ts";
import { transformSql } from "./transform-sql.ts";

export interface LayoutSettings {
  /** `city`, `day(created_at)`, `bucket(16, id)` or `truncate(4, name)`; undefined to leave the table as it is. */
  readonly partitionBy: readonly string[] | undefined;
  /** Like partitions, with optional `desc` and `nulls last`; undefined to leave the table as it is. */
  readonly sortBy: readonly string[] | undefined;
  /** Approximate size in MB. */
  readonly targetFileSize: number | undefined;
  readonly compression: Compression | undefined;
  /** The table's format version; undefined to leave it as it is, or 2 for a new table. */
  readonly formatVersion: FormatVersion | undefined;
}

export const usualLayout: LayoutSettings = {
  partitionBy: undefined,
  sortBy: undefined,
  targetFileSize: undefined,
  compression: undefined,
  formatVersion: undefined,
};

export interface TableLayout {
  readonly formatVersion: FormatVersion;
  readonly spec: PartitionSpec;
  readonly sortOrder: SortOrder;
  readonly files: FileLayout;
  readonly properties: Readonly<Record<string, string>>;
  /** Settings that can no longer be applied, as sentences for people. */
  readonly cautions: readonly string[];
}

interface LayoutParts {
  /** The schema that the table will have. */
  readonly schema: Schema;
  /** Undefined for a table that does not exist yet. */
  readonly metadata: TableMetadata | undefined;
}

/** A setting that names a dropped column leaves the table as it is and adds a caution. */
export function tableLayout(settings: LayoutSettings, parts: LayoutParts): TableLayout {
  const cautions: string[] = [];
  const attempt = <T>(what: string, texts: readonly string[] | undefined, make: (texts: readonly string[]) => T) => {
    try {
      return texts && make(texts);
    } catch (failure) {
      cautions.push(`${what} stays as it was: ${messageOf(failure)}`);
      return undefined;
    }
  };
  const spec = attempt("partitioning", settings.partitionBy, (texts) => partitionSpec(texts, parts));
  const order = attempt("the sort order", settings.sortBy, (texts) => sortOrder(texts, parts.schema));
  return layoutOf(
    { spec: spec ?? specAsItIs(parts), sortOrder: order ?? orderAsItIs(parts) },
    { settings, parts, cautions },
  );
}

/** Throws USAGE for a term that names no column, or for a transform that does not apply to its column. */
export function checkLayout(settings: LayoutSettings, parts: LayoutParts): void {
  if (settings.partitionBy !== undefined) filesOf(partitionSpec(settings.partitionBy, parts), parts.schema);
  if (settings.sortBy !== undefined) sortOrder(settings.sortBy, parts.schema);
}

function layoutOf(
  { spec, sortOrder: order }: Pick<TableLayout, "spec" | "sortOrder">,
  { settings, parts, cautions }: { settings: LayoutSettings; parts: LayoutParts; cautions: readonly string[] },
): TableLayout {
  const { targetFileSize, compression } = settings;
  const targetBytes = targetFileSize === undefined ? undefined : targetFileSize * 1024 * 1024;
  return {
    formatVersion: parts.metadata?.formatVersion === 3 ? 3 : (settings.formatVersion ?? 2),
    spec,
    sortOrder: order,
    files: {
      partitions: filesOf(spec, parts.schema),
      sort: order.fields.map((field) => ({
        ...sortColumn(field, parts.schema),
        direction: field.direction,
        nulls: field.nullOrder === "nulls-first" ? "first" : "last",
      })),
      compression: compression ?? compressionOf(parts.metadata),
      targetBytes,
    },
    properties: {
      ...(targetBytes === undefined ? {} : { "write.target-file-size-bytes": String(targetBytes) }),
      ...(compression === undefined ? {} : { "write.parquet.compression-codec": compression }),
    },
    cautions,
  };
}

function filesOf(spec: PartitionSpec, schema: Schema): readonly LayoutColumn[] {
  return spec.fields.map(({ sourceId, transform }) => ({
    fieldId: sourceId,
    sql: transformSql(transform, primitiveOf(fieldById(schema, sourceId))),
  }));
}

function sortColumn({ sourceId, transform }: SortField, schema: Schema): LayoutColumn {
  if (transform.kind === "identity") return { fieldId: sourceId, sql: (reference) => reference };
  return { fieldId: sourceId, sql: transformSql(transform, primitiveOf(fieldById(schema, sourceId))) };
}

function compressionOf(metadata: TableMetadata | undefined): Compression {
  const codec = metadata?.properties["write.parquet.compression-codec"];
  return compressions.find((known) => known === codec) ?? "zstd";
}

/** Leaves out fields of dropped columns and of unknown transforms, which cannot be written any more. */
function specAsItIs({ schema, metadata }: LayoutParts): PartitionSpec {
  if (metadata === undefined) return { specId: 0, fields: [] };
  const spec = defaultSpec(metadata);
  return { ...spec, fields: spec.fields.filter((field) => isWritable(field, schema)) };
}

function orderAsItIs({ schema, metadata }: LayoutParts): SortOrder {
  const order = metadata?.sortOrders.find(({ orderId }) => orderId === metadata.defaultSortOrderId);
  if (order === undefined) return { orderId: 0, fields: [] };
  return { ...order, fields: order.fields.filter((field) => isWritable(field, schema)) };
}

function isWritable({ sourceId, transform }: Pick<PartitionField, "sourceId" | "transform">, schema: Schema): boolean {
  const type = fieldById(schema, sourceId)?.type;
  if (typeof type !== "string") return false;
  try {
    transformSql(transform, type);
    return true;
  } catch {
    return false;
  }
}

interface Term {
  readonly field: NestedField;
  readonly transform: Transform;
}

/** Reuses fields that the table had in any of its specs. */
function partitionSpec(texts: readonly string[], { schema, metadata }: LayoutParts): PartitionSpec {
  const known = metadata?.partitionSpecs.flatMap(({ fields }) => fields) ?? [];
  let lastId = metadata?.lastPartitionId ?? firstPartitionId;
  const names = new Set(schema.fields.map(({ name }) => name));
  const fields = texts.map((text): PartitionField => {
    const { field, transform } = parseTerm(text, schema);
    const before = known.find((old) => old.sourceId === field.id && isSame(old.transform, transform));
    if (before !== undefined) return before;
    const name = partitionName(field, transform);
    const isTaken = transform.kind !== "identity" && names.has(name);
    return { fieldId: ++lastId, sourceId: field.id, transform, name: isTaken ? `${name}_${lastId}` : name };
  });
  const twice = fields.find((field, index) => fields.findIndex(({ name }) => name === field.name) !== index);
  if (twice !== undefined) throw refusal(`the partition field ${twice.name} appears twice`);
  return { specId: 0, fields };
}

function sortOrder(texts: readonly string[], schema: Schema): SortOrder {
  const fields = texts.map((text): SortField => {
    const [, term = "", way = "asc", nulls] =
      /^(.*?)(?:\s+(asc|desc))?(?:\s+nulls\s+(first|last))?$/i.exec(text.trim()) ?? [];
    const { field, transform } = parseTerm(term, schema);
    if (transform.kind !== "identity") transformSql(transform, primitiveOf(field));
    const direction = way.toLowerCase() === "desc" ? "desc" : "asc";
    const usual = direction === "asc" ? "first" : "last";
    const nullOrder = (nulls?.toLowerCase() ?? usual) === "first" ? "nulls-first" : "nulls-last";
    return { sourceId: field.id, transform, direction, nullOrder };
  });
  return { orderId: fields.length === 0 ? 0 : 1, fields };
}

/** Parses the name of a column, or a transform of a column. */
function parseTerm(text: string, schema: Schema): Term {
  const whole = schema.fields.find(({ name }) => name === text.trim());
  if (whole !== undefined) return { field: withOrder(whole), transform: { kind: "identity" } };
  const [, sized, size, sizedColumn, plain, column] =
    /^\s*(?:(bucket|truncate)\s*\(\s*(\d{1,9})\s*,\s*(.+?)\s*\)|(year|month|day|hour|void|identity)\s*\(\s*(.+?)\s*\))\s*$/i.exec(
      text,
    ) ?? [];
  const name = sizedColumn ?? column ?? text.trim();
  const field = schema.fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw unknownColumn(text, { name, schema });
  if (sized !== undefined && Number(size) === 0) throw refusal(`the number in ${text} must be at least 1`);
  const transform = sized === undefined ? (plain ?? "identity") : `${sized}[${Number(size)}]`;
  return { field: withOrder(field), transform: parseTransform(transform.toLowerCase()) };
}

/** The field itself. Throws USAGE if it has parts. */
function withOrder(field: NestedField): NestedField {
  primitiveOf(field);
  return field;
}

function unknownColumn(text: string, { name, schema }: { name: string; schema: Schema }): HeadgateError {
  const names = schema.fields.map((field) => field.name);
  const meant = closest(name, names);
  const where = text.trim() === name ? "" : `, which ${text.trim()} names`;
  return refusal(`the table has no column ${name}${where}${meant === undefined ? "" : `; did you mean ${meant}?`}`);
}

function primitiveOf(field: NestedField | undefined): PrimitiveType {
  if (field !== undefined && typeof field.type === "string") return field.type;
  throw refusal(`${field?.name ?? "a column"} is a struct, list or map, whose values have no order`);
}

/** Names fields as Iceberg's own writers do. */
function partitionName({ name }: NestedField, transform: Transform): string {
  if (transform.kind === "identity") return name;
  if (transform.kind === "bucket") return `${name}_bucket_${transform.buckets}`;
  if (transform.kind === "truncate") return `${name}_trunc_${transform.width}`;
  return `${name}_${transform.kind === "void" ? "null" : transform.kind}`;
}

function isSame(left: Transform, right: Transform): boolean {
  return formatTransform(left) === formatTransform(right);
}

function refusal(message: string): HeadgateError {
  return new HeadgateError("USAGE", { message });
}
