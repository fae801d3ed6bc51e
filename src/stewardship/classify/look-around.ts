/** Gathers what the columns of a table tell about each other, after each was looked at by itself. */
import type { ColumnFacts } from "./column-facts.ts";
import { countriesIn } from "./countries.ts";
import { addressIn } from "./email.ts";
import type { Finding } from "./finding.ts";
import { hasWord, plainText } from "./name-pieces.ts";
import { datesIn, sixDigits } from "./written-date.ts";
import type { PiiClass } from "./pii-class.ts";
import type { Siblings } from "./siblings.ts";
import { placeWords } from "./words/address-words.ts";

export interface Looked {
  readonly facts: ColumnFacts;
  readonly finding: Finding | undefined;
}

const firm = 0.7;
/** Hints are no proposals, but two kinds of them beside a column tell that the table is about people. */
const leastHint = 0.35;
const nearPlaces = 2;

/** For each column, what those around it tell. */
export function siblingsOf(columns: readonly Looked[]): readonly Siblings[] {
  const countries = countriesIn(columns.map(({ facts }) => facts));
  const mails = columns.map(({ finding, facts }) => (finding?.class === "email" ? mailWordsOf(facts) : []));
  const places = columns.map(({ facts, finding }) => (finding?.confidence ?? 0) < firm && isPlace(facts));
  const birthDays = new Set(
    columns.flatMap(({ finding, facts }) =>
      finding?.class === "birth_date" ? datesIn(facts.values, true).flatMap(sixDigits) : [],
    ),
  );
  const names = new Set(
    columns.flatMap(({ finding, facts }) => (finding?.class === "person_name" ? namesIn(facts) : [])),
  );
  return columns.map((_, at) => {
    const isOther = (place: number): boolean => place !== at;
    const others = columns.filter((__, place) => isOther(place));
    return {
      classes: classesOf(others),
      mailWords: mails.filter((__, place) => isOther(place)).flat(),
      names,
      birthDays,
      countries,
      isNearPlace: places.some((is, place) => is && isOther(place) && Math.abs(place - at) <= nearPlaces),
    };
  });
}

function classesOf(others: readonly Looked[]): ReadonlySet<PiiClass> {
  const from = (least: number): ReadonlySet<PiiClass> =>
    new Set(others.flatMap(({ finding }) => ((finding?.confidence ?? 0) >= least ? (finding?.class ?? []) : [])));
  const hinted = from(leastHint);
  return hinted.size >= 2 ? hinted : from(firm);
}

function mailWordsOf({ values }: ColumnFacts): readonly string[] {
  const locals = values.flatMap((value) => addressIn(value)?.split("@")[0] ?? []);
  return locals.map((local) => plainText(local).replace(/[^\p{L}]+/gu, " "));
}

const shortestName = 4;

function namesIn({ values }: ColumnFacts): readonly string[] {
  return values.flatMap((value) => plainText(value).split(/[^\p{L}]+/u)).filter((word) => word.length >= shortestName);
}

function isPlace({ name, values }: ColumnFacts): boolean {
  return hasWord(name, placeWords) || isPostalCodes(values);
}

const postalForms: readonly RegExp[] = [
  /^\d{5}-\d{3,4}$/,
  /^\d{3} \d{2}$/,
  /^\d{2}-\d{3}$/,
  /^\d{4} ?[A-Z]{2}$/,
  /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/,
  /^[A-Z]\d[A-Z] ?\d[A-Z]\d$/,
  /^[A-Z]{2}-\d{4,5}$/,
];

/** Digits alone are no sign: they may be anything. */
export function isPostalCodes(values: readonly string[]): boolean {
  return values.length >= 3 && postalForms.some((form) => values.every((value) => form.test(value)));
}
