/** Numbers of people in western, northern and southern Europe. */
import { passesLuhn } from "../luhn.ts";
import { digitsOf, isDay, passesMod1110, passesVerhoeff, weighted } from "./check-digits.ts";
import { always, type NationalNumber } from "./national-number.ts";

const dniLetters = "TRWAGMYFPDXBNJZSQVHLCKE";

const oddValues = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

function isTaxIdOfGermany(text: string): boolean {
  const digits = digitsOf(text);
  const counts = [...Map.groupBy(digits.slice(0, 10), (digit) => digit).values()].map(({ length }) => length);
  const repeated = counts.filter((count) => count > 1);
  return repeated.length === 1 && (repeated[0] === 2 || repeated[0] === 3) && passesMod1110(digits);
}

function isDni(text: string): boolean {
  const written = text.toUpperCase().replace(/[.-]/g, "");
  const number = Number(written.slice(0, -1).replace(/^[XYZ]/, (letter) => String("XYZ".indexOf(letter))));
  return dniLetters[number % 23] === written.at(-1);
}

function isNir(text: string): boolean {
  const written = text.replace(/[.\-\s]/g, "").toUpperCase();
  const number = written.slice(0, 13).replace("2A", "19").replace("2B", "18");
  const month = Number(written.slice(3, 5));
  const isMonth = (month >= 1 && month <= 12) || month >= 20;
  return isMonth && 97n - (BigInt(number) % 97n) === BigInt(written.slice(13));
}

function isFiscalCode(text: string): boolean {
  const written = text.toUpperCase();
  const valueOf = (sign: string): number => (/\d/.test(sign) ? Number(sign) : sign.charCodeAt(0) - 65);
  const sum = Array.from(written.slice(0, 15)).reduce(
    (total, sign, at) => total + (at % 2 === 0 ? (oddValues[valueOf(sign)] ?? 0) : valueOf(sign)),
    0,
  );
  return String.fromCharCode(65 + (sum % 26)) === written[15];
}

function isBsn(text: string): boolean {
  const digits = digitsOf(text);
  return weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 && digits.some((digit) => digit > 0);
}

function isNationalNumberOfBelgium(text: string): boolean {
  const digits = text.replace(/\D/g, "");
  const month = Number(digits.slice(2, 4)) % 20;
  const check = BigInt(digits.slice(9));
  const passes = (number: string): boolean => 97n - (BigInt(number) % 97n) === check;
  return month <= 12 && (passes(digits.slice(0, 9)) || passes(`2${digits.slice(0, 9)}`));
}

function isPersonnummer(text: string): boolean {
  const digits = text.replace(/\D/g, "").slice(-10);
  const day = Number(digits.slice(4, 6));
  return isDay(Number(digits.slice(2, 4)), day > 60 ? day - 60 : day) && passesLuhn(digits);
}

function isHetu(text: string): boolean {
  const written = text.toUpperCase();
  const number = Number(written.slice(0, 6) + written.slice(7, 10));
  const isDate = isDay(Number(written.slice(2, 4)), Number(written.slice(0, 2)));
  return isDate && "0123456789ABCDEFHJKLMNPRSTUVWXY"[number % 31] === written[10];
}

