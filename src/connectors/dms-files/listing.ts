/**
 * The listings of a source's files. One is taken when first needed, and again for each later cut.
 * Invariant: a file that may still be growing is in no listing, and neither are the files that apply after it.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { ForeignFile, ForeignFiles } from "../../objects/foreign-files.ts";
import type { TableName } from "../../sync/source.ts";
import { layoutOf, tableWithoutFolder, type Layout, type TableFiles } from "./layout.ts";

export interface Listing extends Layout {
  /** Undefined if there is no file that may have rows of the table. */
  find(name: TableName): TableFiles | undefined;
}

export interface Listings {
  /** Throws if the files cannot be listed. */
  check(): Promise<void>;
  /** A new listing, which stays the current one. */
  anew(): Promise<Listing>;
  current(): Promise<Listing>;
}

export function listings(files: ForeignFiles, settleSeconds: number): Listings {
  let latest: Promise<Listing> | undefined;
  const anew = (): Promise<Listing> => (latest = takeListing(files, settleSeconds * 1_000));
  return {
    async check() {
      for await (const _file of files.list()) break;
    },
    anew,
    current: () => latest ?? anew(),
  };
}

async function takeListing(files: ForeignFiles, settleMs: number): Promise<Listing> {
  const found = await all(files);
  const layout = files.appearWhole
    ? layoutOf(found, { settledAt: new Date(Date.now() - settleMs) })
    : await watched(files, found, settleMs);
  const byName = new Map(layout.tables.map((table) => [keyOf(table.name), table]));
  const { transactions } = layout;
  const shared = (name: TableName): TableFiles | undefined =>
    transactions.length === 0 ? undefined : tableWithoutFolder(name, transactions);
  return { ...layout, find: (name) => byName.get(keyOf(name)) ?? shared(name) };
}

/**
 * Files that were written a moment ago are looked at once more, after they were left alone for so long. Those that
 * changed meanwhile, or appeared, are growing.
 */
async function watched(files: ForeignFiles, found: readonly ForeignFile[], settleMs: number): Promise<Layout> {
  const youngest = found.reduce((newest, { modifiedAt }) => Math.max(newest, modifiedAt.getTime()), 0);
  const wait = Math.min(settleMs, youngest + settleMs - Date.now());
  if (wait <= 0) return layoutOf(found);
  await delay(wait);
  const before = new Map(found.map(({ path, version }) => [path, version]));
  const isGrowing = ({ path, version }: ForeignFile): boolean => before.get(path) !== version;
  return layoutOf(await all(files), { isGrowing });
}

async function all(files: ForeignFiles): Promise<readonly ForeignFile[]> {
  const found: ForeignFile[] = [];
  for await (const file of files.list()) found.push(file);
  return found;
}

function keyOf({ schema, name }: TableName): string {
  return JSON.stringify([schema, name]);
}
