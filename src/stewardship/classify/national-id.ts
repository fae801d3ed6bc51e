/** Numbers that a state gives to a person, by the rules of several countries; passports and licences by their names only. */
import { isAbout, isBusinessNumber } from "./words/about-words.ts";
import { rateOf, type ColumnFacts } from "./column-facts.ts";
import type { Opinion } from "./finding.ts";
import { hasWord, wordsIn } from "./name-pieces.ts";
import { isAboutPeople } from "./siblings.ts";
import { birthWords } from "./words/birth-words.ts";
import { emailWords, phoneWords } from "./words/contact-words.ts";
import { familyNameWords } from "./words/person-words.ts";
import { thingWords, workTables } from "./words/thing-words.ts";
import { nationalIdWords, vagueIdWords } from "./words/national-id-words.ts";
import { datesIn, isDayInParts } from "./written-date.ts";
import { nationalNumbers } from "./national-numbers/all-numbers.ts";
import type { NationalNumber } from "./national-numbers/national-number.ts";

export function nationalId(facts: ColumnFacts): Opinion | undefined {
  const { kind, values, name } = facts;
  if (kind !== "text" && kind !== "whole number") return undefined;
  const exact = wordsIn(name, nationalIdWords);
  if (values.length === 0)
    return exact.length > 0 && !isAbout({ ...name, joined: withoutId(name.joined) })
      ? { confidence: 0.6, name: exact }
      : undefined;
  if (rateOf(values, isDayInParts) >= 0.5) return undefined;
  const numbers = values.map((value) => value.replace(/\s/g, ""));
  const best = bestNumber(numbers);
  if (exact.length > 0 && hasWord(name, taxWords) && (best?.valid ?? 0) < 0.5) return undefined;
  if (exact.length > 0) return named(numbers, exact, best);
  const vague = wordsIn(name, vagueIdWords);
  if (vague.length > 0) return vaguelyNamed(facts, vague, { numbers, best });
  return (best === undefined ? undefined : unnamed(facts, numbers, best)) ?? withBirthDays(facts, numbers);
}

/** Numbers in which the birthdays of the same table occur, whatever the country. */
function withBirthDays({ name, siblings }: ColumnFacts, numbers: readonly string[]): Opinion | undefined {
  if (siblings.birthDays.size === 0 || numbers.length < 3 || isBusinessNumber(name)) return undefined;
  const codes = numbers.filter((text) => isCode(text) && text.replace(/\D/g, "").length >= 8);
  const rate = codes.filter((text) => hasBirthDay(text.replace(/\D/g, ""), siblings.birthDays)).length / numbers.length;
  if (rate < 0.4 || datesIn(numbers, true).length > 0) return undefined;
  return { confidence: 0.8, notes: ["birthdays of the same table occur in the numbers"] };
}

function hasBirthDay(digits: string, days: ReadonlySet<string>): boolean {
  return Array.from({ length: Math.max(0, digits.length - 5) }, (_, at) => digits.slice(at, at + 6)).some((six) =>
    days.has(six),
  );
}

interface Numbers {
  readonly numbers: readonly string[];
  readonly best: Best | undefined;
}

function vaguelyNamed(facts: ColumnFacts, name: readonly string[], { numbers, best }: Numbers): Opinion | undefined {
  if (hasWord(facts.name, thingWords)) return undefined;
  if (best !== undefined && best.valid >= 0.8)
    return { ...evidenceOf(best), name, confidence: best.number.isTelling ? 0.95 : 0.75 };
  const { siblings, table } = facts;
  const isOfFirms = hasWord(facts.name, taxWords) || hasWord(table, workTables) || isBusinessNumber(facts.name);
  const codes = rateOf(numbers, isCode);
  if (isOfFirms || codes < 0.9 || !isAboutPeople(siblings)) return undefined;
  return { confidence: 0.65, name, rates: { "codes with digits": codes } };
}

