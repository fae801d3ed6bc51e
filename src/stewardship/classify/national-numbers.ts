/**
 * How countries number people: the form, the rule of the check digits, and whether form and rule together are enough to
 * recognise such numbers without a telling name.
 */
import { passesLuhn } from "./luhn.ts";

export interface NationalNumber {
  readonly country: string;
  readonly name: string;
  /** The form of the number without white space. */
  readonly form: RegExp;
  isValid(text: string): boolean;
  /** Whether hardly anything else has this form and passes the rule. */
  readonly isTelling: boolean;
}

const digitsOf = (text: string): readonly number[] => [...text.replace(/\D/g, "")].map(Number);

function weighted(digits: readonly number[], weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * (digits[at] ?? 0), 0);
}

function isDay(month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= (month === 2 ? 29 : [4, 6, 9, 11].includes(month) ? 30 : 31);
}

/** ISO 7064, MOD 11,10. */
function passesMod1110(digits: readonly number[]): boolean {
  let product = 10;
  for (const digit of digits.slice(0, -1)) {
    const sum = (digit + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === digits.at(-1);
}

function isTaxIdOfGermany(text: string): boolean {
  const digits = digitsOf(text);
  const counts = [...Map.groupBy(digits.slice(0, 10), (digit) => digit).values()].map(({ length }) => length);
  const repeated = counts.filter((count) => count > 1);
  return repeated.length === 1 && (repeated[0] === 2 || repeated[0] === 3) && passesMod1110(digits);
}

const dniLetters = "TRWAGMYFPDXBNJZSQVHLCKE";

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

const oddValues = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

function isFiscalCode(text: string): boolean {
  const written = text.toUpperCase();
  const valueOf = (sign: string): number => (/\d/.test(sign) ? Number(sign) : sign.charCodeAt(0) - 65);
  const sum = Array.from(written.slice(0, 15)).reduce(
    (total, sign, at) => total + (at % 2 === 0 ? (oddValues[valueOf(sign)] ?? 0) : valueOf(sign)),
    0,
  );
  return String.fromCharCode(65 + (sum % 26)) === written[15];
}

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

function isCpf(text: string): boolean {
  const digits = digitsOf(text);
  if (new Set(digits).size === 1) return false;
  const check = (length: number): number => {
    const sum = digits.slice(0, length).reduce((total, digit, at) => total + digit * (length + 1 - at), 0);
    return ((sum * 10) % 11) % 10;
  };
  return check(9) === digits[9] && check(10) === digits[10];
}

function isTckn(text: string): boolean {
  const digits = digitsOf(text);
  const odd = weighted(digits, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weighted(digits, [0, 1, 0, 1, 0, 1, 0, 1]);
  const sum = digits.slice(0, 10).reduce((total, digit) => total + digit, 0);
  return (((odd * 7 - even) % 10) + 10) % 10 === digits[9] && sum % 10 === digits[10];
}

function isIdOfChina(text: string): boolean {
  const digits = Array.from(text.slice(0, 17)).map(Number);
  const rest = weighted(digits, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
  return (
    isDay(Number(text.slice(10, 12)), Number(text.slice(12, 14))) && "10X98765432"[rest] === text.toUpperCase()[17]
  );
}

const dihedral = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((left) =>
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((right) => {
    if (left < 5) return right < 5 ? (left + right) % 5 : 5 + ((left + right) % 5);
    return right < 5 ? 5 + ((left - right + 5) % 5) : (left - right + 5) % 5;
  }),
);
const turned = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/** The check digit of Verhoeff. */
function isAadhaar(text: string): boolean {
  let check = 0;
  for (const [at, digit] of digitsOf(text).toReversed().entries()) {
    let permuted = digit;
    for (let times = 0; times < at % 8; times++) permuted = turned[permuted] ?? 0;
    check = dihedral[check]?.[permuted] ?? 0;
  }
  return check === 0;
}

function isIdOfSouthAfrica(text: string): boolean {
  return isDay(Number(text.slice(2, 4)), Number(text.slice(4, 6))) && passesLuhn(text);
}

function isRrn(text: string): boolean {
  const digits = digitsOf(text);
  const check = (11 - (weighted(digits, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10;
  return isDay(Number(text.slice(2, 4)), Number(text.slice(4, 6))) && check === digits[12];
}

function isCurp(text: string): boolean {
  const letters = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";
  const written = text.toUpperCase();
  const sum = Array.from(written.slice(0, 17)).reduce(
    (total, sign, at) => total + letters.indexOf(sign) * (18 - at),
    0,
  );
  return (10 - (sum % 10)) % 10 === Number(written[17]);
}

function isRut(text: string): boolean {
  const written = text.replace(/[.-]/g, "").toUpperCase();
  const sum = Array.from(written.slice(0, -1))
    .toReversed()
    .reduce((total, sign, at) => total + Number(sign) * ((at % 6) + 2), 0);
  return "0K987654321"[sum % 11] === written.at(-1);
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

function isSsn(text: string): boolean {
  const digits = text.replace(/\D/g, "");
  const area = digits.slice(0, 3);
  return area !== "000" && area !== "666" && area < "900" && digits.slice(3, 5) !== "00" && digits.slice(5) !== "0000";
}

function isAmka(text: string): boolean {
  return isDay(Number(text.slice(2, 4)), Number(text.slice(0, 2))) && passesLuhn(text);
}

function isTaj(text: string): boolean {
  const digits = digitsOf(text);
  return weighted(digits, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === digits[8];
}

const always = (): boolean => true;

export const nationalNumbers: readonly NationalNumber[] = [
  {
    country: "IT",
    name: "codice fiscale",
    form: /^[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z]$/i,
    isValid: isFiscalCode,
    isTelling: true,
  },
  { country: "MX", name: "CURP", form: /^[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z\d]\d$/i, isValid: isCurp, isTelling: true },
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
  { country: "IN", name: "PAN", form: /^[A-Z]{3}P[A-Z]\d{4}[A-Z]$/i, isValid: always, isTelling: true },
  {
    country: "CN",
    name: "resident identity number",
    form: /^\d{6}(?:19|20)\d{9}[\dX]$/i,
    isValid: isIdOfChina,
    isTelling: true,
  },
  { country: "FR", name: "NIR", form: /^[1-478]\d{4}(?:\d{2}|2[AB])\d{6}\d{2}$/i, isValid: isNir, isTelling: true },
  { country: "RO", name: "CNP", form: /^[1-9]\d{12}$/, isValid: isCnp, isTelling: true },
  { country: "HR", name: "JMBG", form: /^\d{13}$/, isValid: isJmbg, isTelling: true },
  {
    country: "KR",
    name: "resident registration number",
    form: /^\d{6}-?[1-8]\d{6}$/,
    isValid: (text) => isRrn(text.replace("-", "")),
    isTelling: true,
  },
  { country: "ZA", name: "identity number", form: /^\d{10}[01][89]\d$/, isValid: isIdOfSouthAfrica, isTelling: true },
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
  { country: "PL", name: "PESEL", form: /^\d{11}$/, isValid: isPesel, isTelling: true },
  { country: "EE", name: "isikukood", form: /^[1-6]\d{10}$/, isValid: isBalticCode, isTelling: true },
  {
    country: "BE",
    name: "national number",
    form: /^\d{2}\.?\d{2}\.?\d{2}-?\d{3}\.?\d{2}$/,
    isValid: isNationalNumberOfBelgium,
    isTelling: true,
  },
  { country: "TR", name: "T.C. kimlik no", form: /^[1-9]\d{10}$/, isValid: isTckn, isTelling: true },
  { country: "BR", name: "CPF", form: /^\d{3}\.?\d{3}\.?\d{3}-?\d{2}$/, isValid: isCpf, isTelling: true },
  { country: "GR", name: "AMKA", form: /^\d{11}$/, isValid: isAmka, isTelling: true },
  { country: "DE", name: "tax id", form: /^[1-9]\d(?: ?\d{3}){3}$/, isValid: isTaxIdOfGermany, isTelling: true },
  { country: "HR", name: "OIB", form: /^\d{11}$/, isValid: (text) => passesMod1110(digitsOf(text)), isTelling: false },
  { country: "BG", name: "EGN", form: /^\d{10}$/, isValid: isEgn, isTelling: true },
  { country: "CZ", name: "birth number", form: /^\d{6}\/\d{3,4}$/, isValid: isBirthNumber, isTelling: true },
  { country: "CZ", name: "birth number", form: /^\d{10}$/, isValid: isBirthNumber, isTelling: true },
  { country: "DK", name: "CPR number", form: /^\d{6}-\d{4}$/, isValid: isCpr, isTelling: true },
  { country: "DK", name: "CPR number", form: /^\d{10}$/, isValid: isCpr, isTelling: false },
  { country: "IS", name: "kennitala", form: /^\d{6}-?\d{3}[089]$/, isValid: isKennitala, isTelling: true },
  { country: "AT", name: "Sozialversicherungsnummer", form: /^[1-9]\d{9}$/, isValid: isSvnr, isTelling: true },
  { country: "CL", name: "RUT", form: /^\d{1,2}\.?\d{3}\.?\d{3}-[\dK]$/i, isValid: isRut, isTelling: true },
  { country: "US", name: "social security number", form: /^\d{3}-\d{2}-\d{4}$/, isValid: isSsn, isTelling: true },
  { country: "US", name: "social security number", form: /^\d{9}$/, isValid: isSsn, isTelling: false },
  { country: "NL", name: "BSN", form: /^\d{9}$/, isValid: isBsn, isTelling: false },
  { country: "PT", name: "NIF", form: /^[1-3]\d{8}$/, isValid: isNif, isTelling: false },
  { country: "HU", name: "TAJ number", form: /^\d{3}[ -]?\d{3}[ -]?\d{3}$/, isValid: isTaj, isTelling: false },
  {
    country: "CA",
    name: "social insurance number",
    form: /^\d{3}[ -]?\d{3}[ -]?\d{3}$/,
    isValid: (text) => passesLuhn(text.replace(/\D/g, "")),
    isTelling: false,
  },
  { country: "IN", name: "Aadhaar", form: /^[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}$/, isValid: isAadhaar, isTelling: false },
];
