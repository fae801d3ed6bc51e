/** Durations are written in the largest unit that divides them. */
import { expect, test } from "vitest";
import { formatSeconds, secondsOf } from "./duration.ts";

test("nothing is zero seconds, and not zero days", () => {
  expect([0, 59, 1_800, 7_200, 172_800].map(formatSeconds)).toEqual(["0s", "59s", "30m", "2h", "2d"]);
});

test("what is written is read again", () => {
  expect(["59s", "30m", "2h", "2d"].map(secondsOf)).toEqual([59, 1_800, 7_200, 172_800]);
});
