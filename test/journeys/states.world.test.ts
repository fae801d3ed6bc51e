/**
 * Tests named states of a table, rolling back, the rows between two states, metadata tables, and registering a table of
 * another Headgate.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PresentedReference } from "../../src/operations/references.ts";
import type { SqlOutcome } from "../../src/operations/sql.ts";
import type { TableUpkeep } from "../../src/maintenance/maintain-tables.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { askCommand, refusedCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { lakeOf } from "../world/lake.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { setProperties } from "../world/set-properties.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";

let home: string;
let source: SampleSource;
let at: CommandOptions;
/** Commands use this Headgate, so that none starts a metadata database of its own. */
let held: HeldHeadgate;

interface Rows {
  readonly rows: readonly Record<string, unknown>[];
}

const ask = (...words: string[]): Promise<Rows> => askCommand<Rows>(words, at);
const select = async (text: string): Promise<readonly unknown[][]> =>
  (await ask("sql", text)).rows.map((row) => Object.values(row));

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-states-"));
  source = await openSampleSource("postgres", join(home, "source"));
  await source.execute("create table orders (id int primary key, city varchar(20))");
  await source.execute("create table keyless (n int)");
  await source.execute("insert into orders select i, 'city ' || i % 3 from generate_series(1, 100) i");
  await source.execute("insert into keyless values (1), (1), (2)");
  at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
  held = await holdHeadgate({ data: at.data, smallFile: "0" });
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  await askCommand(["table", "set", "shop.orders", "--partition-by", "city"], at);
  await askCommand(["sync", "shop"], at);
});
afterAll(async () => {
  await held[Symbol.asyncDispose]();
  await source[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

describe("tags, branches and the rows between states", () => {
  test("a tagged state is read by its name, whatever comes after", async () => {
    await askCommand(["table", "tag", "orders", "opening", "--keep", "90d"], at);
    await source.execute("delete from orders where id = 7");
    await source.execute("update orders set city = 'moved' where id = 8");
    await source.execute("insert into orders values (200, 'new')");
    await source.execute("insert into keyless values (1)");
    await askCommand(["sync", "shop"], at);
    await askCommand(["table", "branch", "orders", "trial", "--at", "opening"], at);
    for (const name of ["opening", "trial"])
      expect(await select(`select count(*), count(*) filter (id = 7) from orders at (version => '${name}')`)).toEqual([
        [100, 1],
      ]);
    expect(await select("select count(*) from orders")).toEqual([[100]]);
    const { references } = await askCommand<{ references: PresentedReference[] }>(["table", "tag", "shop.orders"], at);
    expect(references.map(({ name, type, keptFor }) => [name, type, keptFor])).toEqual([
      ["main", "branch", null],
      ["opening", "tag", 90 * 86_400],
      ["trial", "branch", null],
    ]);
  });

  test("the difference says exactly which rows went and came, one by one where there is no key", async () => {
    const { rows } = await ask("table", "diff", "orders", "--from", "opening");
    expect(rows.map((row) => Object.values(row))).toEqual([
      ["-", 7, "city 1"],
      ["-", 8, "city 2"],
      ["+", 8, "moved"],
      ["+", 200, "new"],
    ]);
    expect((await ask("table", "diff", "keyless", "--from", "first")).rows.map((row) => Object.values(row))).toEqual([
      ["+", 1],
    ]);
    expect((await ask("table", "diff", "orders", "--from", "opening", "--to", "trial")).rows).toEqual([]);
  });

  test("a named state outlives the others, and goes with its name", async () => {
    const soon = { "history.expire.max-snapshot-age-ms": "0" };
    await setProperties(held.session.context, "shop.orders", soon);
    await source.execute("update orders set city = 'again' where id = 9");
    await askCommand(["sync", "shop"], at);
    await askCommand(["maintain", "shop.orders"], at);
    expect(await select("select count(*) from orders.snapshots")).toEqual([[2]]);
    expect(await select("select count(*) from orders at (version => 'opening')")).toEqual([[100]]);
    for (const name of ["opening", "trial"]) await askCommand(["table", "tag", "orders", name, "--remove"], at);
    await askCommand(["maintain", "shop.orders"], at);
    expect(await select("select count(*) from orders.snapshots")).toEqual([[1]]);
    expect(await refusedCommand(["sql", "from orders at (version => 'opening')"], at)).toMatchObject({
      code: "SNAPSHOT_NOT_FOUND",
    });
  });

  test("back to an earlier state, and the next sync brings the source's", async () => {
    const { rows } = await ask("sql", "select n, count(*) as copies from keyless group by n order by n");
    const back = await askCommand<{ source: string }>(["table", "rollback", "keyless", "--to", "first"], at);
    expect(back.source).toBe("shop");
    expect(await select("select count(*) from keyless")).toEqual([[3]]);
    expect(await select("select count(*) from keyless.history where not is_current_ancestor")).toEqual([[1]]);
    await askCommand(["sync", "shop"], at);
    expect((await ask("sql", "select n, count(*) as copies from keyless group by n order by n")).rows).toEqual(rows);
    expect(await refusedCommand(["table", "rollback", "keyless", "--to", "nowhere"], at)).toMatchObject({
      code: "SNAPSHOT_NOT_FOUND",
    });
    expect(await refusedCommand(["table", "tag", "keyless", "main"], at)).toMatchObject({ code: "NAME_TAKEN" });
    expect(await refusedCommand(["table", "tag", "keyless", "1st"], at)).toMatchObject({ code: "USAGE" });
  });
});

test("columns and tables whose names differ by case only: each by its exact name, now, as it was and in between", async () => {
  await source.execute('create table cased ("Id" int, "id" int, "ID" int primary key, note text)');
  await source.execute('create table "Cased" (n int)');
  await source.execute("insert into cased values (1, 2, 3, 'a'), (4, 5, 6, 'b')");
  await source.execute('insert into "Cased" values (7)');
  await askCommand(["sync", "shop"], at);
  await askCommand(["table", "tag", "shop.cased", "first-of-all"], at);
  await source.execute('update cased set "id" = 50 where "ID" = 6');
  await askCommand(["sync", "shop"], at);
  expect((await ask("sql", "select * from shop.cased order by ID")).rows).toEqual([
    { Id: 1, id: 2, ID: 3, note: "a" },
    { Id: 4, id: 50, ID: 6, note: "b" },
  ]);
  expect(await select("select id, ID from cased at (version => 'first-of-all') where ID = 6")).toEqual([[5, 6]]);
  expect(await select('select c.Id, d.n from cased c, "Cased" d where c.id > 2')).toEqual([[4, 7]]);
  expect((await ask("table", "diff", "shop.cased", "--from", "first-of-all")).rows).toEqual([
    { _change: "-", Id: 4, id: 5, ID: 6, note: "b" },
    { _change: "+", Id: 4, id: 50, ID: 6, note: "b" },
  ]);
  expect(await refusedCommand(["sql", "select iD from shop.cased"], at)).toMatchObject({ code: "COLUMN_AMBIGUOUS" });
  expect(await refusedCommand(["sql", "select n from CASED"], at)).toMatchObject({ code: "TABLE_AMBIGUOUS" });
  await askCommand(["reconcile", "shop", "--table", "cased"], at);
});

test("an earlier state has its own columns, however it is asked for", async () => {
  await source.execute("create table widened (id int primary key, old int)");
  await source.execute("insert into widened values (1, 10)");
  const { run } = await askCommand<SyncReport>(["sync", "shop"], at);
  await askCommand(["table", "tag", "shop.widened", "narrow"], at);
  const [[snapshot] = []] = await select("select max(snapshot_id)::varchar from shop.widened.snapshots");
  const time = new Date().toISOString();
  await source.execute("alter table widened add column fresh int");
  await source.execute("alter table widened drop column old");
  await askCommand(["sync", "shop"], at);
  expect((await ask("sql", "select * from shop.widened")).rows).toEqual([{ id: 1, fresh: null }]);
  const earlier = [{ id: 1, old: 10 }];
  for (const asOf of [time, run, "before-last"])
    expect([asOf, (await ask("sql", "--as-of", asOf, "select * from shop.widened")).rows]).toEqual([asOf, earlier]);
  for (const state of [`version => ${String(snapshot)}`, "version => 'narrow'", `timestamp => '${time}'`])
    expect([state, (await ask("sql", `select * from shop.widened at (${state})`)).rows]).toEqual([state, earlier]);
  await source.execute("drop table widened");
});

describe("tables about tables", () => {
  test("agree with each other and with the table", async () => {
    const [files] = await select(
      "select count(*), sum(record_count) filter (content = 'data') from shop.orders.files where file_format = 'PARQUET'",
    );
    const [partitions] = await select(
      `select sum(file_count + position_delete_file_count), sum(record_count), count(*) filter (partition = '{"city":"new"}')
       from shop.orders.partitions`,
    );
    const [deletes] = await select("select coalesce(sum(record_count), 0) from orders.files where content <> 'data'");
    expect(files).toEqual(partitions?.slice(0, 2));
    expect(partitions?.[2]).toBe(1);
    expect(Number(files?.[1]) - Number(deletes?.[0])).toBe(100);
    expect(await select("select count(*) = count(distinct snapshot_id) from keyless.snapshots")).toEqual([[true]]);
    expect(await select("select operation from keyless.snapshots where parent_id is null")).toEqual([["append"]]);
    expect(await select("select name, type from keyless.refs")).toEqual([["main", "BRANCH"]]);
    expect(await select("select sum(added_files_count + existing_files_count) > 0 from keyless.manifests")).toEqual([
      [true],
    ]);
  });

  test("a real table of that name comes first", async () => {
    await source.execute("create table snapshots (n int)");
    await source.execute("insert into snapshots values (42)");
    await askCommand(["sync", "shop"], at);
    expect(await select("select * from shop.snapshots")).toEqual([[42]]);
    expect(await select("select count(*) from shop.snapshots.snapshots")).toEqual([[1]]);
  });

  test("explain names the files that are read, and those that are not", async () => {
    const { files = [], stats } = await askCommand<SqlOutcome>(
      ["sql", "--explain", "select * from orders where city = 'city 1'"],
      at,
    );
    expect(files.filter(({ read }) => read)).toHaveLength(stats.filesRead);
    const skipped = files.filter(({ read }) => !read).length;
    // Files of manifests that were not opened have no names.
    expect(skipped).toBeGreaterThan(0);
    expect(skipped).toBeLessThanOrEqual(stats.filesSkipped);
  });
});

describe("a table of another Headgate", () => {
  let other: CommandOptions;
  let otherHeld: HeldHeadgate;
  let location: string;

  beforeAll(async () => {
    const { tables } = await askCommand<{ tables: { name: string; location: string }[] }>(["table", "list"], at);
    location = tables.find(({ name }) => name === "orders")?.location ?? "";
    other = { data: join(home, "other"), environment: {} };
    otherHeld = await holdHeadgate({ data: other.data, tableRoots: lakeOf(at.data) });
  });
  afterAll(() => otherHeld[Symbol.asyncDispose]());

  const count = async (): Promise<unknown> =>
    (await askCommand<Rows>(["sql", "select count(*) from mesh.orders"], other)).rows.map((row) => Object.values(row));

  test("is taken in where it is, read, and moved on when there is more", async () => {
    await askCommand(["table", "register", "mesh.orders", location], other);
    expect(await count()).toEqual([[100]]);
    await source.execute("insert into orders values (300, 'city 1')");
    await askCommand(["sync", "shop"], at);
    expect(await count()).toEqual([[100]]);
    const again = await askCommand(["table", "register", "mesh.orders", location], other);
    expect(again).toMatchObject({ isNew: false });
    expect(await count()).toEqual([[101]]);
  });

  test("is kept up when it is named, and then only", async () => {
    const { runs } = await askCommand<{ runs: { tables: TableUpkeep[] }[] }>(["maintain", "mesh.orders"], other);
    expect(runs).toMatchObject([{ source: "tables without a source", tables: [{ table: "mesh.orders", orphans: 0 }] }]);
    expect((await askCommand<{ runs: unknown[] }>(["maintain"], other)).runs).toEqual([]);
    expect(await count()).toEqual([[101]]);
  });

  test("is let go, and refused where it must be", async () => {
    const register = ["table", "register", "mesh.twin", location];
    expect(await refusedCommand(register, other)).toMatchObject({ code: "LAKE_NAME_TAKEN" });
    expect(await refusedCommand(["table", "register", "mesh.x", "/etc"], other)).toMatchObject({
      code: "TABLE_LOCATION_INVALID",
    });
    expect(await refusedCommand(["table", "register", "x", location], other)).toMatchObject({ code: "USAGE" });
    expect(await refusedCommand(["table", "unregister", "shop.orders"], at)).toMatchObject({ code: "LAKE_NAME_TAKEN" });
    const { stdout } = await runCommand(["table", "unregister", "mesh.orders"], other);
    expect(stdout).toContain("mesh.orders is forgotten");
    expect(await refusedCommand(["sql", "from mesh.orders"], other)).toMatchObject({ code: "TABLE_NOT_FOUND" });
    expect(await select("select count(*) from orders")).toEqual([[101]]);
  });
});
