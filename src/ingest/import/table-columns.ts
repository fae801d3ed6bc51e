/** The columns of a table that is made from files, or extended with more files: names, types and ids. */
import { HeadgateError } from "../../errors.ts";
import { leastVersion } from "../../iceberg/format-version.ts";
import { highestFieldId, type Schema } from "../../iceberg/schema.ts";
import { currentSchema, type TableMetadata } from "../../iceberg/table-metadata.ts";
import { isPrimitive, parsePrimitive, type NestedField, type Type } from "../../iceberg/type.ts";
import { describeType, isSameType, wider, withIds } from "./found-type.ts";
import type { FoundFile } from "./found-file.ts";
import type { FoundColumn } from "./proposal.ts";
import { has, takesShape } from "./shape.ts";
import { sourceColumns } from "./source-column.ts";
import type { ImportColumn } from "./import-column.ts";

/** Changes that the approver wants, by proposed name. */
export interface Overrides {
  readonly types: Readonly<Record<string, string>>;
  readonly names: Readonly<Record<string, string>>;
}

export interface TableColumns {
  readonly schema: Schema;
  readonly lastColumnId: number;
  /** The columns that the files have. */
  readonly columns: readonly ImportColumn[];
}

/** For a new table. Throws USAGE for an override that is not possible. */
export function newColumns(found: readonly FoundColumn[], { types, names }: Overrides): TableColumns {
  checkNamed([...Object.keys(types), ...Object.keys(names)], found);
  const changed = found.map(({ key, name, type }) => ({
    key,
    name: names[name] ?? name,
    type: types[name] === undefined ? type : chosenType(types[name], { name, type }),
  }));
  checkDistinct(changed.map(({ name }) => name));
  const nextId = counter(changed.length);
  const columns = changed.map(({ key, name, type }, index) => ({
    key,
    field: { id: index + 1, name, required: false, type: withIds(type, nextId) },
  }));
  const schema: Schema = { schemaId: 0, fields: columns.map(({ field }) => field), identifierFieldIds: [] };
  return { schema, lastColumnId: highestFieldId(schema), columns };
}

/**
 * For an existing table: new columns are added at the end. Throws IMPORT_TYPE_CHANGED if the table's format version
 * lacks a type.
 */
export function nextColumns(
  found: readonly FoundColumn[],
  { metadata, fieldIds }: { metadata: TableMetadata; fieldIds: ReadonlyMap<string, number> },
): TableColumns & { readonly added: readonly NestedField[] } {
  const schema = currentSchema(metadata);
  const known = [...fieldIds].flatMap(([key, id]): ImportColumn[] => {
    const field = schema.fields.find((one) => one.id === id);
    return field === undefined ? [] : [{ key, field }];
  });
  const nextId = counter(metadata.lastColumnId);
  const fresh: ImportColumn[] = [];
  for (const { key, name, type } of found.filter((column) => !fieldIds.has(column.key))) {
    const taken = [...schema.fields, ...fresh.map(({ field }) => field)].map((field) => field.name);
    const id = nextId();
    fresh.push({ key, field: { id, name: freeName(name, taken), required: false, type: withIds(type, nextId) } });
  }
  const added = fresh.map(({ field }) => field);
  for (const field of added) checkVersion(field, metadata);
  const fields = [...schema.fields, ...added];
  return { schema: { ...schema, fields }, lastColumnId: nextId() - 1, columns: [...known, ...fresh], added };
}

function checkVersion(field: NestedField, { formatVersion }: TableMetadata): void {
  const least = leastVersion({ schemaId: 0, fields: [field], identifierFieldIds: [] });
  if (least <= formatVersion) return;
  throw new HeadgateError("IMPORT_TYPE_CHANGED", {
    place: `column ${field.name}`,
    message: `the column is ${describeType(field.type)}, which needs format version ${least}, but the table has version ${formatVersion}`,
  });
}

/**
 * Top-level values are checked one by one later; parts of nested values must have their earlier types. Throws
 * IMPORT_TYPE_CHANGED.
 */
export function checkNested(files: readonly FoundFile[], columns: readonly ImportColumn[]): void {
  const types = new Map(columns.map(({ key, field }) => [key, field]));
  for (const file of files)
    for (const { key, type, shape } of sourceColumns(file)) {
      const field = types.get(key);
      const isTaken =
        field === undefined ||
        (shape === undefined || isPrimitive(field.type) ? fits(type, field.type) : takesShape(field.type, shape));
      if (isTaken) continue;
      throw new HeadgateError("IMPORT_TYPE_CHANGED", {
        place: `${file.location}, column ${field.name}`,
        message: `the column is ${describeType(type)} in this file and ${describeType(field.type)} in the table`,
      });
    }
}

/**
 * Notes about files with numbers such as 007 or +40 for a numeric column, which keeps the number but not its spelling.
 */
export function respelledIn(files: readonly FoundFile[], columns: readonly ImportColumn[]): readonly string[] {
  const numbers = new Map(
    columns.flatMap(({ key, field }) =>
      /^(int|long|float|double|decimal)/.test(String(field.type)) ? [[key, field]] : [],
    ),
  );
  return files.flatMap((file) =>
    sourceColumns(file).flatMap(({ key, shape }) => {
      const field = numbers.get(key);
      if (field === undefined || shape === undefined || !has(shape, "digits")) return [];
      return [
        `column ${field.name} in ${file.location} has leading zeros, plus signs or exponents, which ${String(field.type)} does not keep`,
      ];
    }),
  );
}

function fits(found: Type, type: Type): boolean {
  if (type === "string" || (isPrimitive(found) && isPrimitive(type))) return true;
  return isSameType(wider(type, found), type);
}

const unwritable = /^(fixed\[|unknown|variant|geometry|geography|timestamptz_ns)/;

function chosenType(text: string, { name, type }: Pick<FoundColumn, "name" | "type">): Type {
  const chosen = parsedType(text);
  if (chosen === undefined || (unwritable.test(chosen) && chosen !== type))
    throw usage(`--type ${name}=${text}`, "a column cannot be imported as this type");
  if (!isPrimitive(type) && chosen !== "string")
    throw usage(`--type ${name}=${text}`, `${name} is ${describeType(type)}, which can only become string`);
  return chosen;
}

function parsedType(text: string): string | undefined {
  try {
    return parsePrimitive(text);
  } catch {
    return undefined;
  }
}

function checkNamed(names: readonly string[], found: readonly FoundColumn[]): void {
  const missing = names.find((name) => !found.some((column) => column.name === name));
  if (missing === undefined) return;
  throw usage(missing, `the files have no such column; they have ${found.map(({ name }) => name).join(", ")}`);
}

function checkDistinct(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (name === "" || seen.has(name.toLowerCase()))
      throw usage(name, "each column needs a name that no other column has");
    seen.add(name.toLowerCase());
  }
}

function usage(place: string, message: string): HeadgateError {
  return new HeadgateError("USAGE", { place, message });
}

function freeName(name: string, taken: readonly string[]): string {
  const names = new Set(taken.map((one) => one.toLowerCase()));
  let free = name;
  for (let count = 2; names.has(free.toLowerCase()); count++) free = `${name}_${count}`;
  return free;
}

/** Returns ids from `last + 1` upwards. */
function counter(last: number): () => number {
  let id = last;
  return () => ++id;
}
