/**
 * Tests a large MariaDB table with few changes: its rows are hashed as they are sent, and only the ranges of the key
 * that differ are read, whatever changed in them. Source and lake are equal after every sync.
 */
import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TableReport } from "../../src/sync/run/sync-report.ts";
import { askCommand, type CommandOptions } from "../world/command.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

let home: string;
let source: SampleSource;
let at: CommandOptions;
let held: HeldHeadgate;

/** Rows of the table, and more than one of its ranges can have. */
const [all, aRange] = [160_000, 21_000];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-hashed-"));
  source = await openSampleSource("mariadb", join(home, "source"));
  // Keys with gaps and negative ones, and a type without a digest.
  await source.execute(
    "create table large (id bigint, part int, entry varchar(40), day date, price double, primary key (id, part))",
  );
  await source.execute(
    `insert into large select (cast(seq as signed) - 40000) * if(seq > 100000, 7000, 3), seq % 2, concat('entry ', seq), '2024-01-01', seq / 3
     from seq_1_to_${all}`,
  );
  await source.execute("create table beside (n int)");
  await source.execute("analyze table large");
  at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password, HEADGATE_SMALL_FILE: "0" } };
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  held = await holdHeadgate({ data: at.data, smallFile: "0" });
  await held.sync("shop");
});

afterAll(async () => {
  await held?.[Symbol.asyncDispose]();
  await source?.[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

async function sync(): Promise<Partial<TableReport> & { readonly rowsRead: number }> {
  const { tables, rowsRead } = await held.sync("shop");
  return { ...tables.find(({ lakeTable }) => lakeTable === "shop.large"), rowsRead };
}

/** Compares the whole table, row by row. */
async function expectEqual(): Promise<void> {
  const { tables } = await held.reconcile("shop", ["large"]);
  expect(tables).toMatchObject([{ equal: true, rowsOnlyInLake: 0, rowsOnlyInSource: 0 }]);
}

test.each([
  ["a row", "update large set entry = 'changed' where id = 9", { rowsAdded: 1, rowsRemoved: 1 }],
  ["a float", "update large set price = 0.5 where id = 9", { rowsAdded: 1, rowsRemoved: 1 }],
  ["a value that becomes null", "update large set entry = null where id = 9", { rowsAdded: 1, rowsRemoved: 1 }],
  ["a row below all others", "insert into large values (-9000000, 1, 'below', null, null)", { rowsAdded: 1 }],
  ["a row above all others", "insert into large values (9000000000000, 1, 'above', null, null)", { rowsAdded: 1 }],
  ["a row between", "insert into large values (10, 7, '', '2024-02-29', -0e0)", { rowsAdded: 1 }],
  ["a key that moves to another range", "update large set id = 20001 where id = 10", { rowsAdded: 1, rowsRemoved: 1 }],
  ["rows that go", "delete from large where id between 300 and 330", { rowsRemoved: 11 }],
])("%s that changed is found by reading its range", async (_title, statement, expected) => {
  await source.execute(statement);
  const report = await sync();
  expect(report).toMatchObject({ outcome: "merged", ...expected });
  expect(report.rowsRead).toBeGreaterThan(0);
  expect(report.rowsRead).toBeLessThan(2 * aRange);
});

test("none of these left a difference", expectEqual);

test("a range that lost all of its rows, and one that grew by many, are cut anew", async () => {
  await source.execute("delete from large where id between 60000 and 180000");
  await source.execute("insert into large select 9000000000000 + seq, 0, 'appended', null, seq from seq_1_to_40000");
  expect(await sync()).toMatchObject({ outcome: "merged", rowsAdded: 40_000 });
  await source.execute("update large set entry = 'of many' where id = 9000000039000");
  expect((await sync()).rowsRead).toBeLessThan(2 * aRange);
  await expectEqual();
});

test("a write that was kept out of the log is seen as soon as anything else is written", async () => {
  await source.execute("set statement sql_log_bin = 0 for update large set entry = 'unlogged' where id = 9");
  await source.execute("insert into beside values (1)");
  const report = await sync();
  expect(report).toMatchObject({ outcome: "merged", rowsAdded: 1, rowsRemoved: 1 });
  expect(report.rowsRead).toBeLessThan(2 * aRange);
  await expectEqual();
});

test("rows that are sent as before are not read, and what is not read is not asked of the lake either", async () => {
  await source.execute("update large set entry = 'known again' where id = 9");
  expect(await sync()).toMatchObject({ outcome: "merged" });
  await source.execute("insert into beside values (2)");
  const asBefore = await sync();
  expect(asBefore).toMatchObject({
    outcome: "unchanged",
    reason: expect.stringContaining("are sent with the same bytes as before"),
  });
  expect(asBefore.rowsRead).toBeLessThan(10);
  await source.execute("insert into beside values (3)");
  // Removes the lake's files, so that reading them needlessly fails.
  const { location } = await held.session.context.catalog.find("shop.large");
  const files = location.replace(/^file:\/\//, "");
  await rename(join(files, "data"), join(files, "away"));
  try {
    expect(await sync()).toMatchObject({
      outcome: "unchanged",
      reason: "the source's digest of the rows is the same as before",
    });
  } finally {
    await rename(join(files, "away"), join(files, "data"));
  }
});

test("a table that changed all over is read whole once, and by its ranges after that", async () => {
  await source.execute("update large set price = price + 1 where id % 2 = 0");
  expect((await sync()).rowsRead).toBeGreaterThan(all / 2);
  await source.execute("update large set entry = 'once more' where id = 9");
  expect((await sync()).rowsRead).toBeLessThan(2 * aRange);
  await expectEqual();
});

test("compaction leaves known what the rows are; a change of columns does not", async () => {
  await askCommand(["maintain", "shop.large"], at);
  await source.execute("update large set entry = 'compacted' where id = 9");
  expect((await sync()).rowsRead).toBeLessThan(2 * aRange);
  // The bytes of every row stay the same but mean something else.
  await source.execute("alter table large rename column entry to day, rename column day to entry");
  expect((await sync()).rowsRead).toBeGreaterThan(all / 2);
  await expectEqual();
});
