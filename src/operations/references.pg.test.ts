/** States of a table: named, rolled back to, compared and queried. */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openPlainLake, programOf, type ConnectedSource, type PlainLake } from "../../test/world/plain-lake.ts";
import { numberedRows, type PlainRow } from "../../test/world/plain-source.ts";
import { signInObstacle } from "./access/sign-in-obstacle.ts";
import { tableDiff } from "./diff.ts";
import { keyCreate, keyList, keyRevoke } from "./people/keys.ts";
import { referenceList, referenceRemove, referenceSet, tableRollback } from "./references.ts";
import { sql } from "./sql.ts";
import { tableHistory } from "./tables.ts";
import { userAdd, userList, userRemove, userReset, userSet } from "./people/users.ts";

let lake: PlainLake;
beforeAll(async () => {
  lake = await openPlainLake();
});
afterAll(() => lake[Symbol.asyncDispose]());

let sources = 0;
const labelled = (id: number): PlainRow => ({ label: `n${id}` });

/** A table with three states, of two, three and four rows. */
async function threeStates(more: { history?: boolean } = {}): Promise<ConnectedSource> {
  const rows = numberedRows(1, 2, labelled);
  const shop = await lake.connect(`state${++sources}`, {
    a: { columns: { id: "int!", label: "string" }, key: ["id"], rows },
  });
  await shop.set("a", more);
  await shop.sync();
  for (const count of [3, 4]) {
    shop.source.write("a", numberedRows(1, count, labelled));
    await shop.sync();
  }
  return shop;
}
const name = (shop: ConnectedSource, table = "a"): string => `${shop.name}.${table}`;
const states = async (shop: ConnectedSource) =>
  (await shop.table("a")).metadata.snapshots.map(({ snapshotId }) => String(snapshotId));

describe("a name of a state", () => {
  test("is given to the present state or to an earlier one, for good or for some time", async () => {
    const shop = await threeStates();
    const [first, , last] = await states(shop);
    const set = (more: object) => lake.ask(referenceSet, { table: name(shop), ...more });
    expect(await set({ name: "now", type: "tag" })).toEqual({
      name: "now",
      type: "tag",
      snapshotId: last,
      keptFor: null,
    });
    const old = await set({ name: "old", type: "branch", at: first, keepFor: 60 });
    expect(old).toEqual({ name: "old", type: "branch", snapshotId: first, keptFor: 60 });
    const { references } = await lake.ask(referenceList, { table: name(shop) });
    expect(references).toContainEqual(old);
    expect(references).toContainEqual({ name: "now", type: "tag", snapshotId: last, keptFor: null });
    expect(references).toContainEqual({ name: "main", type: "branch", snapshotId: last, keptFor: null });
    await expect(set({ name: "main", type: "branch" })).rejects.toMatchObject({ code: "NAME_TAKEN", place: "main" });
    await expect(set({ name: "x", type: "tag", at: "1" })).rejects.toMatchObject({ code: "SNAPSHOT_NOT_FOUND" });
    await expect(set({ name: "7up", type: "tag" })).rejects.toMatchObject({ code: "USAGE" });
  });

  test("is taken away, except for main and for one that is not there", async () => {
    const shop = await threeStates();
    await lake.ask(referenceSet, { table: name(shop), name: "now", type: "tag" });
    const remove = (reference: string) => lake.ask(referenceRemove, { table: name(shop), name: reference });
    expect(await remove("now")).toEqual({ removed: "now" });
    for (const reference of ["now", "main"])
      await expect(remove(reference)).rejects.toMatchObject({
        code: "SNAPSHOT_NOT_FOUND",
        place: `${name(shop)} at ${reference}`,
      });
  });
});

