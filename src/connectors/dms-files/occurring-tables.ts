/**
 * Which tables have rows in the files of whole transactions of a place. Each file is opened once, however often it is
 * asked for; of the files that were opened, little is remembered.
 * Invariants: if a file arrived late or was written again, all files are opened anew. Of many files, only a few are on
 * this machine at a time, and what was found in them is remembered as it is found.
 */
import { mapLimit } from "../../base/limit.ts";
import { sumOf } from "../../base/sum.ts";
import type { ForeignFile } from "../../objects/foreign-files.ts";
import { ends } from "./ends.ts";
import { timeOf } from "./layout.ts";
import type { KnownPlace, KnownPlaces, PathsByTable } from "./known-places.ts";
import type { Looking } from "./looked-at.ts";
import { compareGroups, readGroups } from "./read-groups.ts";
import { namesOfKey } from "./transaction-widths.ts";
import type { Occurring, OccurringTable } from "./occurring.ts";
import { lookAtTransactions } from "./transactions-file.ts";

interface OccurringParts {
  readonly places: KnownPlaces;
  /** All files of whole transactions that are there, in order. */
  readonly files: readonly ForeignFile[];
}

const openedAtOnce = 4;
/** As many are opened before what was found is remembered. */
const openedInTurn = 64;
const mostKept = 256 * 1024 * 1024;

type Opening = <T>(file: ForeignFile, look: (looking: Looking) => Promise<T>) => Promise<T>;

export async function occurringTables(looking: Looking, { places, files }: OccurringParts): Promise<Occurring> {
  const { location } = looking.files;
  const known = stillKnown(await places.of(location), files);
  const open: Opening = isMuch(files.slice(known.count)) ? briefly(looking) : (_file, look) => look(looking);
  let { paths } = known;
  for (let from = known.count; from < files.length; from += openedInTurn) {
    const fresh = await openAll(open, files.slice(from, from + openedInTurn));
    const failing = fresh.findIndex(({ failure }) => failure !== undefined);
    const sound = failing === -1 ? fresh.length : failing;
    paths = withFiles(paths, fresh.slice(0, sound));
    if (sound > 0) await places.remember(location, { read: readGroups(files.slice(0, from + sound)), paths });
    if (failing !== -1) {
      // These files are opened again next time, because nothing after the failing file can be remembered.
      const later = await openAll(open, files.slice(from + openedInTurn));
      paths = withFiles(paths, [...fresh.slice(failing), ...later]);
      return { tables: presentTables(paths, files), failure: fresh[failing]?.failure };
    }
  }
  return { tables: presentTables(paths, files), failure: undefined };
}

function openAll(open: Opening, files: readonly ForeignFile[]): Promise<readonly OpenedFile[]> {
  return mapLimit(files, openedAtOnce, (file) => tablesIn(open, file));
}

/** A few new files stay where they were copied to, because the run that asks reads them next. */
function isMuch(files: readonly ForeignFile[]): boolean {
  return files.length > openedInTurn || sumOf(files, ({ size }) => size) > mostKept;
}

/** Opens files only for as long as they are looked at. */
function briefly(looking: Looking): Opening {
  return (file, look) =>
    looking.files.whileLocal(file, (path) =>
      look({ ...looking, widths: new Map(), files: { ...looking.files, localPath: async () => path } }),
    );
}

/** How many of the files, from the oldest on, need not be opened. */
function stillKnown(
  known: KnownPlace | undefined,
  files: readonly ForeignFile[],
): { readonly count: number; readonly paths: PathsByTable } {
  const nothing = { count: 0, paths: new Map<string, readonly string[]>() };
  const last = known?.read.at(-1);
  if (known === undefined || last === undefined) return nothing;
  const before = files.filter(({ path }) => timeOf(path) <= timeOf(last.to));
  const { late, rewritten } = compareGroups(known.read, before);
  return late || rewritten !== undefined ? nothing : { count: before.length, paths: known.paths };
}

interface OpenedFile {
  readonly file: ForeignFile;
  /** The tables that have rows in it. */
  readonly keys: readonly string[];
  readonly failure?: unknown;
}

async function tablesIn(open: Opening, file: ForeignFile): Promise<OpenedFile> {
  try {
    const keys = await open(file, async (looking) => [
      ...(await lookAtTransactions(looking, file)).widths.byTable.keys(),
    ]);
    return { file, keys };
  } catch (failure) {
    return { file, keys: [], failure };
  }
}

function withFiles(paths: PathsByTable, opened: readonly OpenedFile[]): PathsByTable {
  const all = new Map(paths);
  for (const { file, keys } of opened) for (const key of keys) all.set(key, ends([...(all.get(key) ?? []), file.path]));
  return all;
}

/** Tables whose files were all removed are left out. */
function presentTables(paths: PathsByTable, files: readonly ForeignFile[]): Occurring["tables"] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const tables = [...paths].map(([key, own]): [string, OccurringTable] => {
    const there = own.flatMap((path) => byPath.get(path) ?? []);
    return [key, { name: namesOfKey(key), files: there }];
  });
  return new Map(tables.filter(([, table]) => table.files.length > 0));
}
