/** The rules of national numbers, compared with another implementation of them on numbers that nearly follow the rules. */
import { expect, test } from "vitest";
import { validate as isCpf } from "stdnum/lib/cjs/br/cpf.js";
import { validate as isEgn } from "stdnum/lib/cjs/bg/egn.js";
import { validate as isIdnr } from "stdnum/lib/cjs/de/idnr.js";
import { validate as isDni } from "stdnum/lib/cjs/es/dni.js";
import { validate as isNir } from "stdnum/lib/cjs/fr/nir.js";
import { validate as isOib } from "stdnum/lib/cjs/hr/oib.js";
import { validate as isFiscalCode } from "stdnum/lib/cjs/it/codicefiscale.js";
import { validate as isBsn } from "stdnum/lib/cjs/nl/bsn.js";
import { validate as isPesel } from "stdnum/lib/cjs/pl/pesel.js";
import { validate as isCnp } from "stdnum/lib/cjs/ro/cnp.js";
import { validate as isPersonnummer } from "stdnum/lib/cjs/se/personnummer.js";
import { validate as isKimlik } from "stdnum/lib/cjs/tr/tckimlik.js";
import { seeded, type Random } from "../../../bench/classify/random.ts";
import { nationalNumbers } from "./national-numbers.ts";

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
])("%s %s", (country, name, validate, draw) => {
  const rules = nationalNumbers.find((number) => number.country === country && number.name === name);
  const random = seeded(7);
  let valid = 0;
  for (let times = 0; times < 3_000; times++) {
    const text = draw(random);
    const expected = validate(text).isValid;
    const own = rules !== undefined && rules.form.test(text) && rules.isValid(text);
    expect([text, own]).toEqual([text, expected]);
    if (expected) valid++;
  }
  expect(valid).toBeGreaterThan(5);
});
