/** Groups files that one statement can read: same format, dialect and columns, and a limited number of bytes. */
import type { Json } from "../../base/json.ts";
import { must } from "../../base/must.ts";
import { duckdbType } from "../../engine/duckdb-type.ts";
import { isPrimitive, type Type } from "../../iceberg/type.ts";
import type { SourceValue } from "./convert-value.ts";
import type { FileColumn, Reading } from "./file-relation.ts";
import type { FoundFile } from "./found-file.ts";
import type { RewrittenColumn } from "./rewrite-json.ts";
import { sourceColumns } from "./source-column.ts";
import type { ImportColumn } from "./import-column.ts";

export interface AlikeFiles {
  readonly reading: Reading;
  readonly files: readonly FoundFile[];
  /** For each column key, the value in the relation. */
  readonly places: ReadonlyMap<string, SourceValue>;
  /** Functions that return the values from a file's path, in the order of the columns `p0`, `p1` … */
  readonly pathValues: readonly ((file: FoundFile) => string | null)[];
  /** For JSON: how to rewrite each file, with the columns of `reading` under the file's own names. */
  readonly rewriting: ((file: FoundFile) => readonly RewrittenColumn[]) | undefined;
}

/** Most bytes of files that are read together: they become one data file, and one statement names them all. */
const mostBytes = 1024 * 1024 * 1024;
const mostFiles = 1_000;

export function alikeFiles(files: readonly FoundFile[], columns: readonly ImportColumn[]): readonly AlikeFiles[] {
  const filled = files.filter(({ rows }) => rows > 0);
  const groups = Map.groupBy(filled, (file) => {
    const partition = file.partition.map(([name]) => name.toLowerCase());
    return JSON.stringify(file.reading.format === "json" ? ["json", partition] : [plainReading(file), partition]);
  });
  return [...groups.values()].flatMap(inParts).map((part) => placed(part, columns));
}

function inParts(files: readonly FoundFile[]): readonly (readonly FoundFile[])[] {
  const parts: FoundFile[][] = [];
  let bytes = 0;
  for (const file of files) {
    const part = parts.at(-1);
    if (part === undefined || part.length === mostFiles || bytes + file.size > mostBytes) {
      parts.push([file]);
      bytes = file.size;
    } else {
      part.push(file);
      bytes += file.size;
    }
  }
  return parts;
}

/** The reading without the types that texts seemed to have, because those do not affect how the texts are read. */
function plainReading({ reading }: FoundFile): Reading {
  const columns = reading.columns.map(({ name, engineType, type }): FileColumn =>
    engineType === undefined ? { name, type: "string" } : { name, type, engineType },
  );
  return { ...reading, columns };
}

/** In the notation of `json_transform`. */
function structureOf(type: Type): Json {
  if (isPrimitive(type)) return duckdbType(type).toUpperCase();
  if (type.type === "list") return [structureOf(type.element)];
  if (type.type === "map") return "VARCHAR";
  return Object.fromEntries(type.fields.map((field) => [field.name, structureOf(field.type)]));
}

function placed(files: readonly FoundFile[], columns: readonly ImportColumn[]): AlikeFiles {
  const first = must(files[0], "a file of those read together");
  const isJson = first.reading.format === "json";
  const places = new Map<string, SourceValue>(isJson ? jsonPlaces(columns) : []);
  const reading = isJson ? jsonReading(first, columns) : plainReading(first);
  const pathValues: ((file: FoundFile) => string | null)[] = [];
  for (const { key, index, type } of sourceColumns(first)) {
    if (index === undefined) {
      places.set(key, { reference: `p${pathValues.length}`, type: "string", engineType: undefined });
      pathValues.push((file) => sourceColumns(file).find((column) => column.key === key)?.value ?? null);
    } else if (!isJson)
      places.set(key, { reference: `c${index}`, type, engineType: first.reading.columns[index]?.engineType });
  }
  return { reading, files, places, pathValues, rewriting: isJson ? rewrittenAs(columns) : undefined };
}

/** A key that a JSON object lacks is null, so all files are read as if they had every column. */
function jsonReading({ reading }: FoundFile, columns: readonly ImportColumn[]): Reading {
  const { format } = reading;
  return { format, isGzip: false, columns: columns.map(({ key, field }) => jsonColumn(key, field.type)) };
}

function jsonColumn(name: string, type: Type): FileColumn {
  return isPrimitive(type) ? { name, type: "string" } : { name, type, structure: structureOf(type) };
}

function jsonPlaces(columns: readonly ImportColumn[]): readonly [string, SourceValue][] {
  return columns.map(({ key, field: { type } }, index) => [
    key,
    isPrimitive(type)
      ? { reference: `c${index}`, type: "string", engineType: undefined, isLoose: false }
      : { reference: `c${index}`, type, engineType: "JSON" },
  ]);
}

function rewrittenAs(columns: readonly ImportColumn[]): NonNullable<AlikeFiles["rewriting"]> {
  return (file) => {
    const own = sourceColumns(file);
    return columns.map(({ key, field: { type } }): RewrittenColumn => {
      const index = own.find((column) => column.key === key)?.index;
      return { name: index === undefined ? undefined : file.reading.columns[index]?.name, type };
    });
  };
}
