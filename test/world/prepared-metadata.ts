/**
 * The metadata of a new Headgate, made once for all tests of a run and copied into each data directory: creating a
 * cluster and its tables takes two seconds of a processor, a copy a tenth of one. How they are created is tested beside
 * `embedded-postgres.ts` and `migrate.ts`, and by every command that runs outside the tests.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Kysely } from "kysely";
import { openCleanup } from "../../src/base/cleanup.ts";
import { openDatabase } from "../../src/db/database.ts";
import { startEmbeddedPostgres } from "../../src/db/embedded-postgres.ts";
import { migrate } from "../../src/db/migrate.ts";
import type { Tables } from "../../src/db/tables.ts";

/** The variable that names the directory of the prepared metadata; without it, each Headgate makes its own. */
export const preparedMetadata = "HEADGATE_TEST_METADATA";

/** Called by vitest before the tests, once for each project. */
export async function setup(): Promise<void> {
  if (process.env[preparedMetadata] !== undefined) return;
  const home = await mkdtemp(join(tmpdir(), "headgate-prepared-"));
  const directory = join(home, "postgres");
  await (await openMigrated(directory))[Symbol.asyncDispose]();
  process.env[preparedMetadata] = directory;
}

/** Called by vitest after the tests. */
export async function teardown(): Promise<void> {
  const prepared = process.env[preparedMetadata];
  delete process.env[preparedMetadata];
  if (prepared !== undefined) await rm(dirname(prepared), { recursive: true, force: true });
}

/** Puts the prepared metadata where a Headgate of this data directory looks for its own, unless there is some. */
export function copyMetadata(data: string): void {
  copyPrepared(join(data, "postgres"));
}

export interface OpenMetadata extends AsyncDisposable {
  readonly db: Kysely<Tables>;
}

/** A metadata database without a Headgate around it. */
export async function openMetadata(): Promise<OpenMetadata> {
  const cleanup = openCleanup();
  const home = await mkdtemp(join(tmpdir(), "headgate-metadata-"));
  cleanup.defer(() => rm(home, { recursive: true, force: true }));
  const directory = join(home, "postgres");
  copyPrepared(directory);
  const { db } = cleanup.use(await openMigrated(directory));
  return { db, [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose]() };
}

async function openMigrated(directory: string): Promise<OpenMetadata> {
  const cleanup = openCleanup();
  const server = cleanup.use(await startEmbeddedPostgres({ directory }));
  const { db } = cleanup.use(await openDatabase(server.connection));
  await migrate(db);
  return { db, [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose]() };
}

/** `cp` keeps owners: as root, the cluster belongs to another user. */
function copyPrepared(directory: string): void {
  const prepared = process.env[preparedMetadata];
  if (prepared === undefined || existsSync(directory)) return;
  mkdirSync(dirname(directory), { recursive: true, mode: 0o700 });
  execFileSync("cp", ["-a", prepared, directory]);
}
