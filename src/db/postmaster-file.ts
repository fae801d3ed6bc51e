/**
 * Reads `postmaster.pid`, which a PostgreSQL server keeps in its cluster while it runs. It tells which process runs
 * there and whether it accepts connections. A file that outlived its server (after a power cut or a container restart)
 * is recognised, even if its pid was reused.
 */
import { execFile } from "node:child_process";
import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** The pid of the server that runs on this cluster, if any. */
export async function runningServer(cluster: string): Promise<number | undefined> {
  const pid = Number((await readLines(cluster))[0]);
  return Number.isInteger(pid) && pid > 1 && (await runsOn(pid, cluster)) ? pid : undefined;
}

/**
 * PostgreSQL would mistake any process with the same number for its server. Call this only when no server runs on the
 * cluster.
 */
export async function removeStaleFile(cluster: string): Promise<void> {
  await rm(fileIn(cluster), { force: true });
}

/** The file's eighth line says `ready` once connections are accepted. */
export async function isReady(cluster: string, pid: number | undefined): Promise<boolean> {
  const lines = await readLines(cluster);
  return Number(lines[0]) === pid && lines[7]?.trim() === "ready";
}

async function readLines(cluster: string): Promise<readonly string[]> {
  return (await readFile(fileIn(cluster), "utf8").catch(() => "")).split("\n");
}

function fileIn(cluster: string): string {
  return join(cluster, "postmaster.pid");
}

/**
 * On Linux, a server's working directory is its cluster. On other systems, the cluster's path is one of its arguments.
 */
async function runsOn(pid: number, cluster: string): Promise<boolean> {
  if (process.platform === "linux")
    return (await readlink(`/proc/${pid}/cwd`).catch(() => "")) === (await realpath(cluster));
  const { stdout } = await promisify(execFile)("ps", ["-o", "command=", "-p", String(pid)]).catch(() => ({
    stdout: "",
  }));
  return stdout.includes(cluster);
}
