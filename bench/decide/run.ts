/**
 * Decisions in a lake with many grants and tables: one decision, the list of all tables that somebody may know,
 * everybody who may read a table, and how soon another process acts on a change.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sql, type Kysely } from "kysely";
import { openCleanup } from "../../src/base/cleanup.ts";
import { must } from "../../src/base/must.ts";
import { openDatabase } from "../../src/db/database.ts";
import { startEmbeddedPostgres } from "../../src/db/embedded-postgres.ts";
import { migrate } from "../../src/db/migrate.ts";
import type { Tables } from "../../src/db/tables.ts";
import { HeadgateError } from "../../src/errors.ts";
import { decide, decideFor } from "../../src/governance/decide.ts";
import { askingsAs, readersOf } from "../../src/governance/effective-access.ts";
import type { Policy, PolicyPrincipal } from "../../src/governance/policy.ts";
import { policyStore } from "../../src/governance/policy-store.ts";
import { policyWatch } from "../../src/governance/policy-watch.ts";
import { securableTable, type SecurableTable } from "../../src/governance/securable.ts";
import { openRandom } from "../../test/soak/random.ts";
import { finish, progress, rounded } from "../headgate.ts";
import { populate } from "./populate.ts";

export async function run(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      grants: { type: "string", default: "3000,100000" },
      tables: { type: "string", default: "10000" },
      keep: { type: "boolean", default: false },
    },
  });
  for (const grants of values.grants.split(",").map(Number)) {
    const result = await measured({ grants, tables: Number(values.tables) });
    const shown = { bench: "decide", grants, tables: Number(values.tables), ...result };
    finish(shown, { folder: import.meta.dirname, name: String(grants), keep: values.keep });
  }
}

async function measured({ grants, tables }: { readonly grants: number; readonly tables: number }) {
  const cleanup = openCleanup();
  const directory = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  cleanup.defer(async () => rmSync(directory, { recursive: true, force: true }));
  try {
    const { connection } = cleanup.use(await startEmbeddedPostgres({ directory }));
    const { db } = cleanup.use(await openDatabase(connection));
    await migrate(db);
    progress(`making ${grants} grants on ${tables} tables`);
    await populate(db, { users: 1_000, groups: 100, databases: 100, tables, grants });
    const began = performance.now();
    const policy = await policyStore(db).current();
    const firstReadMs = performance.now() - began;
    const found = await tablesOf(db);
    return {
      ...decisions(policy, found),
      ...lists(policy, found),
      epochSeenMs: await epochSeen(db, cleanup.use(await openDatabase(connection)).db),
      firstReadMs: rounded(firstReadMs),
    };
  } finally {
    await cleanup[Symbol.asyncDispose]();
  }
}

async function tablesOf(db: Kysely<Tables>): Promise<readonly SecurableTable[]> {
  const rows = await db
    .selectFrom("tables")
    .innerJoin("databases", "databases.id", "tables.database_id")
    .select(["tables.id", "databases.id as databaseId", "databases.account_id as accountId"])
    .execute();
  return rows.map(securableTable);
}

/** Each as if it were the only question of a request. */
function decisions(policy: Policy, tables: readonly SecurableTable[]) {
  const random = openRandom(1);
  const people = usersOf(policy);
  const now = Date.now();
  const microseconds = Array.from({ length: 200_000 }, () => {
    const { principal } = must(askingsAs(policy, random.pick(people), now)[0], "an account");
    const resource = random.pick(tables);
    const began = process.hrtime.bigint();
    decide({ policy, principal, action: "read", resource, now });
    return Number(process.hrtime.bigint() - began) / 1_000;
  }).toSorted((one, other) => one - other);
  return { decideP50us: percentile(microseconds, 0.5), decideP99us: percentile(microseconds, 0.99) };
}

function percentile(sorted: readonly number[], share: number): number {
  return rounded(must(sorted[Math.floor(sorted.length * share)], "a measurement"), 2);
}

function usersOf({ principals }: Policy): readonly PolicyPrincipal[] {
  return [...principals.values()].filter(({ kind }) => kind === "user");
}

/** The slowest of several. */
function lists(policy: Policy, tables: readonly SecurableTable[]) {
  const now = Date.now();
  const people = usersOf(policy);
  const slowest = (times: number, work: (index: number) => unknown): number => {
    const each = Array.from({ length: times }, (_, index) => {
      const began = performance.now();
      work(index);
      return performance.now() - began;
    });
    return rounded(Math.max(...each), 1);
  };
  const listTablesMs = slowest(20, (index) => {
    const asking = must(askingsAs(policy, must(people[index], "a user"), now)[0], "an account");
    return tables.filter((table) => decideFor(asking, "watch", table).allowed);
  });
  return { listTablesMs, accessToMs: slowest(20, (index) => readersOf(policy, must(tables[index], "a table"), now)) };
}

/** From the commit of a revocation until another process, which follows an answer, ends it; the longest of several. */
async function epochSeen(db: Kysely<Tables>, otherDb: Kysely<Tables>): Promise<number> {
  const others = policyStore(otherDb);
  await others.current();
  const watch = policyWatch(others);
  const rows = await db.selectFrom("grants").select("id").limit(10).execute();
  let longest = 0;
  for (const { id } of rows) {
    const ended = new Promise<number>((resolve) =>
      watch.follow(
        ({ grants }) => (grants.has(id) ? undefined : new HeadgateError("NOT_ALLOWED")),
        () => resolve(performance.now()),
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 1_000));
    const revoked = { ended_at: sql<Date>`clock_timestamp()` };
    await db.updateTable("grants").set(revoked).where("id", "=", id).execute();
    const began = performance.now();
    longest = Math.max(longest, (await ended) - began);
  }
  return rounded(longest);
}
