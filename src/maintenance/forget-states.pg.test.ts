/**
 * Which of a table's states the catalog forgets, and that every moment is answered as before or refused, whatever else
 * happens meanwhile.
 */
import { sql, type Kysely } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCleanup } from "../base/cleanup.ts";
import { uuidv7 } from "../base/uuid.ts";
import { metadataAt, nextKeptState, sequenceAsOf } from "../catalog/as-of.ts";
import type { CatalogTable } from "../catalog/catalog.ts";
import { commit } from "../catalog/commit.ts";
import { openMetadata } from "../../test/world/prepared-metadata.ts";
import type { Tables } from "../db/tables.ts";
import { newTable } from "../iceberg/new-table.ts";
import { countForgettable, forgetStates } from "./forget-states.ts";

const cleanup = openCleanup();
let db: Kysely<Tables>;

beforeAll(async () => {
  ({ db } = cleanup.use(await openMetadata()));
});
afterAll(() => cleanup[Symbol.asyncDispose]());

/**
 * Makes a table with one commit every quarter of an hour, the last one now. State n has snapshot n and the metadata
 * file `n`.
 */
async function makeTable(states: number): Promise<{ id: string; first: bigint; began: Date }> {
  const [id, databaseId] = [uuidv7(), uuidv7()];
  await db.insertInto("databases").values({ id: databaseId, name: id }).execute();
  await sql`insert into tables (id, database_id, name, location, metadata_location)
    values (${id}, ${databaseId}, 'orders', '', ${String(states)})`.execute(db);
  const { rows } = await sql<{ first: bigint; began: Date }>`
    with made as (
      insert into commits (id, committed_at, summary)
      select gen_random_uuid(), now() - make_interval(mins => 15 * (${states}::int - n)), ''
      from generate_series(1, ${states}::int) n order by n
      returning id, sequence, committed_at
    ), numbered as (select *, row_number() over (order by sequence) as n from made),
    placed as (
      insert into table_commits (commit_id, table_id, previous_metadata_location, metadata_location, snapshot_id, sequence)
      select id, ${id}, nullif(n - 1, 0)::text, n::text, n, sequence from numbered
    )
    select min(sequence) as first, min(committed_at) as began from made`.execute(db);
  const [{ first, began } = { first: 0n, began: new Date() }] = rows;
  return { id, first, began };
}

