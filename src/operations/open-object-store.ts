/**
 * The object store of a configuration: a local directory or S3 behind a local cache, plus the roots of other writers'
 * tables.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Config } from "../config.ts";
import { HeadgateError } from "../errors.ts";
import { objectStoreByRoot, type RootedStore } from "../objects/by-root.ts";
import { fileCache } from "../objects/file-cache.ts";
import { fileObjectStore } from "../objects/fs/file-object-store.ts";
import { literalFileStore } from "../objects/fs/literal-file-store.ts";
import type { ObjectStore } from "../objects/object-store.ts";

/** When the lake is on S3, tables that were created in the data directory before stay readable. */
export async function openObjectStore(config: Config): Promise<ObjectStore> {
  const { lakeLocation, tableRoots, dataDirectory } = config;
  const s3 = await openS3(config);
  const own = lakeLocation.startsWith("file://") ? lakeLocation : pathToFileURL(join(dataDirectory, "lake")).href;
  if (own === lakeLocation) await makeDirectory(fileURLToPath(own));
  return objectStoreByRoot([
    { root: own, store: fileObjectStore(own) },
    ...(own === lakeLocation ? [] : [s3(lakeLocation)]),
    ...tableRoots.map((root) => rootedAt(root, s3)),
  ]);
}

/** The roots of other writers' tables alone, for a process that has nothing to do with the common lake. */
export async function openForeignStore(config: Config): Promise<ObjectStore> {
  const s3 = await openS3(config);
  return objectStoreByRoot(config.tableRoots.map((root) => rootedAt(root, s3)));
}

function rootedAt(root: string, s3: (root: string) => RootedStore): RootedStore {
  return root.startsWith("file://") ? { root, store: literalFileStore(root) } : s3(root);
}

/** The S3 client is loaded only when needed. All roots share one cache. */
async function openS3({
  lakeLocation,
  tableRoots,
  dataDirectory,
  scratchDirectory,
  cacheBytes,
  s3: settings,
}: Config): Promise<(root: string) => RootedStore> {
  if ([lakeLocation, ...tableRoots].every((root) => root.startsWith("file://")))
    return (root) => {
      throw new TypeError(`${root} is not on S3`);
    };
  const { s3ObjectStore } = await import("../objects/s3/s3-object-store.ts");
  const cache = fileCache({ directory: join(dataDirectory, "cache"), boundBytes: cacheBytes });
  return (root) => ({ root, store: s3ObjectStore({ root, settings, cache, scratchDirectory }) });
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw new HeadgateError("DATA_DIRECTORY_UNWRITABLE", { place: path, cause });
  }
}
