/** A run over a source: its tables in one commit, those that fail, wait, are paused or gone, and what dead runs left. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { uuidv7 } from "../../base/uuid.ts";
import { HeadgateError } from "../../errors.ts";
import { openPlainLake, type ConnectedSource, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelled, labelledTable, numberedRows, type Tables, timesAsked } from "../../../test/world/plain-source.ts";
import { setProperties } from "../../../test/world/set-properties.ts";
import { failingTables } from "./table-failures.ts";
import { lateTables } from "./late-tables.ts";
import { sweepRuns } from "./sweep-runs.ts";

let lake: PlainLake;
beforeAll(async () => {
  lake = await openPlainLake();
});
afterAll(() => lake[Symbol.asyncDispose]());

let sources = 0;
const connect = (tables: Tables): Promise<ConnectedSource> => lake.connect(`run${++sources}`, tables);
const outcomes = async (shop: ConnectedSource, more = {}): Promise<readonly string[]> => {
  const { tables } = await shop.sync(more);
  return tables.map(({ sourceTable, outcome }) => `${sourceTable} ${outcome}`).toSorted();
};
const obstacle = { code: "SOURCE_TABLE_LOCKED", message: "somebody holds it", remedy: "wait" } as const;

describe("a run", () => {
  test("brings all tables to one state of the source in one commit", async () => {
    const shop = await connect({ a: labelledTable(2), b: labelledTable(3), "crm.c": labelledTable(4) });
    const report = await shop.sync();
    expect(report).toMatchObject({ source: shop.name, rowsRead: 9, splitsKept: 0, warnings: [] });
    expect(report.tables.map(({ lakeTable, rows }) => `${lakeTable} ${rows}`)).toEqual([
      `${shop.name}.a 2`,
      `${shop.name}.b 3`,
      `${shop.name}_crm.c 4`,
    ]);
    const steps = lake.context.db
      .selectFrom("table_commits")
      .selectAll()
      .where("commit_id", "=", report.commit ?? "");
    expect(await steps.execute()).toHaveLength(3);
    const { metadata } = await shop.table("a");
    expect(metadata.properties).toMatchObject({
      "headgate.source": shop.name,
      "headgate.source-table": "main.a",
      "headgate.position": report.position,
    });
    expect(metadata.snapshots[0]?.summary).toMatchObject({ "headgate.run": report.run });
  });

  test("makes a snapshot of a table without rows, so that it can be read", async () => {
    const shop = await connect({ a: labelledTable(0) });
    await shop.sync();
    expect((await shop.table("a")).metadata.snapshots).toHaveLength(1);
    expect(await shop.rows("a")).toEqual([]);
  });

  test("says why a cut has fewer readers, once", async () => {
    const shop = await connect({ a: labelledTable(1) });
    shop.source.gifts.caution = "one reader only";
    expect((await shop.sync()).warnings).toEqual(["one reader only"]);
  });

  test("takes no table that its source excludes, is asked to leave out, or is paused", async () => {
    const shop = await connect({ a: labelledTable(1), b: labelledTable(1), c: labelledTable(1) });
    await shop.set("b", { active: false });
    const { tables } = await shop.sync({ excluded: ["c"] });
    expect(tables.map(({ sourceTable, outcome }) => `${sourceTable} ${outcome}`)).toEqual([
      "main.a created",
      "main.b paused",
    ]);
    expect(tables[1]).toMatchObject({
      lakeTable: `${shop.name}.b`,
      reason: `paused; resume it with: headgate table resume '${shop.name}.b'`,
    });
  });

  test("refuses a name that the source does not have, before it begins", async () => {
    const shop = await connect({ orders: labelledTable(1) });
    const began = async () => (await lake.context.db.selectFrom("runs").select("id").execute()).length;
    const before = await began();
    await expect(shop.sync({ patterns: ["ordesr"] })).rejects.toMatchObject({
      code: "SOURCE_TABLE_NOT_FOUND",
      message: expect.stringContaining("did you mean orders?"),
    });
    await expect(shop.sync({ excluded: ["nothing"] })).rejects.toMatchObject({ code: "SOURCE_TABLE_NOT_FOUND" });
    expect(await began()).toBe(before);
    expect(await outcomes(shop, { patterns: ["gone"], schedules: ["daily"] })).toEqual([]);
    expect(await outcomes(shop, { patterns: ["orders"] })).toEqual(["main.orders created"]);
  });

  test("reports a table that the source no longer has, and keeps it", async () => {
    const shop = await connect({ a: labelledTable(2), b: labelledTable(1) });
    await shop.sync();
    shop.source.set("a", undefined);
    const { tables } = await shop.sync();
    expect(tables.find(({ sourceTable }) => sourceTable === "main.a")).toMatchObject({
      outcome: "gone",
      lakeTable: `${shop.name}.a`,
      reason: "no longer in the source; kept as it was",
      rows: 2,
    });
    expect(await shop.rows("a")).toHaveLength(2);
    expect(await outcomes(shop, { patterns: ["b"] })).toEqual(["main.b unchanged"]);
  });

  test("tries a table that its user may no longer see, so that this is reported as a failure", async () => {
    const shop = await connect({ a: labelledTable(2) });
    await shop.sync();
    shop.source.set("a", undefined);
    shop.source.gifts.hidden = ["main.a"];
    expect(await outcomes(shop)).toEqual(["main.a failed"]);
  });
});

describe("new tables of a source", () => {
  const policy = async (newTables: "auto" | "ask" | "ignore"): Promise<ConnectedSource> => {
    const shop = await connect({ old: labelledTable(1) });
    await shop.sync();
    await lake.context.sources.change(shop.name, { newTables });
    shop.source.set("fresh", labelledTable(5, { estimatedRows: 7 }));
    return shop;
  };

  test("are loaded, or wait until somebody names them, or are ignored", async () => {
    expect(await outcomes(await policy("auto"))).toEqual(["main.fresh created", "main.old unchanged"]);
    expect(await outcomes(await policy("ignore"))).toEqual(["main.old unchanged"]);
    const asking = await policy("ask");
    const { tables } = await asking.sync();
    expect(tables.at(-1)).toMatchObject({
      sourceTable: "main.fresh",
      outcome: "waiting",
      lakeTable: "",
      rows: 7,
      reason: `new in the source; load it with: headgate sync ${asking.name} --table 'main.fresh'`,
    });
    expect(await outcomes(asking, { patterns: ["fr*"] })).toEqual(["main.fresh created"]);
    expect(await outcomes(asking)).toEqual(["main.fresh unchanged", "main.old unchanged"]);
  });

  test("that the user cannot reach are tried only when they are named, or known", async () => {
    const shop = await connect({ a: labelledTable(1), far: labelledTable(1, { isOutOfReach: true }) });
    expect(await outcomes(shop)).toEqual(["main.a created"]);
    expect(await outcomes(shop, { patterns: ["f*"] })).toEqual([]);
    expect(await outcomes(shop, { patterns: ["far"] })).toEqual(["main.far created"]);
    expect(await outcomes(shop)).toEqual(["main.a unchanged", "main.far unchanged"]);
  });
});

describe("a table that fails", () => {
  const failures = async (shop: ConnectedSource) =>
    (await failingTables(lake.context.db, (await shop.registered()).id)).map(
      ({ name, error }) => `${name.name} ${error.code}`,
    );

  test("stays as it was, and the others are brought to the cut", async () => {
    const shop = await connect({ a: labelledTable(1), b: labelledTable(1) });
    await shop.sync();
    shop.source.set("a", labelledTable(2, { obstacle }));
    shop.source.write("b", numberedRows(1, 2, labelled));
    const { tables, run } = await shop.sync();
    expect(tables.find(({ sourceTable }) => sourceTable === "main.a")).toMatchObject({
      outcome: "failed",
      lakeTable: `${shop.name}.a`,
      reason: "somebody holds it; it stays as it was",
      rows: 0,
      error: { code: "SOURCE_TABLE_LOCKED", place: "main.a", remedy: "wait" },
    });
    expect(await shop.rows("a")).toHaveLength(1);
    expect(await shop.rows("b")).toHaveLength(2);
    const entry = await lake.context.db.selectFrom("runs").select("state").where("id", "=", run).executeTakeFirst();
    expect(entry?.state).toBe("done with failures");
    expect(await failures(shop)).toEqual(["a SOURCE_TABLE_LOCKED"]);
  });

  test("is remembered until it is brought to a cut, or is gone from the source", async () => {
    const shop = await connect({
      a: labelledTable(1, { obstacle }),
      b: labelledTable(1, { obstacle }),
      c: labelledTable(1),
    });
    await shop.sync();
    expect(await failures(shop)).toEqual(["a SOURCE_TABLE_LOCKED", "b SOURCE_TABLE_LOCKED"]);
    await shop.sync({ patterns: ["c"] });
    expect(await failures(shop)).toHaveLength(2);
    shop.source.set("a", labelledTable(1));
    await shop.sync();
    expect(await failures(shop)).toEqual(["b SOURCE_TABLE_LOCKED"]);
    shop.source.set("b", labelledTable(1, { obstacle: { ...obstacle, code: "SOURCE_TABLE_ALTERED" } }));
    await shop.sync({ patterns: ["b"] });
    expect(await failures(shop)).toEqual(["b SOURCE_TABLE_ALTERED"]);
    shop.source.set("b", undefined);
    await shop.sync();
    expect(await failures(shop)).toEqual([]);
  });

  test("leaves no file behind when it fails while it is read", async () => {
    const shop = await connect({ a: labelledTable(10), b: labelledTable(1) });
    shop.source.onRow = (table, row) => {
      if (table === "main.a" && row["id"] === 10) throw new HeadgateError("SOURCE_VALUE_BEYOND_LONG");
    };
    expect(await outcomes(shop)).toEqual(["main.a failed", "main.b created"]);
    expect(await strayFiles()).toEqual([]);
  });

  test("is tried again in a later cut if that may help, and the report says so", async () => {
    const shop = await connect({ a: labelledTable(1), b: labelledTable(1) });
    await shop.sync();
    shop.source.write("a", numberedRows(1, 2, labelled));
    shop.source.write("b", numberedRows(1, 2, labelled));
    let left = 1;
    shop.source.onRow = (table) => {
      if (table === "main.a" && left-- > 0) throw new HeadgateError("SOURCE_TABLE_ALTERED");
    };
    const report = await shop.sync();
    expect(report.tables.map(({ outcome }) => outcome)).toEqual(["reloaded", "reloaded"]);
    expect(report.warnings).toEqual(["read again in a later cut than the other tables: main.a"]);
    expect(await shop.rows("a")).toHaveLength(2);
    expect(report.commit).not.toBeNull();
  });

  test("is tried three times at most", async () => {
    const shop = await connect({ a: labelledTable(1) });
    shop.source.onRow = () => {
      throw new HeadgateError("SOURCE_TABLE_ALTERED");
    };
    expect(await outcomes(shop)).toEqual(["main.a failed"]);
    expect(timesAsked(shop.source, "read main.a")).toBe(3);
  });

  test("keeps its failure when a later cut cannot be opened, and the other tables keep the first cut", async () => {
    const shop = await connect({ a: labelledTable(1), b: labelledTable(2) });
    let cuts = 0;
    shop.source.onCut = () => {
      if (++cuts === 2) throw new HeadgateError("SOURCE_LOST");
    };
    shop.source.onRow = (table) => {
      if (table === "main.a") throw new HeadgateError("SOURCE_TABLE_ALTERED");
    };
    expect(await outcomes(shop)).toEqual(["main.a failed", "main.b created"]);
    expect(shop.events).toContainEqual(expect.objectContaining({ kind: "warning", code: "SOURCE_LOST" }));
  });
});

/** The lake's files that belong to no table. */
async function strayFiles(): Promise<readonly string[]> {
  const { catalog, config, objects } = lake.context;
  const locations = (await catalog.entries()).map(({ location }) => location);
  const files = await Array.fromAsync(objects.list(`${config.lakeLocation}/`, { drafts: true }));
  return files.map(({ location }) => location).filter((file) => !locations.some((at) => file.startsWith(`${at}/`)));
}

