/** Numbers of people in Africa. */
import { passesLuhn } from "../luhn.ts";
import { isDay } from "./check-digits.ts";
import { always, type NationalNumber } from "./national-number.ts";

function isIdOfSouthAfrica(text: string): boolean {
  return isDay(Number(text.slice(2, 4)), Number(text.slice(4, 6))) && passesLuhn(text);
}

/** Egypt: the century, the birthday and the governorate; the rule of the last digit is not published. */
function isIdOfEgypt(text: string): boolean {
  const place = Number(text.slice(7, 9));
  return isDay(Number(text.slice(3, 5)), Number(text.slice(5, 7))) && ((place >= 1 && place <= 35) || place === 88);
}

function isNida(text: string): boolean {
  return isDay(Number(text.slice(4, 6)), Number(text.slice(6, 8)));
}

export const africanNumbers: readonly NationalNumber[] = [
  { country: "ZA", name: "identity number", form: /^\d{10}[01][89]\d$/, isValid: isIdOfSouthAfrica, isTelling: true },
  { country: "EG", name: "national number", form: /^[23]\d{13}$/, isValid: isIdOfEgypt, isTelling: true },
  { country: "GH", name: "Ghana card", form: /^GHA-\d{9}-\d$/i, isValid: always, isTelling: true },
  { country: "ZW", name: "national id", form: /^\d{2}-\d{6,7}-?[A-Z]-?\d{2}$/i, isValid: always, isTelling: true },
  { country: "ZM", name: "NRC", form: /^\d{6}\/\d{2}\/[1-3]$/, isValid: always, isTelling: true },
  { country: "TZ", name: "NIDA", form: /^(?:19|20)\d{6}-?\d{5}-?\d{5}-?\d{2}$/, isValid: isNida, isTelling: true },
  { country: "RW", name: "national id", form: /^[1-3](?:19|20)\d{2}[78]\d{10}$/, isValid: always, isTelling: true },
  { country: "UG", name: "NIN", form: /^C[MF]\d{2}[A-Z\d]{10}$/, isValid: always, isTelling: true },
];
