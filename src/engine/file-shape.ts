/**
 * Reads files whose columns cannot be found by top-level field ids alone: files of other writers without ids, and
 * columns whose parts were renamed. A column is read as the file has it and then rebuilt as the table has it.
 * Invariant: parts are matched by field id; parts that the file does not have are null.
 */
import { quoteName, quoteText } from "./duckdb-type.ts";
import type { Engine } from "./engine.ts";
import type { ReadColumn, SourceColumn } from "./read-column.ts";
import type { NestedColumn } from "./read-column.ts";

/** A column, or a part of one, as a file has it. */
export interface FileColumn {
  /** Absent if neither the file nor a name mapping provides an id. */
  readonly fieldId?: number | undefined;
  readonly name: string;
  /** The engine's name for it, given if another name is the same apart from case. */
  readonly engineName?: string | undefined;
  readonly parts: readonly FileColumn[];
  /** Whether the engine recognises it as a geometry. If not, a geometry is read from its bytes (WKB). */
  readonly isGeometry?: boolean | undefined;
}

export interface FileShape {
  readonly columns: readonly FileColumn[];
  /** Whether the file itself carries field ids. */
  readonly hasIds: boolean;
}

/** Describes a column for `read_parquet`. */
export function shapedSource(column: ReadColumn, shape: FileShape | undefined): SourceColumn {
  const own = shape?.columns.find(({ fieldId }) => fieldId === column.fieldId);
  const sqlType = own === undefined ? column.sqlType : typeIn(column, own);
  const key =
    shape === undefined || shape.hasIds
      ? String(column.fieldId)
      : quoteText(own === undefined ? `f${column.fieldId}` : inEngine(own));
  return { key, name: `f${column.fieldId}`, sqlType, initialDefault: column.initialDefault };
}

/** Expression for the column as the table has it, over the relation `data`. */
export function shapedColumn(column: ReadColumn, shape: FileShape | undefined): string {
  const own = shape?.columns.find(({ fieldId }) => fieldId === column.fieldId);
  const read = `data.f${column.fieldId}`;
  return own === undefined || typeIn(column, own) === column.sqlType ? read : rebuilt(read, column, own);
}

function inEngine({ name, engineName }: FileColumn): string {
  return engineName ?? name;
}

/** Names columns of a file, or parts of a struct, as DuckDB 1.5.5 does: the second `id`, or `ID`, becomes `id_1`. */
function withEngineNames<Column extends FileColumn>(columns: readonly Column[]): readonly Column[] {
  const counts = new Map<string, number>();
  return columns.map((column) => {
    const key = column.name.toLowerCase();
    let count = counts.get(key);
    if (count === undefined) {
      counts.set(key, 1);
      return column;
    }
    while (counts.has(`${key}_${count}`)) count++;
    counts.set(key, count + 1).set(`${key}_${count}`, 1);
    return { ...column, engineName: `${column.name}_${count}` };
  });
}

/** The table's type with the file's names. */
function typeIn(column: NestedColumn, own: FileColumn): string {
  const { parts } = column;
  if (parts === undefined) return isBytesOfGeometry(column, own) ? "blob" : column.sqlType;
  const types = parts.map((part, index) => ({ part, own: ownPart(column, own, { part, index }) }));
  const typed = types.flatMap(({ part, own: found }) =>
    found === undefined ? [] : [[inEngine(found), typeIn(part, found)]],
  );
  switch (kindOf(column)) {
    case "list":
      return `${typed[0]?.[1] ?? "integer"}[]`;
    case "map":
      return `map(${typed.map(([, type]) => type).join(", ")})`;
    default:
      return `struct(${typed.map(([name = "", type]) => `${quoteName(name)} ${type}`).join(", ")})`;
  }
}

function isBytesOfGeometry({ sqlType }: NestedColumn, own: FileColumn): boolean {
  return sqlType === "geometry" && own.isGeometry !== true;
}

function kindOf({ sqlType }: NestedColumn): "list" | "map" | "struct" {
  if (sqlType.endsWith("]")) return "list";
  return sqlType.startsWith("map(") ? "map" : "struct";
}

/** Elements, keys and values are found by their position, because files name them differently. */
function ownPart(
  column: NestedColumn,
  own: FileColumn,
  { part, index }: { part: NestedColumn; index: number },
): FileColumn | undefined {
  return kindOf(column) === "struct" ? own.parts.find(({ fieldId }) => fieldId === part.fieldId) : own.parts[index];
}

