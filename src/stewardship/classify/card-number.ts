/**
 * Numbers of payment cards. Order numbers often pass the same check, so that the beginnings that card schemes issue and
 * how far the numbers differ from each other count too.
 */
import { wordList } from "./words/word-list.ts";
import { cardNumberWords, cardWords } from "./words/card-words.ts";
import { isAbout, isBusinessNumber } from "./words/about-words.ts";
import { rateOf, type ColumnFacts } from "./column-facts.ts";
import type { Opinion } from "./finding.ts";
import { passesLuhn } from "./luhn.ts";
import { hasWord, wordsIn, type NameWords } from "./name-pieces.ts";

export function cardNumber({ kind, values, name, table }: ColumnFacts): Opinion | undefined {
  if (kind !== "text" && kind !== "whole number") return undefined;
  const exact = wordsIn(name, cardNumberWords);
  const words = [...exact, ...wordsIn(name, cardWords)];
  if (values.length === 0)
    return exact.length > 0 && !isAbout(name) && kind === "text" ? { confidence: 0.6, name: exact } : undefined;
  const numbers = values.map(compact);
  if (rateOf(numbers, isLong) < 0.4) return undefined;
  const issued = rateOf(numbers, isIssued);
  const passing = rateOf(numbers, (number) => isIssued(number) && passesLuhn(number));
  const rates = { "beginnings of card schemes": issued, "valid check digit": passing };
  if (words.length > 0 && passing >= 0.4) return { confidence: passing >= 0.8 ? 0.98 : 0.85, name: words, rates };
  if (exact.length > 0 && isOfPayment(table, name) && rateOf(numbers, isLong) >= 0.9)
    return { confidence: 0.65, name: exact, rates };
  const isOther =
    isBusinessNumber(name) || hasWord(name, numberWords) || (isBusinessNumber(table) && name.pieces.length === 0);
  if (isOther || issued < 0.5 || passing < 0.9) return undefined;
  const isEnough = numbers.length >= 5 ? isScattered(numbers) : numbers.length >= 3 && schemesOf(numbers) >= 2;
  return isEnough ? { confidence: 0.85, rates } : undefined;
}

/** Whatever is called a number of something else is no card. */
const numberWords = wordList(
  "no nr num number numero nummer numer cislo broj id code ref szam stevilka imei iccid imsi",
);

const paymentWords = [
  "credit",
  "creditcard",
  "debit",
  "payment",
  "bankcard",
  "kreditkarte",
  "carte",
  "tarjeta",
  "kredit",
];

function isOfPayment(table: NameWords, name: NameWords): boolean {
  return hasWord(table, paymentWords) || hasWord(name, paymentWords);
}

function isLong(number: string): boolean {
  return /^\d{13,19}$/.test(number);
}

function schemesOf(numbers: readonly string[]): number {
  return new Set(numbers.map((number) => number.slice(0, 1))).size;
}

function compact(text: string): string {
  return text.replace(/[\s-]/g, "");
}

const schemes: readonly RegExp[] = [
  /^4(?:\d{12}|\d{15}|\d{18})$/,
  /^(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}$/,
  /^3[47]\d{13}$/,
  /^3(?:0[0-5]|[68]\d)\d{11}$/,
  /^(?:6011|65\d{2}|64[4-9]\d)\d{12}$/,
  /^35(?:2[89]|[3-8]\d)\d{12}$/,
  /^62\d{14,17}$/,
  /^(?:5018|5020|5038|5[6-8]\d{2}|6304|6759|676[1-3])\d{8,15}$/,
  /^220[0-4]\d{12}$/,
];

/** Whether a number has a length and a beginning that some card scheme issues. */
export function isIssued(number: string): boolean {
  return schemes.some((scheme) => scheme.test(number));
}

/** Numbers that count upwards, or begin with a date, share their beginnings; cards come from many banks. */
function isScattered(numbers: readonly string[]): boolean {
  const beginnings = new Set(numbers.map((number) => number.slice(0, 6)));
  const middles = new Set(numbers.map((number) => number.slice(4, 9)));
  return beginnings.size >= Math.min(8, numbers.length * 0.5) && middles.size >= numbers.length * 0.5;
}
