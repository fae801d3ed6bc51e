/** Files that one statement can read: the same format, dialect and columns, and not too many bytes. */
import type { Json } from "../../base/json.ts";
import { duckdbType } from "../../engine/duckdb-type.ts";
import { isPrimitive, type Type } from "../../iceberg/type.ts";
import type { SourceValue } from "./convert-value.ts";
import type { FileColumn, Reading } from "./file-relation.ts";
import type { FoundFile } from "./inspect-files.ts";
import { sourceColumns } from "./source-column.ts";
import type { ImportColumn } from "./write-import.ts";

export interface AlikeFiles {
  readonly reading: Reading;
  readonly files: readonly FoundFile[];
  /** Where the relation has the value of a column, by its key. */
  readonly places: ReadonlyMap<string, SourceValue>;
  /** What paths tell, in the order of the columns `p0`, `p1` … */
  readonly pathValues: readonly ((file: FoundFile) => string | null)[];
}

/** Of files read together: a data file is made of them, and a statement names them all. */
const mostBytes = 1024 * 1024 * 1024;
const mostFiles = 1_000;

export function alikeFiles(files: readonly FoundFile[], columns: readonly ImportColumn[]): readonly AlikeFiles[] {
  const filled = files.filter(({ rows }) => rows > 0);
  const unified = withJsonTogether(filled, columns);
  const groups = Map.groupBy(unified, (file) => JSON.stringify([file.reading, file.partition.map(([name]) => name)]));
  return [...groups.values()].flatMap(inParts).map(placed);
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

/** What an object of JSON does not have is null: files with some of the columns are read like those with all of them. */
function withJsonTogether(files: readonly FoundFile[], columns: readonly ImportColumn[]): readonly FoundFile[] {
  const types = new Map(columns.map(({ key, field }) => [key, field.type]));
  const spelled = new Map<string, string>();
  const isJson = ({ reading }: FoundFile): boolean => reading.format === "json";
  const isUsual = (own: readonly OwnColumn[]): boolean =>
    own.every(({ key, name }) => (spelled.get(key) ?? name) === name);
  for (const own of files.filter(isJson).map(ownColumns))
    if (isUsual(own)) for (const { key, name } of own) spelled.set(key, name);
  const all = [...spelled].map(([key, name]) => jsonColumn(name, types.get(key) ?? "string"));
  return files.map((file) => {
    if (!isJson(file)) return plainTypes(file);
    const own = ownColumns(file);
    const usual = isUsual(own) ? all : own.map(({ key, name }) => jsonColumn(name, types.get(key) ?? "string"));
    return { ...file, reading: { ...file.reading, columns: usual } };
  });
}

interface OwnColumn {
  readonly key: string;
  /** Exactly as the file has it. */
  readonly name: string;
}

function ownColumns(file: FoundFile): readonly OwnColumn[] {
  return sourceColumns(file).flatMap(({ key, index }) => {
    const name = index === undefined ? undefined : file.reading.columns[index]?.name;
    return name === undefined ? [] : [{ key, name }];
  });
}

/** What types texts seemed to have plays no part in reading them. */
function plainTypes(file: FoundFile): FoundFile {
  const columns = file.reading.columns.map(({ name, engineType, type }): FileColumn =>
    engineType === undefined ? { name, type: "string" } : { name, type, engineType },
  );
  return { ...file, reading: { ...file.reading, columns } };
}

function jsonColumn(name: string, type: Type): FileColumn {
  return isPrimitive(type) ? { name, type: "string" } : { name, type, structure: structureOf(type) };
}

/** As `json_transform` is told it. */
function structureOf(type: Type): Json {
  if (isPrimitive(type)) return duckdbType(type).toUpperCase();
  if (type.type === "list") return [structureOf(type.element)];
  if (type.type === "map") return "VARCHAR";
  return Object.fromEntries(type.fields.map((field) => [field.name, structureOf(field.type)]));
}

function placed(files: readonly FoundFile[]): AlikeFiles {
  const [first] = files as [FoundFile, ...FoundFile[]];
  const places = new Map<string, SourceValue>();
  const pathValues: ((file: FoundFile) => string | null)[] = [];
  for (const { key, index, type } of sourceColumns(first)) {
    if (index === undefined) {
      places.set(key, { reference: `p${pathValues.length}`, type: "string", engineType: undefined });
      pathValues.push((file) => sourceColumns(file).find((column) => column.key === key)?.value ?? null);
    } else {
      const { engineType, structure } = first.reading.columns[index] ?? {};
      places.set(key, { reference: `c${index}`, type, engineType: structure === undefined ? engineType : "JSON" });
    }
  }
  return { reading: first.reading, files, places, pathValues };
}
