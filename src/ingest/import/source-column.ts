/**
 * The columns that a file provides, its own and those of its path, under keys that are equal across files. Names that
 * differ only in case are one column, as in the engine, unless one file has both.
 */
import type { Type } from "../../iceberg/type.ts";
import type { FoundFile } from "./found-file.ts";
import type { Shape } from "./shape.ts";

export interface SourceColumn {
  readonly key: string;
  /** As the file, or its path, spells it. */
  readonly name: string;
  readonly type: Type;
  readonly because?: string | undefined;
  readonly shape?: Shape | undefined;
  /** Index in the file's relation; undefined for a value from the path. */
  readonly index: number | undefined;
  /** The value from the path. */
  readonly value?: string | null | undefined;
}

export function sourceColumns({ reading, partition }: FoundFile): readonly SourceColumn[] {
  const inPath = new Map(partition.map(([name, value]) => [name.toLowerCase(), { name, value }]));
  const names = distinctNames(reading.columns.map(({ name }, index) => (name === "" ? `column${index}` : name)));
  const own = reading.columns.flatMap(({ type, because, shape }, index): SourceColumn[] => {
    const name = names[index] ?? "";
    return inPath.has(name.toLowerCase()) ? [] : [{ key: name.toLowerCase(), name, type, because, shape, index }];
  });
  const told = [...inPath].map(([key, { name, value }]): SourceColumn => ({
    key,
    name,
    value,
    type: typeOfValue(value),
    index: undefined,
  }));
  return [...own, ...told];
}

/** Notes about columns that cannot keep their names in the table. */
export function renamedNotes(location: string, names: readonly string[]): readonly string[] {
  const renamed = distinctNames(names).flatMap((name, index) =>
    name === names[index] ? [] : [`${names[index]} as ${name}`],
  );
  if (renamed.length === 0) return [];
  return [`${renamed.join(", ")} in ${location}: another has this name, whatever its case, so it gets a number`];
}

/** If two names differ only in case, the second one gets a number. */
function distinctNames(names: readonly string[]): readonly string[] {
  const all = new Set(names.map((name) => name.toLowerCase()));
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let count = 2; taken.has(free.toLowerCase()) || (free !== name && all.has(free.toLowerCase())); count++)
      free = `${name}_${count}`;
    taken.add(free.toLowerCase());
    return free;
  });
}

function typeOfValue(value: string | null): Type {
  if (value === null) return "unknown";
  if (/^-?(0|[1-9]\d{0,17})$/.test(value)) return "long";
  return isDate(value) ? "date" : "string";
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(text).toJSON()?.startsWith(text);
}
