/** A fixed sample of the statements of leak-statements.fixture.ts; test/hostile/leaks.world.test.ts runs them all. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { quoteText } from "../engine/duckdb-type.ts";
import { expressions, shapes } from "./leak-statements.fixture.ts";
import { leakTrials, openLeakLake, type LeakLake } from "./leaks.fixture.ts";

let hidden: LeakLake;
beforeAll(async () => {
  hidden = await openLeakLake();
});
afterAll(() => hidden[Symbol.asyncDispose]());

test("nothing about hidden rows shows in results and errors", async () => {
  const trials = leakTrials().filter((_trial, index) => index % 43 === 0);
  const leaks: string[] = [];
  for (const trial of trials) {
    const leak = await hidden.leak(trial);
    if (leak !== undefined) leaks.push(`${trial.sql}\n${leak}`);
  }
  expect(leaks).toEqual([]);
  expect(trials.length).toBeGreaterThan(150);
  expect(hidden.refused()).toBeLessThan(trials.length / 20);
});

test("the same statements do leak without the limit", async () => {
  const { connection, directory } = hidden.lake;
  const files = quoteText(`${directory}/0-*.parquet`);
  await connection.run(`create view t as select * from read_parquet(${files}) where region like 'e%' or id < 0`);
  const leaking = new Set<string>();
  for (const shape of shapes)
    for (const expression of expressions) await connection.run(shape(expression)).catch(() => leaking.add(expression));
  expect(leaking.size).toBeGreaterThan(40);
});
