/**
 * Decides where to put each table's view in the instance that runs a statement, so that the text finds it as written: a
 * bare name in `main`, and `database.table` in a schema of that name. The text changes in only two ways: `AT (…)`
 * becomes spaces, because DuckDB has no time travel, and a generated name replaces a name that DuckDB reserves, that
 * has three parts, or that means two states or two tables, also in front of a column.
 */
import { quoteName } from "../engine/duckdb-type.ts";
import type { GatedStatement } from "./gate.ts";
import { foldName, isEngineName } from "./fold-name.ts";
import { qualifierEdits, type PlacedMention } from "./place-qualifiers.ts";
import { notAllowed } from "./sql-refusal.ts";
import { describePosition, tokens, type Token } from "./sql-text.ts";
import type { TableReference } from "./table-reference.ts";

/** Identifies table and state. */
export interface PlacedTable {
  readonly id: string;
}

export interface ViewPlace<Table extends PlacedTable> {
  readonly schema: string;
  readonly name: string;
  readonly table: Table;
}

export interface PlacedStatement<Table extends PlacedTable> {
  readonly sql: string;
  readonly views: readonly ViewPlace<Table>[];
}

/** DuckDB's names for its own databases and schemas; a schema with such a name cannot be reached by a two-part name. */
const reservedSchemas: ReadonlySet<string> = new Set(["memory", "system", "temp", "pg_catalog", "information_schema"]);

/**
 * `hidden` is set for the text of a view: the beginning of all its schemas, so that no name in another text can mean
 * them. Throws SQL_NOT_ALLOWED if a name or an AT clause is written in a way that cannot be located in the text.
 */
export function placeTables<Table extends PlacedTable>(
  statement: GatedStatement,
  tables: ReadonlyMap<TableReference, Table>,
  hidden?: string,
): PlacedStatement<Table> {
  const views = new Map<string, ViewPlace<Table>>();
  const edits: Edit[] = [];
  const mentions: PlacedMention[] = [];
  const ownPlace = ownPlaces<Table>(hidden ?? freeSchemaPrefix(statement));
  for (const reference of statement.tables) {
    const table = tables.get(reference);
    if (table === undefined) throw new TypeError("every reference has a table");
    const written = {
      schema: reference.parts.length === 2 ? (reference.parts[0] ?? "") : "main",
      name: reference.parts.at(-1) ?? "",
      table,
    };
    const isAsWritten = hidden === undefined && reference.parts.length < 3 && isFree(written, views);
    const place = isAsWritten ? written : ownPlace(written);
    views.set(keyOf(place), place);
    const renamed = place === written ? undefined : place;
    edits.push(...editsFor(statement.sql, { reference, renamed }));
    mentions.push({ ...reference, start: reference.offset, text: renamed && nameSql(renamed) });
  }
  edits.push(...qualifierEdits(statement.sql, mentions));
  return { sql: applyEdits(statement.sql, edits), views: [...views.values()] };
}

/** One place per table and name, however often it is mentioned, because each view lists all of the table's files. */
function ownPlaces<Table extends PlacedTable>(schema: string): (written: ViewPlace<Table>) => ViewPlace<Table> {
  const places = new Map<string, ViewPlace<Table>>();
  return (written) => {
    const key = JSON.stringify([written.table.id, foldName(written.name)]);
    const place = places.get(key) ?? { ...written, schema: `${schema}${places.size}` };
    places.set(key, place);
    return place;
  };
}

type Place = ViewPlace<PlacedTable>;

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function isFree(place: Place, views: ReadonlyMap<string, Place>): boolean {
  if (reservedSchemas.has(foldName(place.schema)) || isEngineName(place.name)) return false;
  const taken = views.get(keyOf(place));
  return taken === undefined || taken.table.id === place.table.id;
}

function keyOf({ schema, name }: Place): string {
  return JSON.stringify([foldName(schema), foldName(name)]);
}

/**
 * A prefix that the text does not contain: `state_` after one more underscore than precedes it anywhere in the text.
 */
function freeSchemaPrefix({ sql }: GatedStatement): string {
  const text = foldName(sql);
  let longest = -1;
  for (let last = 0, at = text.indexOf(prefix); at >= 0; last = at, at = text.indexOf(prefix, at + 1)) {
    let start = at;
    while (start > last && text[start - 1] === "_") start--;
    longest = Math.max(longest, at - start);
  }
  return `${"_".repeat(longest + 1)}${prefix}`;
}

const prefix = "state_";

function editsFor(
  sql: string,
  { reference, renamed }: { reference: TableReference; renamed: Place | undefined },
): readonly Edit[] {
  if (renamed === undefined && reference.at === undefined) return [];
  const name = findName(sql, reference);
  const edits: Edit[] = [];
  if (renamed !== undefined) edits.push({ ...name, text: nameSql(renamed) });
  if (reference.at !== undefined) edits.push(blank(sql, findAt(sql, name.end, reference)));
  return edits;
}

function nameSql({ schema, name }: Place): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Locates the reference's name in the text. Throws SQL_NOT_ALLOWED. */
export function findName(sql: string, { parts, offset }: TableReference): Span {
  let wanted = 0;
  for (const token of tokens(sql, offset)) {
    if (token.kind === "space" || token.text === ".") continue;
    if (!spells(token, parts[wanted] ?? "")) break;
    wanted++;
    if (wanted === parts.length) return { start: offset, end: token.start + token.text.length };
  }
  throw notAllowed("this way of writing a name", describePosition(sql, offset));
}

function spells({ kind, text }: Token, part: string): boolean {
  if (kind === "word") return text.toLowerCase() === part.toLowerCase();
  if (kind === "quoted") return text.slice(1, -1).replaceAll('""', '"') === part;
  return kind === "string" && text.startsWith("'") && text.slice(1, -1).replaceAll("''", "'") === part;
}

/** From the word AT to its closing parenthesis. An alias may precede AT. */
function findAt(sql: string, from: number, { offset }: TableReference): Span {
  let at: number | undefined;
  let depth = 0;
  for (const { kind, text, start } of tokens(sql, from)) {
    if (kind === "space") continue;
    if (text === "(") depth++;
    else if (text === ")") depth--;
    if (at !== undefined && depth === 0) return { start: at, end: start + text.length };
    if (depth === 0 && kind === "word" && text.toLowerCase() === "at") at = start;
    if (depth < 0) break;
  }
  throw notAllowed("this way of writing AT", describePosition(sql, offset));
}

/** Replaces the span by spaces, keeping line ends, so that positions in messages stay right. */
function blank(sql: string, span: Span): Edit {
  return { ...span, text: sql.slice(span.start, span.end).replace(/[^\n]/g, " ") };
}

function applyEdits(sql: string, edits: readonly Edit[]): string {
  let at = 0;
  const pieces = edits
    .toSorted((one, other) => one.start - other.start)
    .flatMap(({ start, end, text }) => {
      const before = sql.slice(at, start);
      at = end;
      return [before, text];
    });
  return [...pieces, sql.slice(at)].join("");
}
