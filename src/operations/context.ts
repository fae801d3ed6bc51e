/** Everything that an operation works with, opened once per process: metadata database, catalog, sources, engine. */
import { join } from "node:path";
import type { Kysely } from "kysely";
import { openAuditLog, type AuditLog } from "../audit/audit-log.ts";
import { openCleanup, type Cleanup } from "../base/cleanup.ts";
import type { EventLog } from "../base/event-log.ts";
import { openSecretBox, type SecretBox } from "../base/secret-box.ts";
import { lakeOf } from "../catalog/account-lakes.ts";
import { openCatalog, type Catalog } from "../catalog/catalog.ts";
import { withLake, type Config } from "../config.ts";
import { openDatabase } from "../db/database.ts";
import { startEmbeddedPostgres } from "../db/embedded-postgres.ts";
import { migrate } from "../db/migrate.ts";
import type { Tables } from "../db/tables.ts";
import type { EnginePool } from "../engine/engine-pool.ts";
import type { Engine, EngineOptions } from "../engine/engine.ts";
import { openEngine } from "../engine/open-engine.ts";
import { errorCodes, HeadgateError } from "../errors.ts";
import { policyStore, type PolicyStore } from "../governance/policy-store.ts";
import { policyWatch, type PolicyWatch } from "../governance/policy-watch.ts";
import { accountIdOf, listAccounts } from "../identity/accounts.ts";
import { fileCache, type FileCache } from "../objects/file-cache.ts";
import { providerClients, type ProviderClients } from "../identity/providers/provider-client.ts";
import { objectStoreByAccount } from "../objects/by-account.ts";
import type { ObjectStore } from "../objects/object-store.ts";
import { statementPool } from "../query/statement-pool.ts";
import { sourceRegistry, type SourceRegistry } from "../sync/settings/source-registry.ts";
import { connectorMeans, type MakeConnectors } from "./connector-means.ts";
import { declaredLake } from "./declared-lake.ts";
import { openForeignStore, openObjectStore } from "./open-object-store.ts";
import { recordPerformed } from "./audit/record-performed.ts";
import type { PerformedListener } from "./performed.ts";
import { prepareScratch } from "./scratch-directory.ts";
import { accountStores } from "./silos/account-stores.ts";
import { removeLeftCopies } from "./silos/left-copies.ts";
import { openSilos, type Silos } from "./silos/silos.ts";

export interface Context extends AsyncDisposable {
  readonly config: Config;
  readonly log: EventLog;
  readonly db: Kysely<Tables>;
  readonly objects: ObjectStore;
  readonly catalog: Catalog;
  readonly sources: SourceRegistry;
  /** Seals and opens small secrets with the key file. */
  readonly secrets: SecretBox;
  /** Speaks with identity providers. */
  readonly providers: ProviderClients;
  /** The lakes and keys of accounts. */
  readonly silos: Silos;
  /** The id of the only account for which this process works; undefined for all. */
  readonly onlyFor?: string | undefined;
  /** Gives the policy, which is as new as the database. */
  readonly policies: PolicyStore;
  readonly policyWatch: PolicyWatch;
  /** Records the acts of people before they see the outcome. */
  readonly audit: AuditLog;
  /** Options of every engine process. */
  readonly engineOptions: EngineOptions;
  /** Engines for people's statements. */
  readonly engines: EnginePool;
  /** A separate engine, which the caller disposes. */
  ownEngine(): Promise<Engine>;
  /** The engine that writes data files, with one thread per statement; started when first needed. */
  loadEngine(): Promise<Engine>;
  /** Set in tests. */
  readonly checksAnswers?: boolean | undefined;
  /** Called for every operation that somebody requests, including refused ones. */
  readonly onPerformed?: PerformedListener | undefined;
}

export interface ContextParts {
  readonly config: Config;
  readonly connectors: MakeConnectors;
  readonly log: EventLog;
  /** The name of the only account for which the process works; by default it works for all. */
  readonly account?: string | undefined;
}

