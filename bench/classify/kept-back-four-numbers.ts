/**
 * Numbers with check digits for the fourth kept-back set, a set written before its results were seen, to be judged
 * once: national numbers of people, accounts, payment cards, and the numbers of things that look like them.
 */
import { two, written, yy, type Dice, type Day, type Make } from "./kept-back-four-makers.ts";

interface Holder {
  readonly woman: boolean;
  readonly born: Day;
}

const figures = (text: string): readonly number[] => Array.from(text, Number);

const weighed = (text: string, weights: readonly number[]): number =>
  figures(text).reduce((sum, figure, at) => sum + figure * (weights[at] ?? 0), 0);

const falling = (from: number, to: number): readonly number[] =>
  Array.from({ length: from - to + 1 }, (_, at) => from - at);

function untilGood(make: () => string | undefined): string {
  for (let turn = 0; turn < 200; turn += 1) {
    const made = make();
    if (made !== undefined) return made;
  }
  throw new Error("no good number found");
}

function luhn(body: string): string {
  const sum = figures(body).reduceRight((total, figure, at) => {
    const doubled = (body.length - at) % 2 === 1 ? figure * 2 : figure;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}

/** The check digit of article numbers; weights 3 and 1 from the right. */
export function articleNumber(body: string): string {
  const sum = figures(body).reduceRight(
    (total, figure, at) => total + figure * ((body.length - at) % 2 === 1 ? 3 : 1),
    0,
  );
  return `${body}${(10 - (sum % 10)) % 10}`;
}

export const luhnNumber =
  (...patterns: readonly string[]): Make =>
  (dice) =>
    luhn(dice.shape(dice.pick(patterns)));

export const gtin =
  (...patterns: readonly string[]): Make =>
  (dice) =>
    articleNumber(dice.shape(dice.pick(patterns)));

export function isbnTen(dice: Dice, start: string): string {
  const body = start + dice.shape("#".repeat(9 - start.length));
  const rest = (11 - (weighed(body, falling(10, 2)) % 11)) % 11;
  return `${body}${rest === 10 ? "X" : rest}`;
}

/** The remainder after division by 97 of a number in which letters count from 10 on. */
const leftOf97 = (text: string): number =>
  Number(BigInt(Array.from(text, (mark) => parseInt(mark, 36)).join("")) % 97n);

const ibanOf = (country: string, account: string): string =>
  `${country}${two(98 - leftOf97(`${account}${country}00`))}${account}`;

export const iban = (dice: Dice, country: string, pattern: string): string => ibanOf(country, dice.shape(pattern));

/** Portuguese, Spanish, Polish, Croatian and Finnish accounts hold check digits of their own. */
export function portugueseIban(dice: Dice): string {
  const body = dice.shape("00%%####%##########");
  return ibanOf("PT", `${body}${two(98 - leftOf97(`${body}00`))}`);
}

export function spanishIban(dice: Dice): string {
  const [bank, account] = [dice.shape("%#######"), dice.shape("##########")];
  const digit = (sum: number): number => {
    const rest = 11 - (sum % 11);
    if (rest === 11) return 0;
    return rest === 10 ? 1 : rest;
  };
  const first = digit(weighed(bank, [4, 8, 5, 10, 9, 7, 3, 6]));
  const second = digit(weighed(account, [1, 2, 4, 8, 5, 10, 9, 7, 3, 6]));
  return ibanOf("ES", `${bank}${first}${second}${account}`);
}

export function polishIban(dice: Dice): string {
  const bank = dice.shape("1%#####");
  const digit = (10 - (weighed(bank, [3, 9, 7, 1, 3, 9, 7]) % 10)) % 10;
  return ibanOf("PL", `${bank}${digit}${dice.shape("################")}`);
}

export const croatianIban = (dice: Dice): string =>
  ibanOf("HR", `${hybrid(dice.shape("2%####"))}${hybrid(dice.shape("1########"))}`);

export const finnishIban = (dice: Dice): string => ibanOf("FI", luhn(dice.shape("%############")));

export const inFours = (text: string): string => text.replace(/(.{4})(?=.)/gu, "$1 ");

export function card(dice: Dice): string {
  const start = dice.pick(["4", "4", "51", "52", "53", "54", "55"]);
  return luhn(start + dice.shape("#".repeat(15 - start.length)));
}

export function nif(dice: Dice): string {
  const body = dice.shape(dice.pick(["1#######", "2#######"]));
  const rest = 11 - (weighed(body, falling(9, 2)) % 11);
  return `${body}${rest > 9 ? 0 : rest}`;
}

export function cpf(dice: Dice): string {
  const body = dice.shape("#########");
  const first = ((weighed(body, falling(10, 2)) * 10) % 11) % 10;
  const second = ((weighed(`${body}${first}`, falling(11, 2)) * 10) % 11) % 10;
  return `${body}${first}${second}`;
}

export function cnp(dice: Dice, { woman, born }: Holder): string {
  const century = (born.year < 2000 ? 1 : 5) + (woman ? 1 : 0);
  const body = `${century}${written(born, "yymmdd")}${two(dice.int(1, 46))}${dice.shape("##%")}`;
  const rest = weighed(body, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  return `${body}${rest === 10 ? 1 : rest}`;
}

export const bsn = (dice: Dice): string =>
  untilGood(() => {
    const body = dice.shape("%#######");
    const rest = weighed(body, falling(9, 2)) % 11;
    return rest === 10 ? undefined : `${body}${rest}`;
  });

export function pesel(dice: Dice, { woman, born }: Holder): string {
  const month = two(born.month + (born.year < 2000 ? 0 : 20));
  const body = `${yy(born)}${month}${two(born.day)}${dice.shape("###")}${dice.int(0, 4) * 2 + (woman ? 0 : 1)}`;
  return `${body}${(10 - (weighed(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10}`;
}

/** The birth number of Czechs and Slovaks, for those born after 1953. */
export const birthNumber = (dice: Dice, { woman, born }: Holder): string =>
  untilGood(() => {
    const body = `${yy(born)}${two(born.month + (woman ? 50 : 0))}${two(born.day)}${dice.shape("###")}`;
    const rest = Number(body) % 11;
    return rest === 10 ? undefined : `${body.slice(0, 6)}/${body.slice(6)}${rest}`;
  });

export const personnummer = (dice: Dice, { born }: Holder): string => {
  const checked = luhn(`${written(born, "yymmdd")}${dice.shape("##%")}`);
  return `${Math.floor(born.year / 100)}${checked.slice(0, 6)}-${checked.slice(6)}`;
};

export function hetu(dice: Dice, { woman, born }: Holder): string {
  const serial = String(dice.int(1, 448) * 2 + (woman ? 0 : 1)).padStart(3, "0");
  const mark = "0123456789ABCDEFHJKLMNPRSTUVWXY".charAt(Number(`${written(born, "ddmmyy")}${serial}`) % 31);
  return `${written(born, "ddmmyy")}${born.year < 2000 ? "-" : "A"}${serial}${mark}`;
}

export function kimlik(dice: Dice): string {
  const body = dice.shape("%########");
  const odd = weighed(body, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weighed(body, [0, 1, 0, 1, 0, 1, 0, 1, 0]);
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  return `${body}${tenth}${(odd + even + tenth) % 10}`;
}

export const amka = (dice: Dice, { born }: Holder): string => luhn(`${written(born, "ddmmyy")}${dice.shape("####")}`);

export function egn(dice: Dice, { woman, born }: Holder): string {
  const month = two(born.month + (born.year < 2000 ? 0 : 40));
  const body = `${yy(born)}${month}${two(born.day)}${dice.shape("##")}${dice.int(0, 4) * 2 + (woman ? 1 : 0)}`;
  return `${body}${(weighed(body, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10}`;
}

export function snils(dice: Dice): string {
  const body = dice.shape("1########");
  const rest = (weighed(body, falling(9, 1)) % 101) % 100;
  return `${body.slice(0, 3)}-${body.slice(3, 6)}-${body.slice(6)} ${two(rest)}`;
}

/** Adds the check digit of the hybrid system with the moduli 11 and 10. */
function hybrid(body: string): string {
  const rest = figures(body).reduce((last, figure) => {
    const sum = (last + figure) % 10;
    return ((sum === 0 ? 10 : sum) * 2) % 11;
  }, 10);
  return `${body}${(11 - rest) % 10}`;
}

export const oib = (dice: Dice): string => hybrid(dice.shape("%#########"));

/** The number of Indonesian identity cards, which has no check digit. */
export const nik = (dice: Dice, { woman, born }: Holder): string =>
  `${dice.pick(["317102", "317406", "327304", "337401", "357801", "517103", "127101"])}${two(
    born.day + (woman ? 40 : 0),
  )}${two(born.month)}${yy(born)}000${dice.int(1, 9)}`;

/** The number of Vietnamese identity cards, which has no check digit. */
export const cccd = (dice: Dice, { woman, born }: Holder): string =>
  `${dice.pick(["001", "031", "038", "048", "079", "092"])}${(born.year < 2000 ? 0 : 2) + (woman ? 1 : 0)}${yy(
    born,
  )}${dice.shape("######")}`;

export function emiratesId(dice: Dice, { born }: Holder): string {
  const all = luhn(`784${born.year}${dice.shape("#######")}`);
  return `${all.slice(0, 3)}-${all.slice(3, 7)}-${all.slice(7, 14)}-${all.slice(14)}`;
}

const turned = [
  "0123456789",
  "1576283094",
  "5803796142",
  "8916043527",
  "9453126870",
  "4286573901",
  "2793806415",
  "7046913258",
];

/** Multiplication in the group of the ten symmetries of a pentagon. */
function dihedral(left: number, right: number): number {
  if (left < 5) return right < 5 ? (left + right) % 5 : ((left + right) % 5) + 5;
  return right < 5 ? ((left - right + 5) % 5) + 5 : (left - right + 5) % 5;
}

export function aadhaar(dice: Dice): string {
  const body = dice.pick(["2", "3", "4", "5", "6", "7", "8", "9"]) + dice.shape("##########");
  const sum = figures(body).reduceRight((last, figure, at) => {
    const place = (body.length - at) % 8;
    return dihedral(last, Number(turned[place]?.charAt(figure)));
  }, 0);
  return `${body}${sum > 0 && sum < 5 ? 5 - sum : sum}`;
}

export function myNumber(dice: Dice): string {
  const body = dice.shape("###########");
  const rest = weighed(body, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return `${body}${rest < 2 ? 0 : 11 - rest}`;
}

export function curp(dice: Dice, { woman, born }: Holder): string {
  const consonant = (): string => dice.pick(Array.from("BCDFGHJLMNPRSTVZ"));
  const start = consonant() + dice.pick(Array.from("AEIOU")) + consonant() + consonant();
  const state = dice.pick(["DF", "JC", "NL", "PL", "GT", "VZ", "MC", "YN", "SR"]);
  const series = born.year < 2000 ? "0" : dice.pick(["A", "B"]);
  const body = `${start}${written(born, "yymmdd")}${woman ? "M" : "H"}${state}${consonant()}${consonant()}${consonant()}${series}`;
  const marks = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";
  const sum = Array.from(body).reduce((total, mark, at) => total + marks.indexOf(mark) * (18 - at), 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}

export function sin(dice: Dice): string {
  const all = luhn(dice.pick(["2", "2", "2", "1", "4", "5", "6"]) + dice.shape("#######"));
  return `${all.slice(0, 3)} ${all.slice(3, 6)} ${all.slice(6)}`;
}

export const svnr = (dice: Dice, { born }: Holder): string =>
  untilGood(() => {
    const serial = dice.shape("%##");
    const day = written(born, "ddmmyy");
    const rest = weighed(`${serial}${day}`, [3, 7, 9, 5, 8, 4, 2, 1, 6]) % 11;
    return rest === 10 ? undefined : `${serial}${rest} ${day}`;
  });

export function dni(dice: Dice): string {
  const body = dice.shape("%#######");
  return `${body}${"TRWAGMYFPDXBNJZSQVHLCKE".charAt(Number(body) % 23)}`;
}

/** Only for those born in the last century: the seventh digit is below 4. */
export const cpr = (dice: Dice, { woman, born }: Holder): string =>
  untilGood(() => {
    const body = `${written(born, "ddmmyy")}${dice.int(0, 3)}${dice.shape("##")}`;
    const rest = (11 - (weighed(body, [4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
    return rest === 10 || (rest % 2 === 0) !== woman ? undefined : `${body.slice(0, 6)}-${body.slice(6)}${rest}`;
  });

export const southAfricanId = (dice: Dice, { woman, born }: Holder): string =>
  luhn(`${written(born, "yymmdd")}${dice.int(0, 4) + (woman ? 0 : 5)}${dice.shape("###")}08`);

export function ahv(dice: Dice): string {
  const all = articleNumber(`756${dice.shape("#########")}`);
  return `${all.slice(0, 3)}.${all.slice(3, 7)}.${all.slice(7, 11)}.${all.slice(11)}`;
}

/** The tax number of a Russian company. */
export function companyInn(dice: Dice): string {
  const body = dice.shape("77#######");
  return `${body}${(weighed(body, [2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10}`;
}
