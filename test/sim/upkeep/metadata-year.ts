/**
 * A table's metadata over a year of commits: the program's own code creates snapshots, manifests and metadata files,
 * plans with them and removes them; data files are only numbers. Maintenance runs once a day.
 * Invariant: the metadata lists exactly what the model of the table has; checked every day.
 */
import { must } from "../../../src/base/must.ts";
import { sumOf } from "../../../src/base/sum.ts";
import { uuidv7 } from "../../../src/base/uuid.ts";
import { openCatalog, type CatalogTable } from "../../../src/catalog/catalog.ts";
import { commit } from "../../../src/catalog/commit.ts";
import { fileIO } from "../../../src/catalog/file-io.ts";
import { compressedMetadata, metadataVersion, writeMetadata } from "../../../src/iceberg/metadata-file.ts";
import { newTable } from "../../../src/iceberg/new-table.ts";
import { partitionKey, type PartitionSpec } from "../../../src/iceberg/partition-spec.ts";
import { planScan, type ScanPlan } from "../../../src/iceberg/scan.ts";
import type { Schema } from "../../../src/iceberg/schema.ts";
import { readManifests } from "../../../src/iceberg/snapshot-manifests.ts";
import { produceSnapshot } from "../../../src/iceberg/snapshot-producer.ts";
import {
  currentSchema,
  currentSnapshot,
  defaultSpec,
  type TableMetadata,
} from "../../../src/iceberg/table-metadata.ts";
import { applyUpdates, lastAdded, schemaUpdates } from "../../../src/iceberg/table-update.ts";
import type { Context } from "../../../src/operations/context.ts";
import { silent } from "../../../src/base/progress.ts";
import { commitCompaction } from "../../../src/maintenance/compact-table.ts";
import { expireTable, orphansOf, snapshotsToExpire } from "../../../src/maintenance/expire-table.ts";
import { forgetStates } from "../../../src/maintenance/forget-states.ts";
import { filesToRemove, planUpkeep } from "../../../src/maintenance/maintenance-plan.ts";
import { usualLimits, type UpkeepRun } from "../../../src/maintenance/upkeep-run.ts";
import { endRun } from "../../../src/jobs/run-ledger.ts";
import { deletesEntry, type StagedDeletes } from "../../../src/writer/staged-deletes.ts";
import { manifestEntry, type StagedFile } from "../../../src/writer/staged-file.ts";
import { openRandom } from "../../soak/random.ts";
import type { Habit, Moment } from "./habits.ts";
import { openMemoryStore, type MemoryStore } from "./memory-store.ts";
import {
  deletedRows,
  modelTable,
  type ModelledDeletes,
  type ModelledFile,
  type ModelledTable,
} from "./modelled-table.ts";
import { median, type Measure } from "./trend.ts";

export const measures = {
  surplusFiles: { name: "data files beyond need", unit: "", tolerance: 0.15, slack: 8 },
  deleteFiles: { name: "delete files", unit: "", tolerance: 0.15, slack: 8 },
  manifests: { name: "manifests", unit: "", tolerance: 0.15, slack: 8 },
  snapshots: { name: "snapshots", unit: "", tolerance: 0.02, slack: 2 },
  states: { name: "states in the catalog", unit: "", tolerance: 0.02, slack: 4 },
  schemas: { name: "schemas", unit: "", tolerance: 0, slack: 1 },
  metadataKb: { name: "metadata.json", unit: "kB", tolerance: 0.05, slack: 1 },
  keptFiles: { name: "metadata files kept", unit: "", tolerance: 0.05, slack: 10 },
  keptKb: { name: "metadata files kept", unit: "kB", tolerance: 0.05, slack: 100 },
  writtenKb: { name: "written by a commit", unit: "kB", tolerance: 0.05, slack: 2 },
  rewrittenKb: { name: "rewritten by upkeep a day", unit: "kB", tolerance: 0.5, slack: 10_000 },
  commitMs: { name: "making a commit", unit: "ms", tolerance: 0.5, slack: 1 },
  loadMs: { name: "reading metadata.json", unit: "ms", tolerance: 0.5, slack: 2 },
  planMs: { name: "planning a scan", unit: "ms", tolerance: 0.5, slack: 2 },
  upkeepMs: { name: "upkeep without rewriting", unit: "ms", tolerance: 0.5, slack: 50 },
} as const satisfies Record<string, Measure>;

