/**
 * Names of tables as people write and read them: parts separated by dots, `database.table` in the lake, `schema.table`
 * in a source. A table of another account than the one that somebody acts in is `account.database.table`, and no shorter
 * name means it. A part that contains a dot, a double quote or a wildcard is put in double quotes, as in SQL: `"a.b".c`.
 * Invariant: parsing a formatted name gives the same parts, whatever they contain.
 */
import { closest } from "../base/closest.ts";
import { HeadgateError } from "../errors.ts";
import type { LinkName } from "./link-names.ts";

/** A table of the lake by its names. */
export interface NamedTable {
  /** The name of its account. */
  readonly account?: string | undefined;
  /** Whether that is another account than the one that somebody acts in, so that its name is needed. */
  readonly isElsewhere?: boolean | undefined;
  readonly database: string;
  readonly name: string;
  /** The names that the account in which somebody acts has for it. */
  readonly links?: readonly LinkName[] | undefined;
}

/** A part of a name as it was written. A quoted part has no wildcards. */
export interface NamePart {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** The name as text that `parseName` can read. */
export function formatName(parts: readonly string[]): string {
  return parts.map((part) => (needsQuotes(part) ? `"${part.replaceAll('"', '""')}"` : part)).join(".");
}

function needsQuotes(part: string): boolean {
  return part === "" || /[."*?]/.test(part);
}

/** `database.table`, for messages and commands; with the account in front of it if it is another one. */
export function tableLabel({ account = "", isElsewhere, database, name }: NamedTable): string {
  return formatName(isElsewhere === true ? [account, database, name] : [database, name]);
}

/** Throws USAGE. */
export function parseName(text: string): readonly string[] {
  return parseParts(text).map((part) => part.text);
}

/** Throws USAGE. */
export function parseParts(text: string): readonly NamePart[] {
  const part = /"([^"]*(?:""[^"]*)*)"|([^".]+)/y;
  const parts: NamePart[] = [];
  for (;;) {
    const [, quoted, bare] = part.exec(text) ?? throwUnreadable(text);
    parts.push({ text: quoted?.replaceAll('""', '"') ?? bare ?? "", isQuoted: quoted !== undefined });
    if (part.lastIndex === text.length) return parts;
    if (text[part.lastIndex] !== ".") throwUnreadable(text);
    part.lastIndex++;
  }
}

function throwUnreadable(place: string): never {
  throw new HeadgateError("USAGE", {
    place,
    message: "this is not the name of a table",
    remedy: 'write database.table, and put a name that contains a dot in double quotes: "a.b".c',
  });
}

/** Parses the name of a table that is to be created. Throws USAGE for anything but `database.table`. */
export function newTableName(text: string): NamedTable {
  const [database, name, ...more] = parseName(text);
  if (database !== undefined && name !== undefined && more.length === 0) return { database, name };
  throw new HeadgateError("USAGE", {
    place: text,
    message: "the name of a table in the lake has two parts",
    remedy: 'write database.table, and put a name that contains a dot in double quotes: "a.b".c',
  });
}

/**
 * The table that `[table]`, `[database, table]` or `[account, database, table]` means. An exact match comes first; then case is ignored, as in SQL.
 * The table's name is enough if only one database has it. Names that are links come last. Throws TABLE_NOT_FOUND, and TABLE_AMBIGUOUS with the choices.
 */
export function pickTable<T extends NamedTable>(parts: readonly string[], tables: readonly T[]): T {
  const folded = parts.map((part) => part.toLowerCase());
  const ways: readonly ((table: T) => boolean)[] = [
    (table) => isNamed(table, parts),
    (table) => isNamed(foldedName(table), folded),
    ({ links = [] }) => links.some((link) => isNamed(link, parts)),
    ({ links = [] }) => links.some((link) => isNamed(foldedName(link), folded)),
  ];
  const matching = ways.map((isMeant) => tables.filter(isMeant)).find((found) => found.length > 0) ?? [];
  const [found, another] = matching;
  if (found === undefined) throw tableNotFound(parts, tables);
  if (another === undefined) return found;
  const choices = matching.map(tableLabel).join(", ");
  throw new HeadgateError("TABLE_AMBIGUOUS", {
    place: choices,
    message: `${formatName(parts)} could mean any of ${choices}`,
  });
}

/** The error suggests the name that was probably meant. */
export function tableNotFound(parts: readonly string[], tables: readonly NamedTable[]): HeadgateError {
  const name = formatName(parts);
  const names = tables
    .flatMap((table): readonly NamedTable[] => [table, ...(table.links ?? [])])
    .map((table) => (parts.length === 1 && table.isElsewhere !== true ? formatName([table.name]) : tableLabel(table)));
  const meant = closest(name, names);
  if (
    meant === undefined &&
    parts.length === 1 &&
    tables.some((table) => table.isElsewhere !== true && table.database === parts[0])
  )
    return new HeadgateError("TABLE_NOT_FOUND", {
      place: name,
      message: `${name} is a database, not a table`,
      remedy: `see \`headgate table list ${name}\` for its tables`,
    });
  const message = `there is no table ${name}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
  return new HeadgateError("TABLE_NOT_FOUND", { place: name, message });
}

function foldedName({ account, isElsewhere, database, name }: NamedTable): NamedTable {
  return {
    account: account?.toLowerCase(),
    isElsewhere,
    database: database.toLowerCase(),
    name: name.toLowerCase(),
  };
}

function isNamed({ account, isElsewhere, database, name }: NamedTable, parts: readonly string[]): boolean {
  const whole = [account, database, name];
  if (parts.length > 3 || (parts.length < 3 && isElsewhere === true)) return false;
  return parts.every((part, index) => part === whole[whole.length - parts.length + index]);
}