describe("names in the lake", () => {
  test("belong to the first table that gets them", async () => {
    const shop = await connect({ "main.a": labelledTable(1), "other.a": labelledTable(2) });
    shop.source.gifts.mainSchema = undefined;
    expect(await outcomes(shop)).toEqual(["main.a created", "other.a created"]);
    const taken = await lake.connect(`${shop.name}_main`, { a: labelledTable(3) });
    const { tables } = await taken.sync();
    expect(tables).toMatchObject([
      {
        outcome: "failed",
        error: {
          code: "LAKE_NAME_TAKEN",
          place: `${shop.name}_main.a`,
          message: "two tables would share one name in the lake",
        },
      },
    ]);
  });

  test("of a removed source are taken over by one of the same name and tables, compared and not loaded", async () => {
    const shop = await connect({ a: labelledTable(3), b: labelledTable(1) });
    await shop.set("a", { history: true, softDelete: true });
    await shop.sync();
    shop.source.write("a", numberedRows(2, 3, labelled));
    await shop.sync();
    const before = await shop.table("a");
    await lake.context.sources.remove(shop.name);
    const again = await lake.connect(shop.name, { a: labelledTable(3), b: labelledTable(1) });
    const { tables } = await again.sync();
    const [a, b] = tables;
    const adopted = "the table was loaded from a source of this name before; it was used again and compared";
    expect(a?.cautions).toContain(adopted);
    expect(b).toMatchObject({ outcome: "unchanged", cautions: [adopted] });
    expect((await again.table("a")).id).toBe(before.id);
    expect((await again.rows("a")).map(({ id, _deleted_at: at }) => [id, at])).toEqual([
      ["1", null],
      ["2", null],
      ["3", null],
    ]);
    expect(
      (await again.rows("a__history")).map(({ _operation: operation, id }) => `${operation} ${id}`).toSorted(),
    ).toEqual(["delete 1", "insert 1"]);
  });

  test("of other people's tables are left alone", async () => {
    const shop = await connect({ a: labelledTable(1) });
    await shop.sync();
    await setProperties(lake.context, `${shop.name}.a`, { "headgate.source-table": "main.else" });
    await lake.context.sources.remove(shop.name);
    const again = await lake.connect(shop.name, { a: labelledTable(1) });
    const [report] = (await again.sync()).tables;
    expect(report?.error).toMatchObject({
      code: "LAKE_NAME_TAKEN",
      message: `main.a would become ${shop.name}.a, but the table of that name was made from main.else of ${shop.name}`,
    });
    await setProperties(lake.context, `${shop.name}.a`, {
      "headgate.source": "crm",
      "headgate.source-table": "main.a",
    });
    expect((await again.sync()).tables[0]?.error?.message).toContain("was made from main.a of crm");
  });

  test("keep longs that may hold a bigint unsigned when they are taken over", async () => {
    const more = { views: { mayBeLong: true } };
    const wide = labelledTable(0, { columns: { id: "int!", views: "long" }, rows: [{ id: 1, views: 5 }], more });
    const shop = await connect({ a: wide });
    await lake.context.sources.change(shop.name, { unsignedBigint: "long" });
    await shop.sync();
    await lake.context.sources.remove(shop.name);
    const again = await lake.connect(shop.name, { a: wide });
    expect((await again.syncTable("a")).schemaChanges).toEqual([]);
    const { id } = await again.registered();
    const set = await lake.context.db.selectFrom("table_settings").selectAll().where("source_id", "=", id).execute();
    expect(set).toMatchObject([{ unsigned_bigint: "long", soft_delete: false, history: false }]);
  });
});