function rebuilt(read: string, column: NestedColumn, own: FileColumn): string {
  const { parts } = column;
  if (parts === undefined) return isBytesOfGeometry(column, own) ? `st_geomfromwkb(${read})` : read;
  const part = (index: number, from: string): string => {
    const wanted = parts[index];
    const found = wanted && ownPart(column, own, { part: wanted, index });
    return wanted === undefined || found === undefined ? `null::${wanted?.sqlType}` : rebuilt(from, wanted, found);
  };
  switch (kindOf(column)) {
    case "list":
      return `list_transform(${read}, lambda e: ${part(0, "e")})`;
    case "map":
      return `map_from_entries(list_transform(map_entries(${read}), lambda e: {key: ${part(0, "e.key")}, value: ${part(1, "e.value")}}))`;
    default: {
      const fields = parts.map((wanted, index) => {
        const found = ownPart(column, own, { part: wanted, index });
        return `${quoteName(wanted.name)} := ${part(index, found === undefined ? "" : `${read}.${quoteName(inEngine(found))}`)}`;
      });
      return `case when ${read} is not null then struct_pack(${fields.join(", ")}) end`;
    }
  }
}

/** Reads the footers of Parquet files, by path. Throws DATA_FILE_CORRUPT. */
export async function readShapes(engine: Engine, paths: readonly string[]): Promise<ReadonlyMap<string, FileShape>> {
  const list = paths.map(quoteText).join(", ");
  const { rows } = await engine.run(
    `select file_name, name, num_children::integer, field_id::integer, repetition_type,
       coalesce(regexp_matches(logical_type, '^Geo(metry|graphy)Type'), false) from parquet_schema([${list}])`,
  );
  const byFile = Map.groupBy(rows, ([file]) => String(file));
  const geoColumns = await geoParquetColumns(engine, list);
  return new Map([...byFile].map(([path, elements]) => [path, shapeOf(elements, geoColumns.get(path) ?? new Set())]));
}

/**
 * Columns that the file's own metadata declares as geometries, which the engine then recognises (GeoParquet 1.1: "File
 * metadata").
 */
async function geoParquetColumns(engine: Engine, list: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { rows } = await engine.run(
    `select file_name, json_keys(decode(value), '$.columns') from parquet_kv_metadata([${list}]) where decode(key) = 'geo'`,
  );
  return new Map(rows.map(([path, names]) => [String(path), new Set(names as readonly string[])]));
}

type SchemaElement = readonly unknown[];

interface ReadElement extends FileColumn {
  readonly isRepeated: boolean;
}

/**
 * Schema elements are listed depth first, each with the number of its children (Apache Parquet format:
 * `SchemaElement`).
 */
function shapeOf(elements: readonly SchemaElement[], geoColumns: ReadonlySet<string>): FileShape {
  let next = 1;
  const read = (): ReadElement => {
    const [, name, children, fieldId, repetition, isGeometry] = elements[next++] ?? [];
    const parts = withoutLayers(Array.from({ length: Number(children ?? 0) }, read));
    const isRepeated = repetition === "REPEATED";
    const id = fieldId === null ? undefined : Number(fieldId);
    return { name: String(name), parts, fieldId: id, isRepeated, isGeometry: isGeometry === true };
  };
  const columns = Array.from({ length: Number(elements[0]?.[2] ?? 0) }, read).map((element) => ({
    ...asColumn(element),
    isGeometry: element.isGeometry || geoColumns.has(element.name),
  }));
  return { columns: withEngineNames(columns), hasIds: columns.some(({ fieldId }) => fieldId !== undefined) };
}

/** Lists and maps have a repeated group between them and their parts (Apache Parquet format: "Nested Types"). */
function withoutLayers(parts: readonly ReadElement[]): readonly FileColumn[] {
  const [only] = parts;
  const isLayer = parts.length === 1 && only !== undefined && only.isRepeated && only.parts.length > 0;
  return isLayer ? only.parts : withEngineNames(parts.map(asColumn));
}

function asColumn({ name, fieldId, parts, isGeometry }: ReadElement): FileColumn {
  return { name, fieldId, parts, isGeometry };
}
