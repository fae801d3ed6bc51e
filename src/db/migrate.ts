/**
 * Brings the metadata database to this program's version by running the plain-SQL files of migrations/ in order, all in
 * one transaction.
 * Invariants: the files are append-only. One process migrates while others wait. A database of a newer program is never
 * touched.
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { sql, type Kysely, type Transaction } from "kysely";
import { HeadgateError } from "../errors.ts";
import type { Tables } from "./tables.ts";

interface Migration {
  /** For example `0001_catalog`. */
  readonly name: string;
  readonly text: string;
  readonly hash: string;
}

const directory = new URL("../../migrations/", import.meta.url);

/** Throws METADATA_NEWER. */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const migrations = await readMigrations();
  await db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('headgate migrations', 0))`.execute(transaction);
    await sql`create table if not exists migrations (name text primary key, hash text not null, applied_at timestamptz not null default now())`.execute(
      transaction,
    );
    const { rows } = await sql<{ name: string; hash: string }>`select name, hash from migrations order by name`.execute(
      transaction,
    );
    checkKnown(rows, migrations);
    for (const migration of migrations.slice(rows.length)) await apply(transaction, migration);
  });
}

async function readMigrations(): Promise<readonly Migration[]> {
  const files = (await readdir(directory)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(new URL(file, directory), "utf8");
      return { name: file.slice(0, -".sql".length), text, hash: createHash("sha256").update(text).digest("hex") };
    }),
  );
}

function checkKnown(applied: readonly { name: string; hash: string }[], migrations: readonly Migration[]): void {
  applied.forEach(({ name, hash }, index) => {
    const ours = migrations[index];
    if (ours === undefined) throw new HeadgateError("METADATA_NEWER", { place: `migration ${name}` });
    if (ours.name !== name || ours.hash !== hash)
      throw new TypeError(`migration ${name} was changed after it had been applied`);
  });
}

async function apply(transaction: Transaction<Tables>, { name, text, hash }: Migration): Promise<void> {
  await sql.raw(text).execute(transaction);
  await sql`insert into migrations (name, hash) values (${name}, ${hash})`.execute(transaction);
}
