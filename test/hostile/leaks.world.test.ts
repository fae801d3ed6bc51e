/**
 * Statements made to fail for hidden rows, in every place of a SELECT: nothing about these rows shows in any outcome. Each day has its
 * quarter of them, because all take ten minutes and more; HEADGATE_LEAKS=all runs them all.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { leakTrials, openLeakLake, trialsEach, type LeakLake } from "../../src/query/leaks.fixture.ts";

const quarters = 4;
const today = Math.floor(Date.now() / 86_400_000) % quarters;
const all = process.env["HEADGATE_LEAKS"] === "all";
const part = all ? "all statements" : `quarter ${today} of the statements`;

let hidden: LeakLake;
beforeAll(async () => {
  hidden = await openLeakLake();
});
afterAll(() => hidden[Symbol.asyncDispose]());

test(
  `nothing about hidden rows shows in results and errors: ${part}`,
  async () => {
    const trials = leakTrials().filter((_trial, index) => all || Math.floor(index / trialsEach) % quarters === today);
    const leaks: string[] = [];
    for (const trial of trials) {
      const leak = await hidden.leak(trial);
      if (leak !== undefined) leaks.push(`${trial.sql}\n${leak}`);
    }
    expect(leaks).toEqual([]);
    expect(hidden.refused()).toBeLessThan(trials.length / 20);
  },
  60 * 60_000,
);
