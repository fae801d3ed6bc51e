/** Which countries a table speaks of: calling codes, IBANs, the ends of e-mail addresses, and columns of country codes. */
import type { ColumnFacts } from "./column-facts.ts";
import { callingCountries } from "./phone-numbers.ts";

const mostValues = 40;
const mostCountries = 4;

/** Codes as in ISO 3166, the one that was met most often first. */
export function countriesIn(columns: readonly ColumnFacts[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { values, kind } of columns) {
    if (kind !== "text") continue;
    for (const code of values.slice(0, mostValues).flatMap(countriesOf)) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const ranked = [...counts].toSorted(([, one], [, other]) => other - one);
  return ranked.slice(0, mostCountries).map(([code]) => code);
}

const mailEnd = /@[^@\s]+\.([a-z]{2})$/i;
const iban = /^([A-Z]{2})\d{2}[A-Z\d ]{11,40}$/;

function countriesOf(value: string): readonly string[] {
  const mail = mailEnd.exec(value)?.[1] ?? iban.exec(value)?.[1] ?? /^([A-Z]{2})$/.exec(value)?.[1];
  if (mail !== undefined) return [mail.toUpperCase() === "UK" ? "GB" : mail.toUpperCase()];
  return value.startsWith("+") && value.length <= 24 ? callingCountries(value) : [];
}