export type Sample = Readonly<Record<keyof typeof measures, number>>;

interface YearParts {
  readonly context: Context;
  readonly habit: Habit;
  readonly days: number;
  readonly commitsADay: number;
  readonly seed: number;
  readonly report: (text: string) => void;
}

const lakeLocation = "memory://lake";
const dayMs = 24 * 3_600_000;
/** Until the first snapshots have expired and their last files are removed. */
const settlingDays = 9;
/** Enough for quarters with several samples each. */
const samples = 52;

export async function runYear(parts: YearParts): Promise<readonly Sample[]> {
  const { habit, days, report } = parts;
  const year = await beginYear(parts);
  const found: Sample[] = [];
  const every = Math.max(1, Math.floor(days / samples));
  for (let day = -settlingDays; day < days; day++) {
    if (day % 30 === 0) report(`${habit.name}: day ${day} of ${days}`);
    const written = await commitDay(year, settlingDays + day);
    const table = await reload(year);
    const isSampled = day >= 0 && day % every === every - 1;
    const before = isSampled ? await look(year, table) : undefined;
    const upkeepMs = await keepUp(year, table);
    if (before === undefined) continue;
    found.push({ ...before, ...written, upkeepMs, rewrittenKb: year.rewritten / every / 1024 });
    year.rewritten = 0;
  }
  return found;
}

interface Year extends YearParts {
  readonly store: MemoryStore;
  readonly model: ModelledTable;
  readonly tableId: string;
  readonly began: number;
  /** In the form of the catalog. */
  table: Pick<CatalogTable, "metadata" | "metadataLocation">;
  /** Bytes since the last measurement. */
  rewritten: number;
}

/** Snapshots are never newer than the clock, so the year begins now. */
async function beginYear(parts: YearParts): Promise<Year> {
  const { context, habit, seed } = parts;
  const began = Math.ceil(Date.now() / dayMs) * dayMs;
  const store = openMemoryStore(began);
  const model = modelTable({ bytesPerRow: habit.bytesPerRow, random: openRandom(seed) });
  const tableId = uuidv7();
  const location = `${lakeLocation}/${tableId}`;
  const moment = { day: began / dayMs, daysRun: 0, tick: 0 };
  const metadata = newTable({
    uuid: tableId,
    location,
    schema: schemaOf(habit, moment),
    spec: specOf(habit),
    properties: compressedMetadata,
    now: began,
  });
  const year: Year = {
    ...parts,
    store,
    model,
    tableId,
    began,
    table: { metadata, metadataLocation: "" },
    rewritten: 0,
  };
  const databaseId = await openCatalog({
    db: context.db,
    objects: store,
    derived: context.catalog.derived,
  }).ensureDatabase("year");
  const { add } = model.apply({ coming: habit.firstRows(moment.day), going: new Map() }, namer(year, uuidv7(began)));
  const { to, snapshotId } = await makeCommit(year, {
    moment,
    run: uuidv7(began),
    add,
    deletes: [],
    remove: new Set(),
  });
  const create = { databaseId, name: habit.name, location };
  await commit(context.catalog, {
    id: uuidv7(),
    runId: undefined,
    summary: "the first load",
    steps: [{ tableId, label: habit.name, from: undefined, to, snapshotId, create }],
    positions: [],
  });
  return year;
}

function schemaOf({ moreColumns }: Habit, moment: Moment): Schema {
  const column = (id: number, name: string, type: string) => ({ id, name, required: false, type, doc: type });
  const usual = [
    column(1, "id", "long"),
    column(2, "day", "date"),
    column(3, "changed_at", "timestamptz"),
    column(4, "amount", "decimal(12,2)"),
    ...Array.from({ length: 8 }, (_, index) => column(5 + index, `entry${index}`, "string")),
  ];
  return { schemaId: 0, fields: [...usual, ...(moreColumns?.(moment) ?? [])], identifierFieldIds: [] };
}

