import { describe, expect, test } from "vitest";
import { checkTiming, nextDue, type Timing } from "./timing.ts";

const nightly: Timing = { cron: "30 3 * * *", timeZone: "Europe/Bucharest", holidays: [] };

function times(timing: Timing, from: string, count: number): readonly string[] {
  const found: string[] = [];
  let after: Date | undefined = new Date(from);
  while (found.length < count && after !== undefined) {
    after = nextDue(timing, after);
    if (after !== undefined) found.push(after.toISOString().slice(0, 16));
  }
  return found;
}

describe("clock changes", () => {
  test("a time that is left out is due when the hour is over, once", () => {
    expect(times(nightly, "2027-03-27T12:00:00Z", 2)).toEqual(["2027-03-28T01:00", "2027-03-29T00:30"]);
  });
  test("a time that comes twice is due once", () => {
    expect(times(nightly, "2027-10-30T12:00:00Z", 2)).toEqual(["2027-10-31T00:30", "2027-11-01T01:30"]);
  });
});

describe("working days", () => {
  const office: Timing = { cron: "*/15 8-18 * * mon-fri", timeZone: "Europe/Berlin", holidays: ["2026-12-25"] };
  test("nothing at night, on weekends and on holidays", () => {
    expect(times(office, "2026-12-24T17:40:00Z", 2)).toEqual(["2026-12-24T17:45", "2026-12-28T07:00"]);
  });
  test("a date is one of the time zone", () => {
    const early: Timing = { cron: "30 0 * * *", timeZone: "Pacific/Auckland", holidays: ["2026-12-25"] };
    expect(times(early, "2026-12-23T12:00:00Z", 1)).toEqual(["2026-12-25T11:30"]);
  });
});

test.each([
  [{ cron: "61 * * * *" }, /minute/],
  [{ cron: "* * * *" }, /five fields/],
  [{ cron: "* * * * * *" }, /five fields/],
  [{ cron: "0 0 31 2 *" }, /never due/],
  [{ timeZone: "Mars/Olympus" }, /not a time zone/],
  [{ holidays: ["25.12.2026"] }, /not a date/],
])("%j is refused", (wrong, why) => {
  const check = (): void => checkTiming({ ...nightly, ...wrong }, new Date("2026-11-21T00:00:00Z"));
  expect(check).toThrow(why);
});
