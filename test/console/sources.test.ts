/** Tests the addresses of sources as a form has them, and schedules as the calendar shows them. */
import { expect, test } from "vitest";
import { addressText, draftOf } from "../../web/screens/sources/source-address.ts";
import { choiceOf, cronOf, dueTimes, weekOf, wordsOf } from "../../web/screens/sources/schedule-timing.ts";

test.each([
  "mariadb://reader@db.example:3307/shop",
  "mysql://reader@db.example/",
  "postgres://a%40b@[::1]:5432/sh%20op?tls=verify&tls-ca=%2Fca.pem",
  "dms-files+s3://key@bucket/some/folder?region=eu-central-1",
  "dms-files+file:///data/dms%20files?settle=5",
])("the form shows %s and writes it as it was", (address) => {
  const draft = draftOf(address);
  expect(draft === undefined ? undefined : addressText(draft)).toBe(address);
});

test("an address of another kind is left to the command line", () => {
  expect(draftOf("oracle://host/db")).toBeUndefined();
});

test("the usual choices are cron expressions and back", () => {
  for (const choice of ["quarter", "workday", "hourly"] as const)
    expect(choiceOf(cronOf(choice, "", "")).choice).toBe(choice);
  expect(cronOf("nightly", "04:30", "")).toBe("30 4 * * *");
  expect(choiceOf("30 4 * * *")).toEqual({ choice: "nightly", at: "04:30" });
  expect(choiceOf("0 3 1 * *").choice).toBe("own");
  expect(wordsOf("5 6 * * *")).toBe("every day at 06:05");
  expect(wordsOf("0 3 1 * *")).toBeUndefined();
});

test("the times of a schedule are those of its zone, without its holidays; what cannot be read has none", () => {
  const [from, until] = [new Date("2026-12-24T00:00:00Z"), new Date("2026-12-27T00:00:00Z")];
  const nightly = { cron: "0 3 * * *", timeZone: "Europe/Bucharest", holidays: ["2026-12-25"] };
  expect(dueTimes(nightly, from, until).map((time) => time.toISOString())).toEqual([
    "2026-12-24T01:00:00.000Z",
    "2026-12-26T01:00:00.000Z",
  ]);
  expect(dueTimes({ ...nightly, cron: "often" }, from, until)).toEqual([]);
  expect(dueTimes({ ...nightly, timeZone: "Nowhere" }, from, until)).toEqual([]);
});

test("the week has seven days from now on, each with its hours", () => {
  const now = new Date(2026, 11, 1, 12, 30);
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const week = weekOf([{ cron: "0 * * * *", timeZone, holidays: [] }], now);
  expect(week.map(({ runs }) => runs)).toEqual([11, 24, 24, 24, 24, 24, 24]);
  expect(week[0]?.hours.filter(({ due }) => due > 0).map(({ hour }) => hour)[0]).toBe(13);
});