function specOf({ isPartitioned }: Habit): PartitionSpec {
  const field = { sourceId: 2, fieldId: 1000, name: "day_day", transform: { kind: "day" } } as const;
  return { specId: 0, fields: isPartitioned ? [field] : [] };
}

function namer({ table }: Year, run: string): () => string {
  let files = 0;
  return () => `${table.metadata.location}/data/${run}-${files++}.parquet`;
}

async function commitDay(year: Year, daysRun: number): Promise<Pick<Sample, "commitMs" | "writtenKb">> {
  const { habit, model, store, began, commitsADay } = year;
  const from = year.table.metadataLocation;
  const [steps, times]: [Step[], number[]] = [[], []];
  const bytesBefore = store.bytesWritten;
  for (let tick = 0; tick < commitsADay; tick++) {
    store.now = began + daysRun * dayMs + (tick + 1) * Math.floor(dayMs / (commitsADay + 1));
    const moment = { day: Math.floor(store.now / dayMs), daysRun, tick };
    const run = uuidv7(store.now);
    const change = model.apply(habit.change(model, moment), namer(year, run));
    const started = performance.now();
    steps.push(await makeCommit(year, { moment, run, ...change }));
    times.push(performance.now() - started);
  }
  await noteCommits(year, { from, steps });
  return { commitMs: median(times), writtenKb: (store.bytesWritten - bytesBefore) / commitsADay / 1024 };
}

interface Step {
  readonly from: string;
  readonly to: string;
  readonly snapshotId: bigint;
}

interface CommitParts {
  readonly moment: Moment;
  readonly run: string;
  readonly add: readonly ModelledFile[];
  readonly deletes: readonly ModelledDeletes[];
  readonly remove: ReadonlySet<string>;
}

/** Makes the next metadata as a sync does. */
async function makeCommit(year: Year, { moment, run, add, deletes, remove }: CommitParts): Promise<Step> {
  const { habit, store } = year;
  const { metadata, metadataLocation: from } = year.table;
  const now = store.now;
  const schema = schemaOf(habit, moment);
  const base = applyUpdates(metadata, {
    updates: [
      ...schemaUpdates(schema),
      { action: "add-spec", spec: specOf(habit) },
      { action: "set-default-spec", specId: lastAdded },
      { action: "set-properties", updates: { "headgate.source": "shop", "headgate.position": `${now}/0` } },
    ],
    previousFile: from === "" ? undefined : from,
    now,
  });
  const layout = { schema, spec: defaultSpec(base), sortOrderId: 0 };
  const { snapshot, updates } = await produceSnapshot(fileIO(store), base, {
    add: [
      ...place(year, add).map((file) => manifestEntry(file, layout)),
      ...placeDeletes(year, deletes).map(deletesEntry),
    ],
    remove,
    uuid: run,
    summary: { "headgate.run": run, "headgate.position": `${now}/0` },
    now,
  });
  const next = applyUpdates(base, { updates, previousFile: undefined, now });
  const to = await writeMetadata(fileIO(store), next, { version: metadataVersion(from) + 1, uuid: run });
  year.table = { metadata: next, metadataLocation: to };
  return { from, to, snapshotId: snapshot.snapshotId };
}

function place({ store, table }: Year, files: readonly ModelledFile[]): readonly StagedFile[] {
  const { fields } = currentSchema(table.metadata);
  return files.map(({ location, partition, rows, sizeBytes }) => {
    store.place(location, sizeBytes);
    const columns = fields.map(({ id, type }) => ({
      fieldId: id,
      sizeBytes: Math.ceil(sizeBytes / fields.length),
      valueCount: rows,
      nullCount: 0,
      ...boundsOf(String(type), { rows, day: partition }),
    }));
    return {
      location,
      rowCount: rows,
      sizeBytes,
      columns,
      partition: partition === undefined ? [] : [String(partition)],
      isSorted: false,
    };
  });
}

