import { expect, test } from "vitest";
import { retryWaits } from "./commit-retry.ts";

const waits = (set: Readonly<Record<string, string>>): readonly number[] =>
  retryWaits({
    properties: Object.fromEntries(Object.entries(set).map(([key, value]) => [`commit.retry.${key}`, value])),
  });

test("a commit is tried again as often, and as late, as the table says", () => {
  expect(waits({})).toEqual([100, 200, 400, 800]);
  expect(waits({ "num-retries": "0" })).toEqual([]);
  expect(waits({ "num-retries": "3", "min-wait-ms": "10", "max-wait-ms": "15" })).toEqual([10, 15, 15]);
  expect(waits({ "num-retries": "99", "total-timeout-ms": "250" })).toEqual([100, 200]);
  expect(waits({ "num-retries": "many" })).toEqual([100, 200, 400, 800]);
});
