import { expect, test } from "vitest";
import { comparePositions } from "./compare-positions.ts";
import { formatPosition, type PostgresPosition } from "./position.ts";

const here: PostgresPosition = {
  system: "7000",
  timeline: "1",
  database: "5",
  life: "1/2",
  standby: "f",
  snapshot: "10:20:10,14",
  lsn: "0/FF",
};

test.each([
  ["nothing happened", {}, "same"],
  ["the log went on", { lsn: "1/0" }, "before"],
  ["a transaction ended", { snapshot: "14:20:14" }, "before"],
  ["a transaction began", { snapshot: "10:21:10,14,20" }, "before"],
  ["one ended in the middle", { snapshot: "10:20:10" }, "before"],
  ["the log went on, the snapshot back", { lsn: "1/0", snapshot: "9:20:9" }, "unknown"],
  ["one ended, and one that was over is open", { snapshot: "10:20:10,15" }, "unknown"],
  ["the snapshot went on, the log back", { lsn: "0/1", snapshot: "20:30:" }, "unknown"],
  ["where the log is, is not known", { lsn: null, snapshot: "20:30:" }, "unknown"],
  ["another life of the server", { lsn: "1/0", life: "2/2" }, "unknown"],
  ["another timeline", { lsn: "1/0", timeline: "2" }, "unknown"],
  ["another server", { lsn: "1/0", system: "7001" }, "unknown"],
  ["a standby that was promoted", { lsn: "1/0", standby: "t" }, "unknown"],
] as const)("%s", (_, change, order) => {
  const [one, other] = [formatPosition(here), formatPosition({ ...here, ...change })];
  expect(comparePositions(one, other)).toBe(order);
  expect(comparePositions(other, one)).toBe(order === "before" ? "after" : order);
});

test("a server whose identity may not be read is never in order, not even with itself", () => {
  const position = formatPosition({ ...here, system: null });
  expect(comparePositions(position, position)).toBe("unknown");
});