/** As wide as real ones. */
function boundsOf(type: string, { rows, day = 20_000 }: { rows: number; day: number | undefined }) {
  const date = new Date(day * dayMs).toISOString().slice(0, 10);
  if (type === "long") return { lower: "1", upper: String(rows) };
  if (type === "date") return { lower: date, upper: date };
  if (type === "timestamptz") return { lower: `${date} 00:00:00+00`, upper: `${date} 23:59:59.123456+00` };
  if (type === "string") return { lower: "an entry that begins so", upper: "zero entries that end so" };
  return { lower: "0.01", upper: "99999.99" };
}

function placeDeletes({ store, table }: Year, deletes: readonly ModelledDeletes[]): readonly StagedDeletes[] {
  const { specId } = defaultSpec(table.metadata);
  return deletes.map(({ location, partition, rows, firstFile, lastFile }) => {
    const sizeBytes = 500 + rows * 2;
    store.place(location, sizeBytes);
    return {
      location,
      rowCount: rows,
      sizeBytes,
      firstFile,
      lastFile,
      specId,
      partition: partition === undefined ? [] : [partition],
    };
  });
}

/** The day's commits in the catalog: the last one individually, those before it in one batch. */
async function noteCommits(
  { context, tableId, habit }: Year,
  { from, steps }: { from: string; steps: readonly Step[] },
): Promise<void> {
  const last = must(steps.at(-1), "a commit a day");
  const earlier = steps.slice(0, -1).map((step) => ({ id: uuidv7(), ...step }));
  const summary = "sync of shop: 1 tables";
  const noted = await context.db
    .insertInto("commits")
    .values(earlier.map(({ id }) => ({ id, run_id: null, summary })))
    .returning("sequence")
    .execute();
  await context.db
    .insertInto("table_commits")
    .values(
      earlier.map((step, index) => ({
        commit_id: step.id,
        table_id: tableId,
        previous_metadata_location: step.from,
        metadata_location: step.to,
        snapshot_id: step.snapshotId,
        sequence: must(noted[index], "a row a commit").sequence,
      })),
    )
    .execute();
  const step = { tableId, label: habit.name, from, to: last.to, snapshotId: last.snapshotId };
  await commit(context.catalog, { id: uuidv7(), runId: undefined, summary, steps: [step], positions: [] });
}

/** As another process finds it. */
async function reload(year: Year): Promise<CatalogTable> {
  const catalog = openCatalog({ db: year.context.db, objects: year.store, derived: year.context.catalog.derived });
  const entry = (await catalog.entries("year")).find(({ id }) => id === year.tableId);
  const table = await catalog.load(must(entry, "the table in the catalog"));
  year.table = table;
  return table;
}

const targetBytes = 128 * 1024 * 1024;

async function look(
  year: Year,
  { metadata, metadataLocation: current }: CatalogTable,
): Promise<Omit<Sample, "commitMs" | "writtenKb" | "upkeepMs" | "rewrittenKb">> {
  const { store } = year;
  const snapshot = must(currentSnapshot(metadata), "a snapshot");
  const { files, deletes } = await scan(year, metadata);
  const kept = [];
  for await (const { size } of store.list(`${metadata.location}/metadata/`)) kept.push(size);
  return {
    surplusFiles: files.length - filesNeeded(files),
    deleteFiles: deletes.length,
    manifests: (await readManifests(fileIO(store), snapshot)).length,
    snapshots: metadata.snapshots.length,
    states: await countStates(year),
    schemas: metadata.schemas.length,
    metadataKb: (await store.get(current)).length / 1024,
    keptFiles: kept.length,
    keptKb: sumOf(kept, (size) => size) / 1024,
    loadMs: await timed(() => reload(year)),
    planMs: await timed(() => scan(year, metadata)),
  };
}

