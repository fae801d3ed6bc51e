/** When it is worth asking for the ranges, or the spans, of a table's key. */
import { expect, test } from "vitest";
import { plainStanding, plainTarget, sourceColumn, sourceTable } from "../run/plain-target.fixture.ts";
import type { CutRun } from "../run/sync-run.ts";
import type { SyncTarget } from "../run/sync-target.ts";
import type { Cut } from "../source.ts";
import { rowsOfSpan } from "./known-spans.ts";
import { isWorthRanges } from "./load-ranges.ts";

const run = (cut: Partial<Cut> = {}, full = false): CutRun =>
  ({ full, cut: { versions: async () => [], isIdle: () => false, ...cut } }) as unknown as CutRun;
const large = plainStanding({ rows: 100_000 });
const cursor = { mode: "cursor", column: "id", overlap: 1, reason: "" } as const;
const keyed = (lakeType: string): Partial<SyncTarget> => ({
  standing: large,
  table: sourceTable({ columns: [sourceColumn("id", lakeType), sourceColumn("n", "int")] }),
});

test("ranges are worth it for a large table with a number as its key, loaded before, where versions can be seen", () => {
  const isWorth = (target: Partial<SyncTarget>, given = run()) => isWorthRanges(given, plainTarget(target));
  expect(isWorth(keyed("int"))).toBe(true);
  expect(isWorth(keyed("long"))).toBe(true);
  expect(isWorth(keyed("string"))).toBe(false);
  expect(isWorth({ ...keyed("int"), table: sourceTable({ key: undefined }) })).toBe(false);
  expect(isWorth({ ...keyed("int"), standing: plainStanding({ rows: 99_999 }) })).toBe(false);
  expect(isWorth({ ...keyed("int"), standing: undefined })).toBe(false);
  expect(isWorth({ ...keyed("int"), mode: cursor })).toBe(false);
  expect(isWorth(keyed("int"), run({}, true))).toBe(false);
  expect(isWorth(keyed("int"), run({ isIdle: () => true }))).toBe(false);
  expect(isWorth(keyed("long"), run({ isIdle: () => true }))).toBe(false);
  expect(isWorthRanges({ ...run(), cut: { isIdle: () => false } as unknown as Cut }, plainTarget(keyed("int")))).toBe(
    false,
  );
});

test("spans are remembered for large tables, about twenty thousand rows each and at most two thousand", () => {
  const rows = (estimatedRows: number | undefined, more: Partial<SyncTarget> = {}) =>
    rowsOfSpan(plainTarget({ table: sourceTable({ estimatedRows }), ...more }));
  expect(rows(100_000)).toBe(20_000);
  expect(rows(99_999)).toBeUndefined();
  expect(rows(undefined, { standing: large })).toBe(20_000);
  expect(rows(undefined, { standing: undefined })).toBeUndefined();
  expect(rows(100_000_000)).toBe(50_000);
  expect(rows(100_000, { mode: cursor })).toBeUndefined();
});
