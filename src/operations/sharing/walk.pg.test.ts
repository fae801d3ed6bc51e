/** A short walk over everything that can happen to shares; `npm run sim -- sharing` takes longer ones. */
import { expect, test } from "vitest";
import { walk } from "../../../test/sim/sharing/walk.ts";

test("after each step everybody may read what the naive model says, and every end is told once", async () => {
  expect((await walk(7, 40)).comparisons).toBeGreaterThan(400);
});
