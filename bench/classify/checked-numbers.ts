/** Numbers with valid check digits for the labelled sets, made without the rules that the classifier uses. */
import type { Random } from "./random.ts";

/** The digits with a last one that makes them pass the check of cards. */
export function withLuhn(digits: string): string {
  const doubled = [...digits].toReversed().map((digit, at) => (at % 2 === 0 ? Number(digit) * 2 : Number(digit)));
  const sum = doubled.reduce((total, value) => total + Math.trunc(value / 10) + (value % 10), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

export function makeCard(random: Random): string {
  const beginning = random.pick(["4", "4", "51", "52", "53", "54", "55", "2221", "34", "37", "6011"]);
  const length = beginning.startsWith("3") ? 15 : 16;
  return withLuhn(beginning + random.digits(length - 1 - beginning.length));
}

/** `pattern` is the part after the check digits, as for `Random.filled`. */
export function makeIban(random: Random, country: string, pattern: string): string {
  const account = random.filled(pattern);
  const numeric = [...`${account}${country}00`].map((sign) => Number.parseInt(sign, 36)).join("");
  return `${country}${String(98n - (BigInt(numeric) % 97n)).padStart(2, "0")}${account}`;
}

/** Draws until one is valid. */
export function drawn(draw: () => string, isValid: (text: string) => boolean): string {
  for (let times = 0; times < 200_000; times++) {
    const text = draw();
    if (isValid(text)) return text;
  }
  throw new TypeError("no valid number was drawn");
}
