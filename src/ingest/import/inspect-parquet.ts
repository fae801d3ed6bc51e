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
  return mapLimit(files, 4, (file) => inspect(engine, file));
}

async function inspect(engine: Engine, file: LocalFile): Promise<FoundFile> {
  const { format, isGzip, path } = file;
  try {
    const described = await engine.run(
      `select column_name, column_type from (describe from read_parquet([${quoteText(path)}], hive_partitioning = false))`,
    );
    const counted = await engine.run(`select sum(num_rows) from parquet_file_metadata([${quoteText(path)}])`);
    const columns = described.rows.map(([name, type]) => parquetColumn(String(name), String(type)));
    return { ...file, reading: { format, isGzip, columns }, rows: Number(counted.rows[0]?.[0] ?? 0) };
  } catch (failure) {
    throw fileFailure(failure, new Map([[path, file.location]]));
  }
}

const texts = new Set(["VARCHAR", "JSON"]);

function parquetColumn(name: string, engineType: string): FileColumn {
  const type = typeOfEngine(engineType);
  return { name, type, engineType, because: because(type, engineType) };
}

function because(type: ReturnType<typeof typeOfEngine>, engineType: string): string | undefined {
  if (engineType === "TIMESTAMP_NS")
    return "is in nanoseconds, and the lake has microseconds: finer values are refused";
  if (engineType === "UBIGINT") return "is an unsigned 64-bit integer, which no integer type of the lake holds";
  if (type === "string" && !texts.has(engineType))
    return `is ${engineType} in the files, which the lake has no type for`;
  return isPrimitive(type) || !/"NULL"|INTERVAL|TIME WITH|ENUM|UHUGEINT/.test(engineType)
    ? undefined
    : `has parts the lake has no type for (${quoteName(engineType)}): they become text`;
}
