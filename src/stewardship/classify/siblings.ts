/** Evidence about a column from the values of the other columns of its table. It needs no word of any language. */
import type { PiiClass } from "./pii-class.ts";

export interface Siblings {
  /** The classes that were found in other columns of the table, surely enough. */
  readonly classes: ReadonlySet<PiiClass>;
  /** The words before the @ of the e-mail addresses in the other columns. */
  readonly mailWords: readonly string[];
  /** Words of the names of people in the other columns, without accents. */
  readonly names: ReadonlySet<string>;
  /** The days in columns of birth dates, in six digits. */
  readonly birthDays: ReadonlySet<string>;
  /** Codes of countries that the values speak of, the most likely first. */
  readonly countries: readonly string[];
  /** Whether a column of towns or postal codes is at most two places away. */
  readonly isNearPlace: boolean;
}

export const noSiblings: Siblings = {
  classes: new Set(),
  mailWords: [],
  names: new Set(),
  birthDays: new Set(),
  countries: [],
  isNearPlace: false,
};

/** Whether a column need not be looked at again. */
export function tellsNothing({ classes, countries, isNearPlace }: Siblings): boolean {
  return classes.size === 0 && countries.length === 0 && !isNearPlace;
}

const aboutPeople: readonly PiiClass[] = [
  "email",
  "phone",
  "person_name",
  "national_id",
  "birth_date",
  "postal_address",
];

/** One kind of personal data may be about firms or works; two kinds beside a column are about people. */
export function isAboutPeople({ classes }: Siblings): boolean {
  const kinds = aboutPeople.filter((name) => classes.has(name)).length;
  return kinds >= 2 && ["person_name", "national_id", "birth_date", "email"].some((name) => has(classes, name));
}

/** Firms have no birthdays and no number of a person, so that the rows of such a table are persons. */
export function isOfPersons({ classes }: Siblings): boolean {
  return classes.has("birth_date") || classes.has("national_id");
}

function has(classes: ReadonlySet<string>, name: string): boolean {
  return classes.has(name);
}
