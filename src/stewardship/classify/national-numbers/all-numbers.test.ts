/** The rules of national numbers, compared with another implementation of them on numbers that nearly follow the rules. */
import { expect, test } from "vitest";
import { validate as isCuit } from "stdnum/lib/cjs/ar/cuit.js";
import { validate as isTfn } from "stdnum/lib/cjs/au/tfn.js";
import { validate as isCpf } from "stdnum/lib/cjs/br/cpf.js";
import { validate as isEgn } from "stdnum/lib/cjs/bg/egn.js";
import { validate as isIdnr } from "stdnum/lib/cjs/de/idnr.js";
import { validate as isCedula } from "stdnum/lib/cjs/do/cedula.js";
import { validate as isCi } from "stdnum/lib/cjs/ec/ci.js";
import { validate as isDni } from "stdnum/lib/cjs/es/dni.js";
import { validate as isFiscalNumber } from "stdnum/lib/cjs/fr/nif.js";
import { validate as isNir } from "stdnum/lib/cjs/fr/nir.js";
import { validate as isHkid } from "stdnum/lib/cjs/hk/hkid.js";
import { validate as isOib } from "stdnum/lib/cjs/hr/oib.js";
import { validate as isIdOfIsrael } from "stdnum/lib/cjs/il/idnr.js";
import { validate as isFiscalCode } from "stdnum/lib/cjs/it/codicefiscale.js";
import { validate as isBsn } from "stdnum/lib/cjs/nl/bsn.js";
import { validate as isPesel } from "stdnum/lib/cjs/pl/pesel.js";
import { validate as isCnp } from "stdnum/lib/cjs/ro/cnp.js";
import { validate as isPersonnummer } from "stdnum/lib/cjs/se/personnummer.js";
import { validate as isIdOfThailand } from "stdnum/lib/cjs/th/idnr.js";
import { validate as isKimlik } from "stdnum/lib/cjs/tr/tckimlik.js";
import { validate as isNatid } from "stdnum/lib/cjs/tw/natid.js";
import { validate as isRntrc } from "stdnum/lib/cjs/ua/rntrc.js";
import { validate as isCedulaOfUruguay } from "stdnum/lib/cjs/uy/cedula.js";
import { seeded, type Random } from "../../../../bench/classify/random.ts";
import { nationalNumbers } from "./all-numbers.ts";

const two = (value: number): string => String(value).padStart(2, "0");
const dated = (random: Random): string =>
  `${two(random.from(40, 99))}${two(random.from(1, 12))}${two(random.from(1, 28))}`;

test.each([
  ["BR", "CPF", isCpf, (random: Random) => random.digits(11)],
  ["BG", "EGN", isEgn, (random: Random) => `${dated(random)}${random.digits(4)}`],
  ["DE", "tax id", isIdnr, (random: Random) => `8${random.filled("6095742719#")}`.slice(0, 10) + random.digits(1)],
  ["ES", "DNI or NIE", isDni, (random: Random) => random.filled("########?")],
  [
    "FR",
    "NIR",
    isNir,
    (random: Random) => `1${two(random.from(40, 99))}${two(random.from(1, 12))}75${random.digits(8)}`,
  ],
  ["HR", "OIB", isOib, (random: Random) => random.digits(11)],
  ["IT", "codice fiscale", isFiscalCode, (random: Random) => random.filled("??????75A10?###?")],
  ["NL", "BSN", isBsn, (random: Random) => `${random.from(1, 9)}${random.digits(8)}`],
  ["PL", "PESEL", isPesel, (random: Random) => `${dated(random)}${random.digits(5)}`],
  ["RO", "CNP", isCnp, (random: Random) => `1${dated(random)}${two(random.from(1, 46))}${random.digits(4)}`],
  ["SE", "personnummer", isPersonnummer, (random: Random) => `19${dated(random)}-${random.digits(4)}`],
  ["TR", "T.C. kimlik no", isKimlik, (random: Random) => `${random.from(1, 9)}${random.digits(10)}`],
  ["AR", "CUIL", isCuit, (random: Random) => `20${random.digits(9)}`],
  ["AU", "tax file number", isTfn, (random: Random) => random.digits(9)],
  ["DO", "cédula", isCedula, (random: Random) => random.filled("001-#######-#")],
  ["EC", "cédula", isCi, (random: Random) => `17${random.from(0, 5)}${random.digits(7)}`],
  [
    "FR",
    "numéro fiscal",
    isFiscalNumber,
    (random: Random) => `0${random.digits(9)}${random.from(0, 5)}${random.digits(2)}`,
  ],
  ["HK", "HKID", isHkid, (random: Random) => random.filled("A#######")],
  ["IL", "identity number", isIdOfIsrael, (random: Random) => random.digits(9)],
  ["TH", "identification number", isIdOfThailand, (random: Random) => `3${random.digits(12)}`],
  ["TW", "national identity number", isNatid, (random: Random) => random.filled("?1########")],
  ["UA", "РНОКПП", isRntrc, (random: Random) => `2${random.digits(9)}`],
  ["UY", "cédula", isCedulaOfUruguay, (random: Random) => random.filled("4######-#")],
])("%s %s", (country, name, validate, draw) => {
  const rules = nationalNumbers.find((number) => number.country === country && number.name === name);
  const random = seeded(7);
  let valid = 0;
  for (let times = 0; times < 5_000; times++) {
    const text = draw(random);
    const expected = validate(text).isValid;
    const own = rules !== undefined && rules.form.test(text) && rules.isValid(text);
    expect([text, own]).toEqual([text, expected]);
    if (expected) valid++;
  }
  expect(valid).toBeGreaterThan(3);
});

/** Examples that the registers or descriptions of the rules publish. */
test.each([
  ["DE", "Rentenversicherungsnummer", "15070649C103"],
  ["GB", "NHS number", "9434765919"],
  ["LU", "matricule", "1893120105732"],
  ["LV", "personas kods", "161175-19997"],
  ["RU", "СНИЛС", "112-233-44595"],
  ["RU", "ИНН", "500100732259"],
  ["SG", "NRIC or FIN", "S1234567D"],
  ["SG", "NRIC or FIN", "T0123456G"],
  ["IR", "national code", "0499370899"],
  ["JP", "individual number", "123456789018"],
  ["SV", "DUI", "00016297-5"],
  ["HU", "adóazonosító jel", "8071592153"],
  ["PT", "cartão de cidadão", "000000000ZZ4"],
  ["BR", "PIS", "170.33259.50-4"],
])("%s %s: %s", (country, name, text) => {
  const rules = nationalNumbers.filter((number) => number.country === country && number.name === name);
  const isValid = (written: string): boolean =>
    rules.some((number) => number.form.test(written) && number.isValid(written));
  expect(isValid(text)).toBe(true);
  const last = text.slice(-1);
  const other = /\d/.test(last) ? String((Number(last) + 1) % 10) : last === "D" ? "E" : "D";
  expect(isValid(text.slice(0, -1) + other)).toBe(false);
});