/** Throws DATA_DIRECTORY_UNWRITABLE, SETTING_INVALID, METADATA_UNREACHABLE, METADATA_NEWER, KEY_FILE_EXPOSED, SECRET_KEY_MISMATCH. */
export async function openContext({ config: given, connectors, log, account }: ContextParts): Promise<Context> {
  const cleanup = openCleanup();
  try {
    await prepareScratch(given);
    const engineOptions = {
      memoryMb: given.engineMemoryMb,
      threads: given.engineThreads,
      scratchDirectory: given.scratchDirectory,
    };
    const loadEngine = onDemandEngine({ ...engineOptions, threads: 1, isKept: true }, cleanup);
    const db = await openMetadata(given, cleanup);
    const config = withLake(given, await declaredLake(db));
    const secrets = await openSecretBox(config.keyFile);
    const onlyFor = await onlyAccount(db, { name: account, ofKey: secrets.accountId, keyFile: config.keyFile });
    const hasOwnLake = onlyFor !== undefined && (await lakeOf({ db, config }, onlyFor)) !== config.lakeLocation;
    await removeLeftCopies(db, config);
    const objects = objectStoreByAccount(
      hasOwnLake ? await openForeignStore(config) : await openObjectStore(config),
      accountStores({ db, secrets, config, onlyFor }),
    );
    const silos = openSilos({ db, secrets, config });
    const policies = policyStore(db);
    const audit = cleanup.use(openAuditLog({ db, log }));
    const catalog = openCatalog({ db, log, objects, derived: derivedFiles(config) });
    const known = await connectors(connectorMeans(config, { engine: loadEngine, catalog, silos }));
    return {
      config,
      log,
      db,
      objects,
      catalog,
      silos,
      onlyFor,
      policies,
      policyWatch: policyWatch(policies),
      audit,
      sources: sourceRegistry({ db, log, secrets, connectors: known }),
      secrets,
      providers: providerClients(secrets),
      engineOptions,
      checksAnswers: config.checksAnswers,
      engines: cleanup.use(statementPool({ ...engineOptions, ...poolBounds(config) })),
      ownEngine: () => openEngine(engineOptions),
      loadEngine,
      onPerformed: telling(log, audit),
      [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
    };
  } catch (failure) {
    await cleanup[Symbol.asyncDispose]();
    throw failure;
  }
}

interface OnlyAccount {
  /** As it was asked for. */
  readonly name: string | undefined;
  /** The account whose secrets alone the key file opens. */
  readonly ofKey: string | undefined;
  readonly keyFile: string;
}

/**
 * The only account for which the process works: the one of its key file, whatever is asked. Throws SECRET_KEY_MISMATCH if
 * another one is asked for, or if that account is no longer there; ACCOUNT_NOT_FOUND.
 */
async function onlyAccount(db: Kysely<Tables>, { name, ofKey, keyFile }: OnlyAccount): Promise<string | undefined> {
  const asked = name === undefined ? undefined : await accountIdOf(db, name);
  if (ofKey === undefined) return asked;
  const isThere = (await listAccounts(db)).some(({ id }) => id === ofKey);
  if (isThere && (asked === undefined || asked === ofKey)) return ofKey;
  throw new HeadgateError("SECRET_KEY_MISMATCH", {
    place: keyFile,
    message: isThere
      ? `this is the key file of another account than ${name}`
      : "this is the key file of an account that was removed",
    remedy: "use the key file that `headgate account key worker` prints for the account now",
  });
}

/** Tells the operator and the audit log. */
function telling(log: EventLog, audit: AuditLog): PerformedListener {
  const tellOperator = tellingOperator(log);
  return async (performed) => {
    await tellOperator(performed);
    await recordPerformed(audit, performed);
  };
}

/** Logs refusals, and failures that are not the caller's mistake. */
function tellingOperator(log: EventLog): PerformedListener {
  return ({ principal: { name: principal }, operation, resources, decision: { because }, outcome }) => {
    if (outcome === "refused") return log("refusal", { principal, operation, resources, because });
    if (outcome !== "done" && errorCodes[outcome].status >= 500)
      log("operation failed", { principal, operation, resources, code: outcome });
  };
}

function poolBounds({ engines, statementTimeoutSeconds, engineSpillMb }: Config) {
  return {
    processes: engines,
    processesEach: Math.ceil(engines / 2),
    timeoutMs: statementTimeoutSeconds * 1_000,
    spillMb: engineSpillMb,
  };
}

function derivedFiles({ scratchDirectory, cacheBytes }: Config): FileCache {
  return fileCache({ directory: join(scratchDirectory, "derived"), boundBytes: cacheBytes });
}

async function openMetadata({ databaseUrl, dataDirectory }: Config, cleanup: Cleanup): Promise<Kysely<Tables>> {
  const at =
    databaseUrl ?? cleanup.use(await startEmbeddedPostgres({ directory: join(dataDirectory, "postgres") })).connection;
  const { db } = cleanup.use(await openDatabase(at));
  await migrate(db);
  return db;
}

/** Starts one engine on the first call, however many calls come at once, and a new one if it is lost. */
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
