/** Statements made to fail for hidden rows, in every place of a SELECT: nothing about these rows shows in any outcome. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { leakTrials, openLeakLake, type LeakLake } from "../../src/query/leaks.fixture.ts";

let hidden: LeakLake;
beforeAll(async () => {
  hidden = await openLeakLake();
});
afterAll(() => hidden[Symbol.asyncDispose]());

test(
  "nothing about hidden rows shows in results and errors",
  async () => {
    const trials = leakTrials();
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
