/**
 * Columns that are written with the database of their table, `shop.orders.id`, in a text whose tables have got other
 * places: the name of the table in front of the column follows it there.
 * Invariant: a name that may mean two tables, or none, stays as it is, and the engine refuses it.
 */
import { foldName } from "./fold-name.ts";
import { tokens, type Token } from "./sql-text.ts";

/** A mention of a table in FROM, and the text that replaces its name; undefined if it stays as it is written. */
export interface PlacedMention {
  readonly parts: readonly string[];
  readonly start: number;
  readonly text: string | undefined;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export function qualifierEdits(sql: string, mentions: readonly PlacedMention[]): readonly Edit[] {
  const places = placesOf(mentions);
  if (places.size === 0) return [];
  const inMention = new Set(mentions.map(({ start }) => start));
  const words = [...tokens(sql)].filter(({ kind }) => kind !== "space");
  const edits: Edit[] = [];
  for (let at = 0; at < words.length; at++) {
    const path = pathFrom(words, at);
    const first = path[0];
    const found = first !== undefined && !inMention.has(first.start) ? qualifierOf(path, places) : undefined;
    if (found !== undefined) edits.push(found);
    // Past the path, so that `a.shop.orders.id` is not found in its middle.
    if (path.length > 1) at += 2 * (path.length - 1);
  }
  return edits;
}

/** By the folded parts of a name; undefined where one name has several places. */
function placesOf(mentions: readonly PlacedMention[]): ReadonlyMap<string, string | undefined> {
  const places = new Map<string, string | undefined>();
  for (const { parts, text } of mentions) {
    if (parts.length < 2) continue;
    const key = keyOf(parts);
    places.set(key, places.has(key) && places.get(key) !== text ? undefined : text);
  }
  return places;
}

function keyOf(parts: readonly string[]): string {
  return JSON.stringify(parts.map(foldName));
}

/** The names that follow each other with a dot between them. */
function pathFrom(words: readonly Token[], at: number): readonly Token[] {
  const path: Token[] = [];
  for (let next = at; isName(words[next]); next += 2) {
    path.push(...words.slice(next, next + 1));
    if (words[next + 1]?.text !== ".") break;
  }
  return path;
}

function isName(token: Token | undefined): boolean {
  return token?.kind === "word" || token?.kind === "quoted";
}

function qualifierOf(path: readonly Token[], places: ReadonlyMap<string, string | undefined>): Edit | undefined {
  // `account.database.table.column` before `database.table.column`.
  for (const length of [3, 2]) {
    const [first, last] = [path[0], path[length - 1]];
    if (first === undefined || last === undefined || path.length <= length) continue;
    const text = places.get(keyOf(path.slice(0, length).map(nameOf)));
    if (text !== undefined) return { start: first.start, end: last.start + last.text.length, text };
  }
  return undefined;
}

function nameOf({ kind, text }: Token): string {
  return kind === "quoted" ? text.slice(1, -1).replaceAll('""', '"') : text;
}
