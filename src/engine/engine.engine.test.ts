import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { using } from "../base/cleanup.ts";
import { lockDown, type Engine } from "./engine.ts";
import { openEngine } from "./open-engine.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headgate-engine-"));
  await mkdir(join(directory, "scratch"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const open = (memoryMb = 192): Promise<Engine> =>
  openEngine({ memoryMb, threads: 2, scratchDirectory: join(directory, "scratch") });

test("statements run side by side and see the same tables", () =>
  using(open(), async (engine) => {
    await engine.run("create table t as select range as n from range(1000)");
    const sums = await Promise.all([1, 2, 3].map((factor) => engine.run(`select sum(n * ${factor})::bigint from t`)));
    expect(sums.map(({ rows }) => String(rows[0]?.[0]))).toEqual(["499500", "999000", "1498500"]);
  }));

test("a text comes out with every character it has, U+FEFF at its beginning too", () =>
  using(open(), async (engine) => {
    const { rows } = await engine.run("select chr(65279) || 'x', [chr(65279) || 'a'], 'b' || chr(0) || 'c'");
    expect(rows).toEqual([["\ufeffx", ["\ufeffa"], "b\0c"]]);
  }));

test("a stream that is left early is cancelled, and the engine goes on", () =>
  using(open(), async (engine) => {
    const { batches } = await engine.stream("select range from range(1000000000000)");
    for await (const batch of batches) {
      expect(batch.length).toBeGreaterThan(0);
      break;
    }
    expect((await engine.run("select 1")).rows).toEqual([[1]]);
  }));

test("an abort ends a running statement with the signal's reason", () =>
  using(open(), async (engine) => {
    const stop = new AbortController();
    const running = engine.run("select count(*) from range(1000000000000) where range % 7 = 3", {
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(new Error("enough")), 100);
    await expect(running).rejects.toThrow("enough");
  }));

test("an abort right after the beginning spares the process", () =>
  using(open(), async (engine) => {
    for (let turn = 0; turn < 5; turn++) {
      const stop = new AbortController();
      const running = engine.run("select count(*) from range(1000000000000) where range % 7 = 3", {
        signal: stop.signal,
        first: ["select 1"],
      });
      stop.abort(new Error("enough"));
      await expect(running).rejects.toThrow("enough");
    }
    expect(engine.isAlive()).toBe(true);
  }));

test("many values in a row come in smaller batches", () =>
  using(open(), async (engine) => {
    const { batches } = await engine.stream("select range(500) from range(2048)");
    const lengths = await Array.fromAsync(batches, ({ length }) => length);
    expect(Math.max(...lengths)).toBeLessThan(100);
    expect(lengths.reduce((sum, length) => sum + length)).toBe(2_048);
  }));

test("a killed process is an error for whoever waits, and for whoever asks later", () =>
  using(open(), async (engine) => {
    const running = engine.run("select count(*) from range(1000000000000) where range % 7 = 3");
    running.catch(() => {});
    await delay(100);
    process.kill(engine.pid, "SIGKILL");
    await expect(running).rejects.toMatchObject({ code: "ENGINE_LOST" });
    expect(engine.isAlive()).toBe(false);
    await expect(engine.run("select 1")).rejects.toMatchObject({ code: "ENGINE_LOST" });
  }));

test("locked down, it reads the named files and nothing else, and stays so", () =>
  using(open(), async (engine) => {
    const [named, other] = [join(directory, "named.csv"), join(directory, "other.csv")];
    await Promise.all([writeFile(named, "a\n1\n"), writeFile(other, "a\n2\n")]);
    const { rows } = await engine.run(`select * from read_csv('${named}')`, { first: lockDown([named]) });
    expect(rows).toHaveLength(1);
    await expect(engine.run(`select * from read_csv('${other}')`)).rejects.toMatchObject({ code: "SQL_FAILED" });
    await expect(engine.run("set enable_external_access = true")).rejects.toMatchObject({ code: "SQL_FAILED" });
    await expect(engine.run(`copy (select 1) to '${other}'`)).rejects.toMatchObject({ code: "SQL_FAILED" });
  }));

test("engines that spill at the same time keep out of each other's files, and leave none", async () => {
  const sorted = (seed: number) =>
    using(open(100), async (engine) => {
      const sql = `select sum(a)::bigint, max(place) from (
        select a, row_number() over (order by md5((a * ${seed})::varchar)) as place
        from (select range as a, md5(range::varchar) as hash from range(600000)) order by hash)`;
      const { rows } = await engine.run(sql);
      return rows[0];
    });
  const instances = await Promise.all([1, 2, 3].map(sorted));
  expect(instances).toEqual([1, 2, 3].map(() => [179_999_700_000, 600_000]));
  expect(await readdir(join(directory, "scratch"))).toEqual([]);
});

test("more than its memory is SQL_OUT_OF_MEMORY, not the end of the process", () =>
  using(open(64), async (engine) => {
    const greedy = engine.run("select list(range) from range(100000000)");
    await expect(greedy).rejects.toMatchObject({ code: "SQL_OUT_OF_MEMORY" });
    expect((await engine.run("select 1")).rows).toEqual([[1]]);
  }));
