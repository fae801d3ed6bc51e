/**
 * Tests values as large as an engine's memory: a sync, a comparison and a change stay within the limit, and a statement
 * that exceeds it names the setting. The same was tried by hand with 300 MB and the default memory.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { sourceAdd } from "../../src/operations/sources.ts";
import { holdHeadgate } from "../world/held-headgate.ts";
import type { Dialect } from "../world/sample-shop.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

const megabytes = 60;
const value = `repeat('abcdefghij', ${megabytes * 100_000})`;
const types: Record<Dialect, { readonly text: string; readonly bytes: string; readonly cast: string }> = {
  postgres: { text: "text", bytes: "bytea", cast: `convert_to(${value}, 'utf8')` },
  mariadb: { text: "longtext", bytes: "longblob", cast: value },
};

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-large-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function fill(source: SampleSource): Promise<void> {
  const { text, bytes, cast } = types[source.dialect];
  await source.execute(`create table large (id int primary key, c ${text}, b ${bytes})`);
  await source.execute(`insert into large values (1, ${value}, null)`);
  await source.execute(`insert into large values (2, null, ${cast})`);
  await source.execute("insert into large values (3, 'x', 'y')");
}

test.each(["postgres", "mariadb"] as const)("from %s", async (dialect) => {
  await using source = await openSampleSource(dialect, join(home, "source"));
  await fill(source);
  const data = join(home, "data");
  const { url, password } = source;
  {
    await using held = await holdHeadgate({ data, engineMemory: "64" });
    const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
    await held.session.call(sourceAdd, { name: "shop", url, password, newTables: "auto" }, call);
    expect((await held.sync("shop")).tables).toMatchObject([{ outcome: "created", rows: 3 }]);
    expect((await held.reconcile("shop")).tables).toMatchObject([{ equal: true }]);
    await source.execute("update large set b = 'z' where id = 3");
    expect((await held.sync("shop")).tables).toMatchObject([{ outcome: "reloaded", rows: 3 }]);
    expect((await held.reconcile("shop")).tables).toMatchObject([{ equal: true }]);
    expect(await held.rows("select id from shop.large where c = 'x'")).toEqual([[3]]);
    await expect(held.rows("select md5(c) from shop.large")).rejects.toMatchObject({
      code: "SQL_OUT_OF_MEMORY",
      remedy: expect.stringMatching(/HEADGATE_ENGINE_MEMORY.*from 64 to 256/),
    });
  }
  await using held = await holdHeadgate({ data, engineMemory: "512" });
  const [[digest] = []] = await held.rows(`select md5(${value})`);
  expect(await held.rows("select id, md5(c), md5(b) from shop.large order by id")).toMatchObject([
    [1, digest, null],
    [2, null, digest],
    [3, expect.any(String), expect.any(String)],
  ]);
});
