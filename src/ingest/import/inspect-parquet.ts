/** Files of Parquet: their columns as their footers say. */
import { mapLimit } from "../../base/limit.ts";
import { quoteName, quoteText } from "../../engine/duckdb-type.ts";
import type { Engine } from "../../engine/engine.ts";
import { fileFailure } from "./file-failure.ts";
import type { FileColumn } from "./file-relation.ts";
import { isPrimitive } from "../../iceberg/type.ts";
import { typeOfEngine } from "./found-type.ts";
import type { FoundFile, LocalFile } from "./inspect-files.ts";

/** Throws IMPORT_FILE_INVALID. */
export async function inspectParquet(engine: Engine, files: readonly LocalFile[]): Promise<readonly FoundFile[]> {
  // A geometry in a reference system that is not known would seem to be in the usual one.
  await engine.run("set global ignore_unknown_crs = false");
  return mapLimit(files, 4, (file) => inspect(engine, file));
}

async function inspect(engine: Engine, file: LocalFile): Promise<FoundFile> {
  const { format, isGzip, path } = file;
  try {
    const described = await engine.run(
      `select column_name, column_type from (describe from read_parquet([${quoteText(path)}], hive_partitioning = false))`,
    );
    const annotated = await annotations(engine, path);
    const fine = await nanosecondColumns(engine, {
      path,
      columns: described.rows.map(([name, type]) => [String(name), String(type)]),
    });
    const counted = await engine.run(`select sum(num_rows) from parquet_file_metadata([${quoteText(path)}])`);
    const columns = described.rows.map(([name, type]) =>
      parquetColumn(String(name), {
        engineType: String(type),
        annotation: annotated.get(String(name)),
        isFine: fine.has(String(name)),
      }),
    );
    return { ...file, reading: { format, isGzip, columns }, rows: Number(counted.rows[0]?.[0] ?? 0) };
  } catch (failure) {
    throw fileFailure(failure, new Map([[path, file.location]]));
  }
}

/** What the engine does not tell of a column of the file, by its name. */
async function annotations(engine: Engine, path: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await engine.run(
    `select name, logical_type from parquet_schema([${quoteText(path)}]) where logical_type is not null`,
  );
  return new Map(rows.map(([name, type]) => [String(name), String(type)]));
}

/** Names of the columns with a value that microseconds do not hold. */
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
  /** Its logical type, as the engine writes it out. */
  readonly annotation: string | undefined;
  readonly isFine: boolean;
}

function parquetColumn(name: string, described: Described): FileColumn {
  const { engineType } = described;
  const type = typeOfEngine(engineType);
  return { name, type, engineType, because: because(type, engineType), ...annotatedType(described) };
}

/** Where the engine's type tells too little. */
function annotatedType({
  engineType,
  annotation = "",
  isFine,
}: Described): Pick<FileColumn, "type" | "because"> | undefined {
  const [, system] = /^GeometryType\(crs=(?!<null>)(.*)\)$/s.exec(annotation) ?? [];
  if (engineType === "GEOMETRY" && system !== undefined)
    return { type: "string", because: `is GEOMETRY of ${system.trim().slice(0, 60)}: as text (WKT)` };
  if (annotation.startsWith("GeographyType")) return { type: "string", because: "is GEOGRAPHY: as text (WKT)" };
  if (engineType === "TIMESTAMP_NS" && !isFine)
    return { type: "timestamp", because: "is in nanoseconds, of which no value has need (else: timestamp_ns)" };
  if (engineType === "TIMESTAMP WITH TIME ZONE" && annotation.includes("NANOS=NanoSeconds"))
    return { type: "timestamptz", because: "is in nanoseconds: what is finer than microseconds is cut off" };
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
