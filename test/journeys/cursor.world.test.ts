/**
 * Tests a table with a cursor: new and changed rows are merged by key; deletes are not seen and are found by
 * reconciling.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { tableRollback } from "../../src/operations/references.ts";
import { sync as syncOperation } from "../../src/operations/sync.ts";
import { tableSet } from "../../src/operations/table-set.ts";
import type { ReconcileReport } from "../../src/sync/compare/reconcile-source.ts";
import type { SyncReport, TableReport } from "../../src/sync/run/sync-report.ts";
import { askCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

const rows = 5_000;

describe.each(["postgres", "mariadb"] as const)("from %s", (dialect) => {
  let home: string;
  let source: SampleSource;
  let at: CommandOptions;
  let held: HeldHeadgate;
  const moment = (minute: number): string => `timestamp '2024-01-01 00:00:00' + interval ${minutes(minute)}`;
  const minutes = (count: number): string => (dialect === "postgres" ? `'${count} minutes'` : `${count} minute`);

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "headgate-cursor-"));
    source = await openSampleSource(dialect, join(home, "source"));
    const type = dialect === "postgres" ? "timestamp(6)" : "datetime(6)";
    await source.execute(
      `create table orders (id int, shop varchar(20), note varchar(40), updated_at ${type}, primary key (shop, id))`,
    );
    const series =
      dialect === "postgres" ? `generate_series(1, ${rows}) s(n)` : `(select seq as n from seq_1_to_${rows}) s`;
    const later = dialect === "postgres" ? "interval '1 minute' * n" : "interval n minute";
    await source.execute(
      `insert into orders select n, 'north', 'first', timestamp '2024-01-01 00:00:00' + ${later} from ${series}`,
    );
    at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password, HEADGATE_SMALL_FILE: "0" } };
    await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
    // Held by the test, so that the commands need not each start a metadata database.
    held = await holdHeadgate({ data: at.data, smallFile: "0" });
    await askCommand(["sync", "shop"], at);
  });
  afterAll(async () => {
    await held[Symbol.asyncDispose]();
    await source[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  async function sync(): Promise<{ table: TableReport | undefined; rowsRead: number }> {
    const report: SyncReport = await askCommand(["sync", "shop"], at);
    return { table: report.tables[0], rowsRead: report.rowsRead };
  }
  async function reconcile(...words: string[]): Promise<ReconcileReport["tables"][number] | undefined> {
    const { stdout } = await runCommand(["reconcile", "shop", ...words, "--json"], at);
    return (JSON.parse(stdout) as ReconcileReport).tables[0];
  }

  test("a column that cannot be a cursor is refused, with why", async () => {
    const { code, stderr } = await runCommand(
      ["table", "set", "shop.orders", "--mode", "cursor", "--column", "note"],
      at,
    );
    expect(code).toBe(1);
    expect(stderr).toContain("note is neither a number nor a time");
  });

  test("what nobody chose is compared whole, and says that a cursor could be", async () => {
    const { table } = await sync();
    expect(table).toMatchObject({ mode: "diff", outcome: "unchanged" });
    expect(table?.modeReason).toContain("updated_at");
  });

  test("new and changed rows arrive, and little is read", async () => {
    await askCommand(
      ["table", "set", "shop.orders", "--mode", "cursor", "--column", "updated_at", "--overlap", "3600"],
      at,
    );
    await source.execute(`update orders set note = 'changed', updated_at = ${moment(rows + 5)} where id <= 3`);
    await source.execute(`insert into orders values (1, 'south', 'new', ${moment(rows + 6)})`);
    const { table, rowsRead } = await sync();
    expect(table).toMatchObject({
      mode: "cursor",
      outcome: "merged",
      rows: rows + 1,
      rowsAdded: 4,
      rowsRemoved: 3,
      rowsUpdated: 3,
    });
    expect(rowsRead).toBeLessThan(200);
    expect(await reconcile()).toMatchObject({ equal: true });
  });

  test("a row that was committed late is read by the overlap", async () => {
    await source.execute(`insert into orders values (2, 'south', 'late', ${moment(rows - 20)})`);
    await source.execute(`insert into orders values (3, 'south', 'no time', null)`);
    expect((await sync()).table).toMatchObject({ outcome: "merged", rowsAdded: 2, rowsRemoved: 0 });
    expect(await reconcile()).toMatchObject({ equal: true });
  });

  test("nothing new is nothing written", async () => {
    await source.execute("create table other (id int)");
    await source.execute("insert into other values (1)");
    const report: SyncReport = await askCommand(["sync", "shop", "--table", "orders"], at);
    expect(report).toMatchObject({ commit: null, tables: [{ outcome: "unchanged", files: 0 }] });
  });

  test("deletes are not seen, which is said, and reconciling finds and mends them", async () => {
    await source.execute("delete from orders where id = 77");
    const { table } = await sync();
    expect(table?.modeReason).toContain("deletes are not seen");
    expect(await reconcile()).toMatchObject({ rowsOnlyInLake: 1 });
    expect(await reconcile("--repair")).toMatchObject({ repaired: true });
    expect(await reconcile()).toMatchObject({ equal: true });
  });

  test("a table that is reset is read whole once, and what its cursor did not see arrives", async () => {
    await source.execute("delete from orders where id = 78");
    await source.execute("update orders set note = 'unseen' where id = 79");
    expect((await sync()).table).toMatchObject({ outcome: "unchanged" });
    await askCommand(["table", "reset", "shop.orders"], at);
    expect((await sync()).table).toMatchObject({ outcome: "merged", rowsAdded: 1, rowsRemoved: 2, rowsUpdated: 1 });
    expect(await reconcile()).toMatchObject({ equal: true });
    expect((await sync()).table).toMatchObject({ mode: "cursor", outcome: "unchanged" });
  });

  test("a key of one's own finds the rows of a table without one", async () => {
    await source.execute(
      `create table keyless (code varchar(10), note varchar(20), updated_at ${dialect === "postgres" ? "timestamp(6)" : "datetime(6)"})`,
    );
    await source.execute(`insert into keyless values ('a', 'first', ${moment(1)}), ('b', 'first', ${moment(2)})`);
    const only = (...words: string[]) => askCommand<SyncReport>([...words, "--table", "keyless"], at);
    await only("sync", "shop");
    const asCursor = ["table", "set", "shop.keyless", "--mode", "cursor", "--column", "updated_at"];
    expect((await runCommand(asCursor, at)).stderr).toContain("no key to find the rows by");
    await askCommand(["table", "set", "shop.keyless", "--key", "code"], at);
    await askCommand(asCursor, at);
    await source.execute(`update keyless set note = 'second', updated_at = ${moment(9_000)} where code = 'b'`);
    const { tables } = await only("sync", "shop");
    expect(tables).toMatchObject([{ mode: "cursor", rows: 2, rowsAdded: 1, rowsRemoved: 1, rowsUpdated: 1 }]);
    await source.execute("drop table keyless");
  });

  describe("what a cursor cannot tell is compared, and said", () => {
    const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
    const type = dialect === "postgres" ? "timestamp(6)" : "datetime(6)";
    async function execute(...statements: string[]): Promise<void> {
      for (const statement of statements) await source.execute(statement);
    }
    async function only(table: string): Promise<TableReport | undefined> {
      const report = await held.session.call(syncOperation, { source: "shop", tables: [table], full: false }, call);
      return report.tables[0];
    }
    const mode = (table: string, column?: string) =>
      held.session.call(
        tableSet,
        { table: `shop.${table}`, mode: column === undefined ? "auto" : "cursor", column },
        call,
      );
    const isEqual = async (table: string) => (await held.reconcile("shop", [table])).tables[0]?.equal;

    test("deletes before it was left, and what a rollback took", async () => {
      const series = dialect === "postgres" ? "generate_series(1, 100) s(n)" : "(select seq as n from seq_1_to_100) s";
      await execute(`create table seen (id int primary key, note varchar(20), updated_at ${type})`);
      await execute(`insert into seen select n, 'first', ${moment(1)} from ${series}`);
      await only("seen");
      await mode("seen", "updated_at");
      await execute("delete from seen where id <= 10");
      expect(await only("seen")).toMatchObject({ mode: "cursor", rows: 100 });
      expect(await only("seen")).toMatchObject({ mode: "cursor", rows: 100 });
      await mode("seen");
      expect(await only("seen")).toMatchObject({ rows: 90, rowsRemoved: 10 });
      await mode("seen", "updated_at");
      await execute("update seen set note = 'unseen' where id = 50");
      await held.session.call(syncOperation, { source: "shop", tables: ["seen"], full: true }, call);
      await execute(`update seen set updated_at = ${moment(500)} where id = 100`);
      await only("seen");
      await held.session.call(tableRollback, { table: "shop.seen", to: "first" }, call);
      expect(await only("seen")).toMatchObject({ rows: 90, rowsRemoved: 12, rowsAdded: 2 });
      expect(await isEqual("seen")).toBe(true);
    });

    test("a key that cannot be held here doubles no row", async () => {
      const [day, never] = dialect === "postgres" ? ["timestamp", "'infinity'"] : ["date", "'0000-00-00'"];
      await execute(
        `create table zero (day ${day}, n int, note varchar(20), updated_at ${type}, primary key (day, n))`,
      );
      await execute(
        `insert into zero values (${never}, 1, 'first', ${moment(1)}), ('2024-05-01', 1, 'x', ${moment(1)})`,
      );
      await only("zero");
      await mode("zero", "updated_at");
      await execute(`update zero set note = 'second' where n = 1`);
      for (let again = 1; again <= 3; again++) {
        await execute(`insert into zero values ('2024-05-02', ${again}, 'more', ${moment(2)})`);
        const report = await only("zero");
        expect(report).toMatchObject({ mode: "diff", rows: 2 + again });
        expect(report?.modeReason).toContain("a value of the key cannot be held in the lake");
      }
      expect(await isEqual("zero")).toBe(true);
    });

    test("a declared key that is not unique loses and doubles no row", async () => {
      await execute(`create table twice (code varchar(10), note varchar(20), updated_at ${type})`);
      await execute(`insert into twice values ('a', 'one', ${moment(1)}), ('b', 'two', ${moment(9_000)})`);
      await only("twice");
      await held.session.call(tableSet, { table: "shop.twice", key: ["code"] }, call);
      await mode("twice", "updated_at");
      await execute(`insert into twice values ('a', 'three', ${moment(9_001)})`);
      const report = await only("twice");
      expect(report).toMatchObject({ mode: "diff", rows: 3, rowsAdded: 1, rowsRemoved: 0 });
      expect(report?.modeReason).toContain("the key code is not unique");
      expect(await isEqual("twice")).toBe(true);
    });

    test("values in the future and values that begin anew hide no row", async () => {
      await execute(`create table ahead (id int primary key, updated_at ${type})`);
      await execute(`insert into ahead values (1, ${moment(9_000)}), (2, timestamp '2999-01-01 00:00:00')`);
      await only("ahead");
      await mode("ahead", "updated_at");
      await execute(`insert into ahead values (3, ${moment(9_001)})`);
      expect(await only("ahead")).toMatchObject({ mode: "cursor", rows: 3, rowsAdded: 1 });
      await execute(`update ahead set updated_at = ${moment(1)}`, `insert into ahead values (4, ${moment(2)})`);
      const report = await only("ahead");
      expect(report).toMatchObject({ mode: "diff", rows: 4, rowsAdded: 4, rowsRemoved: 3 });
      expect(report?.modeReason).toContain("is no longer in the source");
    });

    test("an overlap counts what it counted when it was chosen", async () => {
      await execute("create table daily (id int primary key, day date)", "insert into daily values (1, '2024-01-01')");
      await only("daily");
      await mode("daily", "day");
      await execute(
        dialect === "postgres" ? "alter table daily alter day type timestamp" : "alter table daily modify day datetime",
      );
      expect((await only("daily"))?.modeReason).toContain("an overlap in days, and day counts seconds now");
      await mode("daily", "day");
      expect((await only("daily"))?.modeReason).toBe("chosen; deletes are not seen");
      await execute("drop table seen", "drop table zero", "drop table twice", "drop table ahead", "drop table daily");
    });
  });

  test("a table whose columns moved is compared whole once", async () => {
    await source.execute("alter table orders add column extra varchar(10) default 'all'");
    expect((await sync()).table).toMatchObject({ outcome: "reloaded", schemaChanges: ["added extra"] });
    expect(await reconcile()).toMatchObject({ equal: true });
  });
});
