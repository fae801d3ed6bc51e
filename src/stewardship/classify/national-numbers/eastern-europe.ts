/** Numbers of people in eastern and south-eastern Europe. */
import { passesLuhn } from "../luhn.ts";
import { digitsOf, isDay, passesMod1110, weighted } from "./check-digits.ts";
import { always, type NationalNumber } from "./national-number.ts";

function isPesel(text: string): boolean {
  const digits = digitsOf(text);
  const month = Number(text.slice(2, 4)) % 20;
  return isDay(month, Number(text.slice(4, 6))) && weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;
}

function isCnp(text: string): boolean {
  const digits = digitsOf(text);
  const rest = weighted(digits, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  return isDay(Number(text.slice(3, 5)), Number(text.slice(5, 7))) && (rest === 10 ? 1 : rest) === digits[12];
}

function isBirthNumber(text: string): boolean {
  const digits = text.replace(/\D/g, "");
  const month = [0, 20, 50, 70].map((added) => Number(digits.slice(2, 4)) - added).find((it) => it >= 1 && it <= 12);
  if (month === undefined || !isDay(month, Number(digits.slice(4, 6)))) return false;
  return (
    digits.length === 9 ||
    BigInt(digits) % 11n === 0n ||
    (BigInt(digits.slice(0, 9)) % 11n === 10n && digits.endsWith("0"))
  );
}

function isEgn(text: string): boolean {
  const digits = digitsOf(text);
  const month = [0, 20, 40].map((added) => Number(text.slice(2, 4)) - added).find((it) => it >= 1 && it <= 12);
  const rest = weighted(digits, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11;
  return month !== undefined && isDay(month, Number(text.slice(4, 6))) && rest % 10 === digits[9];
}

function isJmbg(text: string): boolean {
  const digits = digitsOf(text);
  const sum = weighted(digits, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
  const check = 11 - (sum % 11);
  return isDay(Number(text.slice(2, 4)), Number(text.slice(0, 2))) && (check > 9 ? 0 : check) === digits[12];
}

function isBalticCode(text: string): boolean {
  const digits = digitsOf(text);
  const first = weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  const second = weighted(digits, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
  const check = first < 10 ? first : second % 10;
  return isDay(Number(text.slice(3, 5)), Number(text.slice(5, 7))) && check === digits[10];
}

function isTckn(text: string): boolean {
  const digits = digitsOf(text);
  const odd = weighted(digits, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weighted(digits, [0, 1, 0, 1, 0, 1, 0, 1]);
  const sum = digits.slice(0, 10).reduce((total, digit) => total + digit, 0);
  return (((odd * 7 - even) % 10) + 10) % 10 === digits[9] && sum % 10 === digits[10];
}

function isAmka(text: string): boolean {
  return isDay(Number(text.slice(2, 4)), Number(text.slice(0, 2))) && passesLuhn(text);
}

function isTaj(text: string): boolean {
  const digits = digitsOf(text);
  return weighted(digits, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === digits[8];
}

function isPersonalCodeOfLatvia(text: string): boolean {
  const digits = digitsOf(text);
  const isDate = isDay(Number(text.slice(2, 4)), Number(text.slice(0, 2)));
  return isDate && (1101 - weighted(digits, [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11 === digits[10];
}

function isSnils(text: string): boolean {
  const digits = digitsOf(text);
  const rest = weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101;
  return (rest === 100 ? 0 : rest) === Number(digits.slice(9).join(""));
}

function isInnOfPerson(text: string): boolean {
  const digits = digitsOf(text);
  const first = (weighted(digits, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10;
  return first === digits[10] && (weighted(digits, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10 === digits[11];
}

function isTaxNumberOfUkraine(text: string): boolean {
  const digits = digitsOf(text);
  const rest = weighted(digits, [-1, 5, 7, 9, 4, 6, 10, 5, 7]) % 11;
  return ((rest + 11) % 11) % 10 === digits[9];
}

function isIdnp(text: string): boolean {
  const digits = digitsOf(text);
  return weighted(digits, [7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1]) % 10 === digits[12];
}

/** The second digit and the two after it tell the day; women have 50 added to the month. */
function isNidOfAlbania(text: string): boolean {
  return isDay(Number(text.slice(2, 4)) % 50, Number(text.slice(4, 6)));
}

function isPersonalNumberOfHungary(text: string): boolean {
  const digits = digitsOf(text);
  const isDate = isDay(Number(text.slice(3, 5)), Number(text.slice(5, 7)));
  const rising = weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) % 11;
  const falling = weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11;
  return isDate && (rising === digits[10] || falling === digits[10]);
}

function isTaxNumberOfHungary(text: string): boolean {
  const digits = digitsOf(text);
  return weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 === digits[9];
}

export const easternNumbers: readonly NationalNumber[] = [
  { country: "RO", name: "CNP", form: /^[1-9]\d{12}$/, isValid: isCnp, isTelling: true },
  { country: "HR", name: "JMBG", form: /^\d{13}$/, isValid: isJmbg, isTelling: true },
  { country: "PL", name: "PESEL", form: /^\d{11}$/, isValid: isPesel, isTelling: true },
  { country: "EE", name: "isikukood", form: /^[1-6]\d{10}$/, isValid: isBalticCode, isTelling: true },
  { country: "TR", name: "T.C. kimlik no", form: /^[1-9]\d{10}$/, isValid: isTckn, isTelling: true },
  { country: "GR", name: "AMKA", form: /^\d{11}$/, isValid: isAmka, isTelling: true },
  { country: "HR", name: "OIB", form: /^\d{11}$/, isValid: (text) => passesMod1110(digitsOf(text)), isTelling: false },
  { country: "BG", name: "EGN", form: /^\d{10}$/, isValid: isEgn, isTelling: true },
  { country: "CZ", name: "birth number", form: /^\d{6}\/\d{3,4}$/, isValid: isBirthNumber, isTelling: true },
  { country: "CZ", name: "birth number", form: /^\d{10}$/, isValid: isBirthNumber, isTelling: true },
  { country: "HU", name: "TAJ number", form: /^\d{3}[ -]?\d{3}[ -]?\d{3}$/, isValid: isTaj, isTelling: false },
  {
    country: "LV",
    name: "personas kods",
    form: /^\d{6}-[0-2]\d{4}$/,
    isValid: (text) => isPersonalCodeOfLatvia(text.replace("-", "")),
    isTelling: true,
  },
  { country: "LV", name: "personas kods", form: /^\d{6}[0-2]\d{4}$/, isValid: isPersonalCodeOfLatvia, isTelling: true },
  { country: "LV", name: "personas kods", form: /^3[2-9]\d{4}-?\d{5}$/, isValid: always, isTelling: false },
  { country: "RU", name: "СНИЛС", form: /^\d{3}-\d{3}-\d{3}-?\d{2}$/, isValid: isSnils, isTelling: true },
  { country: "RU", name: "СНИЛС", form: /^\d{11}$/, isValid: isSnils, isTelling: true },
  { country: "RU", name: "ИНН", form: /^\d{12}$/, isValid: isInnOfPerson, isTelling: true },
  { country: "UA", name: "РНОКПП", form: /^[1-4]\d{9}$/, isValid: isTaxNumberOfUkraine, isTelling: false },
  { country: "MD", name: "IDNP", form: /^[029]\d{12}$/, isValid: isIdnp, isTelling: false },
  { country: "AL", name: "NID", form: /^[A-T]\d{8}[A-W]$/i, isValid: isNidOfAlbania, isTelling: true },
  {
    country: "HU",
    name: "személyi szám",
    form: /^[1-8]-?\d{6}-?\d{4}$/,
    isValid: (text) => isPersonalNumberOfHungary(text.replaceAll("-", "")),
    isTelling: true,
  },
  { country: "HU", name: "adóazonosító jel", form: /^8\d{9}$/, isValid: isTaxNumberOfHungary, isTelling: true },
];
