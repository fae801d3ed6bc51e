/**
 * Local copies of a remote store's objects, limited in bytes; the least recently used are removed first. An object is
 * written once and never changes, so a copy never becomes outdated.
 * Invariants: a copy appears whole. A copy that was handed out within the last hour stays, even beyond the limit,
 * because somebody may be reading it. Only this user can read the copies.
 */
import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { moveFile } from "../base/move-file.ts";

export interface FileCache {
  /** Returns the path of an object's copy, after `fill` has written it if there is none. Throws what `fill` throws. */
  path(location: string, fill: (path: string) => Promise<void>): Promise<string>;
  /** Uses the file at `path` as the copy of an object. */
  adopt(location: string, path: string): Promise<void>;
  forget(location: string): Promise<void>;
}

interface Entry {
  readonly bytes: number;
  usedAt: number;
}

interface State {
  readonly directory: string;
  readonly boundBytes: number;
  /** Entries by path, the least recently used first. */
  readonly entries: Map<string, Entry>;
  readonly filling: Map<string, Promise<void>>;
  bytes: number;
}

const keptAtLeastMs = 3_600_000;
const draftEnding = ".draft";

/** `boundBytes` limits the total size of all copies. */
export function fileCache({ directory, boundBytes }: { directory: string; boundBytes: number }): FileCache {
  const state: State = { directory, boundBytes, entries: new Map(), filling: new Map(), bytes: 0 };
  let found: Promise<void> | undefined;
  const ready = (): Promise<void> => (found ??= findCopies(state));
  return {
    async path(location, fill) {
      await ready();
      const path = pathOf(state, location);
      if (!state.entries.has(path)) await fillOnce(state, path, fill);
      touch(state, path);
      return path;
    },
    async adopt(location, from) {
      await ready();
      const path = pathOf(state, location);
      await fillOnce(state, path, (draft) => moveFile(from, draft));
    },
    async forget(location) {
      await ready();
      await drop(state, pathOf(state, location));
    },
  };
}

function pathOf({ directory }: State, location: string): string {
  const digest = createHash("sha256").update(location).digest("hex");
  return join(directory, digest.slice(0, 2), digest.slice(2));
}

/** Finds the whole copies that earlier processes left, to use them again. */
async function findCopies(state: State): Promise<void> {
  await mkdir(state.directory, { recursive: true, mode: 0o700 });
  const names = await readdir(state.directory, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const copies: { path: string; bytes: number; usedAt: number }[] = [];
  for (const path of files) {
    if (path.endsWith(draftEnding)) await rm(path, { force: true });
    else copies.push({ path, ...(await describe(path)) });
  }
  for (const { path, ...entry } of copies.toSorted((left, right) => left.usedAt - right.usedAt)) {
    state.entries.set(path, entry);
    state.bytes += entry.bytes;
  }
}

async function describe(path: string): Promise<Entry> {
  const { size, mtimeMs } = await stat(path);
  return { bytes: size, usedAt: mtimeMs };
}

/** Fills a copy once, however many callers ask at the same time. */
async function fillOnce(state: State, path: string, fill: (path: string) => Promise<void>): Promise<void> {
  const filling = state.filling.get(path) ?? fillNow(state, path, fill);
  state.filling.set(path, filling);
  await filling.finally(() => state.filling.delete(path));
}

async function fillNow(state: State, path: string, fill: (path: string) => Promise<void>): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString("hex")}${draftEnding}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await fill(draft);
    await chmod(draft, 0o600);
    await sync(draft);
    await rename(draft, path);
  } catch (failure) {
    await rm(draft, { force: true });
    throw failure;
  }
  const entry = await describe(path);
  state.entries.set(path, entry);
  state.bytes += entry.bytes;
  await makeRoom(state);
}

function touch({ entries }: State, path: string): void {
  const entry = entries.get(path);
  if (entry === undefined) return;
  entries.delete(path);
  entries.set(path, { ...entry, usedAt: Date.now() });
}

async function makeRoom(state: State): Promise<void> {
  for (const [path, { usedAt }] of state.entries) {
    if (state.bytes <= state.boundBytes || usedAt > Date.now() - keptAtLeastMs) return;
    await drop(state, path);
  }
}

async function drop(state: State, path: string): Promise<void> {
  const entry = state.entries.get(path);
  if (entry === undefined) return;
  state.entries.delete(path);
  state.bytes -= entry.bytes;
  await rm(path, { force: true });
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  await file.sync().finally(() => file.close());
}
