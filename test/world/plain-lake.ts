/**
 * A lake for tests of runs: a real metadata database, engine and store, and sources whose tables are rows in memory. It
 * calls runs and operations directly; the doors to them are tested elsewhere.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { openCleanup } from "../../src/base/cleanup.ts";
import { must } from "../../src/base/must.ts";
import { silent, type ProgressEvent, type Report } from "../../src/base/progress.ts";
import { uuidv7 } from "../../src/base/uuid.ts";
import type { CatalogTable } from "../../src/catalog/catalog.ts";
import { commit } from "../../src/catalog/commit.ts";
import { fileIO } from "../../src/catalog/file-io.ts";
import { quoteName } from "../../src/engine/duckdb-type.ts";
import { readDataFilesSql } from "../../src/engine/read-data-files.ts";
import { HeadgateError } from "../../src/errors.ts";
import { currentSchema, currentSnapshot } from "../../src/iceberg/table-metadata.ts";
import { mainAccount, type Role } from "../../src/db/tables.ts";
import { createKey, principalOfKey } from "../../src/identity/api-keys.ts";
import { addMember } from "../../src/identity/memberships.ts";
import { localPrincipal, type Principal } from "../../src/identity/principal.ts";
import { insertPrincipal } from "../../src/identity/principals.ts";
import type { ConnectorMeans, MakeConnectors } from "../../src/operations/connector-means.ts";
import { openContext, type Context } from "../../src/operations/context.ts";
import type { Operation } from "../../src/operations/operation.ts";
import { perform } from "../../src/operations/perform.ts";
import { filesOfState, readColumns } from "../../src/sync/compare/table-sides.ts";
import {
  reconcileSource,
  type ReconcileReport,
  type ReconcileRequest,
} from "../../src/sync/compare/reconcile-source.ts";
import { syncSource } from "../../src/sync/run/sync-source.ts";
import type { RunRequest } from "../../src/sync/run/run-request.ts";
import type { SyncReport, TableReport } from "../../src/sync/run/sync-report.ts";
import type { RegisteredSource } from "../../src/sync/settings/source-registry.ts";
import { changeSettings, type TableSettings } from "../../src/sync/settings/table-settings.ts";
import { writeTable } from "../../src/writer/write-table.ts";
import { copyMetadata } from "./prepared-metadata.ts";
import { plainSources, type PlainSource, type Tables } from "./plain-source.ts";
import { testConfig, type TestFlags } from "./lake.ts";

export type LakeRow = Readonly<Record<string, string | null>>;

export interface PlainLake extends AsyncDisposable {
  readonly context: Context;
  /** The events that the operator was told of. */
  readonly logged: { readonly event: string; readonly fields: unknown }[];
  /** A directory for files to import; it does not exist yet. */
  readonly files: string;
  /** Connects a source of that name; its tables come into the lake's database of the same name. */
  connect(name: string, tables: Tables): Promise<ConnectedSource>;
  /** A source that is not connected yet. */
  make(tables: Tables): PlainSource;
  /** Performs an operation as the owner of the data directory, or as somebody else. */
  ask<Input, Output>(operation: Operation<Input, Output>, input?: unknown, more?: Asking): Promise<Output>;
  /** The same, in another context. */
  askWith<Input, Output>(
    context: Context,
    operation: Operation<Input, Output>,
    input: unknown,
    more?: Asking,
  ): Promise<Output>;
}

/** A new program of this role, for questions that do not come from the owner of the data directory. */
export async function programOf({ context: { db } }: PlainLake, role: Role): Promise<Principal> {
  const key = await createKey(db, { name: uuidv7(), role, expiresAt: undefined, by: null });
  return must(await principalOfKey(db, key), "the principal of a new key");
}

/** A new user, who is a member of main without a role in it. */
export async function memberOf({ context: { db } }: PlainLake, name: string): Promise<Principal> {
  const id = must(await insertPrincipal(db, { kind: "user", account_id: null, name }), "a new name");
  const container = { kind: "account", id: mainAccount, name: "main" } as const;
  await addMember(db, { container, member: { id, kind: "user", name } });
  return { kind: "user", id, name, role: "none", accountId: mainAccount, mustChangePassword: false };
}

export interface Asking {
  readonly principal?: Principal;
  readonly signal?: AbortSignal;
  /** Receives the items that are streamed. */
  readonly emit?: (item: unknown) => Promise<void>;
  readonly report?: Report;
}

export interface ConnectedSource {
  readonly name: string;
  readonly source: PlainSource;
  registered(): Promise<RegisteredSource>;
  /** The reports of the last run while it worked. */
  readonly events: readonly ProgressEvent[];
  sync(more?: RunOptions): Promise<SyncReport>;
  /** Syncs, and returns what is reported of one table of the lake. */
  syncTable(table: string, more?: RunOptions): Promise<TableReport>;
  reconcile(more?: Partial<ReconcileRequest>): Promise<ReconcileReport>;
  set(table: string, change: Partial<TableSettings>): Promise<void>;
  table(name: string): Promise<CatalogTable>;
  /** Syncs, and loses the source at a row, after so many splits were noted for the next run. */
  interrupt(table: string, at: { readonly id: number; readonly splitsRead: number }): Promise<void>;
  /** Deletes all rows of a lake table, as another engine might. */
  emptyAsOthers(table: string): Promise<void>;
  /** The rows of a lake table as text, in order of all columns. */
  rows(table: string): Promise<readonly LakeRow[]>;
}