async function countStates({ context, tableId }: Year): Promise<number> {
  const { states } = await context.db
    .selectFrom("table_commits")
    .select(({ fn }) => fn.countAll<bigint>().as("states"))
    .where("table_id", "=", tableId)
    .executeTakeFirstOrThrow();
  return Number(states);
}

function scan({ store }: Year, metadata: TableMetadata): Promise<ScanPlan> {
  return planScan(fileIO(store), { metadata, snapshot: currentSnapshot(metadata), filter: undefined });
}

/** As many as its bytes fill, and at least one in each partition. */
function filesNeeded(files: ScanPlan["files"]): number {
  const partitions = Map.groupBy(files, ({ dataFile }) => partitionKey(dataFile));
  return sumOf([...partitions.values()], (group) =>
    Math.ceil(sumOf(group, ({ dataFile }) => Number(dataFile.fileSizeInBytes)) / targetBytes),
  );
}

/** The median of five. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return median(times);
}

/** Returns the time of everything except planning rewrites. */
async function keepUp(year: Year, table: CatalogTable): Promise<number> {
  const { store } = year;
  const run = await beginUpkeep(year);
  await compact(year, { run, table });
  const started = performance.now();
  const current = await reload(year);
  const expired = snapshotsToExpire(run, current);
  if (expired.length > 0) await expireTable(run, current, expired);
  const kept = await reload(year);
  await forgetStates(run, kept);
  await store.delete(await orphansOf(run, kept));
  await endRun(year.context.catalog, { id: run.run, state: "done", report: null });
  return performance.now() - started;
}

async function beginUpkeep({ context, store }: Year): Promise<UpkeepRun> {
  const id = uuidv7(store.now + 1);
  await context.db.insertInto("runs").values({ id, source_id: null, source_name: "shop", state: "running" }).execute();
  return {
    ...context,
    // Files are deleted only from tables that lie in the lake.
    config: { ...context.config, lakeLocation },
    objects: store,
    catalog: openCatalog({ db: context.db, objects: store, derived: context.catalog.derived }),
    run: id,
    report: silent,
    signal: new AbortController().signal,
    limits: usualLimits(new Date(store.now)),
    reach: () => {},
    newFile: () => Promise.reject(new TypeError("files are only numbers here")),
  };
}

async function compact(year: Year, { run, table }: { run: UpkeepRun; table: CatalogTable }): Promise<void> {
  const { model } = year;
  const found = await scan(year, table.metadata);
  compare(model, found);
  const { rewrites } = planUpkeep({
    files: found.files.map(({ dataFile }) => {
      const file = must(model.files.get(dataFile.filePath), "a file of the model");
      const { location, sizeBytes, rows } = file;
      return {
        location,
        partition: partitionKey(dataFile),
        sizeBytes,
        rows,
        deletedRows: deletedRows(file),
        hasValueDeletes: false,
      };
    }),
    targetBytes,
    budgetBytes: run.limits.budgetBytes,
  });
  if (rewrites.length === 0) return;
  const remove = filesToRemove(rewrites, found);
  const newLocation = namer(year, run.run);
  const added = rewrites.flatMap(({ files }) =>
    model.gather(
      files.map(({ location }) => location),
      newLocation,
    ),
  );
  model.forget(remove);
  year.rewritten += sumOf(added, ({ sizeBytes }) => sizeBytes);
  await commitCompaction(run, table, { added: place(year, added), remove, live: found.files });
}

/** Throws if the metadata lists other files than exist, or does not apply the existing deletes. */
function compare({ files }: ModelledTable, found: ScanPlan): void {
  const listed = new Map(found.files.map(({ dataFile, deletes }) => [dataFile.filePath, deletes]));
  if (listed.size !== files.size) throw new Error(`${listed.size} files are listed, and ${files.size} are there`);
  for (const { location, deleted } of files.values()) {
    const applied = new Set(listed.get(location)?.map(({ file }) => file.filePath));
    const missed = [...deleted.keys()].find((name) => !applied.has(name));
    if (missed !== undefined) throw new Error(`${missed} does not apply to ${location}`);
  }
}
