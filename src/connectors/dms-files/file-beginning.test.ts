import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fileBeginning, gzipEndsWithLine } from "./file-beginning.ts";

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-file-beginning-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function written(bytes: Buffer): Promise<string> {
  const path = join(home, "file.csv.gz");
  await writeFile(path, bytes);
  return path;
}

test("a compressed file has to be whole, and to end with a line", async () => {
  const bytes = gzipSync("1,a\n2,b\n");
  expect(await gzipEndsWithLine(await written(bytes))).toBe(true);
  expect(await gzipEndsWithLine(await written(Buffer.concat([bytes, bytes])))).toBe(true);
  expect(await gzipEndsWithLine(await written(gzipSync("")))).toBe(true);
  expect(await gzipEndsWithLine(await written(gzipSync("1,a\n2,b")))).toBe(false);
  await expect(gzipEndsWithLine(await written(bytes.subarray(0, -9)))).rejects.toMatchObject({ code: "Z_BUF_ERROR" });
  const other = Buffer.from(bytes);
  other.writeUInt32LE(1, other.length - 8);
  await expect(gzipEndsWithLine(await written(other))).rejects.toMatchObject({ code: "Z_DATA_ERROR" });
});

test("the beginning has the whole first row, however long a large object is", async () => {
  const row = `1,"${"x\n".repeat(200_000)}"\n`;
  const { text } = await fileBeginning(await written(Buffer.from(row.repeat(20))));
  expect(text.startsWith(row)).toBe(true);
  expect(text.length).toBeLessThan(2 * row.length);
});
