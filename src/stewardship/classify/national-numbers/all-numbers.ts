/** The numbers of people of all countries whose rules are known. Sources: docs/decisions/0008-personal-data.md. */
import { africanNumbers } from "./africa.ts";
import { americanNumbers } from "./americas.ts";
import { asianNumbers } from "./asia.ts";
import { easternNumbers } from "./eastern-europe.ts";
import { europeanNumbers } from "./europe.ts";
import type { NationalNumber } from "./national-number.ts";
import { oceanianNumbers } from "./oceania.ts";

export const nationalNumbers: readonly NationalNumber[] = [
  ...europeanNumbers,
  ...easternNumbers,
  ...americanNumbers,
  ...asianNumbers,
  ...africanNumbers,
  ...oceanianNumbers,
];