describe("what dead runs left", () => {
  /** A run that is recorded as running, whose process is gone. */
  async function deadRun(shop: ConnectedSource, more = {}): Promise<string> {
    const { id: sourceId } = await shop.registered();
    const run = { id: uuidv7(), source_id: sourceId, source_name: shop.name, kind: "sync", state: "running" } as const;
    await lake.context.db
      .insertInto("runs")
      .values({ ...run, ...more })
      .execute();
    return run.id;
  }
  const put = async (location: string): Promise<string> => {
    await lake.context.objects.put(location, Buffer.from("x"));
    return location;
  };

  test("is deleted before the next run, and what others wrote stays", async () => {
    const shop = await connect({ a: labelledTable(1) });
    await shop.set("a", { history: true });
    await shop.sync();
    const [{ location }, history] = [await shop.table("a"), await shop.table("a__history")];
    const run = await deadRun(shop);
    const left = [
      await put(`${location}/data/${run}-0.parquet`),
      await put(`${history.location}/data/${run}-1.parquet`),
    ];
    const other = await put(`${location}/data/${uuidv7()}-0.parquet`);
    await shop.sync();
    expect(shop.events).toContainEqual({ kind: "note", text: "removed 2 files of a run that did not end" });
    expect(await Promise.all([...left, other].map((file) => lake.context.objects.has(file)))).toEqual([
      false,
      false,
      true,
    ]);
    const entry = await lake.context.db.selectFrom("runs").selectAll().where("id", "=", run).executeTakeFirstOrThrow();
    expect(entry).toMatchObject({ state: "lost", swept: true });
    await shop.sync();
    expect(shop.events).not.toContainEqual(expect.objectContaining({ kind: "note" }));
  });

  test("stays if it was committed", async () => {
    const shop = await connect({ a: labelledTable(1) });
    await shop.sync();
    const { location } = await shop.table("a");
    const run = await deadRun(shop, { state: "failed" });
    await lake.context.db.insertInto("commits").values({ id: uuidv7(), run_id: run, summary: "" }).execute();
    const file = await put(`${location}/data/${run}-0.parquet`);
    const { id } = await shop.registered();
    expect(await sweepRuns(lake.context, id)).toBe(0);
    expect(await lake.context.objects.has(file)).toBe(true);
  });

  test("in tables that no source feeds is deleted too", async () => {
    const shop = await connect({ a: labelledTable(1) });
    await shop.sync();
    const { location } = await shop.table("a");
    await lake.context.sources.remove(shop.name);
    const run = uuidv7();
    const entry = { id: run, source_id: null, source_name: "", kind: "maintain", state: "failed" } as const;
    await lake.context.db.insertInto("runs").values(entry).execute();
    const file = await put(`${location}/data/${run}-0.parquet`);
    expect(await sweepRuns(lake.context, null)).toBe(1);
    expect(await lake.context.objects.has(file)).toBe(false);
  });

  test("for a table that the source no longer has is deleted with its plan", async () => {
    const shop = await connect({ a: labelledTable(4), b: labelledTable(1) });
    Object.assign(shop.source.gifts, { splits: 2, readers: 1 });
    await shop.interrupt("main.a", { id: 4, splitsRead: 1 });
    const { id } = await shop.registered();
    const planned = lake.context.db
      .selectFrom("staged_splits")
      .selectAll()
      .where("source_id", "=", id)
      .where("source_name", "=", "a");
    const files = (await planned.execute()).flatMap((row) => (row.files ?? []) as unknown as { location: string }[]);
    expect(files.length).toBeGreaterThan(0);
    shop.source.set("a", undefined);
    await outcomes(shop);
    expect(await planned.execute()).toEqual([]);
    for (const { location } of files) expect(await lake.context.objects.has(location)).toBe(false);
  });
});

