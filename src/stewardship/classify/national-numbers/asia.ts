/** Numbers of people in Asia. */
import { passesLuhn } from "../luhn.ts";
import { digitsOf, isDay, passesVerhoeff, weighted } from "./check-digits.ts";
import { always, type NationalNumber } from "./national-number.ts";

function isIdOfChina(text: string): boolean {
  const digits = Array.from(text.slice(0, 17)).map(Number);
  const rest = weighted(digits, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
  return (
    isDay(Number(text.slice(10, 12)), Number(text.slice(12, 14))) && "10X98765432"[rest] === text.toUpperCase()[17]
  );
}

function isRrn(text: string): boolean {
  const digits = digitsOf(text);
  const check = (11 - (weighted(digits, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10;
  return isDay(Number(text.slice(2, 4)), Number(text.slice(4, 6))) && check === digits[12];
}

function isHkid(text: string): boolean {
  const written = text.replace(/[()]/g, "").toUpperCase().padStart(9, " ");
  const valueOf = (sign: string): number => (sign === " " ? 36 : Number.parseInt(sign, 36));
  const sum = Array.from(written.slice(0, 8)).reduce((total, sign, at) => total + valueOf(sign) * (9 - at), 0);
  return "0A987654321"[sum % 11] === written[8];
}

/** The place of each letter counts from ten on, in an order of its own. */
const lettersOfTaiwan = "ABCDEFGHJKLMNPQRSTUVXYWZIO";

function isIdOfTaiwan(text: string): boolean {
  const place = lettersOfTaiwan.indexOf(text.slice(0, 1).toUpperCase()) + 10;
  const digits = [Math.trunc(place / 10), place % 10, ...digitsOf(text.slice(1))];
  return weighted(digits, [1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1]) % 10 === 0;
}

function isNricOfSingapore(text: string): boolean {
  const written = text.toUpperCase();
  const kind = written.slice(0, 1);
  const added = kind === "T" || kind === "G" ? 4 : kind === "M" ? 3 : 0;
  const letters = kind === "S" || kind === "T" ? "JZIHGFEDCBA" : kind === "M" ? "KLJNPQRTUWX" : "XWUTRQPNMLK";
  const rest = (weighted(digitsOf(written), [2, 7, 6, 5, 4, 3, 2]) + added) % 11;
  return letters[kind === "M" ? 10 - rest : rest] === written[8];
}

/** Malaysia: the birthday, and the place of birth, for which some codes were never given. */
function isNricOfMalaysia(text: string): boolean {
  const digits = text.replaceAll("-", "");
  return (
    isDay(Number(digits.slice(2, 4)), Number(digits.slice(4, 6))) &&
    !/^(?:00|1[789]|20|69|70|73|8[01]|9[4567])/.test(digits.slice(6))
  );
}

function isIdOfThailand(text: string): boolean {
  const digits = digitsOf(text);
  return (11 - (weighted(digits, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === digits[12];
}

/** Indonesia: the district, and the birthday, to which women have 40 added. */
function isNik(text: string): boolean {
  const day = Number(text.slice(6, 8));
  return isDay(Number(text.slice(8, 10)), day > 40 ? day - 40 : day) && !text.endsWith("0000");
}

function isMyNumber(text: string): boolean {
  const digits = digitsOf(text);
  const rest = weighted(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest <= 1 ? 0 : 11 - rest) === digits[11];
}

/** Sri Lanka: the day of the year, to which women have 500 added. */
function isNicOfSriLanka(text: string): boolean {
  const day = Number(text.length === 12 ? text.slice(4, 7) : text.slice(2, 5)) % 500;
  return day >= 1 && day <= 366;
}

function isCodeOfIran(text: string): boolean {
  const digits = digitsOf(text);
  const rest = weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest < 2 ? rest : 11 - rest) === digits[9] && new Set(digits).size > 1;
}

function isCivilIdOfKuwait(text: string): boolean {
  const digits = digitsOf(text);
  const isDate = isDay(Number(text.slice(3, 5)), Number(text.slice(5, 7)));
  return isDate && 11 - (weighted(digits, [2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11) === digits[11];
}

function isIin(text: string): boolean {
  const digits = digitsOf(text);
  const first = weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11;
  const check = first < 10 ? first : weighted(digits, [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11;
  return isDay(Number(text.slice(2, 4)), Number(text.slice(4, 6))) && check === digits[11];
}

function isPinfl(text: string): boolean {
  const digits = digitsOf(text);
  const isDate = isDay(Number(text.slice(3, 5)), Number(text.slice(1, 3)));
  return isDate && weighted(digits, [7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1, 7]) % 10 === digits[13];
}

function isInnOfKyrgyzstan(text: string): boolean {
  return isDay(Number(text.slice(3, 5)), Number(text.slice(1, 3)));
}

/** Mongolia: those who were born since 2000 have 20 added to the month. */
function isRegisterOfMongolia(text: string): boolean {
  return isDay(Number(text.slice(4, 6)) % 20, Number(text.slice(6, 8)));
}

export const asianNumbers: readonly NationalNumber[] = [
  { country: "IN", name: "PAN", form: /^[A-Z]{3}P[A-Z]\d{4}[A-Z]$/i, isValid: always, isTelling: true },
  {
    country: "CN",
    name: "resident identity number",
    form: /^\d{6}(?:19|20)\d{9}[\dX]$/i,
    isValid: isIdOfChina,
    isTelling: true,
  },
  {
    country: "KR",
    name: "resident registration number",
    form: /^\d{6}-?[1-8]\d{6}$/,
    isValid: (text) => isRrn(text.replace("-", "")),
    isTelling: true,
  },
  {
    country: "IN",
    name: "Aadhaar",
    form: /^[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}$/,
    isValid: passesVerhoeff,
    isTelling: false,
  },
  { country: "HK", name: "HKID", form: /^[A-Z]{1,2}\d{6}\(?[\dA]\)?$/i, isValid: isHkid, isTelling: true },
  {
    country: "TW",
    name: "national identity number",
    form: /^[A-Z][1289]\d{8}$/i,
    isValid: isIdOfTaiwan,
    isTelling: true,
  },
  { country: "SG", name: "NRIC or FIN", form: /^[STFGM]\d{7}[A-Z]$/i, isValid: isNricOfSingapore, isTelling: true },
  { country: "MY", name: "MyKad", form: /^\d{6}-\d{2}-\d{4}$/, isValid: isNricOfMalaysia, isTelling: true },
  { country: "MY", name: "MyKad", form: /^\d{12}$/, isValid: isNricOfMalaysia, isTelling: false },
  {
    country: "TH",
    name: "identification number",
    form: /^[1-8]-?\d{4}-?\d{5}-?\d{2}-?\d$/,
    isValid: isIdOfThailand,
    isTelling: false,
  },
  { country: "ID", name: "NIK", form: /^[1-9]\d{15}$/, isValid: isNik, isTelling: true },
  { country: "JP", name: "individual number", form: /^\d{12}$/, isValid: isMyNumber, isTelling: false },
  { country: "LK", name: "NIC", form: /^\d{9}[VX]$/i, isValid: isNicOfSriLanka, isTelling: true },
  { country: "LK", name: "NIC", form: /^(?:19|20)\d{10}$/, isValid: isNicOfSriLanka, isTelling: false },
  { country: "PK", name: "CNIC", form: /^[1-7]\d{4}-\d{7}-\d$/, isValid: always, isTelling: true },
  {
    country: "IR",
    name: "national code",
    form: /^\d{3}-?\d{6}-?\d$/,
    isValid: (text) => isCodeOfIran(text.replaceAll("-", "")),
    isTelling: false,
  },
  { country: "IL", name: "identity number", form: /^\d{9}$/, isValid: passesLuhn, isTelling: false },
  { country: "SA", name: "identity number", form: /^[12]\d{9}$/, isValid: passesLuhn, isTelling: false },
  {
    country: "AE",
    name: "Emirates ID",
    form: /^784-?(?:19|20)\d{2}-?\d{7}-?\d$/,
    isValid: (text) => passesLuhn(text.replaceAll("-", "")),
    isTelling: true,
  },
  { country: "KW", name: "civil id", form: /^[23]\d{11}$/, isValid: isCivilIdOfKuwait, isTelling: true },
  { country: "KZ", name: "IIN", form: /^\d{6}[0-6]\d{5}$/, isValid: isIin, isTelling: true },
  { country: "UZ", name: "PINFL", form: /^[1-6]\d{13}$/, isValid: isPinfl, isTelling: true },
  {
    country: "KG",
    name: "PIN",
    form: /^[12][0-3]\d[01]\d(?:19|20)\d{7}$/,
    isValid: isInnOfKyrgyzstan,
    isTelling: true,
  },
  {
    country: "MN",
    name: "register number",
    form: /^[\u0400-\u04ff]{2}\d{8}$/,
    isValid: isRegisterOfMongolia,
    isTelling: true,
  },
];
