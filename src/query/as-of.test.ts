import { describe, expect, test } from "vitest";
import { describeAsOf } from "../catalog/find-snapshot.ts";
import { parseAsOf } from "./as-of.ts";

const now = Date.UTC(2026, 10, 21, 12);

describe("reads the moment of a query", () => {
  test.for([
    ["2026-05-01", new Date(Date.UTC(2026, 4, 1))],
    ["2026-05-01 12:30", new Date(Date.UTC(2026, 4, 1, 12, 30))],
    ["2026-05-01T12:30:05Z", new Date(Date.UTC(2026, 4, 1, 12, 30, 5))],
    ["2026-05-01T12:30:05.123999+02:00", new Date(Date.UTC(2026, 4, 1, 10, 30, 5, 123))],
    ["2026-05-01 12:30:05-0330", new Date(Date.UTC(2026, 4, 1, 16, 0, 5))],
    ["2026-05-01 12:30:05+14", new Date(Date.UTC(2026, 3, 30, 22, 30, 5))],
    ["2 hours ago", new Date(now - 7_200_000)],
    ["1d ago", new Date(now - 86_400_000)],
    [" 30 minutes ago ", new Date(now - 1_800_000)],
  ] as const)("time %s", ([text, time]) => {
    expect(parseAsOf(text, now)).toEqual({ time });
  });

  test("snapshot, run and names", () => {
    expect(parseAsOf("8744736658442914487")).toEqual({ snapshot: 8744736658442914487n });
    expect(parseAsOf("0199C3F0-7C1A-7AAA-8BBB-0123456789AB")).toEqual({ run: "0199c3f0-7c1a-7aaa-8bbb-0123456789ab" });
    expect(parseAsOf("before-last")).toEqual({ named: "before-last" });
    expect(parseAsOf("first")).toEqual({ named: "first" });
    expect(parseAsOf("release-1.2")).toEqual({ reference: "release-1.2" });
  });

  test.for(["", "on sunday", "2026-02-31", "2026-13-01", "2026-05-01T25:00", "9223372036854775808", "-1", "1 ago"])(
    "not %j",
    (text) => {
      expect(() => parseAsOf(text)).toThrow(expect.objectContaining({ code: "USAGE" }));
    },
  );

  test("and says it back", () => {
    expect(["2026-05-01", "17", "first"].map((text) => describeAsOf(parseAsOf(text)))).toEqual([
      "2026-05-01T00:00:00.000Z",
      "17",
      "first",
    ]);
  });
});
