/**
 * Another engine rewrites, expires, loses and duplicates between runs; the next run makes the table equal to its source
 * again.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareTables } from "./compare-tables.ts";
import { askCommand } from "../world/command.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { movePointer } from "../world/move-pointer.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { peers } from "./set-up.ts";

const names = ["keyed", "keyless"];

describe.each(["postgres", "mariadb"] as const)("from %s", (dialect) => {
  let home: string;
  let source: SampleSource;
  let held: HeldHeadgate;
  let round = 0;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "headgate-foreign-"));
    source = await openSampleSource(dialect, join(home, "source"));
    await source.execute("create table keyed (id int primary key, entry varchar(200))");
    await source.execute("create table keyless (entry varchar(200), n int)");
    const ids = Array.from({ length: 1_000 }, (_, index) => index);
    await source.execute(`insert into keyed values ${ids.map((id) => `(${id}, 'entry ${id}')`).join(", ")}`);
    await source.execute(`insert into keyless values ${ids.map((id) => `('same', ${id % 50})`).join(", ")}`);
    const at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
    await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
    held = await holdHeadgate({ data: at.data, smallFile: "0" });
    await held.sync("shop");
  });
  afterAll(async () => {
    await held[Symbol.asyncDispose]();
    await source[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  async function pyiceberg(name: string, action: string, filter?: string): Promise<void> {
    const table = await held.session.context.catalog.find(`shop.${name}`);
    const child = spawn(peers.python, [join(import.meta.dirname, "writers/pyiceberg_writer.py")]);
    child.stdin.end(JSON.stringify({ metadata: table.metadataLocation, action, filter }));
    const [output, complaint, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    if (status !== 0) throw new Error(`PyIceberg could not ${action}: ${complaint}`);
    const { location, snapshot } = JSON.parse(output) as { location: string; snapshot: string };
    await movePointer(held.session, { table, to: location, snapshotId: BigInt(snapshot) });
  }
  async function change(): Promise<void> {
    round++;
    await source.execute(
      `update keyed set entry = 'changed ${round}' where id between ${round * 20} and ${round * 20 + 9}`,
    );
    await source.execute(`delete from keyed where id = ${500 + round}`);
    await source.execute(`insert into keyed values (${2_000 + round}, null)`);
    await source.execute(`delete from keyless where n = ${round}`);
    await source.execute(`insert into keyless values ('same', 7), (null, 7)`);
  }
  async function expectExact(outcome: string): Promise<void> {
    const { tables } = await held.sync("shop");
    expect(tables.map((table) => table.outcome)).toEqual([outcome, outcome]);
    expect(await compareTables({ source, session: held.session, database: "shop", names })).toEqual([]);
  }

  test.each([
    ["rewrites", "rewrite", undefined],
    ["expires the snapshots of", "expire", undefined],
  ] as const)("%s what we wrote: nothing to do, and changes go on", async (_, action, filter) => {
    await change();
    await held.sync("shop");
    for (const name of names) await pyiceberg(name, action, filter);
    await expectExact("unchanged");
    for (const name of names) await pyiceberg(name, action, filter);
    await change();
    await expectExact("merged");
  });

  test.each([
    ["loses", "delete"],
    ["doubles", "double"],
  ] as const)("%s rows: the next sync mends them, though the source is as it was", async (_, action) => {
    await pyiceberg("keyed", action, "id < 30");
    await pyiceberg("keyless", action, "n < 3");
    await expectExact("merged");
    await expectExact("unchanged");
  });
});
