/**
 * Makes columns distinguishable whose names differ only in case, in one table or across several; DuckDB treats them as
 * the same. Where this matters, every such column gets its exact name plus a mark, both in the views and in the text,
 * and the marks are removed from everything people see. This is not a name resolver: it only spells names so that
 * DuckDB can tell them apart.
 * Invariant: a name finds the column of exactly that spelling, or the statement fails with COLUMN_AMBIGUOUS.
 */
import type { EngineColumn, EngineValue } from "../engine/engine-protocol.ts";
import { HeadgateError } from "../errors.ts";
import { foldName } from "./fold-name.ts";
import { describePosition, tokens, type Token } from "./sql-text.ts";
import type { QueryColumn } from "./query-column.ts";

interface WithColumns {
  readonly columns: readonly QueryColumn[];
}

/** How a statement spells names that differ only in case. */
export interface ExactNames {
  /** Adds marks to the text. */
  mark(sql: string, tables: readonly NamedSpan[]): string;
  /** Adds marks to the names of the table's columns. */
  marked<Table extends WithColumns>(table: Table): Table;
  /** Removes the marks. */
  text(marked: string): string;
  column(column: EngineColumn): EngineColumn;
  value(value: EngineValue): EngineValue;
}

/** Position of a table's name in the text, which must not be treated as a column. */
export interface NamedSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * Unicode noncharacters: reserved for use inside programs, so they appear in no name and in no text that people
 * exchange.
 */
const alphabet = Array.from({ length: 32 }, (_none, index) => String.fromCharCode(0xfdd0 + index));
const signature = [7, 19, 2, 28, 11, 23].map((index) => alphabet[index]).join("");
const signed = new RegExp(`${signature}[\\ufdd0-\\ufdef]{2}`, "g");

/**
 * Which names of a statement's tables are marked: none, those that one table has more than once, or also those shared
 * between tables.
 */
export type Marking = "none" | "within" | "across";

/** Undefined when nothing is marked. */
export function exactNames(tables: Iterable<WithColumns>, marking: Marking): ExactNames | undefined {
  if (marking === "none") return undefined;
  const all = namesOf(tables);
  const shared = new Set(marking === "within" ? all.flatMap(repeatedNames) : repeatedNames([...new Set(all.flat())]));
  const spellings = [...new Set(all.flat().filter((name) => shared.has(foldName(name))))].toSorted();
  const marks = new Map(spellings.map((name, index) => [name, signature + indexText(index)]));
  const known: KnownNames = { shared, marks };
  return {
    mark: (sql, spans) => markedText(sql, { ...known, spans }),
    marked: (table) => ({
      ...table,
      columns: table.columns.map((column) => ({ ...column, name: column.name + (marks.get(column.name) ?? "") })),
    }),
    text: withoutMarks,
    column: ({ name, type }) => ({ name: withoutMarks(name), type: withoutMarks(type) }),
    value: valueWithoutMarks,
  };
}

function namesOf(tables: Iterable<WithColumns>): readonly (readonly string[])[] {
  return [...tables].map(({ columns }) => columns.map(({ name }) => name));
}

/**
 * Decides which names of a statement need marks. Columns of different tables whose names differ only in case can be
 * told apart by the table's name, as long as they follow it within a single select; elsewhere DuckDB would use the
 * first of two such columns.
 */
export function markingOf(
  sql: string,
  { tables, spans }: { tables: Iterable<WithColumns>; spans: readonly NamedSpan[] },
): Marking {
  const all = namesOf(tables);
  const across = new Set(repeatedNames([...new Set(all.flat())]));
  if (across.size === 0) return "none";
  if (isRisky(sql, { across, spans })) return "across";
  return all.some((names) => repeatedNames(names).length > 0) ? "within" : "none";
}

