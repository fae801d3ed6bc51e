import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { using } from "../base/cleanup.ts";
import { must } from "../base/must.ts";
import type { EngineLease, EnginePool } from "../engine/engine-pool.ts";
import { residentMb } from "../engine/memory-watch.ts";
import { runQuery } from "./query.ts";
import { statementPool } from "./statement-pool.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headgate-pool-"));
  await mkdir(join(directory, "scratch"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const noTables = {
  resolve: (): never => {
    throw new Error("no table is named here");
  },
};

function pool(bounds: Partial<Parameters<typeof statementPool>[0]> = {}): EnginePool {
  const scratchDirectory = join(directory, "scratch");
  return statementPool({
    memoryMb: 192,
    threads: 2,
    scratchDirectory,
    processes: 4,
    processesEach: 2,
    timeoutMs: 60_000,
    ...bounds,
  });
}

function ask(
  engines: EnginePool,
  sql: string,
  more: { principal?: string; unreadMs?: number; signal?: AbortSignal } = {},
) {
  const { principal = "ann", unreadMs, signal } = more;
  return runQuery({ sql, tables: noTables, engines, asker: { principal, rules: "", unreadMs }, signal });
}

function rowsOf(engines: EnginePool, sql: string, principal?: string): Promise<unknown[]> {
  return using(ask(engines, sql, { principal: principal ?? "ann" }), async ({ batches }) =>
    (await Array.fromAsync(batches)).flat(),
  );
}

async function pidOf(engines: EnginePool, principal: string): Promise<number> {
  return using(engines.lease({ principal }), async (lease) => (await lease.blank()).pid);
}

/** How many rows are left. */
async function drained(batches: AsyncIterator<readonly unknown[]>): Promise<number> {
  let rows = 0;
  for (let next = await batches.next(); next.done !== true; next = await batches.next()) rows += next.value.length;
  return rows;
}

describe("processes", () => {
  test("are used again by the person they served, and end with the pool", async () => {
    const engines = pool();
    const pid = await pidOf(engines, "ann");
    expect(await rowsOf(engines, "select 1")).toEqual([[1]]);
    expect(await pidOf(engines, "ann")).toBe(pid);
    const other = await pidOf(engines, "bob");
    expect(other).not.toBe(pid);
    expect(await pidOf(engines, "ann")).toBe(pid);
    await engines[Symbol.asyncDispose]();
    expect([isThere(pid), isThere(other)]).toEqual([false, false]);
  });

  test("one that dies while idle is followed by another", () =>
    using(pool(), async (engines) => {
      const pid = await pidOf(engines, "ann");
      process.kill(pid, "SIGKILL");
      while (isThere(pid)) await delay(10);
      expect(await rowsOf(engines, "select 1")).toEqual([[1]]);
      expect(await pidOf(engines, "ann")).not.toBe(pid);
    }));

  // Both are known to be at work, because each has sent rows and has more. Engines give way to every other process of the
  // machine, so a test must not wait until one has computed something large.
  test("one that dies at work fails that statement only", () =>
    using(pool(), async (engines) => {
      const pid = await pidOf(engines, "ann");
      const other = await pidOf(engines, "bob");
      const endless = "select range from range(1000000000000)";
      await using(ask(engines, endless, { principal: "ann" }), async (running) => {
        await using(ask(engines, "select range from range(500000)", { principal: "bob" }), async (unharmed) => {
          const [rest, others] = [running, unharmed].map(({ batches }) => batches[Symbol.asyncIterator]());
          const first = await must(others, "batches").next();
          expect((await must(rest, "batches").next()).done).toBe(false);
          process.kill(pid, "SIGKILL");
          await expect(drained(must(rest, "batches"))).rejects.toMatchObject({ code: "ENGINE_LOST" });
          const rows = first.done === true ? 0 : first.value.length;
          expect(rows + (await drained(must(others, "batches")))).toBe(500_000);
        });
      });
      expect(await pidOf(engines, "bob")).toBe(other);
      expect(await rowsOf(engines, "select 1")).toEqual([[1]]);
    }));

  test("none is started for who still waits when the pool is closed", async () => {
    const engines = pool({ processes: 1, processesEach: 1 });
    const pid = await pidOf(engines, "ann");
    const held = await engines.lease({ principal: "ann" });
    const waiting = engines.lease({ principal: "bob" });
    waiting.catch(() => {});
    await engines[Symbol.asyncDispose]();
    await held[Symbol.asyncDispose]();
    await expect(waiting).rejects.toMatchObject({ code: "ENGINE_LOST" });
    expect(isThere(pid)).toBe(false);
  });

  test("find nothing of the server's environment", () =>
    using(pool(), async (engines) => {
      const environment = readFileSync(`/proc/${await pidOf(engines, "ann")}/environ`, "latin1");
      expect(
        environment
          .split("\0")
          .filter((entry) => entry !== "" && !/^(NODE_CHANNEL_|PWD=|OLDPWD=|SHLVL=|_=)/.test(entry)),
      ).toEqual([]);
    }));
});

describe("an instance", () => {
  const lock = (lease: EngineLease, key: string, files: readonly string[]) =>
    lease.lock({ key, files, views: [`create or replace view v as select '${key}' as k`] });
  const read = async (
    engines: EnginePool,
    who: { principal: string; key: string; files: string[] },
  ): Promise<boolean> =>
    using(engines.lease(who), async (lease) => {
      const { engine, first } = await lock(lease, who.key, who.files);
      expect((await engine.run("select k from v", { first })).rows).toEqual([[who.key]]);
      return first.length === 0;
    });

  test("is kept for the same tables of the same person, and for nobody and nothing else", () =>
    using(pool({ processes: 1, processesEach: 1 }), async (engines) => {
      const files = ["/tmp/a.parquet"];
      expect(await read(engines, { principal: "ann", key: "a", files })).toBe(false);
      expect(await read(engines, { principal: "ann", key: "a", files })).toBe(true);
      expect(await read(engines, { principal: "ann", key: "b", files })).toBe(false);
      expect(await read(engines, { principal: "ann", key: "a", files })).toBe(false);
      expect(await read(engines, { principal: "ann", key: "a", files: ["/tmp/b.parquet"] })).toBe(false);
    }));

  test("that is locked for other files of the same tables opens those of before too, and no others", () =>
    using(pool({ processes: 1, processesEach: 1 }), async (engines) => {
      const allowed = async (files: string[]): Promise<unknown> =>
        using(engines.lease({ principal: "ann" }), async (lease) => {
          const { engine, first } = await lock(lease, "a", files);
          return (await engine.run("select current_setting('allowed_paths')", { first })).rows[0]?.[0];
        });
      expect(await allowed(["/tmp/a.parquet"])).toEqual(["/tmp/a.parquet"]);
      expect([...((await allowed(["/tmp/b.parquet"])) as string[])].sort()).toEqual([
        "/tmp/a.parquet",
        "/tmp/b.parquet",
      ]);
      expect(await read(engines, { principal: "ann", key: "b", files: ["/tmp/c.parquet"] })).toBe(false);
      expect(await allowed(["/tmp/b.parquet"])).toEqual(["/tmp/b.parquet"]);
    }));

  test("that is kept for nothing passes no files on", () =>
    using(pool({ processes: 1, processesEach: 1 }), async (engines) => {
      const allowed = (principal: string, files: string[]): Promise<unknown> =>
        using(engines.lease({ principal }), async (lease) => {
          const { engine, first } = await lease.lock({ key: undefined, files, views: [] });
          return (await engine.run("select current_setting('allowed_paths')", { first })).rows[0]?.[0];
        });
      expect(await allowed("ann", ["/tmp/a.parquet"])).toEqual(["/tmp/a.parquet"]);
      expect(await allowed("bob", ["/tmp/b.parquet"])).toEqual(["/tmp/b.parquet"]);
    }));

  test("that was never locked is not used again", () =>
    using(pool({ processes: 1, processesEach: 1 }), async (engines) => {
      const place = { principal: "ann", key: "a", files: [] };
      await using(engines.lease(place), (lease) => lock(lease, "a", []));
      expect(await read(engines, place)).toBe(false);
    }));

  test("whose views could not be made is not used again", () =>
    using(pool({ processes: 1, processesEach: 1 }), async (engines) => {
      const broken = { key: "a", files: [], views: ["create or replace view v as select * from nowhere"] };
      await using(engines.lease({ principal: "ann" }), async (lease) => {
        const { engine, first } = await lease.lock(broken);
        await expect(engine.run("select 1", { first })).rejects.toMatchObject({ name: "HeadgateError" });
      });
      expect(await read(engines, { principal: "ann", key: "a", files: [] })).toBe(false);
    }));
});

describe("a statement", () => {
  test("waits behind those of the same person, not in front of others", () =>
    using(pool(), async (engines) => {
      const stop = new AbortController();
      const greedy = Array.from({ length: 30 }, () =>
        ask(engines, "select count(*) from range(1000000000000) where range % 7 = 3", { signal: stop.signal }),
      );
      for (const running of greedy) running.catch(() => {});
      await delay(500);
      expect(await rowsOf(engines, "select 1", "bob")).toEqual([[1]]);
      stop.abort(new Error("enough"));
      for (const { status } of await Promise.allSettled(greedy)) expect(status).toBe("rejected");
      expect(await rowsOf(engines, "select 2", "ann")).toEqual([[2]]);
    }));

  test.for([
    "with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r",
    "select count(*) from range(100000000) a, range(100000000) b where a.range % 7 = b.range % 11",
  ])("ends when its time is over: %s", (sql) =>
    using(pool({ timeoutMs: 1_000 }), async (engines) => {
      await expect(rowsOf(engines, sql)).rejects.toMatchObject({ code: "SQL_TIMEOUT" });
      expect(await rowsOf(engines, "select 1")).toEqual([[1]]);
    }),
  );

  test("that works for longer makes way for others, and the next one in its process does not", () =>
    using(pool(), async (engines) => {
      const pid = await pidOf(engines, "ann");
      const stop = new AbortController();
      const sql = "select count(*) from range(1000000000000) where range % 7 = 3";
      const running = ask(engines, sql, { signal: stop.signal });
      running.catch(() => {});
      await expect.poll(() => niceness(pid), { timeout: 20_000 }).toEqual([10]);
      stop.abort(new Error("enough"));
      await expect(running).rejects.toThrow("enough");
      const next = await pidOf(engines, "ann");
      expect(niceness(next)).toEqual([0]);
    }));

  test("takes no more disk than one may", () =>
    using(pool({ memoryMb: 64, spillMb: 20 }), async (engines) => {
      const sql =
        "select max(place) from (select row_number() over (order by md5(range::varchar)) as place from range(3000000))";
      await expect(rowsOf(engines, sql)).rejects.toMatchObject({
        code: "SQL_OUT_OF_MEMORY",
        remedy: expect.stringContaining("--engine-spill"),
      });
    }));

  test("may take its time to be read", () =>
    using(pool({ timeoutMs: 2_000 }), async (engines) => {
      await using(ask(engines, "select range from range(10000)"), async ({ batches }) => {
        let rows = 0;
        for await (const batch of batches) {
          rows += batch.length;
          await delay(600);
        }
        expect(rows).toBe(10_000);
      });
    }));

  test("whose result nobody reads gives its place up, and says so to who comes back", () =>
    using(pool({ processes: 1, processesEach: 1 }), async (engines) => {
      const { batches } = await ask(engines, "select range from range(1000000)", { unreadMs: 200 });
      expect((await batches.next()).done).toBe(false);
      expect(await rowsOf(engines, "select 1", "bob")).toEqual([[1]]);
      await expect(batches.next()).rejects.toMatchObject({ code: "RESULT_UNREAD" });
    }));

  test("sixty results that nobody reads and that are closed at once leave no trace", () =>
    using(pool({ processes: 4, processesEach: 4 }), async (engines) => {
      for (let turn = 0; turn < 15; turn++) {
        const results = await Promise.all(
          Array.from({ length: 4 }, () => ask(engines, "select range, 'x' from range(10000000)")),
        );
        await Promise.all(results.map((result) => result[Symbol.asyncDispose]()));
      }
      expect(await rowsOf(engines, "select 1")).toEqual([[1]]);
    }));
});

/** Each of these takes gigabytes that DuckDB does not count. */
describe("memory is bounded", () => {
  test.for([
    "select count(x) from (select unnest(range(500000000)) as x)",
    "select list_sort(range(100000000))[1]",
    "select damerau_levenshtein(repeat('a', 20000), repeat('b', 20000))",
    "select quantile_cont(range, 0.5) from range(300000000)",
    "select length(printf('%1000000000d', 1))",
    "select length(repeat('x', 4000000000))",
    "select length(lpad('x', 2000000000, 'y'))",
    "select length(string_agg(range::varchar, ',')) from range(400000000)",
    "select len(array_agg(range)) from range(400000000)",
    "select len(list(repeat('x', 100000) || range)) from range(100000)",
  ])("%s", (sql) =>
    using(pool({ memoryMb: 64, timeoutMs: 8_000 }), async (engines) => {
      let most = 0;
      const timer = setInterval(() => (most = Math.max(most, ...childrenNow().map(residentMb))), 10);
      const outcome = await rowsOf(engines, sql).catch((failure: unknown) => failure);
      clearInterval(timer);
      expect(most).toBeLessThan(1_000);
      if (!Array.isArray(outcome))
        expect(outcome).toMatchObject({ code: /^(SQL_OUT_OF_MEMORY|SQL_FAILED|SQL_TIMEOUT)$/ });
      expect(await rowsOf(engines, "select 1")).toEqual([[1]]);
    }),
  );
});

function childrenNow(): readonly number[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, "latin1").split(" ").filter(Boolean).map(Number);
}

/** The distinct nice values of all threads. */
function niceness(pid: number): readonly number[] {
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => getPriority(Number(thread)));
  return [...new Set(threads)];
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
