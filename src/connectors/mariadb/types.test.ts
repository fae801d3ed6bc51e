import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ColumnBuffer } from "../../engine/column-buffer.ts";
import { capabilitiesOf, isTooOld, parseVersion } from "./capabilities.ts";
import { boundaryLiteral } from "./key-range.ts";
import { parseDeclaredType, typeHandling } from "./types.ts";

/** The staged bytes of one value, and what was counted as inexact. */
function staged(sourceType: string, value: string | Buffer): { bytes: Buffer; nulls: number; inexact: string[] } {
  const handling = typeHandling(sourceType);
  const column = new ColumnBuffer(handling.staged);
  const inexact: string[] = [];
  const bytes = Buffer.concat([
    Buffer.from("#"),
    typeof value === "string" ? Buffer.from(value) : value,
    Buffer.from("9"),
  ]);
  handling.fromText(column, (what) => void inexact.push(what))(bytes, 1, bytes.length - 1);
  return { bytes: Buffer.from(column.values), nulls: column.nulls, inexact };
}

const asBigInt = (sourceType: string, value: string): bigint => staged(sourceType, value).bytes.readBigInt64LE();

test.each([
  ["bigint(20)", "long"],
  ["bigint(20) unsigned", "decimal(20,0)"],
  ["int(10) unsigned zerofill", "long"],
  ["mediumint unsigned", "int"],
  ["decimal(38,10)", "decimal(38,10)"],
  ["decimal(65,30)", "string"],
  ["decimal(18,0) unsigned", "decimal(18,0)"],
  ["enum('a) unsigned','b,c') latin1", "string"],
  ["varchar(100) /*M!100301 COMPRESSED*/ utf8mb4", "string"],
  ["timestamp(6)", "timestamptz"],
  ["geomcollection", "binary"],
  ["hologram(3)", "string"],
])("%s becomes %s", (sourceType, lakeType) => {
  expect(typeHandling(sourceType).lakeType).toBe(lakeType);
});

test("the charset is told from modifiers", () => {
  expect(parseDeclaredType("varchar(80) latin1").charset).toBe("latin1");
  expect(typeHandling("varchar(80) latin1").caution).toBeUndefined();
  expect(typeHandling("varchar(80) sjis").caution).toContain("sjis");
});

describe("values", () => {
  test("every 64-bit integer is exact", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(asBigInt("bigint(20)", String(value))).toBe(value);
      }),
    );
  });

  test("every unsigned 64-bit integer keeps its bits", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        expect(BigInt.asUintN(64, asBigInt("bigint(20) unsigned", String(value)))).toBe(value);
      }),
    );
  });

  test("every decimal up to 18 digits is its unscaled value", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }), (value) => {
        const digits = String(value < 0n ? -value : value).padStart(7, "0");
        const text = `${value < 0n ? "-" : ""}${digits.slice(0, -6)}.${digits.slice(-6)}`;
        expect(asBigInt("decimal(18,6)", text)).toBe(value);
      }),
    );
  });

  test("every double is exact", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(staged("double", Object.is(value, -0) ? "-0" : String(value)).bytes.readDoubleLE()).toBe(value);
      }),
    );
    for (const text of ["0.1", "-12.5", "123456789012345", "1.7976931348623157e308", "5e-324", "-0.000001"]) {
      expect(staged("double", text).bytes.readDoubleLE()).toBe(Number(text));
    }
  });

  test("every moment from year 0 to 9999 is exact to the microsecond", () => {
    const [first, last] = [-62_167_219_200, 253_402_300_799];
    fc.assert(
      fc.property(fc.integer({ min: first, max: last }), fc.integer({ min: 0, max: 999_999 }), (seconds, micros) => {
        const iso = new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
        const text = `${iso}.${String(micros).padStart(6, "0")}`;
        expect(asBigInt("datetime(6)", text)).toBe(BigInt(seconds) * 1_000_000n + BigInt(micros));
        expect(staged("date", iso.slice(0, 10)).bytes.readInt32LE()).toBe(Math.floor(seconds / 86_400));
      }),
    );
  });

  test("fractions shorter than six digits are padded", () => {
    expect(asBigInt("datetime(3)", "1970-01-01 00:00:01.050")).toBe(1_050_000n);
    expect(asBigInt("datetime", "1970-01-01 00:00:01")).toBe(1_000_000n);
  });

  test.each(["0000-00-00", "2024-00-10", "2024-05-00", "0000-00-01", "2023-02-29", "2024-04-31"])(
    "%s becomes null and is counted",
    (text) => {
      const { nulls, inexact } = staged("date", text);
      expect([nulls, inexact.length]).toEqual([1, 1]);
    },
  );

  test("bits and uuids", () => {
    expect(staged("bit(64)", Buffer.from("ff00000000000001", "hex")).bytes.toString("hex")).toBe("01000000000000ff");
    expect(staged("bit(9)", Buffer.from("0102", "hex")).bytes.readBigInt64LE()).toBe(258n);
    expect(staged("uuid", "123e4567-E89B-12d3-a456-426655440000").bytes.toString("hex")).toBe(
      "123e4567e89b12d3a456426655440000",
    );
  });

  test("text is staged byte by byte; the engine sees to what is not UTF-8", () => {
    expect(staged("varchar(9) utf8mb4", Buffer.from([0x61, 0xff])).bytes.toString("hex")).toBe("0200000061ff");
  });
});

test("a stored range cannot carry SQL", () => {
  expect(() => boundaryLiteral("integer", "1 or 1=1")).toThrow(TypeError);
  expect(() => boundaryLiteral("text", "' or ''='")).toThrow(TypeError);
  expect(() => boundaryLiteral({ charset: "latin1" }, "41' or 1")).toThrow(TypeError);
  expect(boundaryLiteral({ charset: "latin1" }, "41")).toBe("_latin1 x'41'");
});

test("servers are told apart by what they call themselves", () => {
  const kind = (text: string): string => capabilitiesOf(parseVersion(text)).product;
  expect(kind("10.11.19-MariaDB-0+deb12u1-log")).toBe("MariaDB");
  expect(kind("8.0.40")).toBe("MySQL");
  expect(capabilitiesOf(parseVersion("8.4.2")).logStatus).toBe("show binary log status");
  expect(capabilitiesOf(parseVersion("8.0.40")).logStatus).toBe("show master status");
  const old = parseVersion("5.5.5-10.5.1-MariaDB");
  expect(isTooOld(old, capabilitiesOf(old))).toBe(true);
});