describe("a table", () => {
  const back = (shop: ConnectedSource, to: string, table = "a") =>
    lake.ask(tableRollback, { table: name(shop, table), to });

  test("is rolled back to an earlier state, and its next sync brings it to now", async () => {
    const shop = await threeStates();
    const [first, , last] = await states(shop);
    expect(await back(shop, first ?? "")).toEqual({ table: name(shop), from: last, to: first, source: shop.name });
    expect(await shop.rows("a")).toHaveLength(2);
    expect(await back(shop, first ?? ""), "it is there already").toMatchObject({ from: first, to: first });
    expect(
      (await lake.ask(tableHistory, { table: name(shop) })).snapshots.filter(({ isCurrent }) => isCurrent),
    ).toHaveLength(1);
    expect(await shop.syncTable("a")).toMatchObject({ rowsAdded: 2 });
  });

  test("is not rolled forward, nor to a state that is on another branch", async () => {
    const shop = await threeStates();
    const [first, second, last] = await states(shop);
    await back(shop, second ?? "");
    await expect(back(shop, last ?? "")).rejects.toMatchObject({
      code: "SNAPSHOT_NOT_FOUND",
      place: `${name(shop)} at ${last}`,
      message: "this state is not an earlier one of the table, because it is on another branch",
    });
    await back(shop, first ?? "");
    await expect(back(shop, "1")).rejects.toMatchObject({ code: "SNAPSHOT_NOT_FOUND" });
  });

  test("that is a history is not rolled back, but with its table", async () => {
    const shop = await threeStates({ history: true });
    const [first] = await states(shop);
    await expect(back(shop, first ?? "", "a__history")).rejects.toMatchObject({
      code: "USAGE",
      place: name(shop, "a__history"),
    });
    await back(shop, first ?? "");
    const told = (await shop.rows("a__history")).map(({ _operation: operation, id }) => `${operation} ${id}`);
    expect(told.toSorted()).toEqual(["delete 3", "delete 4", "insert 3", "insert 4"]);
  });

  test("that no source feeds is rolled back too", async () => {
    const shop = await threeStates();
    const [first] = await states(shop);
    await lake.context.sources.remove(shop.name);
    expect(await back(shop, first ?? "")).toMatchObject({ to: first });
    expect(await shop.rows("a")).toHaveLength(2);
  });
});

