import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tableKey, transactionWidths } from "./transaction-widths.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headgate-widths-"));
});
afterAll(() => rm(directory, { recursive: true }));

async function widthsOf(text: string, { isGzip = false, delimiter = ",", quote = '"', longest = 1_000 } = {}) {
  const path = join(directory, "file");
  await writeFile(path, isGzip ? gzipSync(text) : text);
  return transactionWidths({ path, place: "txn.csv", isGzip, delimiter, quote, longest });
}

test.each([true, false])("rows are counted by table, with what is in quotes (gzip: %s)", async (isGzip) => {
  const text = 'I,a,s,1,"x,\n""y"""\nU,"b,c",s,1\nI,a,s,1\n';
  const { widest, byTable, firstShort } = await widthsOf(text, { isGzip });
  expect({ widest, firstShort }).toEqual({ widest: 5, firstShort: undefined });
  expect(byTable.get(tableKey("a", "s"))).toEqual(
    new Map([
      [5, 1],
      [4, 3],
    ]),
  );
  expect(byTable.get(tableKey("b,c", "s"))).toEqual(new Map([[4, 2]]));
});

test("a row that names no table is found", async () => {
  expect((await widthsOf("I,a,s,1\r\nI,a\r\n")).firstShort).toBe(2);
});

test("quotes that are never closed do not fill the memory", async () => {
  const endless = `I,a,s,1\nI,a,s,"${"x\n".repeat(1_000)}`;
  const place = "txn.csv, row 2";
  await expect(widthsOf(endless, { isGzip: true })).rejects.toMatchObject({ code: "SOURCE_FILE_INVALID", place });
});

test("without quotes, and with a longer delimiter", async () => {
  const { byTable } = await widthsOf('I||"a||s||1\n', { quote: "", delimiter: "||" });
  expect([...byTable.keys()]).toEqual([tableKey('"a', "s")]);
});

test.each([
  ['I,a,s,"x"\nD,a,s,""\n', true],
  ["I,a,s,1\nX,a,s,1\n", false],
  ['I,a,s,1\nI,a,s,"\n', false],
])("%j is sound: %s", async (text, isSound) => {
  expect((await widthsOf(text)).isSound).toBe(isSound);
});