/** Without a telling name, the check digits have to agree, and data of people has to be near if they are few. */
function unnamed(facts: ColumnFacts, { length }: readonly string[], best: Best): Opinion | undefined {
  const { number, valid, shaped } = best;
  if (isBusinessNumber(facts.name) || isAbout(facts.name) || shaped < 0.9) return undefined;
  const isBesidePeople = isAmongPeople(facts);
  if (number.isTelling && valid >= 0.95 && length >= 8) return { ...evidenceOf(best), confidence: 0.85 };
  if (number.isTelling && valid === 1 && length >= 3 && isBesidePeople) return { ...evidenceOf(best), confidence: 0.8 };
  if (number.isTelling && valid === 1 && length >= 3) return { ...evidenceOf(best), confidence: 0.4 };
  return valid >= 0.98 && length >= 8 && isBesidePeople ? { ...evidenceOf(best), confidence: 0.6 } : undefined;
}

/** Numbers of firms have these names more often than numbers of people. */
const taxWords = [
  "vat",
  "tin",
  "taxid",
  "taxno",
  "taxnumber",
  "ust",
  "cui",
  "cif",
  "nit",
  "ruc",
  "rfc",
  "cuit",
  "taxpayerid",
  "steuernr",
];

/** National_id is not about something because it ends in id. */
function withoutId(words: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...words].filter((word) => word !== "id"));
}

interface Best {
  readonly number: NationalNumber;
  readonly shaped: number;
  readonly valid: number;
}

/** The forms that a country's number has had are one number. */
const groups = [...Map.groupBy(nationalNumbers, ({ country, name }) => `${country} ${name}`).values()];

function bestNumber(numbers: readonly string[]): Best | undefined {
  if (rateOf(numbers.slice(0, mostTried), (text) => mayBeNumber.test(text)) < 0.15) return undefined;
  const tried = groups.flatMap((forms) => bestOf(forms, numbers) ?? []);
  return tried.toSorted((one, other) => other.valid - one.valid || other.shaped - one.shaped)[0];
}

const mostTried = 40;
/** No number of a person is shorter, longer or without digits. */
const mayBeNumber = /^(?=.*\d.*\d.*\d)[\p{L}\d./()-]{6,24}$/u;

/** Undefined if hardly any of the numbers has one of the forms, as some of them tell. */
function bestOf(forms: readonly NationalNumber[], numbers: readonly string[]): Best | undefined {
  const isShaped = (text: string): boolean => forms.some((number) => number.form.test(text));
  if (rateOf(numbers.slice(0, mostTried), isShaped) < 0.15) return undefined;
  const shaped = rateOf(numbers, isShaped);
  const counted = forms.map((number) => ({ number, rate: rateOf(numbers, (text) => number.form.test(text)) }));
  const [most] = counted.toSorted((one, other) => other.rate - one.rate);
  if (most === undefined || shaped < 0.3) return undefined;
  const isValid = (text: string): boolean => forms.some((number) => number.form.test(text) && number.isValid(text));
  return { number: most.number, shaped, valid: rateOf(numbers, isValid) };
}

function evidenceOf({ number, shaped, valid }: Best) {
  return {
    rates: { "form of the number": shaped, "valid by its rules": valid },
    notes: [`the rules of ${number.name} (${number.country})`],
  };
}

function named(numbers: readonly string[], name: readonly string[], best: Best | undefined): Opinion | undefined {
  if (best !== undefined && best.valid >= 0.5) return { confidence: 0.97, name, ...evidenceOf(best) };
  const codes = rateOf(numbers, isCode);
  return codes < 0.7 ? undefined : { confidence: 0.75, name, rates: { "codes with digits": codes } };
}

function isCode(text: string): boolean {
  return /^(?=.*\d)[\p{L}\d./-]{5,20}$/u.test(text) && !/^\d{4}-\d\d-\d\d/.test(text);
}

const personalWords = [...familyNameWords, ...birthWords, ...emailWords, ...phoneWords, "firstname", "fullname"];

function isAmongPeople({ neighbours, siblings }: ColumnFacts): boolean {
  return isAboutPeople(siblings) || neighbours.some((other) => hasWord(other, personalWords));
}
