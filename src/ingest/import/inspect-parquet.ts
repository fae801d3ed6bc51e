/** Inspects Parquet files: reads their columns from their footers. */
import { mapLimit } from "../../base/limit.ts";
import { quoteName, quoteText } from "../../engine/duckdb-type.ts";
import type { Engine } from "../../engine/engine.ts";
import { fileFailure } from "./file-failure.ts";
import type { FileColumn } from "./file-relation.ts";
import { must } from "../../base/must.ts";
import { HeadgateError } from "../../errors.ts";
import { isPrimitive } from "../../iceberg/type.ts";
import { typeOfEngine } from "./found-type.ts";
import type { FoundFile, LocalFile } from "./found-file.ts";
import { allParts, isCut, isTooLong, parquetParts, repeatedIn, type ParquetPart } from "./parquet-parts.ts";

/** Throws IMPORT_FILE_INVALID. */
export async function inspectParquet(engine: Engine, files: readonly LocalFile[]): Promise<readonly FoundFile[]> {
  // Otherwise a geometry in an unknown reference system would appear to be in the default one.
  await engine.run("set global ignore_unknown_crs = false");
  return mapLimit(files, 4, (file) => inspect(engine, file));
}

async function inspect(engine: Engine, file: LocalFile): Promise<FoundFile> {
  const { format, isGzip, path } = file;
  try {
    const described = await engine.run(
      `select column_name, column_type from (describe from read_parquet([${quoteText(path)}], hive_partitioning = false))`,
    );
    const parts = await parquetParts(engine, path);
    checkDecimals(file, parts);
    const fine = await nanosecondColumns(engine, {
      path,
      columns: described.rows.map(([name, type]) => [String(name), String(type)]),
    });
    const counted = await engine.run(`select sum(num_rows) from parquet_file_metadata([${quoteText(path)}])`);
    // The engine renames a column whose name is taken, so columns are matched by their order, which is the file's.
    const columns = described.rows.map(([name, type], index) =>
      parquetColumn(String(name), {
        engineType: String(type),
        part: must(parts[index], "a column that the engine describes"),
        isFine: fine.has(String(name)),
      }),
    );
    const rows = Number(counted.rows[0]?.[0] ?? 0);
    return { ...file, reading: { format, isGzip, columns }, rows, notes: notesOf(file, parts) };
  } catch (failure) {
    throw fileFailure(failure, new Map([[path, file.location]]));
  }
}

/** Throws IMPORT_FILE_INVALID. */
function checkDecimals({ location }: LocalFile, columns: readonly ParquetPart[]): void {
  const long = columns.flatMap((column) => [...allParts(column)]).find(isTooLong);
  if (long === undefined) return;
  throw new HeadgateError("IMPORT_FILE_INVALID", {
    place: `${location}, column ${long.path}`,
    message: `the column is decimal(${long.precision},${long.scale}), but decimals in the lake have at most 38 digits`,
    remedy: "have the program that writes the file use a shorter decimal or a text",
  });
}

/** Everything that the table will not have exactly as the file does. */
function notesOf({ location }: LocalFile, columns: readonly ParquetPart[]): readonly string[] {
  const all = columns.flatMap((column) => [...allParts(column)]);
  const cut = all.filter(isCut).map(({ path }) => path);
  const within = all.flatMap(({ parts }) => repeatedIn(parts)).map(({ path }) => path);
  const repeated = [...repeatedIn(columns).map(({ path }) => path), ...within];
  return [
    ...(cut.length === 0
      ? []
      : [`${cut.join(", ")} in ${location}: in nanoseconds; what is finer than microseconds is cut off`]),
    ...(repeated.length === 0
      ? []
      : [`${repeated.join(", ")} in ${location}: another has this name, whatever its case, so it gets a number`]),
  ];
}

/** Names of the columns that have a value which microseconds cannot hold. */
async function nanosecondColumns(
  engine: Engine,
  { path, columns }: { path: string; columns: readonly (readonly [name: string, type: string])[] },
): Promise<ReadonlySet<string>> {
  const names = columns.flatMap(([name, type]) => (type === "TIMESTAMP_NS" ? [name] : []));
  if (names.length === 0) return new Set();
  const isFine = names.map((name) => `bool_or(epoch_ns(${quoteName(name)}) % 1000 <> 0)`);
  const { rows } = await engine.run(
    `select ${isFine.join(", ")} from read_parquet([${quoteText(path)}], hive_partitioning = false)`,
  );
  return new Set(names.filter((_name, index) => rows[0]?.[index] === true));
}

const texts = new Set(["VARCHAR", "JSON"]);

interface Described {
  readonly engineType: string;
  readonly part: ParquetPart;
  readonly isFine: boolean;
}

function parquetColumn(name: string, described: Described): FileColumn {
  const { engineType } = described;
  const type = typeOfEngine(engineType);
  return { name, type, engineType, because: because(type, engineType), ...annotatedType(described) };
}

/** The type for columns about which the engine's type says too little. */
function annotatedType({ engineType, part, isFine }: Described): Pick<FileColumn, "type" | "because"> | undefined {
  const annotation = part.logicalType;
  if (annotation === "NullType()") return { type: "unknown", because: undefined };
  const [, system] = /^GeometryType\(crs=(?!<null>)(.*)\)$/s.exec(annotation) ?? [];
  if (engineType === "GEOMETRY" && system !== undefined)
    return { type: "string", because: `is GEOMETRY in ${system.trim().slice(0, 60)}, and becomes text (WKT)` };
  if (annotation.startsWith("GeographyType"))
    return { type: "string", because: "is GEOGRAPHY, and becomes text (WKT)" };
  if (engineType === "TIMESTAMP_NS" && !isFine)
    return {
      type: "timestamp",
      because: "is in nanoseconds, but no value needs them (otherwise it would be timestamp_ns)",
    };
  if ([...allParts(part)].some(isCut))
    return {
      type: typeOfEngine(engineType),
      because: "is in nanoseconds, and everything finer than microseconds is cut off",
    };
  return undefined;
}

function because(type: ReturnType<typeof typeOfEngine>, engineType: string): string | undefined {
  if (engineType === "UBIGINT") return "is an unsigned 64-bit integer, which no integer type of the lake holds";
  if (type === "string" && !texts.has(engineType))
    return `is ${engineType} in the files, which the lake has no type for`;
  return isPrimitive(type) || !/"NULL"|INTERVAL|VARIANT|TIME WITH|ENUM|UHUGEINT/.test(engineType)
    ? undefined
    : `has parts the lake has no type for (${quoteName(engineType)}): they become text`;
}
