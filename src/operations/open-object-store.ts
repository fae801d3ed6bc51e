/** The object store of a configuration: a local directory, or S3 behind a local cache. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Config } from "../config.ts";
import { HeadgateError } from "../errors.ts";
import { objectStoreByScheme } from "../objects/by-scheme.ts";
import { fileCache } from "../objects/file-cache.ts";
import { fileObjectStore } from "../objects/fs/file-object-store.ts";
import type { ObjectStore } from "../objects/object-store.ts";

/** Where the lake is on S3, tables made before in the data directory stay readable. What speaks S3 is loaded only then. */
export async function openObjectStore(config: Config): Promise<ObjectStore> {
  const { lakeLocation, dataDirectory, scratchDirectory } = config;
  if (lakeLocation.startsWith("file://")) {
    await makeDirectory(fileURLToPath(lakeLocation));
    return fileObjectStore(lakeLocation);
  }
  const { s3ObjectStore } = await import("../objects/s3/s3-object-store.ts");
  const cache = fileCache({ directory: join(dataDirectory, "cache"), boundBytes: config.cacheBytes });
  return objectStoreByScheme({
    file: fileObjectStore(pathToFileURL(join(dataDirectory, "lake")).href),
    s3: s3ObjectStore({ root: lakeLocation, settings: config.s3, cache, scratchDirectory }),
  });
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw new HeadgateError("DATA_DIRECTORY_UNWRITABLE", { place: path, cause });
  }
}
