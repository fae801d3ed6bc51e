/** Tests what the console makes of a run's progress: the state of each table, parts of large ones, and the share of the whole. */
import { expect, test } from "vitest";
import type { Run } from "../../src/client/api-client.ts";
import { progressOf, shareOf } from "../../web/screens/sources/run-progress.ts";

const run = (progress: Run["progress"]): Run => ({
  run: "1",
  source: "shop",
  kind: "sync",
  state: "running",
  schedules: null,
  startedAt: "2026-12-01T10:00:00Z",
  endedAt: null,
  progress,
  report: null,
});

test("a run that has said nothing yet waits with every table that is expected", () => {
  expect(progressOf(run(null), ["shop.a"]).tables).toMatchObject([{ table: "shop.a", state: "waiting" }]);
});

test("the parts of a large table count as the table until it has ended itself", () => {
  const parts = {
    tasks: [{ task: "shop.big 3/8", rows: 5, total: 10 }],
    ended: [{ task: "shop.big 1/8", outcome: "read", rows: 10 }],
    rows: 15,
  };
  expect(progressOf(run(parts), ["shop.big"]).tables).toMatchObject([
    { table: "shop.big", state: "reading", rows: 15 },
  ]);
  const whole = { tasks: [], rows: 80, ended: [{ task: "shop.big", outcome: "created", rows: 80 }, ...parts.ended] };
  expect(progressOf(run(whole), []).tables).toMatchObject([{ table: "shop.big", state: "ready", rows: 80, share: 1 }]);
});

test("what is busiest comes first, and large tables count for more of the whole", () => {
  const progress = {
    tasks: [{ task: "shop.big", rows: 100, total: 1_000 }],
    ended: [
      { task: "shop.same", outcome: "unchanged", rows: 0 },
      { task: "shop.bad", outcome: "failed" },
    ],
    rows: 100,
  };
  const { rows, tables } = progressOf(run(progress), ["shop.later", "shop.big"]);
  expect(rows).toBe(100);
  expect(tables.map(({ table, state }) => `${table} ${state}`)).toEqual([
    "shop.big reading",
    "shop.bad failed",
    "shop.same unchanged",
    "shop.later waiting",
  ]);
  expect(shareOf(tables, new Map())).toBeCloseTo(0.1, 2);
  expect(shareOf(tables, new Map([["shop.later", 9_000]]))).toBeCloseTo(0.01, 2);
});
