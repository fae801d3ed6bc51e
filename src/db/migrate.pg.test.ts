import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openCleanup } from "../base/cleanup.ts";
import { openDatabase, type Database } from "./database.ts";
import { startEmbeddedPostgres, type PostgresConnection } from "./embedded-postgres.ts";
import { migrate } from "./migrate.ts";

const cleanup = openCleanup();
let at: PostgresConnection;
let db: Database["db"];

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), "headgate-migrate-"));
  cleanup.defer(() => rm(directory, { recursive: true, force: true }));
  at = cleanup.use(await startEmbeddedPostgres({ directory })).connection;
  db = cleanup.use(await openDatabase(at)).db;
});
afterAll(() => cleanup[Symbol.asyncDispose]());

beforeEach(async () => {
  await sql`drop schema if exists headgate cascade`.execute(db);
  await sql`create schema headgate`.execute(db);
});

test("several programs that start at once migrate once", async () => {
  await sql`drop schema headgate cascade`.execute(db);
  const programs = await Promise.all([1, 2, 3, 4].map(() => openDatabase(at)));
  await Promise.all(programs.map((program) => migrate(program.db)));
  for (const program of programs) await program[Symbol.asyncDispose]();
  const names = await applied();
  expect(names).toContain("0001_catalog");
  expect(new Set(names).size).toBe(names.length);
  expect(await db.selectFrom("sources").select("name").execute()).toEqual([]);
});

test("a second start changes nothing", async () => {
  await migrate(db);
  const before = await applied();
  await migrate(db);
  expect(await applied()).toEqual(before);
});

test("a database of a newer program is left alone", async () => {
  await migrate(db);
  await sql`insert into migrations (name, hash) values ('9999_future', '')`.execute(db);
  await expect(migrate(db)).rejects.toMatchObject({ code: "METADATA_NEWER", place: "migration 9999_future" });
});

test("a migration that was changed after it had been applied is a defect", async () => {
  await migrate(db);
  await sql`update migrations set hash = 'another' where name = '0001_catalog'`.execute(db);
  await expect(migrate(db)).rejects.toThrow(/0001_catalog was changed/);
});

async function applied(): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`select name from migrations order by name`.execute(db);
  return rows.map(({ name }) => name);
}
