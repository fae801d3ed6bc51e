/** Numbers of people in the Americas. */
import { passesLuhn } from "../luhn.ts";
import { digitsOf, isDay, weighted } from "./check-digits.ts";
import { always, type NationalNumber } from "./national-number.ts";

function isCpf(text: string): boolean {
  const digits = digitsOf(text);
  if (new Set(digits).size === 1) return false;
  const check = (length: number): number => {
    const sum = digits.slice(0, length).reduce((total, digit, at) => total + digit * (length + 1 - at), 0);
    return ((sum * 10) % 11) % 10;
  };
  return check(9) === digits[9] && check(10) === digits[10];
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

function isSsn(text: string): boolean {
  const digits = text.replace(/\D/g, "");
  const area = digits.slice(0, 3);
  return area !== "000" && area !== "666" && area < "900" && digits.slice(3, 5) !== "00" && digits.slice(5) !== "0000";
}

/** Ecuador: the first two digits are the province, the third one tells people from firms. */
function isCedulaOfEcuador(text: string): boolean {
  const province = Number(text.slice(0, 2));
  return ((province >= 1 && province <= 24) || province === 30) && Number(text[2]) < 6 && passesLuhn(text);
}

function isCedulaOfUruguay(text: string): boolean {
  const digits = digitsOf(text.replace(/\D/g, "").padStart(8, "0"));
  return (10 - (weighted(digits, [2, 9, 8, 7, 6, 3, 4]) % 10)) % 10 === digits[7];
}

function isCuil(text: string): boolean {
  const digits = digitsOf(text);
  const check = 11 - (weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11);
  return (check === 11 ? 0 : check === 10 ? 9 : check) === digits[10];
}

/** Guatemala: eight digits, their check digit, the department and the municipality. */
function isCui(text: string): boolean {
  const digits = digitsOf(text);
  const department = Number(text.slice(9, 11));
  const isPlace = department >= 1 && department <= 22 && Number(text.slice(11)) >= 1;
  return isPlace && weighted(digits, [2, 3, 4, 5, 6, 7, 8, 9]) % 11 === digits[8];
}

function isDui(text: string): boolean {
  const digits = digitsOf(text);
  return (10 - (weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 10)) % 10 === digits[8];
}

function isPis(text: string): boolean {
  const digits = digitsOf(text);
  const check = 11 - (weighted(digits, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return (check > 9 ? 0 : check) === digits[10];
}

function isRfcOfPerson(text: string): boolean {
  return isDay(Number(text.slice(6, 8)), Number(text.slice(8, 10)));
}

export const americanNumbers: readonly NationalNumber[] = [
  { country: "MX", name: "CURP", form: /^[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z\d]\d$/i, isValid: isCurp, isTelling: true },
  { country: "BR", name: "CPF", form: /^\d{3}\.?\d{3}\.?\d{3}-?\d{2}$/, isValid: isCpf, isTelling: true },
  { country: "CL", name: "RUT", form: /^\d{1,2}\.?\d{3}\.?\d{3}-[\dK]$/i, isValid: isRut, isTelling: true },
  { country: "US", name: "social security number", form: /^\d{3}-\d{2}-\d{4}$/, isValid: isSsn, isTelling: true },
  { country: "US", name: "social security number", form: /^\d{9}$/, isValid: isSsn, isTelling: false },
  {
    country: "CA",
    name: "social insurance number",
    form: /^\d{3}[ -]?\d{3}[ -]?\d{3}$/,
    isValid: (text) => passesLuhn(text.replace(/\D/g, "")),
    isTelling: false,
  },
  {
    country: "DO",
    name: "cédula",
    form: /^\d{3}-\d{7}-\d$/,
    isValid: (text) => passesLuhn(text.replaceAll("-", "")),
    isTelling: true,
  },
  { country: "DO", name: "cédula", form: /^(?:0\d{2}|402)\d{8}$/, isValid: passesLuhn, isTelling: false },
  { country: "EC", name: "cédula", form: /^\d{10}$/, isValid: isCedulaOfEcuador, isTelling: true },
  {
    country: "UY",
    name: "cédula",
    form: /^\d\.\d{3}\.\d{3}-\d$|^\d{6,7}-\d$/,
    isValid: isCedulaOfUruguay,
    isTelling: true,
  },
  { country: "UY", name: "cédula", form: /^[1-9]\d{6,7}$/, isValid: isCedulaOfUruguay, isTelling: false },
  { country: "AR", name: "CUIL", form: /^2[0347]-?\d{8}-?\d$/, isValid: isCuil, isTelling: true },
  { country: "VE", name: "cédula", form: /^[VE]-\d{1,2}\.?\d{3}\.?\d{3}$/i, isValid: always, isTelling: true },
  { country: "GT", name: "CUI", form: /^\d{13}$/, isValid: isCui, isTelling: true },
  { country: "SV", name: "DUI", form: /^\d{8}-\d$/, isValid: isDui, isTelling: true },
  { country: "HN", name: "DNI", form: /^[01]\d{3}-(?:19|20)\d{2}-\d{5}$/, isValid: always, isTelling: true },
  { country: "NI", name: "cédula", form: /^\d{3}-?\d{6}-?\d{4}[A-Z]$/i, isValid: always, isTelling: true },
  { country: "BR", name: "PIS", form: /^\d{3}\.\d{5}\.\d{2}-\d$/, isValid: isPis, isTelling: true },
  { country: "BR", name: "PIS", form: /^\d{11}$/, isValid: isPis, isTelling: false },
  { country: "MX", name: "RFC", form: /^[A-ZÑ&]{4}\d{6}[A-Z\d]{3}$/i, isValid: isRfcOfPerson, isTelling: true },
  { country: "US", name: "ITIN", form: /^9\d{2}-[5-9]\d-\d{4}$/, isValid: always, isTelling: true },
];
