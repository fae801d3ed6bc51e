/**
 * A source of files that AWS DMS writes, while it is open: its tables, what they are like, and a listing of all files as
 * its cut. Files that appear after that listing belong to the next cut.
 */
import { mapLimit } from "../../base/limit.ts";
import type { Notes } from "../../base/notes.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ForeignFiles } from "../../objects/foreign-files.ts";
import type { Source, SourceObject } from "../../sync/source.ts";
import type { FilesAddress } from "./address.ts";
import { allTables } from "./all-tables.ts";
import { checkFiles } from "./checks.ts";
import { filesCut } from "./cut.ts";
import { describeTable } from "./describe-table.ts";
import type { KnownPlaces } from "./known-places.ts";
import type { TableFiles } from "./layout.ts";
import { listings } from "./listing.ts";
import type { Looking } from "./looked-at.ts";
import { occurringTables } from "./occurring-tables.ts";
import { unreadOf } from "./unread-of.ts";

/** Files have no server that opens them and types their values, so the process provides what does. */
export interface FilesMeans {
  openFiles(address: FilesAddress, secret: string | undefined): Promise<ForeignFiles>;
  engine(): Promise<Engine>;
  readonly notes: Notes;
}

/** Tables that are described at the same time. */
const describedAtOnce = 4;

interface OpenParts {
  readonly address: FilesAddress;
  readonly secret: string | undefined;
  readonly places: KnownPlaces;
}

/** Throws what the first listing throws. */
export async function openSource(means: FilesMeans, { address, secret, places }: OpenParts): Promise<Source> {
  const files = await means.openFiles(address, secret);
  const looking: Looking = {
    files,
    widths: new Map(),
    contents: new Map(),
    engine: means.engine,
    occurring: (transactions) => occurringTables(looking, { places, files: transactions }),
  };
  const taken = listings(files, address.settleSeconds);
  // Fails here if the files cannot be listed, so that a wrong address is not stored.
  await taken.check();
  let isCut = false;
  return {
    server: { product: "AWS DMS files", version: files.location },
    mainSchema: address.schema ?? "",
    identity: async () => files.location,
    test: (isMeant = () => true, known) => checkFiles(looking, { listings: taken, isMeant, known }),
    discover: async () => (await allTables(looking, await taken.current())).filter(mayBegin).map(presentObject),
    // A table without files may have been truncated as well as dropped.
    hidden: async (names) => names,
    async describe(names, known) {
      const listing = isCut ? await taken.anew() : await taken.current();
      isCut = false;
      return mapLimit(names, describedAtOnce, (name) =>
        describeTable(looking, { name, files: listing.find(name), known: known?.(name) }),
      );
    },
    async unread(known) {
      const tables = await allTables(looking, await taken.anew());
      const found = await mapLimit(tables, describedAtOnce, (table) =>
        unreadOf(looking, table, known(table.name)?.position),
      );
      return found.flatMap((unread) => unread ?? []);
    },
    async openCut({ readers }) {
      const listing = isCut ? await taken.anew() : await taken.current();
      isCut = true;
      return filesCut(looking, { listing, readers });
    },
    [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
  };
}

/** A new table is taken in once its full load is complete. */
function mayBegin({ isLoading, loads, changes }: TableFiles): boolean {
  return loads.length + changes.length > 0 && !isLoading;
}

function presentObject({ name, loads, changes }: TableFiles): SourceObject {
  const estimatedBytes = [...loads, ...changes].reduce((sum, { size }) => sum + size, 0);
  return { name, kind: "table", estimatedBytes };
}
