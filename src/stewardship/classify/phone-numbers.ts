/** Phone numbers by the numbering plans of all countries, which are loaded when the first text that may be one is met. */
import { createRequire } from "node:module";
import type { CountryCode } from "libphonenumber-js/max";

type Plans = Pick<typeof import("libphonenumber-js/max"), "parsePhoneNumberFromString">;

let plans: Plans | undefined;

/** Loading takes about 0.1 s, which a table without anything like a phone number need not pay. */
function loadedPlans(): Plans {
  const loaded: Plans = plans ?? createRequire(import.meta.url)("libphonenumber-js/max");
  plans = loaded;
  return loaded;
}

/** A number that is written with its country, such as +49 or 0049. */
export function isInternational(text: string): boolean {
  return /^\(?(?:\+|00)\s?\(?[1-9]/.test(text);
}

export function isInternationalNumber(text: string): boolean {
  const written = text.replace(/^\(?00\s?/, "+");
  return loadedPlans().parsePhoneNumberFromString(written)?.isValid() ?? false;
}

const countries: readonly CountryCode[] = [
  ...([
    "US",
    "GB",
    "DE",
    "FR",
    "ES",
    "IT",
    "RO",
    "PL",
    "NL",
    "PT",
    "BR",
    "MX",
    "SE",
    "NO",
    "DK",
    "FI",
    "CZ",
    "HU",
  ] as const),
  ...(["AT", "CH", "BE", "IE", "TR", "GR", "HR", "BG", "IN", "AU", "JP", "KR", "CN", "ZA", "AR", "UA", "RU"] as const),
];

const mostTried = 25;

/** The country whose numbering plan most of the numbers follow, and how many of them. */
export function bestCountry(numbers: readonly string[]): { readonly country: string; readonly rate: number } {
  const step = Math.max(1, Math.floor(numbers.length / mostTried));
  const tried = numbers.filter((_, at) => at % step === 0).slice(0, mostTried);
  let best = { country: "", rate: 0 };
  for (const country of countries) {
    const rate = tried.filter((text) => isNumberOf(country, text)).length / Math.max(1, tried.length);
    if (rate > best.rate) best = { country, rate };
    if (rate >= 0.96) break;
  }
  return best;
}

function isNumberOf(country: CountryCode, text: string): boolean {
  return loadedPlans().parsePhoneNumberFromString(text, country)?.isValid() ?? false;
}