describe("another writer", () => {
  /** Does something to the lake while the run reads the first row of a table. */
  const meanwhile = (shop: ConnectedSource, work: () => Promise<void>, times = 1): void => {
    let left = times;
    shop.source.onRow = async () => {
      if (left-- > 0) await work();
    };
  };

  test("who leaves the rows alone does not make the run start over", async () => {
    const shop = await connect({ a: labelledTable(1) });
    await shop.sync();
    shop.source.write("a", numberedRows(1, 2, labelled));
    shop.source.asked.length = 0;
    meanwhile(shop, () => setProperties(lake.context, `${shop.name}.a`, { colour: "blue" }));
    expect(await shop.syncTable("a")).toMatchObject({ rowsAdded: 1 });
    expect(timesAsked(shop.source, "read main.a")).toBe(1);
    const { metadata } = await shop.table("a");
    expect(metadata.properties).toMatchObject({ colour: "blue" });
    expect(await shop.rows("a")).toHaveLength(2);
  });

  test("who is always first although the rows stay as they are makes it fail in the end", async () => {
    const shop = await connect({ a: labelledTable(1) });
    await shop.sync();
    shop.source.write("a", numberedRows(1, 2, labelled));
    let times = 0;
    const touch = async () => {
      if (++times < 50) await setProperties(lake.context, `${shop.name}.a`, { times: String(times) });
    };
    meanwhile(shop, touch, 50);
    const { catalog } = lake.context;
    const load: typeof catalog.load = async (entry) => {
      const table = await catalog.load(entry);
      if (entry.name === "a" && times > 0) await touch();
      return table;
    };
    await expect(shop.sync({ catalog: { ...catalog, load } })).rejects.toMatchObject({ code: "COMMIT_CONFLICT" });
    expect(times).toBeLessThan(50);
    expect(await shop.rows("a")).toHaveLength(1);
  });

  test("who changes the rows makes the run start over", async () => {
    const shop = await connect({ a: labelledTable(3) });
    await shop.sync();
    shop.source.write("a", numberedRows(1, 4, labelled));
    shop.source.asked.length = 0;
    shop.source.gifts.proves = false;
    meanwhile(shop, () => shop.emptyAsOthers("a"));
    expect(await shop.syncTable("a")).toMatchObject({ rowsAdded: 4 });
    expect(timesAsked(shop.source, "read main.a")).toBe(2);
    expect(shop.events).toContainEqual({
      kind: "note",
      text: `another writer has changed ${shop.name}.a meanwhile, so the run starts again`,
    });
    expect(await shop.rows("a")).toHaveLength(4);
  });

  test("who changes them every time makes it fail after three attempts", async () => {
    const shop = await connect({ a: labelledTable(1) });
    await shop.sync();
    shop.source.write("a", numberedRows(1, 2, labelled));
    shop.source.asked.length = 0;
    shop.source.gifts.proves = false;
    meanwhile(shop, () => shop.emptyAsOthers("a"), 100);
    await expect(shop.sync()).rejects.toMatchObject({ code: "COMMIT_CONFLICT" });
    expect(timesAsked(shop.source, "discover")).toBe(3);
  });
});

