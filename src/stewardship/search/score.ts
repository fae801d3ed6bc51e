/**
 * How well a document fits a question: every word must be found somewhere, and a name counts more than a column, a
 * column more than a label (tags, owners, terms), a label more than a description.
 * Invariant: the database's score (`scoreSql`) and that of `scoreOf` are the same for the same texts.
 */
import { sql, type RawBuilder } from "kysely";
import { textLevels, type StoredText, type TextLevel } from "../../db/search-rows.ts";
import { stemOf, wordsOf } from "./words.ts";

/** A word as it was asked for, with the words that count as it. */
export interface AskedWord {
  readonly word: string;
  /** Words that are spelt alike; none: whatever begins with the word. */
  readonly alike: readonly string[];
}

const weights: Readonly<Record<TextLevel, string>> = { name: "A", column: "B", label: "C", text: "D" };

/** For a word that is found whole, and for one that only begins with it or is spelt alike. */
const points: Readonly<Record<TextLevel, readonly [whole: number, alike: number]>> = {
  name: [40, 30],
  column: [20, 15],
  label: [9, 7],
  text: [3, 2],
};

/** `to_tsquery` text for documents that have every word, at any level. */
export function queryText(words: readonly AskedWord[]): string {
  return words.map((word) => oneWord(word, "")).join(" & ");
}

function oneWord({ word, alike }: AskedWord, weight: string): string {
  if (alike.length > 0)
    return `(${alike.map((one) => `${quoted(one)}${weight === "" ? "" : `:${weight}`}`).join(" | ")})`;
  return `${quoted(stemOf(word))}:*${weight}`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "''")}'`;
}

/** The score of a row of `search_documents`. */
export function scoreSql(words: readonly AskedWord[]): RawBuilder<number> {
  const each = words.map((word) => {
    const cases = textLevels.flatMap((level) => [
      sql`when words @@ ${`${quoted(word.word)}:${weights[level]}`}::tsquery then ${sql.lit(points[level][0])}`,
      sql`when words @@ ${oneWord(word, weights[level])}::tsquery then ${sql.lit(points[level][1])}`,
    ]);
    return sql`case ${sql.join(cases, sql` `)} else 0 end`;
  });
  return each.length === 0 ? sql<number>`0` : sql<number>`(${sql.join(each, sql` + `)})`;
}

/** Undefined if a word is not found in any of the texts. */
export function scoreOf(texts: readonly StoredText[], words: readonly AskedWord[]): number | undefined {
  const found = texts.map(({ level, text }) => ({ level, words: wordsOf(text) }));
  let score = 0;
  for (const asked of words) {
    const best = bestLevel(found, asked);
    if (best === undefined) return undefined;
    score += best;
  }
  return score;
}

interface FoundWords {
  readonly level: TextLevel;
  readonly words: readonly string[];
}

function bestLevel(found: readonly FoundWords[], asked: AskedWord): number | undefined {
  for (const level of textLevels) {
    const words = found.filter((one) => one.level === level).flatMap((one) => one.words);
    if (words.includes(asked.word)) return points[level][0];
    if (words.some((word) => fits(word, asked))) return points[level][1];
  }
  return undefined;
}

/** Whether a word of a text counts as one that was asked for. */
export function fits(word: string, { word: asked, alike }: AskedWord): boolean {
  if (word === asked) return true;
  return alike.length > 0 ? alike.includes(word) : word.startsWith(stemOf(asked));
}

/** The words of texts as a `tsvector` in its written form. */
export function vectorText(texts: readonly StoredText[]): string {
  const levels = new Map<string, Set<TextLevel>>();
  for (const { level, text } of texts)
    for (const word of wordsOf(text)) levels.set(word, (levels.get(word) ?? new Set()).add(level));
  return [...levels].map(([word, at]) => `${quoted(word)}:${positions(at)}`).join(" ");
}

/** A position of its own for each level, since a word has one weight for each position. */
function positions(levels: ReadonlySet<TextLevel>): string {
  return textLevels.flatMap((level, index) => (levels.has(level) ? [`${index + 1}${weights[level]}`] : [])).join(",");
}
