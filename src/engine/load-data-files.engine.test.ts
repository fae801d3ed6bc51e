import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { semaphore } from "../base/semaphore.ts";
import type { ColumnBuffer } from "./column-buffer.ts";
import { quoteText } from "./duckdb-type.ts";
import type { Engine } from "./engine.ts";
import { openEngine } from "./open-engine.ts";
import type { CopiedFile, FileDraft } from "./copy-data-files.ts";
import { plainLayout } from "./file-layout.ts";
import { loadDataFiles, type LoadColumn, type LoadSink } from "./load-data-files.ts";

let directory: string;
let engine: Engine;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headgate-load-"));
  engine = await openEngine({ memoryMb: 192, threads: 1, scratchDirectory: directory });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const text: LoadColumn = {
  name: "text",
  fieldId: 7,
  type: "string",
  staged: { physical: "bytes", logical: { kind: "utf8" } },
};
const long: LoadColumn = { name: "long", fieldId: 1, type: "long", staged: { physical: "int64" } };

interface Loaded {
  readonly files: readonly CopiedFile[];
  readonly repairedTexts: readonly ReadonlyMap<number, number>[];
  readonly paths: readonly string[];
}

async function load(columns: readonly LoadColumn[], read: (sink: LoadSink) => Promise<void>): Promise<Loaded> {
  const drafts: string[] = [];
  const newFile = async (): Promise<FileDraft> => {
    const path = join(directory, `out-${crypto.randomUUID()}.parquet`);
    drafts.push(path);
    return { path, publish: async () => {}, discard: () => rm(path, { force: true }) };
  };
  const loaded = await loadDataFiles({
    engine: Promise.resolve(engine),
    columns,
    layout: plainLayout,
    scratchDirectory: directory,
    writing: { slots: semaphore(2), batches: 0 },
    newFile,
    read,
  });
  const files = loaded.flatMap((written) => written.files);
  return {
    files: files.map(({ file }) => file),
    repairedTexts: loaded.map(({ repairedTexts }) => repairedTexts),
    paths: files.map(({ draft }) => draft.path),
  };
}

async function readBack(paths: readonly string[], list: string): Promise<readonly (readonly unknown[])[]> {
  const { rows } = await engine.run(`select ${list} from read_parquet([${paths.map(quoteText).join(", ")}])`);
  return rows;
}

function column(sink: LoadSink, index: number): ColumnBuffer {
  const buffer = sink.columns[index];
  if (buffer === undefined) throw new TypeError(`there is no column ${index}`);
  return buffer;
}

test("whatever the values, nulls and batch boundaries, what comes out is what went in", async () => {
  const values = fc.record({
    long: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    text: fc.option(fc.string({ unit: "binary", maxLength: 90 })),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(values, fc.boolean()), { maxLength: 60 }), async (rows) => {
      const { paths, files } = await load([long, text], async (sink) => {
        for (const [row, cut] of rows) {
          if (row.long === null) column(sink, 0).appendNull();
          else column(sink, 0).appendBigInt64(row.long);
          const bytes = Buffer.from(row.text ?? "");
          if (row.text === null) column(sink, 1).appendNull();
          else column(sink, 1).appendBytes(bytes, 0, bytes.length);
          sink.rowDone();
          if (cut) await sink.drain();
        }
      });
      expect(files.reduce((sum, { rowCount }) => sum + rowCount, 0)).toBe(rows.length);
      const back = paths.length === 0 ? [] : await readBack(paths, `"long"::varchar, "text"`);
      const key = (row: readonly unknown[]): string => JSON.stringify(row);
      const given = rows.map(([row]) => [row.long?.toString() ?? null, row.text]);
      expect(back.map(key).toSorted()).toEqual(given.map(key).toSorted());
    }),
    { numRuns: 40 },
  );
});

test("text that is not UTF-8 keeps its bytes, escaped, and is counted by field", async () => {
  const texts = [Buffer.from("naïve 🦊"), Buffer.from([0x61, 0xff]), Buffer.from([0xc3])];
  const { repairedTexts, paths } = await load([text], async (sink) => {
    for (const bytes of texts) {
      column(sink, 0).appendBytes(bytes, 0, bytes.length);
      sink.rowDone();
    }
  });
  expect(await readBack(paths, "text")).toEqual([["naïve 🦊"], ["a\\xFF"], ["\\xC3"]]);
  expect([...(repairedTexts[0] ?? [])]).toEqual([[7, 2]]);
});

test("statistics carry field ids, counts and bounds", async () => {
  const { files } = await load([long], async (sink) => {
    for (const value of [5n, -3n, 2n ** 62n]) {
      column(sink, 0).appendBigInt64(value);
      sink.rowDone();
    }
    column(sink, 0).appendNull();
    sink.rowDone();
  });
  expect(files[0]?.columns).toMatchObject([
    { fieldId: 1, valueCount: 4, nullCount: 1, lower: "-3", upper: String(2n ** 62n) },
  ]);
});

test("a reader that fails leaves nothing staged", async () => {
  const failing = load([long], async (sink) => {
    column(sink, 0).appendInt64(0, 1);
    sink.rowDone();
    await sink.drain();
    column(sink, 0).appendInt64(0, 2);
    sink.rowDone();
    void sink.drain();
    throw new Error("the source died");
  });
  await expect(failing).rejects.toThrow("the source died");
  expect((await readdir(directory)).filter((name) => !name.startsWith("out-"))).toEqual([]);
});

test("a reader that ends while its last drain is under way loses nothing", async () => {
  const large = Buffer.alloc(64 * 1024 * 1024, "x");
  const { files } = await load([text], async (sink) => {
    for (const isLast of [false, false, true]) {
      column(sink, 0).appendBytes(large, 0, large.length);
      sink.rowDone();
      const drained = sink.drain();
      if (!isLast) await drained;
    }
  });
  expect(files.map(({ rowCount }) => rowCount)).not.toContain(0);
  expect(files.reduce((sum, { rowCount }) => sum + rowCount, 0)).toBe(3);
});

test("reading stops soon after a file could not be written", async () => {
  let batches = 0;
  const tooSmall: LoadColumn = { ...long, type: "int" };
  const loading = load([tooSmall], async (sink) => {
    for (; batches < 10_000; batches++) {
      column(sink, 0).appendInt64(1, 0);
      sink.rowDone();
      await sink.drain();
    }
  });
  await expect(loading).rejects.toMatchObject({ code: "SQL_FAILED" });
  expect(batches).toBeLessThan(10_000);
});
