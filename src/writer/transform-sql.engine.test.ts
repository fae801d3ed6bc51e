/** The engine computes the same partition values as iceberg/transform.ts, for every transform and type. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { quoteText } from "../engine/duckdb-type.ts";
import type { Engine } from "../engine/engine.ts";
import { openEngine } from "../engine/open-engine.ts";
import { applyTransform, parseTransform, transformedType } from "../iceberg/transform.ts";
import type { PrimitiveType } from "../iceberg/type.ts";
import { textOf, valueFromText } from "../iceberg/value.ts";
import { partitionValue, transformSql } from "./transform-sql.ts";

let directory: string;
let engine: Engine;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headgate-transform-"));
  engine = await openEngine({ memoryMb: 192, threads: 1, scratchDirectory: directory });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const whole = (bits: number) =>
  fc.bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n }).map(String);
const instant = fc
  .tuple(fc.date({ min: new Date(-6e13), max: new Date(2e14), noInvalidDate: true }), fc.nat(999))
  .map(([date, micros]) => date.toISOString().replace("T", " ").replace("Z", String(micros).padStart(3, "0")));
const bytes = fc.uint8Array({ maxLength: 9 }).map((array) => Buffer.from(array).toString("hex"));

/** Values in the engine's own text form, and the SQL type that reads them. */
const types: Readonly<Record<string, { readonly sql: string; readonly values: fc.Arbitrary<string> }>> = {
  int: { sql: "integer", values: whole(32) },
  long: { sql: "bigint", values: whole(64) },
  "decimal(9,2)": {
    sql: "decimal(9,2)",
    values: fc.integer({ min: -999_999_999, max: 999_999_999 }).map((cents) => (cents / 100).toFixed(2)),
  },
  "decimal(20,0)": { sql: "decimal(20,0)", values: whole(64) },
  date: { sql: "date", values: instant.map((text) => text.slice(0, 10)) },
  time: { sql: "time", values: instant.map((text) => text.slice(11)) },
  timestamp: { sql: "timestamp", values: instant },
  timestamptz: { sql: "timestamptz", values: instant.map((text) => `${text}+00`) },
  timestamp_ns: {
    sql: "timestamp_ns",
    // DuckDB cannot parse the text of the day on which its range begins.
    values: fc
      .bigInt({ min: -(2n ** 63n) + 86_400_000_000_000n, max: 2n ** 63n - 2n })
      .map((nanos) => textOf("timestamp_ns", nanos)),
  },
  string: {
    sql: "varchar",
    values: fc.string({ unit: "binary", maxLength: 6 }).filter((text) => !text.includes("\0")),
  },
  uuid: { sql: "uuid", values: fc.uuid() },
  binary: { sql: "blob", values: bytes },
};

const applicable: readonly (readonly [transform: string, types: readonly string[]])[] = [
  ["identity", Object.keys(types)],
  ["void", Object.keys(types)],
  ["bucket[7]", Object.keys(types)],
  ["bucket[1000]", Object.keys(types)],
  ["truncate[1]", ["int", "long", "decimal(9,2)", "decimal(20,0)", "string", "binary"]],
  ["truncate[10]", ["int", "long", "decimal(9,2)", "decimal(20,0)", "string", "binary"]],
  ["year", ["date", "timestamp", "timestamptz", "timestamp_ns"]],
  ["month", ["date", "timestamp", "timestamptz", "timestamp_ns"]],
  ["day", ["date", "timestamp", "timestamptz", "timestamp_ns"]],
  ["hour", ["timestamp", "timestamptz", "timestamp_ns"]],
];

test.each(applicable.flatMap(([transform, names]) => names.map((name) => [transform, name] as const)))(
  "%s of %s",
  async (text, name) => {
    const transform = parseTransform(text);
    const type = name as PrimitiveType;
    const { sql, values } = types[name] ?? { sql: "", values: fc.constant("") };
    const expression = transformSql(transform, type)("value");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(values), { minLength: 1, maxLength: 50 }), async (list) => {
        const literals = list.map((value) => {
          if (value === null) return `(null::${sql})`;
          return sql === "blob" ? `(unhex(${quoteText(value)}))` : `(${quoteText(value)}::${sql})`;
        });
        const { rows } = await engine.run(
          `select (${expression})::varchar from (values ${literals.join(", ")}) given(value)`,
        );
        const found = rows.map(([value]) =>
          value === null
            ? null
            : partitionValue(transform, { type: transformedType(transform, type), text: String(value) }),
        );
        const wanted = list.map((value) =>
          applyTransform(transform, { type, value: value === null ? null : (valueFromText(type, value) ?? null) }),
        );
        expect(found).toEqual(wanted);
      }),
      { numRuns: 20 },
    );
  },
);

test.each([
  ["identity", "double"],
  ["bucket[3]", "boolean"],
  ["truncate[3]", "date"],
  ["hour", "date"],
  ["day", "string"],
  ["zorder", "int"],
  ["identity", "variant"],
  ["identity", "geometry"],
  ["bucket[3]", "geography"],
])("%s does not apply to %s", (text, type) => {
  expect(() => transformSql(parseTransform(text), type as PrimitiveType)).toThrow(/does not apply/);
});
