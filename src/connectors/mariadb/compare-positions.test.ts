import { expect, test } from "vitest";
import { comparePositions } from "./compare-positions.ts";
import { formatPosition, type MariadbPosition } from "./position.ts";

const here: MariadbPosition = {
  product: "MariaDB",
  identity: "1 host 3306 abc 1700000000",
  isSure: true,
  connectionId: 10,
  settings: "",
  uid: "uid",
  firstLog: "binlog.000001",
  writes: ["100", "5000", ""],
  logsEverything: true,
  file: "binlog.000009",
  offset: 400,
  gtid: "0-1-100,7-1-3",
  provable: true,
  isExact: true,
};
const later: Partial<MariadbPosition> = { connectionId: 12, writes: ["101", "5100", ""], offset: 500 };

test.each([
  ["another connection, nothing written", { connectionId: 12 }, "same"],
  ["further on in the file", later, "before"],
  ["in a later file, which has more digits", { ...later, file: "binlog.0000010", offset: 4 }, "before"],
  ["the same file's number is not its text", { ...later, file: "binlog.1000000", offset: 4 }, "before"],
  ["one domain went on", { ...later, gtid: "0-1-101,7-1-3" }, "before"],
  ["a domain is new", { ...later, gtid: "0-1-100,7-1-3,9-1-1" }, "before"],
  ["a log that began anew: less of it, and more was written", { ...later, file: "binlog.000001" }, "unknown"],
  ["a log that began anew and went on: the transactions went back", { ...later, gtid: "0-1-2" }, "unknown"],
  ["a log of another name", { ...later, file: "other.000010" }, "unknown"],
  ["a later place that an earlier connection saw", { ...later, connectionId: 3 }, "unknown"],
  ["written to, and the log tells nothing", { writes: ["101", "5000", ""] }, "before"],
  ["the log may not tell of every write", { provable: false }, "unknown"],
  ["a place that is not known to be the snapshot's", { ...later, isExact: false }, "unknown"],
  ["a position of an older Headgate", { ...later, isExact: undefined }, "unknown"],
  ["another life of the server", { ...later, identity: "1 host 3306 abc 1700009999" }, "unknown"],
  ["a server that does not say when it was started", { ...later, isSure: false }, "unknown"],
  ["another data directory", { ...later, uid: "copy" }, "unknown"],
  ["no log", { ...later, file: undefined, offset: undefined }, "unknown"],
] as const)("%s", (_, change, order) => {
  const [one, other] = [formatPosition(here), formatPosition({ ...here, ...change })];
  expect(comparePositions(one, other)).toBe(order);
  expect(comparePositions(other, one)).toBe(order === "before" ? "after" : order);
});