export interface RunOptions extends Partial<RunRequest> {
  readonly config?: Partial<Context["config"]>;
  /** The catalog that the run sees. */
  readonly catalog?: Context["catalog"];
}

/**
 * `others` are connectors besides the one whose tables are rows in memory. `flags`: settings, such as a metadata database that
 * other processes use at the same time.
 */
export async function openPlainLake(
  others: MakeConnectors = async () => [],
  flags: Omit<TestFlags, "data"> = {},
): Promise<PlainLake> {
  const cleanup = openCleanup();
  const data = await mkdtemp(join(tmpdir(), "headgate-plain-"));
  cleanup.defer(() => rm(data, { recursive: true, force: true }));
  if (flags.databaseUrl === undefined) copyMetadata(data);
  const { connector, add } = plainSources();
  const files = join(data, "files");
  const logged: PlainLake["logged"] = [];
  const parts = {
    config: testConfig({ data, tableRoots: files, ...flags }),
    connectors: async (means: ConnectorMeans) => [connector, ...(await others(means))],
    log: (event: string, fields: unknown) => void logged.push({ event, fields }),
  };
  const context = cleanup.use(await openContext(parts));
  const askIn = <Input, Output>(
    within: Context,
    asked: { operation: Operation<Input, Output>; input: unknown },
    { principal = localPrincipal, ...more }: Asking = {},
  ): Promise<Output> => {
    const { signal } = new AbortController();
    const listener = { report: silent, emit: async () => {}, signal, ...more };
    return perform(within, { ...asked, principal, listener });
  };
  return {
    context,
    logged,
    files,
    async connect(name, tables) {
      const source = add(tables);
      await context.sources.add({ name, url: source.url, password: undefined });
      return connected(context, name, source);
    },
    make: add,
    ask: (operation, input = {}, more) => askIn(context, { operation, input }, more),
    askWith: (within, operation, input, more) => askIn(within, { operation, input }, more),
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

function connected(context: Context, name: string, source: PlainSource): ConnectedSource {
  const events: ProgressEvent[] = [];
  const registered = (): Promise<RegisteredSource> => context.sources.get(name);
  const request = async () => {
    events.length = 0;
    const signal = new AbortController().signal;
    const report = (event: ProgressEvent): void => void events.push(event);
    return { source: await registered(), patterns: [], report, signal };
  };
  const table = (given: string): Promise<CatalogTable> =>
    context.catalog.find(given.includes(".") ? given : `${name}.${given}`);
  const sync = async ({ config, catalog = context.catalog, ...more }: RunOptions = {}): Promise<SyncReport> => {
    const within = { ...context, catalog, config: { ...context.config, ...config } };
    return syncSource(within, { ...(await request()), full: false, ...more });
  };
  return {
    name,
    source,
    events,
    registered,
    sync,
    async syncTable(wanted, more) {
      const { tables } = await sync(more);
      const found = tables.find(({ lakeTable }) => lakeTable === `${name}.${wanted}`);
      if (found === undefined) throw new TypeError(`nothing is reported of ${wanted}`);
      return found;
    },
    reconcile: async (more) => reconcileSource(context, { ...(await request()), repair: false, ...more }),
    async set(tableName, change) {
      const [first = "", second] = tableName.split(".");
      const place = second === undefined ? { schema: "main", name: first } : { schema: first, name: second };
      await changeSettings(context.db, { sourceId: (await registered()).id, table: place, change });
    },
    table,
    async interrupt(wanted, { id, splitsRead }) {
      const sourceId = (await registered()).id;
      const planned = context.db.selectFrom("staged_splits").select("files").where("source_id", "=", sourceId);
      source.onRow = async (read, row) => {
        if (read !== wanted || row["id"] !== id) return;
        const isNoted = async () =>
          (await planned.execute()).filter(({ files }) => files !== null).length >= splitsRead;
        while (!(await isNoted())) await delay(10);
        throw new HeadgateError("SOURCE_LOST");
      };
      await expect(sync()).rejects.toMatchObject({ code: "SOURCE_LOST" });
      source.onRow = () => {};
    },
    emptyAsOthers: async (given) => emptyAsOthers(context, await table(given)),
    rows: async (given) => rowsOf(context, await table(given)),
  };
}

async function emptyAsOthers({ catalog, objects }: Context, current: CatalogTable): Promise<void> {
  const rows = { add: [], remove: "all" as const, operation: "delete" as const };
  const writing = { io: fileIO(objects), uuid: uuidv7() };
  const step = await writeTable({ table: { current, updates: [] }, rows }, writing);
  await commit(catalog, { id: uuidv7(), runId: undefined, summary: "others", steps: [step], positions: [] });
}

async function rowsOf(context: Context, table: CatalogTable): Promise<readonly LakeRow[]> {
  const { metadata } = table;
  const files = await filesOfState(context, { label: "t", table, snapshot: currentSnapshot(metadata) });
  const { fields } = currentSchema(metadata);
  const columns = readColumns(fields);
  const texts = columns.map((column) => `${quoteName(column.name)}::varchar`).join(", ");
  const order = columns.map((column) => quoteName(column.name)).join(", ");
  const engine = await context.loadEngine();
  const { rows } = await engine.run(
    `select ${texts} from (${readDataFilesSql({ files, columns })}) data order by ${order}`,
  );
  return rows.map((row) =>
    Object.fromEntries(fields.map(({ name }, index) => [name, row[index] === null ? null : String(row[index])])),
  );
}
