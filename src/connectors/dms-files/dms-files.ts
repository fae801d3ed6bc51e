/**
 * The connector for the files that AWS DMS writes to S3, in a bucket or in a directory:
 * `dms-files+s3://key-id@bucket/prefix?region=…&endpoint=…&path-style=…&schema=…`, `dms-files+file:///directory`.
 * Invariant: nothing is ever written where the files are.
 */
import { mapLimit } from "../../base/limit.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ForeignFiles } from "../../objects/foreign-files.ts";
import type { Connector, Source, SourceObject } from "../../sync/source.ts";
import { parseFilesAddress, type FilesAddress } from "./address.ts";
import { checkFiles } from "./checks.ts";
import { filesCut } from "./cut.ts";
import { describeTable } from "./describe-table.ts";
import { listings } from "./listing.ts";
import type { TableFiles } from "./layout.ts";
import { comparePositions, filePlaces } from "./position.ts";
import { typeRules } from "./types.ts";

/** Files have no server that opens them and types their values, so the process provides what does. */
export interface FilesMeans {
  openFiles(address: FilesAddress, secret: string | undefined): Promise<ForeignFiles>;
  engine(): Promise<Engine>;
}

export function dmsFiles(means: FilesMeans): Connector {
  return {
    name: "dms-files",
    title: "AWS DMS files",
    schemes: ["dms-files+s3", "dms-files+file"],
    typeRules,
    comparePositions,
    places: filePlaces,
    open: async ({ url, password }) => openSource(means, { address: parseFilesAddress(url), secret: password }),
  };
}

/** Tables that are described at the same time. */
const describedAtOnce = 4;

async function openSource(
  means: FilesMeans,
  { address, secret }: { address: FilesAddress; secret: string | undefined },
): Promise<Source> {
  const files = await means.openFiles(address, secret);
  const looking = { files, widths: new Map(), engine: means.engine };
  const taken = listings(files);
  // Fails here if the files cannot be listed, so that a wrong address is not stored.
  await taken.current();
  let isCut = false;
  return {
    server: { product: "AWS DMS files", version: files.location },
    mainSchema: address.schema ?? "",
    identity: async () => files.location,
    test: (isMeant = () => true, known) => checkFiles(looking, { listings: taken, isMeant, known }),
    discover: async () => (await taken.current()).tables.map(presentObject),
    // A table whose files have vanished is none that the user may not see.
    hidden: async () => [],
    async describe(names, known) {
      const listing = isCut ? await taken.anew() : await taken.current();
      isCut = false;
      return mapLimit(names, describedAtOnce, (name) =>
        describeTable(looking, { name, files: listing.find(name), known: known?.(name) }),
      );
    },
    async openCut({ readers }) {
      const listing = isCut ? await taken.anew() : await taken.current();
      isCut = true;
      const settledAt = new Date(Date.now() - address.settleSeconds * 1000);
      return filesCut(looking, { listing, readers, settledAt });
    },
    [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
  };
}

function presentObject({ name, loads, changes }: TableFiles): SourceObject {
  const estimatedBytes = [...loads, ...changes].reduce((sum, { size }) => sum + size, 0);
  return { name, kind: "table", estimatedBytes };
}
