/** Files of JSON: the names their objects have, and the types that all their values have. */
import { parseJson, type Json } from "../../base/json.ts";
import type { Engine } from "../../engine/engine.ts";
import { quoteText } from "../../engine/duckdb-type.ts";
import { HeadgateError } from "../../errors.ts";
import { isPrimitive } from "../../iceberg/type.ts";
import { fileFailure } from "./file-failure.ts";
import { jsonObjectsSql, relationSql, type FileColumn, type Reading } from "./file-relation.ts";
import { typeOfJson } from "./found-type.ts";
import type { FoundFile, LocalFile } from "./inspect-files.ts";
import { textKindSql, type TextKind } from "./text-type.ts";

/** Throws IMPORT_FILE_INVALID. */
export async function inspectJson(engine: Engine, files: readonly LocalFile[]): Promise<readonly FoundFile[]> {
  const structures: Structured[] = [];
  for (const group of Map.groupBy(files, ({ isGzip }) => isGzip).values())
    structures.push(...(await structuresOf(engine, group)));
  const found: FoundFile[] = [];
  for (const group of Map.groupBy(structures, ({ reading }) => JSON.stringify(reading)).values())
    found.push(...(await withTypes(engine, group)));
  return found;
}

interface Structured {
  readonly file: LocalFile;
  readonly reading: Reading;
  readonly rows: number;
}

async function structuresOf(engine: Engine, files: readonly LocalFile[]): Promise<readonly Structured[]> {
  const list = `[${files.map(({ path }) => quoteText(path)).join(", ")}]`;
  try {
    const { rows } = await engine.run(
      `select headgate_origin, count(*), json_group_structure(json)::varchar
        from ${jsonObjectsSql({ isGzip: files[0]?.isGzip ?? false }, list)} group by all`,
    );
    const byPath = new Map(rows.map(([path, count, text]) => [String(path), { count, text }]));
    return files.map((file) => {
      const { count = 0, text = "{}" } = byPath.get(file.path) ?? {};
      return { file, reading: readingOf(file, parseJson(String(text))), rows: Number(count) };
    });
  } catch (failure) {
    throw fileFailure(failure, new Map(files.map(({ path, location }) => [path, location])));
  }
}

function readingOf({ format, isGzip, location }: LocalFile, structure: Json): Reading {
  if (typeof structure !== "object" || structure === null || Array.isArray(structure))
    throw new HeadgateError("IMPORT_FILE_INVALID", {
      place: location,
      message:
        "it holds values that are no objects: each row has to be an object, on a line of its own or in one array",
    });
  const columns = Object.entries(structure as Readonly<Record<string, Json>>).map(([name, found]): FileColumn => {
    const type = typeOfJson(found);
    if (found === "JSON") return { name, type, because: "has values of several kinds" };
    return isPrimitive(type) ? { name, type } : { name, type, structure: found };
  });
  return { format, isGzip, columns };
}

/** More digits than an integer of the lake has; JSON in JSON is not converted then. */
const manyDigits = "[0-9]{19,}";

/** Texts that are all dates or times are those; of files that are read in the same way. */
async function withTypes(engine: Engine, group: readonly Structured[]): Promise<readonly FoundFile[]> {
  const { file: first, reading } = group[0] as Structured;
  const asText: Reading = {
    ...reading,
    columns: reading.columns.map((column) => ({ ...column, structure: undefined })),
  };
  const looks = reading.columns.map(({ structure }, index) =>
    structure === undefined
      ? textKindSql(`c${index}`)
      : `coalesce(bool_or(regexp_matches(c${index}, '${manyDigits}')), false)`,
  );
  if (looks.length === 0) return group.map(({ file, rows }) => ({ ...file, reading, rows }));
  try {
    const paths = group.map(({ file }) => file.path);
    const { rows } = await engine.run(
      `select origin, ${looks.join(", ")} from ${relationSql(asText, paths)} data group by origin`,
    );
    const byPath = new Map(rows.map(([path, ...rest]) => [String(path), rest]));
    return group.map(({ file, rows: count }) => {
      const seen = byPath.get(file.path) ?? [];
      const columns = reading.columns.map((column, index) => refined(column, seen[index]));
      return { ...file, reading: { ...reading, columns }, rows: count };
    });
  } catch (failure) {
    throw fileFailure(failure, new Map([[first.path, first.location]]));
  }
}

const times: ReadonlySet<unknown> = new Set<TextKind>(["date", "timestamp", "timestamptz"]);

function refined(column: FileColumn, seen: unknown): FileColumn {
  const { name, type, structure } = column;
  if (structure !== undefined)
    return seen === true
      ? { name, type: "string", because: "has integers with more digits than the lake's have" }
      : column;
  if (type === "string" && times.has(seen)) return { ...column, type: seen as TextKind };
  if (type === "long" && seen !== "long" && seen !== "unknown")
    return { ...column, type: "string", because: "has integers with more digits than the lake's have" };
  return column;
}
