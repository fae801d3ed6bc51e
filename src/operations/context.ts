/** Everything an operation works with, opened once for a process: metadata database, catalog, sources, engine. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Kysely } from "kysely";
import { openCleanup, type Cleanup } from "../base/cleanup.ts";
import { openSecretBox } from "../base/secret-box.ts";
import { openCatalog, type Catalog } from "../catalog/catalog.ts";
import type { Config } from "../config.ts";
import { openDatabase } from "../db/database.ts";
import { startEmbeddedPostgres } from "../db/embedded-postgres.ts";
import { migrate } from "../db/migrate.ts";
import type { Tables } from "../db/tables.ts";
import { openEngine, type Engine, type EngineOptions } from "../engine/engine.ts";
import { objectStoreByScheme } from "../objects/by-scheme.ts";
import { fileCache } from "../objects/file-cache.ts";
import { fileObjectStore } from "../objects/fs/file-object-store.ts";
import type { ObjectStore } from "../objects/object-store.ts";
import { sourceRegistry, type SourceRegistry } from "../sync/source-registry.ts";
import type { Connector } from "../sync/source.ts";

export interface Context extends AsyncDisposable {
  readonly config: Config;
  readonly db: Kysely<Tables>;
  readonly objects: ObjectStore;
  readonly catalog: Catalog;
  readonly sources: SourceRegistry;
  /** Of every engine process. */
  readonly engineOptions: EngineOptions;
  /** The engine that writes data files, one thread a statement; started when first asked for. */
  loadEngine(): Promise<Engine>;
}

/** Throws DATA_DIRECTORY_UNWRITABLE, METADATA_UNREACHABLE, METADATA_NEWER, SECRET_KEY_MISMATCH. */
export async function openContext(config: Config, connectors: () => Promise<readonly Connector[]>): Promise<Context> {
  const cleanup = openCleanup();
  try {
    await prepareDirectories(config);
    const [db, known] = await Promise.all([openMetadata(config, cleanup), connectors()]);
    const objects = await openObjectStore(config);
    const secrets = await openSecretBox(config.keyFile);
    const engineOptions = {
      memoryMb: config.engineMemoryMb,
      threads: config.engineThreads,
      scratchDirectory: config.scratchDirectory,
    };
    return {
      config,
      db,
      objects,
      catalog: openCatalog({ db, objects }),
      sources: sourceRegistry({ db, secrets, connectors: known }),
      engineOptions,
      loadEngine: onDemandEngine({ ...engineOptions, threads: 1 }, cleanup),
      [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
    };
  } catch (failure) {
    await cleanup[Symbol.asyncDispose]();
    throw failure;
  }
}

async function prepareDirectories({ scratchDirectory, lakeLocation }: Config): Promise<void> {
  await rm(scratchDirectory, { recursive: true, force: true });
  await mkdir(scratchDirectory, { recursive: true });
  if (isLocal(lakeLocation)) await mkdir(fileURLToPath(lakeLocation), { recursive: true });
}

function isLocal(location: string): boolean {
  return location.startsWith("file://");
}

/** Where the lake is on S3, tables made before in the data directory stay readable. What speaks S3 is loaded only then. */
async function openObjectStore(config: Config): Promise<ObjectStore> {
  const { lakeLocation, dataDirectory, scratchDirectory } = config;
  if (isLocal(lakeLocation)) return fileObjectStore(lakeLocation);
  const { s3ObjectStore } = await import("../objects/s3/s3-object-store.ts");
  const cache = fileCache({ directory: join(dataDirectory, "cache"), boundBytes: config.cacheBytes });
  return objectStoreByScheme({
    file: fileObjectStore(pathToFileURL(join(dataDirectory, "lake")).href),
    s3: s3ObjectStore({ root: lakeLocation, settings: config.s3, cache, scratchDirectory }),
  });
}

async function openMetadata({ databaseUrl, dataDirectory }: Config, cleanup: Cleanup): Promise<Kysely<Tables>> {
  const at =
    databaseUrl ?? cleanup.use(await startEmbeddedPostgres({ directory: join(dataDirectory, "postgres") })).connection;
  const { db } = cleanup.use(await openDatabase(at));
  await migrate(db);
  return db;
}

/** Starts one when first asked, however many ask at once, and another when that one was lost. */
function onDemandEngine(options: EngineOptions, cleanup: Cleanup): () => Promise<Engine> {
  let engine: Promise<Engine> | undefined;
  const isFit = async (): Promise<boolean> => (await engine?.catch(() => undefined))?.isAlive() ?? false;
  cleanup.defer(async () => {
    if (await isFit()) await (await engine)?.[Symbol.asyncDispose]();
  });
  return async () => {
    const asked = engine;
    if (!(await isFit()) && engine === asked) engine = openEngine(options);
    return engine as Promise<Engine>;
  };
}