test("a run that is told to end ends with that reason, although its source does not answer", async () => {
  const shop = await connect({ a: labelledTable(1) });
  const stop = new AbortController();
  shop.source.onRow = () => {
    stop.abort(new HeadgateError("CANCELLED"));
    return new Promise(() => {});
  };
  await expect(shop.sync({ signal: stop.signal })).rejects.toMatchObject({ code: "CANCELLED" });
  const { id } = await shop.registered();
  const run = await lake.context.db.selectFrom("runs").select("state").where("source_id", "=", id).executeTakeFirst();
  expect(run?.state).toBe("cancelled");
});

test("tables are late by their own target, or by their source's, and never while they are paused", async () => {
  const shop = await connect({ a: labelledTable(1), b: labelledTable(1), c: labelledTable(1) });
  await shop.sync();
  await lake.context.sources.change(shop.name, { freshness: 100 });
  await shop.set("b", { freshness: 1_000 });
  await shop.set("c", { active: false });
  await shop.set("never", { freshness: 10 });
  const late = async (seconds: number) =>
    (await lateTables(lake.context.db, new Date(Date.now() + seconds * 1_000)))
      .filter(({ source }) => source === shop.name)
      .map(({ name, targetSeconds, freshAt }) => `${name} ${targetSeconds} ${freshAt === null ? "never" : "loaded"}`);
  expect(await late(-60)).toEqual([]);
  expect(await late(60)).toEqual(["never 10 never"]);
  expect(await late(200)).toEqual(["a 100 loaded", "never 10 never"]);
  expect(await late(2_000)).toEqual(["a 100 loaded", "b 1000 loaded", "never 10 never"]);
});
