/** Phone numbers by the numbering plans of all countries, which are loaded when the first text that may be one is met. */
import { createRequire } from "node:module";
import type { CountryCode } from "libphonenumber-js/max";

type Plans = Pick<typeof import("libphonenumber-js/max"), "parsePhoneNumberFromString" | "isSupportedCountry">;

let plans: Plans | undefined;

/** Loading takes about 0.1 s, which a table without anything like a phone number need not pay. */
function loadedPlans(): Plans {
  const loaded: Plans = plans ?? createRequire(import.meta.url)("libphonenumber-js/max");
  plans = loaded;
  return loaded;
}

/** A number that is written with its country, such as +49 or 0049; numbers of things have two zeros more often and are shorter. */
export function isInternational(text: string): boolean {
  if (/^\(?\+\s?\(?[1-9]/.test(text)) return true;
  return /^\(?00\s?\(?[1-9]/.test(text) && text.replace(/\D/g, "").length >= shortestWithZeros;
}

const shortestWithZeros = 11;

export function isInternationalNumber(text: string): boolean {
  return parsedInternational(text)?.isValid() ?? false;
}

function parsedInternational(text: string) {
  return loadedPlans().parsePhoneNumberFromString(text.replace(/^\(?00\s?/, "+"));
}

/** The country of a number that is written with it; none if the number is not valid. */
export function callingCountries(text: string): readonly string[] {
  const parsed = parsedInternational(text);
  return parsed?.isValid() === true && parsed.country !== undefined ? [parsed.country] : [];
}

/** Countries that are tried when nothing says which one it is. */
const usualCountries =
  "US GB DE FR ES IT RO PL NL PT BR MX SE NO DK FI CZ HU AT CH BE IE TR GR HR BG IN AU JP KR CN ZA AR UA RU".split(" ");

const mostTried = 25;

export interface BestCountry {
  readonly country: string;
  readonly rate: number;
  /** Whether the table itself speaks of this country. */
  readonly isExpected: boolean;
}

/** The country whose numbering plan most of the numbers follow, and how many of them. Expected countries come first. */
export function bestCountry(numbers: readonly string[], expected: readonly string[]): BestCountry {
  const step = Math.max(1, Math.floor(numbers.length / mostTried));
  const tried = numbers.filter((_, at) => at % step === 0).slice(0, mostTried);
  const first = expected.filter(isCountry);
  let best: BestCountry = { country: "", rate: 0, isExpected: false };
  for (const country of [...first, ...usualCountries.filter(isCountry)]) {
    const rate = tried.filter((text) => isNumberOf(country, text)).length / Math.max(1, tried.length);
    if (rate > best.rate) best = { country, rate, isExpected: first.includes(country) };
    if (best.rate >= 0.96 || (best.isExpected && best.rate >= 0.8)) break;
  }
  return best;
}

/** Whether a number without its country is valid in one of the countries. */
export function isNumberOfOne(codes: readonly string[], text: string): boolean {
  return codes.filter(isCountry).some((country) => isNumberOf(country, text));
}

function isCountry(code: string): code is CountryCode {
  return loadedPlans().isSupportedCountry(code);
}

function isNumberOf(country: CountryCode, text: string): boolean {
  return loadedPlans().parsePhoneNumberFromString(text, country)?.isValid() ?? false;
}
