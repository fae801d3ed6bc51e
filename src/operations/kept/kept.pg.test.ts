/** Kept queries and boards: who may know and change them, what sharing one tells, and that it gives no right. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { memberOf, openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import type { Principal } from "../../identity/principal.ts";
import { queryDownload } from "../download/query-download.ts";
import type { Operation } from "../operation.ts";
import { accountAdd } from "../people/accounts.ts";
import { groupAdd } from "../people/groups.ts";
import { memberAdd } from "../people/members.ts";
import { ownerIn } from "../../identity/acting.ts";
import { sourceAdd } from "../sources.ts";
import { sql } from "../sql.ts";
import { sync } from "../sync.ts";
import { boardList, boardRemove, boardSave, boardShare, boardShow } from "./boards.ts";
import { queryList, queryRemove, querySave, queryShare, queryShow } from "./queries.ts";

let lake: PlainLake;
let ann: Principal;
let bob: Principal;
let cem: Principal;

const as = <I, O>(principal: Principal, operation: Operation<I, O>, input: object = {}): Promise<O> =>
  lake.ask(operation, input, { principal });

beforeAll(async () => {
  lake = await openPlainLake();
  const source = lake.make({ people: labelledTable(3) });
  await lake.ask(sourceAdd, { name: "shop", url: source.url });
  await lake.ask(sync, { source: "shop" });
  [ann, bob, cem] = [await memberOf(lake, "ann"), await memberOf(lake, "bob"), await memberOf(lake, "cem")];
  await lake.ask(groupAdd, { name: "analysts" });
  await lake.ask(memberAdd, { kind: "group", name: "analysts", member: "bob" });
});
afterAll(() => lake[Symbol.asyncDispose]());

const text = "select count(*) as n from shop.people where label <> 'secret'";

describe("a query", () => {
  test("is its owner's, is found by nobody else, and is changed in place", async () => {
    const { query } = await as(ann, querySave, { name: "People", sql: text, chart: { kind: "number", y: "n" } });
    expect(await as(ann, queryShow, { query })).toMatchObject({ name: "People", sql: text, owner: "ann", isOwn: true });
    expect((await as(bob, queryList)).queries).toEqual([]);
    await expect(as(bob, queryShow, { query })).rejects.toMatchObject({ code: "QUERY_NOT_FOUND" });
    await expect(as(bob, queryRemove, { query })).rejects.toMatchObject({ code: "QUERY_NOT_FOUND" });
    await expect(as(bob, querySave, { query, name: "x", sql: "select 1" })).rejects.toMatchObject({
      code: "QUERY_NOT_FOUND",
    });
    await expect(as(ann, querySave, { name: "people", sql: "select 1" })).rejects.toMatchObject({ code: "NAME_TAKEN" });
    expect(await as(bob, querySave, { name: "People", sql: "select 1" })).toMatchObject({ name: "People" });
    const every = {
      name: "Every character \u{1F600}",
      sql: "select '\ud800 \u0000' /* x */",
      steps: { a: ["\u0000"] },
    };
    await as(ann, querySave, { query, ...every });
    expect(await as(ann, queryShow, { query })).toMatchObject({ ...every, isExplored: true });
  });

  test("is known to those with whom it is shared, by themselves, a group or the account, and to be changed by its owner only", async () => {
    const { query } = await as(ann, querySave, { name: "Shared", sql: text });
    const shared = await as(ann, queryShare, { query, with: ["group:analysts"] });
    expect(shared.sharedWith).toEqual(["group:analysts"]);
    expect(await as(bob, queryShow, { query })).toMatchObject({ sql: text, isOwn: false, sharedWith: [] });
    await expect(as(cem, queryShow, { query })).rejects.toMatchObject({ code: "QUERY_NOT_FOUND" });
    await expect(as(bob, queryShare, { query, with: [] })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await expect(as(bob, queryRemove, { query })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await as(ann, queryShare, { query, with: ["account:main"] });
    expect((await as(cem, queryList)).queries.map(({ name }) => name)).toEqual(["Shared"]);
    await as(ann, queryShare, { query, with: [] });
    expect((await as(cem, queryList)).queries).toEqual([]);
    await expect(as(ann, queryShare, { query, with: ["nobody"] })).rejects.toMatchObject({ code: "USER_NOT_FOUND" });
    await as(ann, queryRemove, { query });
    await expect(as(ann, queryShow, { query })).rejects.toMatchObject({ code: "QUERY_NOT_FOUND" });
  });

  test("gives no right to what it names", async () => {
    const { query } = await as(ann, querySave, { name: "Rights", sql: text });
    await as(ann, queryShare, { query, with: ["account:main"] });
    const { sql: known } = await as(cem, queryShow, { query });
    await expect(as(cem, sql, { sql: known })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await expect(as(cem, queryDownload, { sql: known, format: "csv" })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
  });

  test("is known in its own account only", async () => {
    await lake.ask(accountAdd, { name: "hr" });
    const { query } = await as(ann, querySave, { name: "Own account", sql: text });
    const elsewhere = await ownerIn(lake.context.db, "hr");
    await expect(as(elsewhere, queryShow, { query })).rejects.toMatchObject({ code: "QUERY_NOT_FOUND" });
    await expect(as(ann, queryShare, { query, with: ["account:hr"] })).rejects.toMatchObject({ code: "USAGE" });
  });
});

describe("a board", () => {
  test("shows the statements of its owner's queries, and those of others only to whom they are shared", async () => {
    const { query: own } = await as(ann, querySave, { name: "On the board", sql: text });
    const { query: other } = await as(cem, querySave, { name: "Of cem", sql: "select 2" });
    await as(cem, queryShare, { query: other, with: ["ann"] });
    const cards = [{ query: own, show: "number" }, { query: other }];
    const { board } = await as(ann, boardSave, { name: "Morning", cards, everySeconds: 60 });
    await expect(as(bob, boardShow, { board })).rejects.toMatchObject({ code: "BOARD_NOT_FOUND" });
    await as(ann, boardShare, { board, with: ["bob"] });
    const shown = await as(bob, boardShow, { board });
    expect(shown.cards.map(({ shows }) => shows?.sql)).toEqual([text, undefined]);
    expect((await as(ann, boardShow, { board })).cards.map(({ shows }) => shows?.owner)).toEqual(["ann", "cem"]);
    await expect(as(bob, boardSave, { board, name: "Mine", cards: [] })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await as(ann, queryRemove, { query: own });
    expect((await as(bob, boardShow, { board })).cards.map(({ shows }) => shows)).toEqual([undefined, undefined]);
    expect((await as(bob, boardList)).boards).toMatchObject([{ name: "Morning", cards: 2, isOwn: false }]);
    await as(ann, boardRemove, { board });
    expect((await as(ann, boardList)).boards).toEqual([]);
  });
});

describe("a download", () => {
  test("has all rows in each format, and is recorded as a read", async () => {
    const sizes: Record<string, number> = {};
    for (const format of ["csv", "json", "parquet", "xlsx"] as const) {
      const parts: Buffer[] = [];
      const emit = async (item: unknown): Promise<void> => {
        const piece = item as { readonly text?: string; readonly base64?: string };
        parts.push(piece.text === undefined ? Buffer.from(piece.base64 ?? "", "base64") : Buffer.from(piece.text));
      };
      const done = await lake.ask(queryDownload, { sql: "from shop.people", format }, { emit });
      expect(done).toEqual({ rows: 3, bytes: Buffer.concat(parts).length });
      sizes[format] = parts.length;
      const begin = Buffer.concat(parts).toString("latin1", 0, 4);
      expect(begin).toBe({ csv: "id,l", json: '{"id', parquet: "PAR1", xlsx: "PK\u0003\u0004" }[format]);
    }
    const reads = lake.context.db.selectFrom("audit_events").select(["kind", "operation"]);
    const found = await reads.where("operation", "=", "query.download").where("kind", "=", "query begin").execute();
    expect(found).toHaveLength(4);
  });

  test("fails with the words of the statement's own failure", async () => {
    const failing = lake.ask(queryDownload, { sql: "from shop.nothing", format: "parquet" });
    await expect(failing).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
  });
});
