/**
 * Chooses the user that PostgreSQL's programs run as, because they refuse to run as root. An ordinary user runs them
 * under the same name. Root runs them in a user namespace under another name and so still owns the files; if namespaces
 * are forbidden, root runs them as `nobody`.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, chown, readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { HeadgateError } from "../errors.ts";

export interface RunAs {
  /** Words to put before the program's own. */
  readonly wrapper: readonly string[];
  /** The user who must own the files and run the program; absent when that is the current user. */
  readonly owner?: Owner | undefined;
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** The system's own program directories, whatever the PATH of this process is. */
export const systemPath = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

const namespace = ["unshare", "--user", "--map-user=65534", "--map-group=65534"];

export async function chooseRunAs(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { wrapper: [] };
  if (isInstalled("unshare") && (await succeeds([...namespace, "true"]))) return { wrapper: namespace };
  return { wrapper: [], owner: await nobody() };
}

/** Gives a file to the user that the programs run as. */
export async function handOver(path: string, { owner }: RunAs): Promise<void> {
  if (owner !== undefined) await chown(path, owner.uid, owner.gid);
}

/** Lets that user pass through one of our directories that is closed to others, without being able to list it. */
export async function letPass(directory: string, { owner }: RunAs): Promise<void> {
  if (owner === undefined) return;
  const { uid, mode } = await stat(directory);
  if (uid !== process.getuid?.() || (mode & 0o777) !== 0o700 || directory === homedir()) return;
  await chown(directory, uid, owner.gid);
  await chmod(directory, 0o710);
}

/**
 * Words to put before a program's own, so that it stops when this process dies, however it dies. Works on Linux only;
 * elsewhere there are none.
 */
export function diesWithUs(): readonly string[] {
  return isInstalled("setpriv") ? ["setpriv", "--pdeathsig", "INT"] : [];
}

/** initdb looks up its user's name, so the user must be known to the system. */
async function nobody(): Promise<Owner> {
  const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(await readFile("/etc/passwd", "utf8").catch(() => ""));
  if (line === null)
    throw new HeadgateError("METADATA_UNREACHABLE", {
      place: "/etc/passwd",
      message: "PostgreSQL does not run as root, and this system has neither user namespaces nor a user named nobody",
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
