/**
 * Makers for the fourth kept-back set, a set written before its results were seen, to be judged once: a seeded random
 * function, tables of columns with some gaps and some dirt, dates and plain codes.
 */
import { labelledTable, type LabelledColumn, type LabelledTable } from "./labelled-column.ts";

export interface Dice {
  /** A whole number between both bounds, which are included. */
  int(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
  chance(share: number): boolean;
  /** `#` becomes a digit, `%` a digit from 1 to 9, `?` a capital, `*` a capital or digit, `~` a hexadecimal digit. */
  shape(pattern: string): string;
}

function hashed(text: string): number {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

/** The same seed always gives the same throws. */
export function diceFor(seed: string): Dice {
  let state = hashed(seed);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const int = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const from = (letters: string): string => letters.charAt(int(0, letters.length - 1));
  const capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return {
    int,
    pick: (list) => {
      const found = list[int(0, list.length - 1)];
      if (found === undefined) throw new Error("nothing to pick from");
      return found;
    },
    chance: (share) => next() < share,
    shape: (pattern) =>
      Array.from(pattern, (mark) => {
        if (mark === "#") return from("0123456789");
        if (mark === "%") return from("123456789");
        if (mark === "?") return from(capitals);
        if (mark === "*") return from(`0123456789${capitals}`);
        return mark === "~" ? from("0123456789abcdef") : mark;
      }).join(""),
  };
}

export type Make = (dice: Dice, row: number) => string;

interface Column {
  readonly name: string;
  readonly label: LabelledColumn["label"];
  readonly make: Make;
  /** The share of rows without a value. */
  readonly gaps: number;
  /** The share of values that somebody or some system has spoiled. */
  readonly dirt: number;
}

export const col = (
  name: string,
  label: LabelledColumn["label"],
  make: Make,
  gaps: number = 0.04,
  dirt: number = 0.03,
): Column => ({ name, label, make, gaps, dirt });

/** A column without personal data; most of these are filled by systems and so have little dirt. */
export const none = (name: string, make: Make, gaps: number = 0.02, dirt: number = 0.01): Column =>
  col(name, "none", make, gaps, dirt);

function spoiled(dice: Dice, text: string): string {
  switch (dice.int(0, 6)) {
    case 0:
      return "-";
    case 1:
      return "n/a";
    case 2:
      return "???";
    case 3:
      return text.toUpperCase();
    case 4:
      return text.slice(0, Math.max(1, text.length - 3));
    default:
      return dice.chance(0.5) ? `${text} ` : ` ${text}`;
  }
}

export function tableOf(table: string, columns: readonly Column[]): LabelledTable {
  return labelledTable(
    table,
    columns.map(({ name, label, make, gaps, dirt }) => ({
      name,
      label,
      value: (row) => {
        const dice = diceFor(`four/${table}/${name}/${row}`);
        if (dice.chance(gaps)) return undefined;
        const text = make(dice, row);
        return dice.chance(dirt) ? spoiled(dice, text) : text;
      },
    })),
  );
}

export const words = (list: string): readonly string[] => list.split(",").map((word) => word.trim());

export const oneOf = (list: string): Make => {
  const all = words(list);
  return (dice) => dice.pick(all);
};

export const oneOfThese =
  (...all: readonly string[]): Make =>
  (dice) =>
    dice.pick(all);

export const shaped =
  (...patterns: readonly string[]): Make =>
  (dice) =>
    dice.shape(dice.pick(patterns));

export const numbered =
  (before: string, start: number, step: number = 1): Make =>
  (_, row) =>
    `${before}${start + row * step}`;

export const amount =
  (low: number, high: number, mark: string = "."): Make =>
  (dice) =>
    `${dice.int(low, high)}${mark}${dice.shape("##")}`;

export const whole =
  (low: number, high: number): Make =>
  (dice) =>
    String(dice.int(low, high));

export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

export function dayBetween(dice: Dice, from: number, to: number): Day {
  const first = Date.UTC(from, 0, 1) / 86_400_000;
  const last = Date.UTC(to, 11, 31) / 86_400_000;
  const found = new Date(dice.int(first, last) * 86_400_000);
  return { year: found.getUTCFullYear(), month: found.getUTCMonth() + 1, day: found.getUTCDate() };
}

export const two = (value: number): string => String(value).padStart(2, "0");
export const yy = ({ year }: Day): string => two(year % 100);

/** Writes a day in a form such as `dd.mm.yyyy` or `d/m/yy`. */
export const written = (day: Day, form: string): string =>
  form.replace(/yyyy|yy|mm|m|dd|d/gu, (part) => {
    if (part === "yyyy") return String(day.year);
    if (part === "yy") return yy(day);
    if (part === "mm") return two(day.month);
    if (part === "dd") return two(day.day);
    return String(part === "m" ? day.month : day.day);
  });

export const date =
  (form: string, from: number, to: number): Make =>
  (dice) =>
    written(dayBetween(dice, from, to), form);

/** A moment; `join` stands between day and time, `after` behind it (a zone, parts of a second). */
export const moment =
  (form: string, from: number, to: number, join: string = " ", after: string = ""): Make =>
  (dice) =>
    `${written(dayBetween(dice, from, to), form)}${join}${two(dice.int(0, 23))}:${two(dice.int(0, 59))}:${two(
      dice.int(0, 59),
    )}${dice.shape(after)}`;

export const unixTime: Make = (dice) => String(dice.int(1_577_836_800, 1_735_689_600));

/** An address of a visitor; a share of them in the newer, longer form. */
export const ipAddress =
  (firsts: readonly number[], longStart: string, longShare: number): Make =>
  (dice) =>
    dice.chance(longShare)
      ? dice.shape(`${longStart}:~~~~:~~~~::~~~~`)
      : `${dice.pick(firsts)}.${dice.int(0, 255)}.${dice.int(0, 255)}.${dice.int(1, 254)}`;

/** A version in four parts, which looks like an address. */
export const version: Make = (dice) => `${dice.int(1, 12)}.${dice.int(0, 30)}.${dice.int(0, 9)}.${dice.int(1, 250)}`;

export const hash =
  (length: number): Make =>
  (dice) =>
    dice.shape("~".repeat(length));
