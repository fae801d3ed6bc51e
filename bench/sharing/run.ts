/**
 * Finding things in a large lake: how long a search takes, by words that few and many things have, with letters wrong,
 * for somebody who may know a few tables, half of them, or all.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Kysely } from "kysely";
import { openCleanup } from "../../src/base/cleanup.ts";
import { must } from "../../src/base/must.ts";
import { silent } from "../../src/base/progress.ts";
import { openCatalog } from "../../src/catalog/catalog.ts";
import { openDatabase } from "../../src/db/database.ts";
import { startEmbeddedPostgres } from "../../src/db/embedded-postgres.ts";
import { migrate } from "../../src/db/migrate.ts";
import type { Tables } from "../../src/db/tables.ts";
import { askingOf, type Asking } from "../../src/governance/asking.ts";
import { policyStore } from "../../src/governance/policy-store.ts";
import { mainAccount } from "../../src/db/tables.ts";
import { catalogSearch } from "../../src/operations/finding/search.ts";
import { openRandom } from "../../test/soak/random.ts";
import { finish, progress, rounded } from "../headgate.ts";
import { makeDocuments, populate } from "./populate.ts";

const questions = [
  "customer",
  "customers",
  "invoice",
  "order history",
  "email",
  "custmer",
  "shipment phone",
  "birth date",
  "",
  "warehouse_daily_77",
  "nightly delivered",
  "iban patient",
  "every night",
  "zzz",
  "paymnet",
  "customer_history_1234",
];

export async function run(given: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...given],
    options: {
      tables: { type: "string", default: "100000" },
      databases: { type: "string", default: "300" },
      searches: { type: "string", default: "200" },
      keep: { type: "boolean", default: false },
    },
  });
  const [tables, databases, searches] = [values.tables, values.databases, values.searches].map(Number);
  const result = await measured({ tables: tables ?? 0, databases: databases ?? 0, searches: searches ?? 0 });
  finish(
    { bench: "sharing", tables, ...result },
    { folder: import.meta.dirname, name: String(tables), keep: values.keep },
  );
}

interface Size {
  readonly tables: number;
  readonly databases: number;
  readonly searches: number;
}

async function measured({ tables, databases, searches }: Size) {
  const cleanup = openCleanup();
  const directory = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  cleanup.defer(async () => rmSync(directory, { recursive: true, force: true }));
  try {
    const { connection } = cleanup.use(await startEmbeddedPostgres({ directory }));
    const { db } = cleanup.use(await openDatabase(connection));
    await migrate(db);
    progress(`making ${tables} tables`);
    await populate(db, { databases, tables });
    const began = performance.now();
    await makeDocuments(db);
    const documentsMs = performance.now() - began;
    return { ...(await searchTimes(db, searches)), documentsSeconds: rounded(documentsMs / 1_000, 1) };
  } finally {
    await cleanup[Symbol.asyncDispose]();
  }
}

async function searchTimes(db: Kysely<Tables>, searches: number) {
  const all: number[] = [];
  const byAsker: Record<string, number> = {};
  const policy = await policyStore(db).current();
  const random = openRandom(1);
  for (const name of ["few", "many", "all"]) {
    const { id } = must(
      [...policy.principals.values()].find((one) => one.name === name),
      name,
    );
    const principal = {
      kind: "user",
      id,
      name,
      role: "none",
      accountId: mainAccount,
      mustChangePassword: false,
    } as const;
    for (const question of questions) await search(db, askingOf(policy, principal, Date.now()), question);
    const own: number[] = [];
    for (let index = 0; index < searches; index++) {
      const question = random.pick(questions);
      const asking = askingOf(policy, principal, Date.now());
      const began = performance.now();
      await search(db, asking, question);
      own.push(performance.now() - began);
      if (process.env["SLOW"]) progress(`${name} "${question}" ${(performance.now() - began).toFixed(1)}`);
    }
    byAsker[name] = percentile(own, 0.95);
    all.push(...own);
  }
  return { searchP50: percentile(all, 0.5), searchP95: percentile(all, 0.95), searchP95By: byAsker };
}

async function search(db: Kysely<Tables>, asking: Asking, text: string): Promise<void> {
  const catalog = openCatalog({ db } as never);
  const input = catalogSearch.input.parse({ text });
  const call = { asking, report: silent, emit: async () => {}, signal: new AbortController().signal } as never;
  await catalogSearch.run({ db, catalog } as never, input, call);
}

function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((one, other) => one - other);
  return rounded(must(sorted[Math.floor(sorted.length * share)], "a measurement"), 1);
}
