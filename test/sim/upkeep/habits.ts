/** How tables of different kinds behave: how they are created, and what happens to them every quarter of an hour. */
import type { NestedField } from "../../../src/iceberg/type.ts";
import type { ModelledChange, ModelledFile, ModelledTable } from "./modelled-table.ts";
import { liveRows } from "./modelled-table.ts";

export interface Moment {
  /** Days since 1970-01-01. */
  readonly day: number;
  /** Quarters of an hour since the simulation began. */
  readonly daysRun: number;
  /** Quarter of an hour of the day, from 0. */
  readonly tick: number;
}

export interface Habit {
  readonly name: string;
  readonly isPartitioned: boolean;
  readonly bytesPerRow: number;
  /** Number of rows of the first load. */
  readonly firstRows: (day: number) => ReadonlyMap<number | undefined, number>;
  readonly change: (table: ModelledTable, moment: Moment) => ModelledChange;
  /** Columns in addition to the usual ones. */
  readonly moreColumns?: (moment: Moment) => readonly NestedField[];
}

const none = undefined;

/** An event log, read by its growing key; nothing is ever removed. */
const inserts: Habit = {
  name: "insert only",
  isPartitioned: false,
  bytesPerRow: 60,
  firstRows: () => new Map([[none, 100_000]]),
  change: () => ({ coming: new Map([[none, 50]]), going: new Map() }),
};

const updates: Habit = {
  name: "updates all over",
  isPartitioned: false,
  bytesPerRow: 100,
  firstRows: () => new Map([[none, 3_000_000]]),
  change: (table) => replace(table.scatter(200)),
};

/** No longer than the simulation takes to settle, after which every day was actually simulated. */
const keptDays = 9;

/** Rows are added today, some of the last days change, and rows older than nine days are removed. */
const parted: Habit = {
  name: "by day",
  isPartitioned: true,
  bytesPerRow: 80,
  firstRows: (day) => new Map(Array.from({ length: keptDays }, (_, index) => [day - 1 - index, 40_000])),
  change(table, { day, tick }) {
    const isLate = ({ partition = 0 }: ModelledFile): boolean => partition > day - 4;
    const changing = table.scatter(20, isLate);
    const coming = new Map([[day as number | undefined, 400]]);
    for (const [location, rows] of changing) {
      const partition = table.files.get(location)?.partition;
      coming.set(partition, (coming.get(partition) ?? 0) + rows);
    }
    return { coming, going: new Map([...changing, ...(tick === 12 ? allBefore(table, day - keptDays) : [])]) };
  },
};

/** Every night a third of a million rows are added at once and the oldest removed; little happens by day. */
const bulk: Habit = {
  name: "bulk and trickle",
  isPartitioned: false,
  bytesPerRow: 120,
  firstRows: () => new Map([[none, 3_000_000]]),
  change(table, { tick }) {
    if (tick !== 8) return replace(table.scatter(10));
    const oldest = [...table.files.values()].find((file) => liveRows(file) > 0);
    const going = oldest === undefined ? 0 : Math.min(300_000, liveRows(oldest));
    return {
      coming: new Map([[none, 300_000]]),
      going: new Map(oldest === undefined ? [] : [[oldest.location, going]]),
    };
  },
};

/** A multiset in which copies are added and removed. */
const keyless: Habit = {
  name: "keyless",
  isPartitioned: false,
  bytesPerRow: 40,
  firstRows: () => new Map([[none, 1_000_000]]),
  change: (table) => replace(table.scatter(30)),
};

/** Every week, one column is added and one dropped. */
const drifting: Habit = {
  name: "drifting schema",
  isPartitioned: false,
  bytesPerRow: 60,
  firstRows: () => new Map([[none, 200_000]]),
  change: (table) => replace(table.scatter(40)),
  moreColumns({ daysRun }) {
    const week = Math.floor(daysRun / 7);
    return [{ id: 100 + week, name: `extra${week}`, required: false, type: "string", doc: "varchar(200)" }];
  },
};

export const habits: readonly Habit[] = [inserts, updates, parted, bulk, keyless, drifting];

/** As many rows are added as removed. */
function replace(going: ReadonlyMap<string, number>): ModelledChange {
  const rows = [...going.values()].reduce((sum, count) => sum + count, 0);
  return { coming: new Map(rows === 0 ? [] : [[none, rows]]), going };
}

function allBefore({ files }: ModelledTable, day: number): readonly [string, number][] {
  return [...files.values()]
    .filter(({ partition = 0 }) => partition < day)
    .map((file) => [file.location, liveRows(file)]);
}
