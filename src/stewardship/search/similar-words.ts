/** Finds words of the lake that are spelt like one that was asked for, or contain it: `custmer` is probably customer. */
import { sql, type Kysely } from "kysely";
import { editDistance } from "../../base/closest.ts";
import type { Tables } from "../../db/tables.ts";
import { stemOf, trigramsOf } from "./words.ts";

const mostCandidates = 200;
const mostSimilar = 20;

/** The most similar ones first; the word itself is not among them. A number is meant as it is: another one is another thing. */
export async function similarWords(db: Kysely<Tables>, word: string): Promise<readonly string[]> {
  if (/^\p{N}+$/u.test(word)) return [];
  const trigrams = trigramsOf(word);
  const { rows } = await sql<{ word: string }>`
    select word from (
      select word, cardinality(trigrams) as size,
        (select count(*) from unnest(trigrams) t where t = any(${trigrams}::text[])) as common
      from search_words where trigrams && ${trigrams}::text[]) near
    where common >= ${Math.min(2, trigrams.length)}
    order by common::float / (size + ${trigrams.length} - common) desc, word limit ${mostCandidates}`.execute(db);
  const near = rows.map((row) => ({ word: row.word, distance: distanceOf(word, row.word) }));
  return near
    .filter((one) => one.word !== word && one.distance <= mostChanges(word))
    .toSorted((one, other) => one.distance - other.distance)
    .slice(0, mostSimilar)
    .map((one) => one.word);
}

/** A word that contains the one that was asked for, apart from the plural's s, is as near as one with a letter changed. */
function distanceOf(asked: string, word: string): number {
  if (asked.length >= 3 && word.includes(stemOf(asked))) return 1;
  return Math.min(editDistance(asked, word), editDistance(asked, word.slice(0, asked.length)));
}

function mostChanges({ length }: string): number {
  if (length < 4) return length < 3 ? 0 : 1;
  return length < 8 ? 2 : 3;
}
