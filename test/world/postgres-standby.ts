/**
 * A hot standby of a private PostgreSQL server: a base backup of its directory that follows it by streaming
 * replication. For tests; it has the primary's settings, user and password.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { must } from "../../src/base/must.ts";
import { startPostgres, type PostgresServer } from "./postgres-server.ts";

export interface PostgresStandby extends PostgresServer {
  /** Waits until everything that the primary has written so far can be read here. */
  catchUp(): Promise<void>;
  /** Promotes it to a server that accepts writes. */
  promote(): Promise<void>;
}

export async function startStandby(
  primary: PostgresServer,
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresStandby> {
  const home = await mkdtemp(join(tmpdir(), "headgate-standby-"));
  await takeBackup(primary, home);
  const { user, password, socketDirectory } = primary;
  const primaryConnection = `host=${socketDirectory} port=5432 user=${user} password=${password}`;
  const server = await startPostgres({
    directory: home,
    settings: {
      hot_standby: "on",
      primary_conninfo: primaryConnection,
      wal_retrieve_retry_interval: "100ms",
      ...settings,
    },
  });
  const stop = async (how: () => PromiseLike<void>): Promise<void> => {
    await how();
    await rm(home, { recursive: true, force: true });
  };
  return {
    ...server,
    catchUp: () => catchUp(primary, server),
    promote: async () => void (await server.query("select pg_promote(true, 60)")),
    stop: () => stop(() => server.stop()),
    kill: () => stop(() => server.kill()),
    [Symbol.asyncDispose]: () => stop(() => server.stop()),
  };
}

/**
 * `cp` complains about files that vanish while they are copied; the log repairs the copy (PostgreSQL manual, "Base
 * Backup").
 */
async function takeBackup(primary: PostgresServer, home: string): Promise<void> {
  await primary.query("select pg_backup_start('standby', true)");
  for (const name of ["cluster", "password"])
    await promisify(execFile)("cp", ["-a", join(primary.directory, name), home]).catch(() => undefined);
  const [backup] = await primary.query("select labelfile from pg_backup_stop(false)");
  const cluster = join(home, "cluster");
  for (const name of ["postmaster.pid", "postmaster.opts"]) await rm(join(cluster, name), { force: true });
  await writeFile(join(cluster, "backup_label"), must(backup?.["labelfile"] ?? undefined, "a backup's label"));
  await writeFile(join(cluster, "standby.signal"), "");
}

/** The message has the primary send the log up to it at once; without one, the end of the log can wait for 15 seconds. */
async function catchUp(primary: PostgresServer, standby: PostgresServer): Promise<void> {
  const [written] = await primary.query("select pg_logical_emit_message(false, 'catch up', '', true) as lsn");
  for (;;) {
    const [row] = await standby.query("select pg_last_wal_replay_lsn() >= $1::pg_lsn as is_there", [written?.["lsn"]]);
    if (row?.["is_there"] === "t") return;
    await delay(20);
  }
}
