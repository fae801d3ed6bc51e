/**
 * Tests soft deletes and histories: deleted rows stay, marked, and every change is recorded, even when columns change,
 * tables are emptied, and rows return.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { uuidv7 } from "../../src/base/uuid.ts";
import { fileIO } from "../../src/catalog/file-io.ts";
import { fileKey } from "../../src/iceberg/data-file.ts";
import { metadataVersion, writeMetadata } from "../../src/iceberg/metadata-file.ts";
import { planScan } from "../../src/iceberg/scan.ts";
import { produceSnapshot } from "../../src/iceberg/snapshot-producer.ts";
import { currentSnapshot } from "../../src/iceberg/table-metadata.ts";
import { applyUpdates } from "../../src/iceberg/table-update.ts";
import { tableSet } from "../../src/operations/table-set.ts";
import { maintain } from "../../src/operations/maintain.ts";
import { reconcile } from "../../src/operations/reconcile.ts";
import { referenceSet, tableRollback } from "../../src/operations/references.ts";
import { tableReset } from "../../src/operations/table-control.ts";
import { tableShow } from "../../src/operations/tables.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { openRandom } from "../soak/random.ts";
import { askCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { movePointer } from "../world/move-pointer.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

type Row = readonly unknown[];

describe.each(["postgres", "mariadb"] as const)("from %s", (dialect) => {
  let home: string;
  let source: SampleSource;
  let at: CommandOptions;
  let held: HeldHeadgate;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "headgate-kept-"));
    source = await openSampleSource(dialect, join(home, "source"));
    await source.execute("create table orders (id int primary key, entry varchar(200), amount int)");
    await source.execute("insert into orders values (1, 'one', 10), (2, 'two', 20), (3, null, 30)");
    await source.execute("create table log (entry varchar(200), amount int)");
    await source.execute("insert into log values ('same', 1), ('same', 1), ('other', null)");
    await source.execute("create table busy (id int, shop varchar(20), entry varchar(200), primary key (shop, id))");
    await source.execute("create table loose (n int, entry varchar(200))");
    at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
    await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
    for (const table of ["busy", "loose"]) await keep(table, "yes");
    // Marked by position on one side, rewritten on the other.
    held = await holdHeadgate({ data: at.data, smallFile: dialect === "postgres" ? "0" : "512" });
    await held.sync("shop");
  });
  afterAll(async () => {
    await held[Symbol.asyncDispose]();
    await source[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  const keep = (table: string, answer: "yes" | "no") =>
    askCommand(["table", "set", `shop.${table}`, "--soft-delete", answer, "--history", answer], at);
  const execute = async (...statements: string[]): Promise<void> => {
    for (const statement of statements) await source.execute(statement);
  };
  const sync = (full = false): Promise<SyncReport> => held.sync("shop", full);
  const rows = (statement: string): Promise<readonly Row[]> => held.rows(statement);
  const table = (columns = "id, entry, amount"): Promise<readonly Row[]> =>
    rows(`select ${columns}, _deleted_at is not null from shop.orders order by all`);
  /** The most recent changes. */
  async function news(name: string, columns: string): Promise<readonly Row[]> {
    const history = `shop.${name}__history`;
    const last = `_changed_at = (select max(_changed_at) from ${history})`;
    return rows(`select _operation, ${columns} from ${history} where ${last} order by all`);
  }

  test("asked for, the column and the history are there, and say nothing yet", async () => {
    await keep("orders", "yes");
    await keep("log", "yes");
    const report = await sync();
    expect(report.tables.find(({ lakeTable }) => lakeTable === "shop.orders")?.schemaChanges).toEqual([
      "deleted rows are kept, marked in _deleted_at",
    ]);
    expect(await table()).toEqual([
      [1, "one", 10, false],
      [2, "two", 20, false],
      [3, null, 30, false],
    ]);
    expect(await news("orders", "id, entry, amount")).toEqual([]);
    expect((await sync()).commit).toBeNull();
  });

  test("an update is not a deletion, a deleted row stays, and the history has both", async () => {
    await execute("update orders set entry = 'zwei' where id = 2", "delete from orders where id = 3");
    await execute("insert into orders values (9, 'nine', 90)", "delete from log where entry = 'other'");
    await execute(`insert into log values ('same', 1)`);
    await sync();
    expect(await table()).toEqual([
      [1, "one", 10, false],
      [2, "zwei", 20, false],
      [3, null, 30, true],
      [9, "nine", 90, false],
    ]);
    expect(await news("orders", "id, entry, amount")).toEqual([
      ["delete", 3, null, 30],
      ["insert", 9, "nine", 90],
      ["update_after", 2, "zwei", 20],
      ["update_before", 2, "two", 20],
    ]);
    expect(await news("log", "entry, amount")).toEqual([
      ["delete", "other", null],
      ["insert", "same", 1],
    ]);
    expect(await rows("select entry, amount, _deleted_at is not null from shop.log order by all")).toEqual([
      ["other", null, true],
      ["same", 1, false],
      ["same", 1, false],
      ["same", 1, false],
    ]);
  });

  test("a key that comes back is one row again, and reconciling sees live rows only", async () => {
    await execute("insert into orders values (3, 'again', 31)");
    await sync();
    expect(await table()).toEqual([
      [1, "one", 10, false],
      [2, "zwei", 20, false],
      [3, "again", 31, false],
      [9, "nine", 90, false],
    ]);
    const { tables } = await held.reconcile("shop");
    expect(tables.map(({ equal }) => equal)).toEqual([true, true, true, true]);
  });

  test("columns come, go and change their type; what the history held stays readable", async () => {
    await execute("delete from orders where id = 9", "alter table orders add column extra varchar(20)");
    await execute("alter table orders drop column entry", "update orders set extra = 'x' where id = 1");
    const toText = { postgres: "alter column amount type varchar(20)", mariadb: "modify amount varchar(20)" };
    await execute(`alter table orders ${toText[dialect]}`);
    await sync();
    expect(await table("id, amount, extra")).toEqual([
      [1, "10", "x", false],
      [2, "20", null, false],
      [3, "31", null, false],
      [9, null, null, true],
    ]);
    const history = "select _operation, id, entry, amount__int, amount, extra from shop.orders__history";
    expect(await rows(`${history} where id = 9 order by all`)).toEqual([
      ["delete", 9, null, null, null, null],
      ["insert", 9, "nine", 90, null, null],
    ]);
    expect(await rows(`${history} where id = 1 order by all`)).toEqual([
      ["update_after", 1, null, null, "10", "x"],
      ["update_before", 1, null, null, null, null],
    ]);
  });

  test("emptied, or loaded from the beginning, the table keeps what it had", async () => {
    await execute("delete from orders where id > 1");
    await sync(true);
    expect(await table("id")).toEqual([
      [1, false],
      [2, true],
      [3, true],
      [9, true],
    ]);
    await execute("truncate table orders");
    await sync();
    expect(await table("id")).toEqual([1, 2, 3, 9].map((id) => [id, true]));
    expect(await rows("select count(*) from shop.orders__history where _operation = 'delete'")).toEqual([[5]]);
  });

  test("after any work, live rows are the source's and the history adds up to them", async () => {
    const random = openRandom(dialect === "postgres" ? 11 : 12);
    for (let round = 0; round < 8; round++) {
      for (let work = 0; work < 12; work++) await execute(...randomWork(random));
      await sync();
      const { tables } = await held.reconcile("shop");
      expect(tables.map(({ equal }) => equal)).toEqual([true, true, true, true]);
      for (const [name, columns] of [
        ["busy", "id, shop, entry"],
        ["loose", "n, entry"],
      ] as const) {
        const live = await rows(`select ${columns} from shop.${name} where _deleted_at is null order by all`);
        expect(await rows(replay(name, columns))).toEqual(live);
      }
      const twice = "select shop, id, count(*) from shop.busy group by all having count(*) > 1";
      expect(await rows(twice)).toEqual([]);
    }
  });

  /** The current rows according to the history alone. */
  function replay(name: string, columns: string): string {
    const sum = `sum(case when _operation in ('insert', 'update_after') then 1 else -1 end)`;
    const left = `select ${columns}, ${sum} as copies from shop.${name}__history group by all having ${sum} <> 0`;
    return `select ${columns} from (${left}) left_over, unnest(range(copies::bigint)) order by all`;
  }

  function randomWork({ below, pick }: ReturnType<typeof openRandom>): readonly string[] {
    const id = below(6);
    const entry = pick(["'a'", "'b'", "null", "''"]);
    return pick([
      [`delete from busy where id = ${id}`, `insert into busy values (${id}, 'n', ${entry}), (${id}, 's', 'x')`],
      [`update busy set entry = ${entry} where id = ${id}`],
      [`delete from busy where id = ${id} and shop = 'n'`],
      [`insert into loose values (${id}, ${entry}), (${id}, ${entry})`],
      [`delete from loose where n = ${id}`],
      [`update loose set entry = ${entry} where n = ${id}`],
    ]);
  }

  test("through every command the history adds up to the table", async () => {
    const random = openRandom(dialect === "postgres" ? 21 : 22);
    const commands = everyCommand(random);
    const tables = ["busy", "loose"] as const;
    const more = Array.from({ length: 8 }, () => random.pick(commands));
    for (const [step, command] of [...commands, ...more].entries()) {
      for (let work = 0; work < 3; work++) await execute(...randomWork(random));
      const subject = random.pick(tables);
      await command.run(subject);
      if (command.isSeenLater === true) await sync();
      for (const name of tables) {
        const columns = name === "busy" ? "id, shop, entry" : "n, entry";
        const found = await rows(await liveRows(name, columns));
        expect(await rows(replay(name, columns)), `${step}: ${command.name} ${subject}, then ${name}`).toEqual(found);
      }
    }
    for (const name of tables) await keep(name, "yes");
    await sync();
    const { tables: verdicts } = await held.reconcile("shop");
    expect(verdicts.map(({ equal }) => equal)).toEqual([true, true, true, true]);
  });

  interface AnyCommand {
    readonly name: string;
    /** It writes no history by itself; the next sync does. */
    readonly isSeenLater?: boolean;
    run(subject: "busy" | "loose"): Promise<unknown>;
  }

  const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };

  function everyCommand({ pick }: ReturnType<typeof openRandom>): readonly AnyCommand[] {
    const { session } = held;
    const set = (subject: string, kept: { softDelete?: boolean; history?: boolean }) =>
      session.call(tableSet, { table: `shop.${subject}`, ...kept }, call);
    const repair = (subject: string) =>
      session.call(reconcile, { source: "shop", tables: [subject], repair: true }, call);
    const toEarlier = async (subject: string): Promise<void> => {
      const states = await rows(`select snapshot_id from shop.${subject}.history where is_current_ancestor`);
      await session.call(tableRollback, { table: `shop.${subject}`, to: String(pick(states)[0]) }, call);
    };
    const name = (subject: string, type: "tag" | "branch") =>
      session.call(referenceSet, { table: `shop.${subject}`, name: `a_${type}`, type, at: "before-last" }, call);
    return [
      { name: "sync", run: () => sync() },
      { name: "sync --full", run: () => sync(true) },
      { name: "rollback", run: toEarlier },
      { name: "rollback, then sync", run: async (subject) => [await toEarlier(subject), await sync()] },
      { name: "repair", run: repair },
      { name: "rollback, then repair", run: async (subject) => [await toEarlier(subject), await repair(subject)] },
      { name: "reset", run: (subject) => session.call(tableReset, { table: `shop.${subject}` }, call) },
      {
        name: "keep no deleted rows",
        run: async (subject) => [await set(subject, { softDelete: false }), await sync()],
      },
      { name: "keep deleted rows", run: async (subject) => [await set(subject, { softDelete: true }), await sync()] },
      { name: "tag", run: (subject) => name(subject, "tag") },
      { name: "branch", run: (subject) => name(subject, "branch") },
      { name: "upkeep", run: (subject) => session.call(maintain, { tables: [`shop.${subject}`], plan: false }, call) },
      { name: "another engine loses files", run: loseFile, isSeenLater: true },
      {
        name: "no history for a while",
        run: async (subject) => {
          await set(subject, { history: false });
          await sync();
          await execute(...randomWork({ ...openRandom(3), pick }));
          await sync();
          await set(subject, { history: true });
        },
        isSeenLater: true,
      },
      {
        name: "a column comes and goes",
        run: async (subject) => {
          await execute(`alter table ${subject} add column extra int default 7`);
          await sync();
          await execute(`alter table ${subject} drop column extra`);
          await sync();
        },
      },
    ];
  }

  /** Commits like another engine: the snapshot contains nothing of ours. */
  async function loseFile(subject: string): Promise<void> {
    const { context } = held.session;
    const found = await context.catalog.find(`shop.${subject}`);
    const { metadata, metadataLocation: from } = found;
    const io = fileIO(context.objects);
    const { files } = await planScan(io, { metadata, snapshot: currentSnapshot(metadata), filter: undefined });
    const remove = new Set(files.slice(0, 1).map(({ dataFile }) => fileKey(dataFile)));
    const now = Date.now();
    const { updates, snapshot } = await produceSnapshot(io, metadata, { add: [], remove, now });
    const next = applyUpdates(metadata, { updates, previousFile: from, now });
    const to = await writeMetadata(io, next, { version: metadataVersion(from) + 1, uuid: uuidv7() });
    await movePointer(held.session, { table: found, to, snapshotId: snapshot.snapshotId });
  }

  async function liveRows(name: string, columns: string): Promise<string> {
    const described = await held.session.call(tableShow, { table: `shop.${name}` }, call);
    const isMarked = described.columns.some((column) => column.name === "_deleted_at");
    return `select ${columns} from shop.${name} ${isMarked ? "where _deleted_at is null" : ""} order by all`;
  }

  test("a history does not go back without its table", async () => {
    const { stderr } = await runCommand(["table", "rollback", "shop.busy__history", "--to", "first"], at);
    expect(stderr).toContain("roll back the other table");
  });

  test("asked to keep nothing, the marked rows go and the history ends where it is", async () => {
    await keep("orders", "no");
    await execute("insert into orders (id) values (50)");
    await sync();
    expect(await rows("select id from shop.orders")).toEqual([[50]]);
    expect(await rows("select count(*) from shop.orders__history where id = 50")).toEqual([[0]]);
  });

  test("where another table has the name of a history, the history is called by the next number", async () => {
    await execute("create table taken (id int primary key)", "create table taken__history (id int primary key)");
    await execute("insert into taken values (1), (2)", "insert into taken__history values (7)");
    await sync();
    await keep("taken", "yes");
    await sync();
    await execute("delete from taken where id = 1", "insert into taken__history values (8)");
    const { tables } = await sync();
    expect(tables.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    expect(await rows("select id, _operation from shop.taken__history_2")).toEqual([[1, "delete"]]);
    expect(await rows("select id from shop.taken__history order by id")).toEqual([[7], [8]]);
    await execute("drop table taken", "drop table taken__history");
  });

  test("a table of the source that has the name of a history is refused, not mixed with it; the others go on", async () => {
    await execute("create table busy__history (id int)");
    const { code, stdout } = await runCommand(["sync", "shop", "--json"], at);
    expect(code).toBe(2);
    const { tables } = JSON.parse(stdout) as SyncReport;
    const failed = tables.filter(({ outcome }) => outcome === "failed");
    expect(failed).toMatchObject([{ error: { code: "LAKE_NAME_TAKEN" } }]);
    expect(tables.length).toBeGreaterThan(1);
    await execute("drop table busy__history");
  });
});