/** The table with these snapshots, as loaded when its newest state was `newest`. */
function loaded(id: string, newest: number, snapshots: readonly number[]): CatalogTable {
  const schema = { schemaId: 0, fields: [], identifierFieldIds: [] };
  const metadata = {
    ...newTable({ uuid: id, location: "", schema, now: 0 }),
    snapshots: snapshots.map((n) => ({
      snapshotId: BigInt(n),
      sequenceNumber: BigInt(n),
      timestampMs: n,
      summary: {},
      manifestList: "",
      schemaId: 0,
    })),
  };
  return {
    id,
    database: "",
    databaseId: "",
    accountId: "",
    name: "orders",
    location: "",
    places: [],
    metadata,
    metadataLocation: String(newest),
  } as CatalogTable;
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function upkeep(reach = (): void => {}) {
  return { db, signal: new AbortController().signal, reach };
}

/** Expects every moment whose state can be read to have that state, and every other one to be reported as gone. */
async function expectRight(table: { id: string; first: bigint }, states: readonly number[], kept: readonly number[]) {
  const there = new Set(kept);
  for (const n of states) {
    const state = (await metadataAt(db, table.first + BigInt(n) - 1n)).get(table.id);
    const seen = state?.isKept === true && there.has(Number(state.metadataLocation)) ? state.metadataLocation : "gone";
    expect({ n, seen }).toEqual({ n, seen: there.has(n) ? String(n) : "gone" });
  }
}

async function countStates(id: string): Promise<number> {
  return (await db.selectFrom("table_commits").select("sequence").where("table_id", "=", id).execute()).length;
}

test("a year of states comes down to those that can be read, and each moment is told which it is", async () => {
  const states = 365 * 96;
  const year = await makeTable(states);
  const [tagged, rolledBack, oldest] = [10_000, states - 100, states - 479];
  const kept = [tagged, ...range(oldest, states).filter((n) => n !== rolledBack)];
  const table = loaded(year.id, states, kept);
  const looked = [1, 2, 5_000, tagged - 1, tagged, tagged + 1, oldest - 1, oldest, rolledBack, rolledBack + 1, states];
  const forgettable = await countForgettable(upkeep(), table, []);
  await expectRight(year, looked, kept);
  expect(await forgetStates(upkeep(), table)).toBe(forgettable);
  await expectRight(year, looked, kept);
  // One mark stands for the states before the tag, one for those after it, and one for the state without a snapshot
  // among the last.
  expect(await countStates(year.id)).toBe(kept.length + 3);
  expect(await forgetStates(upkeep(), table)).toBe(0);
  await expect(sequenceAsOf(db, { time: new Date(year.began.getTime() - 1) })).rejects.toMatchObject({
    code: "SNAPSHOT_NOT_FOUND",
  });
  const snapshotIds = kept.map(BigInt);
  const asked = { tableId: year.id, snapshotIds, sequence: year.first + BigInt(tagged) };
  const since = await nextKeptState(db, asked);
  const there = await metadataAt(db, await sequenceAsOf(db, { time: since ?? new Date(0) }));
  expect(there.get(year.id)).toEqual({ metadataLocation: String(oldest), isKept: true });
});

test("the only state of a table that never changed stays", async () => {
  const still = await makeTable(1);
  expect(await forgetStates(upkeep(), loaded(still.id, 1, [1]))).toBe(0);
  await expectRight(still, [1], [1]);
});

test("a table's first states, without a snapshot, stay", async () => {
  const young = await makeTable(3);
  await db.updateTable("table_commits").set({ snapshot_id: null }).where("table_id", "=", young.id).execute();
  expect(await forgetStates(upkeep(), loaded(young.id, 3, []))).toBe(0);
  await expectRight(young, [1, 2, 3], [1, 2, 3]);
});

test("killed between two steps, every moment is right, and the next upkeep does the rest", async () => {
  const [states, oldest] = [12_000, 11_990];
  const table = await makeTable(states);
  const kept = range(oldest, states);
  const killed = upkeep(() => {
    throw new Error("killed");
  });
  await expect(forgetStates(killed, loaded(table.id, states, kept))).rejects.toThrow("killed");
  const left = await countStates(table.id);
  expect(left).toBeGreaterThan(kept.length + 1);
  await expectRight(table, [1, 2, 4_999, 5_000, 5_001, 5_002, oldest - 1, oldest, states], kept);
  // Even if another writer restores the snapshots: the row found is that of the first state, which is not the state
  // asked for.
  expect((await metadataAt(db, table.first + 2_000n)).get(table.id)).toEqual({ metadataLocation: "1", isKept: false });
  expect(await forgetStates(upkeep(), loaded(table.id, states, kept))).toBe(left - kept.length - 1);
  await expectRight(table, [1, 2, 5_001, oldest - 1, oldest, states], kept);
});

test("what is committed meanwhile stays, also where the table was looked at before", async () => {
  const [states, more] = [12_000, 25];
  const { id } = await makeTable(states);
  const committing = (async () => {
    for (let n = states; n < states + more; n++)
      await commit(
        { db },
        {
          id: uuidv7(),
          runId: undefined,
          summary: "",
          steps: [{ tableId: id, label: "orders", from: String(n), to: String(n + 1), snapshotId: BigInt(n + 1) }],
          positions: [],
        },
      );
  })();
  const forgotten = await forgetStates(upkeep(), loaded(id, states, [states]));
  await committing;
  expect(forgotten).toBe(states - 2);
  const rows = await db
    .selectFrom("table_commits")
    .select(["metadata_location as n", "expired"])
    .where("table_id", "=", id)
    .orderBy("sequence")
    .execute();
  expect(rows).toEqual([
    { n: "1", expired: true },
    ...range(states, states + more).map((n) => ({ n: String(n), expired: false })),
  ]);
});