function isFodselsnummer(text: string): boolean {
  const digits = digitsOf(text);
  const isDate = isDay(Number(text.slice(2, 4)) % 40, Number(text.slice(0, 2)) % 40);
  const first = weighted(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0;
  return isDate && first && weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;
}

/** Numbers of Denmark have had no check digit since 2007. */
function isCpr(text: string): boolean {
  const digits = text.replace(/\D/g, "");
  return isDay(Number(digits.slice(2, 4)), Number(digits.slice(0, 2)));
}

function isNif(text: string): boolean {
  const digits = digitsOf(text);
  const check = 11 - (weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return (check > 9 ? 0 : check) === digits[8];
}

function isAhv(text: string): boolean {
  const digits = digitsOf(text);
  return weighted(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0;
}

function isSvnr(text: string): boolean {
  const digits = digitsOf(text);
  const isDate = isDay(Number(text.slice(6, 8)), Number(text.slice(4, 6)));
  return isDate && weighted(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === digits[3];
}

function isPps(text: string): boolean {
  const written = text.toUpperCase();
  const extra = /[A-I]$/.test(written) && written.length === 9 ? (written.charCodeAt(8) - 64) * 9 : 0;
  const sum = weighted(digitsOf(written.slice(0, 7)), [8, 7, 6, 5, 4, 3, 2]) + extra;
  return "WABCDEFGHIJKLMNOPQRSTUV"[sum % 23] === written[7];
}

function isKennitala(text: string): boolean {
  const digits = digitsOf(text);
  const isDate = isDay(Number(digits.slice(2, 4).join("")), Number(digits.slice(0, 2).join("")));
  return isDate && weighted(digits, [3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;
}

/** The insurance number of German pensions has the birthday and the first letter of the name. */
function isRvnr(text: string): boolean {
  const letter = text.toUpperCase().charCodeAt(8) - 64;
  const digits = digitsOf(text.slice(0, 8) + String(letter).padStart(2, "0") + text.slice(9));
  const sum = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1].reduce(
    (total, weight, at) => total + digitSum(weight * (digits[at] ?? 0)),
    0,
  );
  return isDay(Number(text.slice(4, 6)), Number(text.slice(2, 4))) && sum % 10 === digits[12];
}

function digitSum(value: number): number {
  return Math.trunc(value / 10) + (value % 10);
}

function isFiscalNumberOfFrance(text: string): boolean {
  return Number(text.slice(0, 10)) % 511 === Number(text.slice(10));
}

/** Letters count from ten on; every second sign from the left is doubled. */
function isCitizenCard(text: string): boolean {
  const values = Array.from(text.toUpperCase(), (sign) => Number.parseInt(sign, 36));
  const sum = values.reduce((total, value, at) => {
    if (at % 2 === 1) return total + value;
    return total + (value * 2 > 9 ? value * 2 - 9 : value * 2);
  }, 0);
  return sum % 10 === 0;
}

function isIdOfLuxembourg(text: string): boolean {
  const isDate = isDay(Number(text.slice(4, 6)), Number(text.slice(6, 8)));
  return isDate && passesLuhn(text.slice(0, 12)) && passesVerhoeff(text.slice(0, 11) + text.slice(12));
}

function isNhsNumber(text: string): boolean {
  const digits = digitsOf(text);
  return (11 - (weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === digits[9];
}

export const europeanNumbers: readonly NationalNumber[] = [
  {
    country: "IT",
    name: "codice fiscale",
    form: /^[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z]$/i,
    isValid: isFiscalCode,
    isTelling: true,
  },
  { country: "FI", name: "HETU", form: /^\d{6}[-+A-FU-Y]\d{3}[\dA-Y]$/i, isValid: isHetu, isTelling: true },
  {
    country: "ES",
    name: "DNI or NIE",
    form: /^(?:\d{8}|[XYZ]-?\d{7}|\d{2}\.\d{3}\.\d{3})-?[A-Z]$/i,
    isValid: isDni,
    isTelling: true,
  },
  {
    country: "GB",
    name: "national insurance number",
    form: /^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/i,
    isValid: always,
    isTelling: true,
  },
  { country: "IE", name: "PPS number", form: /^\d{7}[A-W][A-IW]?$/i, isValid: isPps, isTelling: true },
  { country: "FR", name: "NIR", form: /^[1-478]\d{4}(?:\d{2}|2[AB])\d{6}\d{2}$/i, isValid: isNir, isTelling: true },
  { country: "CH", name: "AHV number", form: /^756\.?\d{4}\.?\d{4}\.?\d{2}$/, isValid: isAhv, isTelling: true },
  {
    country: "SE",
    name: "personnummer",
    form: /^(?:(?:19|20)\d{6}-?\d{4}|\d{6}[-+]\d{4})$/,
    isValid: isPersonnummer,
    isTelling: true,
  },
  { country: "SE", name: "personnummer", form: /^\d{10}$/, isValid: isPersonnummer, isTelling: false },
  { country: "NO", name: "fødselsnummer", form: /^\d{11}$/, isValid: isFodselsnummer, isTelling: true },
  {
    country: "BE",
    name: "national number",
    form: /^\d{2}\.?\d{2}\.?\d{2}-?\d{3}\.?\d{2}$/,
    isValid: isNationalNumberOfBelgium,
    isTelling: true,
  },
  { country: "DE", name: "tax id", form: /^[1-9]\d(?: ?\d{3}){3}$/, isValid: isTaxIdOfGermany, isTelling: true },
  { country: "DK", name: "CPR number", form: /^\d{6}-\d{4}$/, isValid: isCpr, isTelling: true },
  { country: "DK", name: "CPR number", form: /^\d{10}$/, isValid: isCpr, isTelling: false },
  { country: "IS", name: "kennitala", form: /^\d{6}-?\d{3}[089]$/, isValid: isKennitala, isTelling: true },
  { country: "AT", name: "Sozialversicherungsnummer", form: /^[1-9]\d{9}$/, isValid: isSvnr, isTelling: true },
  { country: "NL", name: "BSN", form: /^\d{9}$/, isValid: isBsn, isTelling: false },
  { country: "PT", name: "NIF", form: /^[1-3]\d{8}$/, isValid: isNif, isTelling: false },
  {
    country: "DE",
    name: "Rentenversicherungsnummer",
    form: /^\d{8}[A-Z]\d{3}$/i,
    isValid: isRvnr,
    isTelling: true,
  },
  { country: "FR", name: "numéro fiscal", form: /^[0-3]\d{12}$/, isValid: isFiscalNumberOfFrance, isTelling: true },
  { country: "PT", name: "cartão de cidadão", form: /^\d{9}[A-Z\d]{2}\d$/i, isValid: isCitizenCard, isTelling: false },
  { country: "LU", name: "matricule", form: /^(?:18|19|20)\d{11}$/, isValid: isIdOfLuxembourg, isTelling: true },
  { country: "GB", name: "NHS number", form: /^\d{3}-?\d{3}-?\d{4}$/, isValid: isNhsNumber, isTelling: false },
  { country: "MT", name: "identity card", form: /^\d{5,7}[MGAPLHBZ]$/, isValid: always, isTelling: false },
];
