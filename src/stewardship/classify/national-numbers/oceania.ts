/** Numbers of people in Oceania. */
import { digitsOf, weighted } from "./check-digits.ts";
import { type NationalNumber } from "./national-number.ts";

function isTfn(text: string): boolean {
  return weighted(digitsOf(text), [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0;
}

function isMedicare(text: string): boolean {
  const digits = digitsOf(text);
  return weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digits[8];
}

function isIrd(text: string): boolean {
  const digits = digitsOf(text.replace(/\D/g, "").padStart(9, "0"));
  const first = weighted(digits, [3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  const rest = first === 1 ? weighted(digits, [7, 4, 3, 2, 5, 2, 7, 6]) % 11 : first;
  return (11 - rest) % 11 === digits[8];
}

export const oceanianNumbers: readonly NationalNumber[] = [
  { country: "AU", name: "tax file number", form: /^\d{3}-?\d{3}-?\d{3}$/, isValid: isTfn, isTelling: false },
  { country: "AU", name: "Medicare number", form: /^[2-6]\d{9}$/, isValid: isMedicare, isTelling: false },
  { country: "NZ", name: "IRD number", form: /^\d{2,3}-?\d{3}-?\d{3}$/, isValid: isIrd, isTelling: false },
];
