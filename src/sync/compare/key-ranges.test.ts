/** Ranges of a key: every row is in exactly one of them, and the SQL that finds a range's rows says so. */
import { expect, test } from "vitest";
import { differingNumbers, inAnySpan, rangesOver } from "./key-ranges.ts";

const extent = (lowest: bigint, highest: bigint, rows: number) => ({ column: "id", lowest, highest, rows });

test("a range has about twenty thousand rows, and there are at most two thousand ranges", () => {
  expect(rangesOver(extent(0n, 99n, 1))).toEqual({ column: "id", lowest: 0n, width: 100n, count: 1n });
  expect(rangesOver(extent(1n, 100n, 40_000))).toMatchObject({ lowest: 1n, width: 50n, count: 2n });
  expect(rangesOver(extent(-50n, 50n, 40_001))).toMatchObject({ lowest: -50n, width: 34n, count: 3n });
  expect(rangesOver(extent(0n, 10n ** 12n, 10 ** 9)).count).toBe(2_000n);
  expect(rangesOver(extent(7n, 7n, 0))).toMatchObject({ width: 1n, count: 1n });
});

test("the highest key is in the last range", () => {
  for (const [lowest, highest, rows] of [
    [-5n, 100n, 60_000],
    [0n, 3n, 100_000],
    [10n, 10n, 5],
  ] as const) {
    const { width, count = 0n } = rangesOver(extent(lowest, highest, rows));
    expect(lowest + width * count).toBeGreaterThan(highest);
  }
});

test("a range differs when its label does, or when only one side has it; numbers come in ascending order", () => {
  const one = [3n, 1n, 2n, 10n].map((range) => ({ range, label: `${range}` }));
  const other = [
    { range: 1n, label: "1" },
    { range: 2n, label: "else" },
    { range: 3n, label: "3" },
    { range: 7n, label: "7" },
  ];
  expect(differingNumbers(one, other)).toEqual([2n, 7n, 10n]);
  expect(differingNumbers(one, one)).toEqual([]);
});

test("rows without a key are in the span that has no beginning", () => {
  const key = { fieldId: 1, name: "c1", sqlType: "bigint" };
  const sql = (from?: bigint, to?: bigint): string => inAnySpan(key, [{ from, to }]);
  expect(sql(1n, 5n)).toBe('("c1" >= 1 and "c1" < 5)');
  expect(sql(1n)).toBe('("c1" >= 1 and true)');
  expect(sql(undefined, 5n)).toBe('("c1" < 5 or "c1" is null)');
  expect(sql()).toBe('(true or "c1" is null)');
  expect(inAnySpan(key, [{ from: 1n, to: 2n }, { from: 4n }])).toBe('("c1" >= 1 and "c1" < 2) or ("c1" >= 4 and true)');
});