describe("a statement", () => {
  async function items<T>(asking: (emit: (item: unknown) => Promise<void>) => Promise<T>) {
    const found: { columns?: unknown; rows?: readonly (readonly unknown[])[] }[] = [];
    const answer = await asking(async (item) => void found.push(item as (typeof found)[number]));
    return { answer, rows: found.flatMap(({ rows = [] }) => rows), columns: found[0]?.columns };
  }
  const select = (text: string, more: object = {}) => items((emit) => lake.ask(sql, { sql: text, ...more }, { emit }));

  test("hands over its columns, then its rows, and stops after as many as are wanted", async () => {
    const shop = await threeStates();
    const text = `select id, label from ${name(shop)} order by id`;
    const all = await select(text);
    expect(all.columns).toEqual([
      { name: "id", type: "INTEGER" },
      { name: "label", type: "VARCHAR" },
    ]);
    expect(all.rows).toEqual([
      [1, "n1"],
      [2, "n2"],
      [3, "n3"],
      [4, "n4"],
    ]);
    expect(all.answer).toMatchObject({ rows: 4, stats: { tables: [{ table: name(shop) }] } });
    expect((await select(text, { limit: 3 })).rows).toHaveLength(3);
    expect((await select(text, { limit: 4 })).answer.rows).toBe(4);
    expect((await select(text, { limit: 9 })).answer.rows).toBe(4);
    const numbers = await select("select i from range(10000) r(i)", { limit: 5000 });
    expect(numbers.rows).toHaveLength(5000);
  });

  test("is answered as of an earlier state", async () => {
    const shop = await threeStates();
    const [first] = await states(shop);
    const count = async (more: object) => (await select(`select count(*) from ${name(shop)}`, more)).rows[0]?.[0];
    expect(String(await count({ asOf: first }))).toBe("2");
    expect(String(await count({}))).toBe("4");
  });

  test("is explained without being run", async () => {
    const shop = await threeStates();
    const { answer, rows } = await select(`select id from ${name(shop)}`, { explain: true });
    expect(rows).toEqual([]);
    expect(answer).toMatchObject({ columns: [], rows: 0, files: [{ table: name(shop) }] });
    expect(answer.plan).not.toBe("");
  });

  test("is written to a file for the owner of the data directory, and for nobody else", async () => {
    const shop = await threeStates();
    const directory = await mkdtemp(join(tmpdir(), "headgate-output-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const path = join(directory, "a.csv");
    const asked = { sql: `select id from ${name(shop)}`, output: { format: "csv", path } };
    const principal = await programOf(lake, "analyst");
    await expect(lake.ask(sql, asked, { principal })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    const answer = await lake.ask(sql, asked);
    expect(answer).toMatchObject({ rows: 4, bytes: (await stat(path)).size });
    const asAda = await items((emit) => lake.ask(sql, { sql: "select 1" }, { principal, emit }));
    expect(asAda.rows).toEqual([[1]]);
  });

  test("compares two states of a table", async () => {
    const shop = await threeStates();
    const [first, second] = await states(shop);
    const diff = (more: object) =>
      items((emit) => lake.ask(tableDiff, { table: name(shop), from: first, ...more }, { emit }));
    expect((await diff({})).rows).toHaveLength(2);
    expect((await diff({ to: second })).rows).toEqual([["+", 3, "n3"]]);
    expect((await diff({ limit: 1 })).answer.rows).toBe(1);
  });
});

test("keys are made, shown without their secret, and revoked", async () => {
  const expiresAt = "2999-01-01T00:00:00.000Z";
  const elsewhere = "2999-01-01T02:00:00+02:00";
  const { key } = await lake.ask(keyCreate, { name: "nightly", role: "operator", expiresAt: elsewhere });
  await lake.ask(keyCreate, { name: "endless" });
  expect(key).toMatch(/^hgk_/);
  const { keys } = await lake.ask(keyList);
  expect(keys.filter(({ name: known }) => ["endless", "nightly"].includes(known))).toMatchObject([
    { name: "endless", role: "none", expiresAt: null, usedAt: null },
    { name: "nightly", role: "operator", expiresAt, usedAt: null },
  ]);
  expect(await lake.ask(keyRevoke, { name: "nightly" })).toEqual({ revoked: "nightly" });
});

test("users are added, changed, reset and removed", async () => {
  await lake.ask(userAdd, { name: "root", role: "administrator" });
  expect(await lake.ask(userAdd, { name: "ada" })).toMatchObject({ user: "ada" });
  await lake.ask(userSet, { name: "ada", role: "analyst", active: false });
  expect(await lake.ask(userReset, { name: "ada" })).toMatchObject({ user: "ada" });
  const { users } = await lake.ask(userList);
  expect(users[0]).toMatchObject({ name: "ada", role: "analyst", active: false, mustChangePassword: true });
  expect(await lake.ask(userRemove, { name: "ada" })).toEqual({ removed: "ada" });
});

test("a one-time password and an expired key are obstacles, and a key without an end is none", async () => {
  const { db } = lake.context;
  await lake.ask(userAdd, { name: "newcomer" });
  await lake.ask(keyCreate, { name: "expired", expiresAt: "2001-01-01T00:00:00Z" });
  const people = await db.selectFrom("principals").select(["id", "name"]).execute();
  const obstacle = (person: string) => signInObstacle(db, people.find(({ name: known }) => known === person)?.id ?? "");
  expect(await obstacle("newcomer")).toBe("the one-time password has not been changed yet");
  expect(await obstacle("expired")).toBe("the key expired at 2001-01-01T00:00:00.000Z");
  expect(await signInObstacle(db, (await programOf(lake, "viewer")).id)).toBeUndefined();
});