function isRisky(
  sql: string,
  { across, spans }: { across: ReadonlySet<string>; spans: readonly NamedSpan[] },
): boolean {
  const words = [...tokens(sql)].filter(({ kind }) => kind !== "space");
  const isWord = (token: Token | undefined, text: string): boolean =>
    token?.kind === "word" && foldName(token.text) === text;
  if (words.some((token) => isWord(token, "natural"))) return true;
  const named = [...words.keys()].filter((index) => {
    const token = words[index];
    if (token === undefined || spans.some((span) => holds(span, token))) return false;
    const name = nameOf(token, words.slice(index + 1, index + 3));
    return name !== undefined && across.has(foldName(name)) && !isWord(words[index - 1], "as");
  });
  if (named.length === 0) return false;
  const isNested = words.filter((token) => isWord(token, "select")).length > 1;
  return isNested || named.some((index) => words[index - 1]?.text !== ".");
}

/** Names, in lower case, that a table has more than once. */
export function repeatedNames(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return names.map(foldName).filter((name) => {
    const isRepeated = seen.has(name);
    seen.add(name);
    return isRepeated;
  });
}

export function ambiguousColumn(place: string | undefined, message: string, cause?: unknown): HeadgateError {
  return new HeadgateError("COLUMN_AMBIGUOUS", { place, message, cause });
}

function indexText(index: number): string {
  return `${alphabet[Math.floor(index / 32) % 32]}${alphabet[index % 32]}`;
}

interface KnownNames {
  /** Names in lower case. */
  readonly shared: ReadonlySet<string>;
  /** Marks by exact name. */
  readonly marks: ReadonlyMap<string, string>;
}

interface MarkParts extends KnownNames {
  readonly spans: readonly NamedSpan[];
}

/** Throws COLUMN_AMBIGUOUS for a name whose spelling matches none of the columns. */
function markedText(sql: string, { shared, marks, spans }: MarkParts): string {
  const words = [...tokens(sql)].filter(({ kind }) => kind !== "space");
  let [text, at] = ["", 0];
  for (const [index, token] of words.entries()) {
    const name = nameOf(token, words.slice(index + 1, index + 3));
    if (name === undefined || !shared.has(foldName(name)) || spans.some((span) => holds(span, token))) continue;
    const mark = marks.get(name);
    if (mark === undefined) throw unlike(name, { sql, token, marks });
    const end = token.start + token.text.length - (token.kind === "quoted" ? 1 : 0);
    text += sql.slice(at, end) + mark;
    at = end;
  }
  return text + sql.slice(at);
}

/** The name in a token that is, or may be, a column; else undefined. */
function nameOf({ kind, text }: Token, [next, after]: readonly Token[]): string | undefined {
  if (kind === "quoted") return text.slice(1, -1).replaceAll('""', '"');
  if (kind !== "word" || /^\d/.test(text) || reserved.has(foldName(text))) return undefined;
  // Functions, literals such as `date '…'`, keys of structs, and names of arguments are not columns.
  const isKey = next?.text === ":" && after?.text !== ":";
  return next?.text === "(" || next?.kind === "string" || isKey ? undefined : text;
}

function holds({ start, end }: NamedSpan, token: Token): boolean {
  return token.start >= start && token.start < end;
}

function unlike(
  name: string,
  { sql, token, marks }: { sql: string; token: Token; marks: KnownNames["marks"] },
): HeadgateError {
  const choices = [...marks.keys()].filter((spelling) => foldName(spelling) === foldName(name));
  const place = describePosition(sql, token.start);
  return ambiguousColumn(place, `${name} could mean any of ${choices.join(", ")}; write it exactly as the table does`);
}

function withoutMarks(text: string): string {
  return text.replace(signed, "");
}

function valueWithoutMarks(value: EngineValue): EngineValue {
  if (typeof value === "string") return withoutMarks(value);
  if (Array.isArray(value)) return (value as readonly EngineValue[]).map(valueWithoutMarks);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [withoutMarks(key), valueWithoutMarks(item as EngineValue)]),
  );
}

/** Words that are column names only in quotes (the reserved words in `duckdb_keywords()` of DuckDB 1.5). */
const reserved: ReadonlySet<string> = new Set(
  (
    "all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default " +
    "deferrable desc describe distinct do else end except false fetch for foreign from group having in initially intersect " +
    "into lambda lateral leading limit not null offset on only or order pivot pivot_longer pivot_wider placing primary " +
    "qualify references returning select show some summarize symmetric table then to trailing true union unique unpivot " +
    "using variadic when where window with"
  ).split(" "),
);
