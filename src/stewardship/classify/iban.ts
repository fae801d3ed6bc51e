/** International bank account numbers. The check digits are what tells them from codes that only look like them. */
import { validateIBAN, ValidationErrorsIBAN } from "ibantools";
import { isAbout } from "./words/about-words.ts";
import { rateOf, type ColumnFacts } from "./column-facts.ts";
import type { Opinion } from "./finding.ts";
import { wordsIn } from "./name-pieces.ts";

const nameWordsOfIban = ["iban", "ibannumber", "ibannr", "ibancode", "bankaccount", "contbancar", "kontonummer"];

export function iban({ kind, values, name }: ColumnFacts): Opinion | undefined {
  if (kind !== "text") return undefined;
  const words = wordsIn(name, nameWordsOfIban);
  const isNamed = words.some((word) => word.startsWith("iban"));
  if (values.length === 0) return isNamed && !isAbout(name) ? { confidence: 0.6, name: words } : undefined;
  const shaped = rateOf(values, (value) => shape.test(compact(value)));
  if (shaped < 0.4) return undefined;
  const valid = rateOf(values, isIban);
  const rates = { "shape of an IBAN": shaped, "valid check digits": valid };
  if (valid >= 0.5) return { confidence: valid >= 0.9 ? 0.99 : 0.9, name: words, rates };
  return isNamed && shaped >= 0.8 ? { confidence: 0.7, name: words, rates } : undefined;
}

const shape = /^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/;

function compact(text: string): string {
  return text.replace(/[\s-]/g, "").toUpperCase();
}

/** Some banks ignore the second check digits that their country has within the account number. */
export function isIban(text: string): boolean {
  const written = compact(text);
  if (!shape.test(written)) return false;
  const { errorCodes } = validateIBAN(written);
  return errorCodes.every((code) => code === ValidationErrorsIBAN.WrongAccountBankBranchChecksum);
}
