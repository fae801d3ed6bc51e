/** Large files get an engine of their own, which is gone afterwards; small ones do not. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import { withReader } from "./with-reader.ts";

const scratchDirectory = await mkdtemp(join(tmpdir(), "headgate-reader-"));
const load = await openEngine({ memoryMb: 64, threads: 1, scratchDirectory });
afterAll(async () => {
  await load[Symbol.asyncDispose]();
  await rm(scratchDirectory, { recursive: true });
});

const context = {
  ownEngine: () => openEngine({ memoryMb: 64, threads: 2, scratchDirectory }),
  loadEngine: async () => load,
};

async function threadsOf(engine: Engine): Promise<number> {
  const { rows } = await engine.run("select current_setting('threads')");
  return Number(rows[0]?.[0]);
}

test("small files are read by the engine that writes data files", async () => {
  expect(await withReader(context, 1_000_000, async (engine) => engine)).toBe(load);
  expect(await threadsOf(load)).toBe(1);
});

test("large files are read by another engine with its own threads, which is then closed", async () => {
  const used: Engine[] = [];
  const threads = await withReader(context, 100_000_000, async (engine) => {
    used.push(engine);
    return threadsOf(engine);
  });
  expect(threads).toBe(2);
  expect(used.map((engine) => engine.isAlive())).toEqual([false]);
  expect(load.isAlive()).toBe(true);
});

test("the other engine gets more memory if it needs it", async () => {
  const sum = await withReader(context, 100_000_000, async (engine) => {
    const { rows } = await engine.run(
      "select length(string_agg(repeat('x', 1000) || i, '')) from range(60000) numbers(i)",
    );
    return Number(rows[0]?.[0]);
  });
  expect(sum).toBe(60_000 * 1000 + 5 * 60_000 - 11_110);
});
