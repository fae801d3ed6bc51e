/** Which old runs and commits are deleted, and which are still needed however old they are. */
import { sql, type Insertable, type Kysely } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCleanup } from "../base/cleanup.ts";
import { uuidv7 } from "../base/uuid.ts";
import { openMetadata } from "../../test/world/prepared-metadata.ts";
import type { RunRow, Tables } from "../db/tables.ts";
import { countPrunable, ledgerHorizon, pruneLedger } from "./prune-ledger.ts";

const cleanup = openCleanup();
const dayMs = 24 * 3_600_000;
const now = new Date();
const before = ledgerHorizon({ runHistoryDays: 90 }, now);
let db: Kysely<Tables>;

beforeAll(async () => {
  ({ db } = cleanup.use(await openMetadata()));
});
afterAll(() => cleanup[Symbol.asyncDispose]());

/** Adds a run that began so many `days` ago and returns its id. */
async function addRun(days: number, run: Partial<Insertable<RunRow>> = {}): Promise<string> {
  const [id, at] = [uuidv7(), new Date(now.getTime() - days * dayMs)];
  const state = run.state ?? "done";
  const usual = { id, source_name: "shop", state, started_at: at, ended_at: state === "running" ? null : at };
  await db
    .insertInto("runs")
    .values({ ...usual, ...run })
    .execute();
  return id;
}

async function addCommit(days: number, run: string | null): Promise<string> {
  const id = uuidv7();
  const committed_at = new Date(now.getTime() - days * dayMs);
  await db.insertInto("commits").values({ id, run_id: run, summary: "", committed_at }).execute();
  return id;
}

async function addTable(commitId: string): Promise<string> {
  const [id, databaseId] = [uuidv7(), uuidv7()];
  await db.insertInto("databases").values({ id: databaseId, name: id }).execute();
  await db
    .insertInto("tables")
    .values({ id, database_id: databaseId, name: "orders", location: "", metadata_location: "" })
    .execute();
  await sql`insert into table_commits (commit_id, table_id, metadata_location, sequence)
    select id, ${id}, '', sequence from commits where id = ${commitId}`.execute(db);
  return id;
}

async function idsOf(table: "runs" | "commits"): Promise<ReadonlySet<string>> {
  return new Set((await db.selectFrom(table).select("id").execute()).map(({ id }) => id));
}

test("old runs and their commits go; what is needed stays, and is found as it was", async () => {
  const kept = {
    unswept: await addRun(300, { state: "failed" }),
    running: await addRun(299, { state: "running" }),
    lastDoneOfWeekly: await addRun(298, { schedules: "weekly" }),
    lastOfWeekly: await addRun(297, { schedules: "weekly", state: "failed", swept: true }),
    ofAnUnchangedTable: await addRun(296),
    onlyOfItsSource: await addRun(295, { source_name: "quiet" }),
    young: await addRun(89),
    last: await addRun(1),
  };
  const gone = {
    done: await addRun(365),
    swept: await addRun(364, { state: "lost", swept: true }),
    earlierOfWeekly: await addRun(363, { schedules: "weekly" }),
    failedOfWeekly: await addRun(297.5, { schedules: "weekly", state: "failed", swept: true }),
    justOld: await addRun(91),
  };
  const needed = {
    ofAnUnchangedTable: await addCommit(296, kept.ofAnUnchangedTable),
    ofAnUnsweptRun: await addCommit(300, kept.unswept),
    ofAnImport: await addCommit(300, null),
    young: await addCommit(89, kept.young),
  };
  const [old, nobodys] = [await addCommit(365, gone.done), await addCommit(364, null)];
  const tableId = await addTable(needed.ofAnUnchangedTable);
  await db
    .insertInto("imports")
    .values({ table_id: tableId, location: "", has_header: false, columns: "[]" })
    .execute();
  await db
    .insertInto("imported_files")
    .values({ table_id: tableId, location: "a", size: 1n, modified_at: null, commit_id: needed.ofAnImport })
    .execute();
  const counted = { runs: Object.keys(gone).length, commits: [old, nobodys].length };
  expect(await countPrunable(db, before)).toEqual(counted);
  expect(await pruneLedger(db, { before, signal: AbortSignal.timeout(60_000) })).toEqual(counted);
  expect(await idsOf("runs")).toEqual(new Set(Object.values(kept)));
  expect(await idsOf("commits")).toEqual(new Set(Object.values(needed)));
});

test("a year of runs goes once, however many let them go at once", async () => {
  const runs = 365 * 96;
  await sql`
    insert into runs (id, source_name, state, started_at, ended_at)
    select gen_random_uuid(), 'busy', 'done', at, at
    from generate_series(1, ${runs}::int) n cross join lateral (select ${now}::timestamptz - make_interval(mins => 15 * n)) made (at)`.execute(
    db,
  );
  await sql`insert into commits (id, committed_at, run_id, summary)
    select gen_random_uuid(), ended_at, id, '' from runs where source_name = 'busy'`.execute(db);
  const { signal } = new AbortController();
  const pruned = await Promise.all([1, 2, 3].map(() => pruneLedger(db, { before, signal })));
  const old = 275 * 96;
  expect(pruned.map(({ runs: some }) => some).toSorted((left, right) => right - left)).toEqual([old, 0, 0]);
  expect(pruned.map(({ commits }) => commits).toSorted((left, right) => right - left)).toEqual([old, 0, 0]);
  expect(await pruneLedger(db, { before, signal })).toEqual({ runs: 0, commits: 0 });
});
