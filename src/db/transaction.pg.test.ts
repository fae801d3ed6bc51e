import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openCleanup } from "../base/cleanup.ts";
import { openDatabase, type Database } from "./database.ts";
import { startEmbeddedPostgres, type PostgresConnection } from "./embedded-postgres.ts";
import { CommitOutcomeUnknown, inTransaction } from "./transaction.ts";

const cleanup = openCleanup();
let at: PostgresConnection;
let db: Database["db"];

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), "headgate-transaction-"));
  cleanup.defer(() => rm(directory, { recursive: true, force: true }));
  at = cleanup.use(await startEmbeddedPostgres({ directory })).connection;
  db = cleanup.use(await openDatabase(at)).db;
});
afterAll(() => cleanup[Symbol.asyncDispose]());

beforeEach(async () => {
  await sql`drop table if exists counter`.execute(db);
  await sql`create table counter (id int primary key, n bigint not null)`.execute(db);
  await sql`insert into counter values (1, 0), (2, 0)`.execute(db);
});

test("64-bit integers are exact, instants are dates, decimals keep their digits", async () => {
  const { rows } = await sql`
    select 9223372036854775807::bigint as big, timestamptz '2026-01-02 03:04:05.678+02' as instant, 0.10::numeric as decimal
  `.execute(db);
  expect(rows).toEqual([{ big: 9223372036854775807n, instant: new Date("2026-01-02T01:04:05.678Z"), decimal: "0.10" }]);
});

test("nobody to be reached is an error with a place", async () => {
  await expect(openDatabase({ ...at, host: "127.0.0.1", port: 1 })).rejects.toMatchObject({
    code: "METADATA_UNREACHABLE",
    place: "127.0.0.1:1",
  });
});

test("a URL is as good as its parts", async () => {
  const url = `postgres://${at.user}:${at.password}@/postgres?host=${encodeURIComponent(at.host)}&port=${at.port}`;
  const opened = await openDatabase(url);
  const { rows } = await sql`select current_schema() as schema`.execute(opened.db);
  await opened[Symbol.asyncDispose]();
  expect(rows).toEqual([{ schema: "headgate" }]);
});

test("a failure leaves nothing behind", async () => {
  const attempt = inTransaction(db, async (transaction) => {
    await sql`update counter set n = 7`.execute(transaction);
    throw new TypeError("no");
  });
  await expect(attempt).rejects.toThrow(TypeError);
  expect(await counts()).toEqual([0n, 0n]);
});

test("transactions that disturb one another are tried again until each took place once", async () => {
  const add = (): Promise<void> =>
    inTransaction(db, async (transaction) => {
      await sql`set transaction isolation level serializable`.execute(transaction);
      const { rows } = await sql<{ n: bigint }>`select n from counter where id = 1`.execute(transaction);
      await sql`update counter set n = ${(rows[0]?.n ?? 0n) + 1n} where id = 1`.execute(transaction);
    });
  await Promise.all(Array.from({ length: 4 }, add));
  expect(await counts()).toEqual([4n, 0n]);
});

test("of two that wait for one another one is tried again", async () => {
  let arrived = 0;
  let both: () => void = () => {};
  const bothHoldOne = new Promise<void>((resolve) => (both = resolve));
  const add = (first: number, second: number): Promise<void> =>
    inTransaction(db, async (transaction) => {
      await sql`update counter set n = n + 1 where id = ${first}`.execute(transaction);
      if (++arrived === 2) both();
      await bothHoldOne;
      await sql`update counter set n = n + 1 where id = ${second}`.execute(transaction);
    });
  await Promise.all([add(1, 2), add(2, 1)]);
  expect(await counts()).toEqual([2n, 2n]);
});

test("a connection lost during the commit is told apart", async () => {
  await atCommit(sql`perform pg_terminate_backend(pg_backend_pid());`);
  const attempt = inTransaction(db, (transaction) => sql`update counter set n = 7`.execute(transaction));
  await expect(attempt).rejects.toThrow(CommitOutcomeUnknown);
});

test("a commit that the server refused has a known outcome", async () => {
  await atCommit(sql`raise check_violation;`);
  const attempt = inTransaction(db, (transaction) => sql`update counter set n = 7`.execute(transaction));
  await expect(attempt).rejects.toMatchObject({ code: "23514" });
});

test("a connection lost before the commit has a known outcome", async () => {
  const attempt = inTransaction(db, async (transaction) => {
    await sql`update counter set n = 7`.execute(transaction);
    await sql`select pg_terminate_backend(pg_backend_pid())`.execute(transaction);
  });
  await expect(attempt).rejects.not.toThrow(CommitOutcomeUnknown);
  expect(await counts()).toEqual([0n, 0n]);
});

/** Makes the server execute a statement while it commits a change of `counter`. */
async function atCommit(step: ReturnType<typeof sql>): Promise<void> {
  await sql`create or replace function at_commit() returns trigger language plpgsql as 'begin ${step} return null; end'`.execute(
    db,
  );
  await sql`create constraint trigger at_commit after update on counter deferrable initially deferred for each row execute function at_commit()`.execute(
    db,
  );
}

async function counts(): Promise<readonly bigint[]> {
  const { rows } = await sql<{ n: bigint }>`select n from counter order by id`.execute(db);
  return rows.map(({ n }) => n);
}
