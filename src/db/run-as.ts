/**
 * As whom PostgreSQL's programs run: they refuse to be root. An ordinary user runs them as himself; root runs them in a user
 * namespace in which he is somebody else, so that the files stay his; where namespaces are forbidden, root runs them as `nobody`.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, chown, readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { HeadgateError } from "../errors.ts";

export interface RunAs {
  /** Stands before the program's own words. */
  readonly wrapper: readonly string[];
  /** Whose the files must be, and whom `spawn` must make the program; absent: nobody but us. */
  readonly owner?: Owner | undefined;
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Where the system keeps its programs, whatever PATH we were started with. */
export const systemPath = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

const namespace = ["unshare", "--user", "--map-user=65534", "--map-group=65534"];

export async function chooseRunAs(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { wrapper: [] };
  if (isInstalled("unshare") && (await succeeds([...namespace, "true"]))) return { wrapper: namespace };
  return { wrapper: [], owner: await nobody() };
}

/** Gives a file to whom the programs run as. */
export async function handOver(path: string, { owner }: RunAs): Promise<void> {
  if (owner !== undefined) await chown(path, owner.uid, owner.gid);
}

/** Lets them pass through a directory of ours that is closed to others; they still cannot list it. */
export async function letPass(directory: string, { owner }: RunAs): Promise<void> {
  if (owner === undefined) return;
  const { uid, mode } = await stat(directory);
  if (uid !== process.getuid?.() || (mode & 0o777) !== 0o700 || directory === homedir()) return;
  await chown(directory, uid, owner.gid);
  await chmod(directory, 0o710);
}

/** Words before a program's own that make it stop when this process dies, however it dies. Linux only; elsewhere none. */
export function diesWithUs(): readonly string[] {
  return isInstalled("setpriv") ? ["setpriv", "--pdeathsig", "INT"] : [];
}

/** initdb asks the system for its user's name, so the user must be a known one. */
async function nobody(): Promise<Owner> {
  const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(await readFile("/etc/passwd", "utf8").catch(() => ""));
  if (line === null)
    throw new HeadgateError("METADATA_UNREACHABLE", {
      place: "/etc/passwd",
      message: "PostgreSQL does not run as root, and here are neither user namespaces nor a user named nobody",
      remedy: "run Headgate as an ordinary user, or name an external database with HEADGATE_DATABASE_URL",
    });
  return { uid: Number(line[1]), gid: Number(line[2]) };
}

function isInstalled(program: string): boolean {
  return systemPath.split(":").some((folder) => existsSync(`${folder}/${program}`));
}

function succeeds([file = "", ...words]: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(file, words, { stdio: "ignore", env: { PATH: systemPath } });
    child.once("error", () => resolve(false)).once("close", (code) => resolve(code === 0));
  });
}
