/** A key that two rows have is found, whichever way the key is looked at. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import { hasKeyTwice } from "./has-key-twice.ts";

let directory: string;
let engine: Engine;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headgate-twice-"));
  engine = await openEngine({ memoryMb: 128, threads: 1, scratchDirectory: directory });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const { signal } = new AbortController();

test.each([
  ["bigint", "-3, 0, 7, null", false],
  ["bigint", "-3, 0, -3", true],
  ["bigint", "-9223372036854775808, 9223372036854775807, 0", false],
  ["bigint", "-9223372036854775808, 9223372036854775807, -9223372036854775808", true],
  ["bigint", "1, null, null", true],
  ["bigint", "null", false],
  ["integer", "-2147483648, -2147483647", false],
  ["integer", "2147483647, 2147483647", true],
  ["varchar", "'a', 'b'", false],
  ["varchar", "'a', 'b', 'a'", true],
])("%s: %s", async (sqlType, values, isTwice) => {
  const relation = `select unnest([${values}])::${sqlType} as c1`;
  const columns = [{ fieldId: 1, name: "c1", sqlType }];
  expect(await hasKeyTwice(engine, { relation, columns, signal })).toBe(isTwice);
});

test("a key of two columns", async () => {
  const relation = "select unnest([1, 1, 2]) as c1, unnest([1, 2, 1]) as c2";
  const columns = [1, 2].map((fieldId) => ({ fieldId, name: `c${fieldId}`, sqlType: "integer" }));
  expect(await hasKeyTwice(engine, { relation, columns, signal })).toBe(false);
});
