/** Birth dates of people. Dates tell little by themselves, so that the name, or a table about people, has to speak for it. */
import { rateOf, type ColumnFacts } from "./column-facts.ts";
import { datesIn, type WrittenDate } from "./written-date.ts";
import type { Opinion } from "./finding.ts";
import { cutWordsIn, hasWord, wordsIn } from "./name-pieces.ts";
import { isAboutPeople } from "./siblings.ts";
import {
  animalWords,
  birthWords,
  madeThings,
  otherBirthWords,
  otherDayWords,
  vagueBirthWords,
} from "./words/birth-words.ts";
import { familyNameWords } from "./words/person-words.ts";
import { workTables } from "./words/thing-words.ts";

export function birthDate(facts: ColumnFacts): Opinion | undefined {
  const { kind, values, name, table } = facts;
  if (kind === "other") return undefined;
  if (
    hasWord(name, otherBirthWords) ||
    hasWord(name, animalWords) ||
    hasWord(table, animalWords) ||
    hasWord(name, madeThings)
  )
    return undefined;
  const exact = wordsIn(name, birthWords);
  const words = [...new Set([...exact, ...wordsIn(name, vagueBirthWords), ...cutWordsIn(name, cutBirthWords)])];
  if (values.length === 0)
    return exact.length > 0 && (kind === "date" || kind === "text") ? { confidence: 0.6, name: words } : undefined;
  const dates = datesIn(values, words.length > 0);
  const dated = dates.length / values.length;
  if (dated < 0.6) return undefined;
  const years = dates.map(({ year }) => year);
  const possible = shareOf(years, (year) => year >= 1900 && year <= thisYear());
  const rates = { dates: dated, "possible years of birth": possible };
  if (possible < 0.8) return undefined;
  if (words.every((word) => word.startsWith("born")) && areNew(years) && !isAmongPeople(facts)) return undefined;
  if (exact.length > 0) return { confidence: 0.96, name: words, rates };
  const isTold = kind !== "whole number" || dates.every(({ month }) => month !== undefined);
  if (words.length > 0) return isTold ? { confidence: 0.8, name: words, rates } : undefined;
  return unnamed(facts, dates, rates);
}

/** Words that begin with one for a day are not cut. */
const cutBirthWords = birthWords.filter(
  (word) => !/^(?:dat|fech|tari|tang|imer|anno|birth|year|usuku|ranar|taari|dyddiad)/.test(word),
);

function thisYear(): number {
  return new Date().getUTCFullYear();
}

function shareOf(years: readonly number[], isIt: (year: number) => boolean): number {
  return rateOf(years.map(String), (year) => isIt(Number(year)));
}

/** Nobody signs a contract at that age: what was born lately is more often an animal or an idea. */
function areNew(years: readonly number[]): boolean {
  return shareOf(years, (year) => thisYear() - year <= 4) >= 0.95;
}

const signOfPeople = [...familyNameWords, "firstname", "fullname", "vorname", "prenom", "gender", "sex"];

function isAmongPeople({ neighbours, siblings, table }: ColumnFacts): boolean {
  if (hasWord(table, workTables) || hasWord(table, madeThings)) return false;
  return isAboutPeople(siblings) || neighbours.some((other) => hasWord(other, signOfPeople));
}

const opaque = /^(?:c|col|column|f|field|attr|attribute|x|v|k|val|value|d|date|dt|data|datum|fecha|var)$/;

/**
 * Without a telling name: days in many years, most of them a generation ago, in a table that has the names of people or
 * whose names tell nothing at all.
 */
function unnamed(
  facts: ColumnFacts,
  dates: readonly WrittenDate[],
  rates: Readonly<Record<string, number>>,
): Opinion | undefined {
  const { name, kind, table } = facts;
  const years = dates.map(({ year }) => year);
  const grown = shareOf(years, (year) => thisYear() - year >= 15 && thisYear() - year <= 95);
  const told = { ...rates, "ages of grown-ups": grown };
  const isOpaque = name.pieces.every((piece) => opaque.test(piece));
  if (kind === "moment" || kind === "whole number") return undefined;
  if (isOpaque && years.length >= 20 && grown >= 0.8 && new Set(years).size >= 20)
    return { confidence: isAmongPeople(facts) ? 0.75 : 0.55, rates: told };
  if (
    hasWord(name, otherDayWords) ||
    hasWord(table, workTables) ||
    hasWord(table, madeThings) ||
    !areGenerations(dates)
  )
    return undefined;
  if (!isOfPeople(facts)) return { confidence: 0.35, rates: told };
  return { confidence: 0.7, rates: told, notes: ["days a generation ago beside names"] };
}

function isOfPeople(facts: ColumnFacts): boolean {
  const { siblings, neighbours } = facts;
  const hasNames = siblings.classes.has("person_name") || neighbours.some((other) => hasWord(other, familyNameWords));
  return hasNames && isAboutPeople(siblings);
}

const fewestDates = 3;

/** Everybody is grown up, some were born before others had parents, and few days are the first of a month. */
function areGenerations(dates: readonly WrittenDate[]): boolean {
  const years = dates.map(({ year }) => year);
  const [oldest, youngest] = [Math.min(...years), Math.max(...years)];
  const firsts = dates.filter(({ day }) => day === 1).length;
  return (
    dates.length >= fewestDates &&
    new Set(years).size >= Math.min(dates.length, 3) &&
    youngest <= thisYear() - 16 &&
    oldest >= thisYear() - 100 &&
    youngest - oldest >= 10 &&
    oldest <= thisYear() - 38 &&
    firsts <= dates.length * 0.34
  );
}
