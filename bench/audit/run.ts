/**
 * Audit: how long it takes until an event is durable, and how many can be written per second, by 1, 8 and 64 writers at
 * once; and how fast the chain is verified. The server is as durable as that of a data directory.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openAuditLog, type AuditLog } from "../../src/audit/audit-log.ts";
import { verifyChain } from "../../src/audit/verify-chain.ts";
import { openCleanup } from "../../src/base/cleanup.ts";
import { silentLog } from "../../src/base/event-log.ts";
import { uuidv7 } from "../../src/base/uuid.ts";
import { openDatabase } from "../../src/db/database.ts";
import { startEmbeddedPostgres } from "../../src/db/embedded-postgres.ts";
import { migrate } from "../../src/db/migrate.ts";
import { queryBegin } from "../../test/world/audit-database.ts";
import { finish, progress, rounded } from "../headgate.ts";

export async function run(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: { seconds: { type: "string", default: "5" }, keep: { type: "boolean", default: false } },
  });
  const cleanup = openCleanup();
  try {
    const home = mkdtempSync(join(tmpdir(), "headgate-bench-"));
    cleanup.defer(() => rmSync(home, { recursive: true, force: true }));
    const server = cleanup.use(await startEmbeddedPostgres({ directory: home }));
    const { db } = cleanup.use(await openDatabase(server.connection));
    await migrate(db);
    const audit = cleanup.use(openAuditLog({ db, log: silentLog }));
    const writers: Record<string, object> = {};
    for (const count of [1, 8, 64]) {
      progress(`${count} writers`);
      writers[count] = await write(audit, { count, seconds: Number(values.seconds) });
    }
    const began = performance.now();
    const { events } = await verifyChain(db, { signal: new AbortController().signal });
    const verifiedPerSecond = Math.round((events / (performance.now() - began)) * 1_000);
    finish(
      { bench: "audit", writers, events, verifiedPerSecond },
      { folder: import.meta.dirname, name: "writers", keep: values.keep },
    );
  } finally {
    await cleanup[Symbol.asyncDispose]();
  }
}

async function write(audit: AuditLog, { count, seconds }: { count: number; seconds: number }): Promise<object> {
  const taken: number[] = [];
  const cpu = process.cpuUsage();
  const end = performance.now() + seconds * 1_000;
  const writer = async (): Promise<void> => {
    while (performance.now() < end) {
      const began = performance.now();
      await audit.record(queryBegin(uuidv7()));
      taken.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: count }, writer));
  const { user, system } = process.cpuUsage(cpu);
  const sorted = taken.toSorted((left, right) => left - right);
  const at = (part: number): number => rounded(sorted[Math.floor(sorted.length * part)] ?? 0, 2);
  return {
    eventsPerSecond: Math.round(taken.length / seconds),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    ownCpuMsPerEvent: rounded((user + system) / 1_000 / taken.length, 3),
  };
}
