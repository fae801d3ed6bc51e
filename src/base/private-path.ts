/**
 * Checks of paths that must belong to one user alone: the directory for sockets below the system's temporary directory
 * (where anybody could have created that name first), sockets to which passwords are sent, and key files.
 * Invariant: nothing is used that another user owns or can replace or, where it holds a secret, can read.
 */
import { chown, lstat, mkdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { HeadgateError } from "../errors.ts";

const groupOrOthersMay = { readOrWrite: 0o067, anything: 0o077 };
const othersMayAnything = 0o007;
const othersMayWrite = 0o002;
const sticky = 0o1000;

/** The user who owns a file or directory. */
export async function ownerOf(path: string): Promise<number> {
  return (await stat(path)).uid;
}

/** Returns this user's temporary directory, and makes it if it does not exist. Throws PATH_NOT_PRIVATE. */
export async function temporaryDirectoryOf(user: number): Promise<string> {
  const path = join(tmpdir(), `headgate-${user}`);
  await checkParent(dirname(path));
  const isNew = await mkdir(path, { mode: 0o700 }).then(
    () => true,
    (failure: NodeJS.ErrnoException) => {
      if (failure.code === "EEXIST") return false;
      throw failure;
    },
  );
  if (isNew && user !== process.getuid?.()) await chown(path, user, -1);
  const { uid, mode, ...found } = await describe(path);
  if (!found.isDirectory) throw notPrivate(path, "this path is not a directory");
  if (uid !== user) throw notPrivate(path, `this directory belongs to user ${uid}, not to user ${user}`);
  if ((mode & groupOrOthersMay.readOrWrite) !== 0)
    throw notPrivate(path, "other users may read or write this directory");
  return path;
}

/** Checks that others cannot replace our directory with one of their own. */
async function checkParent(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & othersMayWrite) !== 0 && (mode & sticky) === 0)
    throw notPrivate(path, "everybody may rename the files in this directory, because its sticky bit is not set");
}

/** Must be called before anything is sent to the socket. Throws PATH_NOT_PRIVATE. */
export async function checkSocket(path: string, owners: readonly (number | undefined)[]): Promise<void> {
  const { uid, isSocket } = await describe(path);
  if (!isSocket) throw notPrivate(path, "this path is not a socket");
  if (!owners.includes(uid)) throw notPrivate(path, `this socket belongs to another user (${uid})`);
}

/**
 * Throws KEY_FILE_EXPOSED. The group may read a key that somebody else owns, because systems provide keys as files that
 * root owns and our group may read.
 */
export async function checkKeyFile(path: string): Promise<void> {
  const { uid, mode } = await stat(path);
  const isOurs = uid === process.getuid?.();
  if ((mode & (isOurs ? groupOrOthersMay.anything : othersMayAnything)) === 0) return;
  throw new HeadgateError("KEY_FILE_EXPOSED", {
    place: path,
    message: `other users may read this file, because its mode is ${(mode & 0o777).toString(8).padStart(4, "0")}`,
    remedy: `run \`chmod 600 ${path}\`; if others may have read it, use another key and other passwords`,
  });
}

async function describe(path: string) {
  const found = await lstat(path);
  return { uid: found.uid, mode: found.mode, isDirectory: found.isDirectory(), isSocket: found.isSocket() };
}

function notPrivate(place: string, message: string): HeadgateError {
  return new HeadgateError("PATH_NOT_PRIVATE", { place, message });
}
