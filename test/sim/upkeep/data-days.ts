/**
 * Real tables under real syncs, with maintenance at the end of each day; a day takes some seconds. Measures what is in
 * the lake, how long reading it all takes compared with newly loaded tables, and what the metadata database holds.
 * Invariant: in the end, the lake equals the source.
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { silent } from "../../../src/base/progress.ts";
import { sumOf } from "../../../src/base/sum.ts";
import { lockSource } from "../../../src/sync/run/lock-source.ts";
import { pruneLedger } from "../../../src/maintenance/prune-ledger.ts";
import { maintainTables, type TableUpkeep } from "../../../src/maintenance/maintain-tables.ts";
import { tablesOfSource } from "../../../src/sync/settings/tables-of-source.ts";
import { usualLimits } from "../../../src/maintenance/upkeep-run.ts";
import { openRandom, type Random } from "../../soak/random.ts";
import { askCommand, type CommandOptions } from "../../world/command.ts";
import { holdHeadgate, type HeldHeadgate } from "../../world/held-headgate.ts";
import { openSampleSource, type SampleSource } from "../../world/sample-source.ts";
import { setProperties } from "../../world/set-properties.ts";
import { median, type Measure } from "./trend.ts";

export const dataMeasures = {
  files: { name: "data files", unit: "", tolerance: 0.15, slack: 8 },
  deleteFiles: { name: "delete files", unit: "", tolerance: 0.15, slack: 8 },
  snapshots: { name: "snapshots", unit: "", tolerance: 0.3, slack: 8 },
  stored: { name: "files in the lake", unit: "", tolerance: 0.3, slack: 20 },
  storedKb: { name: "files in the lake", unit: "kB", tolerance: 0.3, slack: 500 },
  runs: { name: "runs in the ledger", unit: "", tolerance: 0.3, slack: 8 },
  commits: { name: "commits", unit: "", tolerance: 0.3, slack: 8 },
  states: { name: "states in the catalog", unit: "", tolerance: 0.3, slack: 20 },
  syncMs: { name: "a sync", unit: "ms", tolerance: 0.5, slack: 100 },
  readMs: { name: "reading all rows", unit: "ms", tolerance: 0.5, slack: 50 },
  timesFresh: { name: "times what fresh tables take", unit: "", tolerance: 0.3, slack: 0.3 },
} as const satisfies Record<string, Measure>;

export type DataSample = Readonly<Record<keyof typeof dataMeasures, number>>;

export interface DataDays {
  readonly samples: readonly DataSample[];
  readonly syncs: number;
  /** Tables that differ from the source in the end. */
  readonly differing: readonly string[];
}

interface DataParts {
  readonly home: string;
  readonly days: number;
  /** Minimum length of a day; longer if the syncs take longer. */
  readonly secondsADay: number;
  /** The same each day, because what is kept must not depend on what else the machine does. */
  readonly syncsADay: number;
  readonly seed: number;
  readonly report: (text: string) => void;
}

const tables = Array.from({ length: 10 }, (_, index) => `t${index}`);
const firstRows = 20_000;
/** Days after which a snapshot, a stray file, and a run are removed. */
const [keptDays, strayDays, ledgerDays] = [3, 1, 3];

export async function runDays(parts: DataParts): Promise<DataDays> {
  const source = await openSampleSource("postgres", join(parts.home, "source"));
  try {
    await makeTables(source);
    const at = await addSource(source, join(parts.home, "data"));
    await using held = await holdHeadgate({ data: at.data, smallFile: "64" });
    await held.sync("shop");
    for (const table of tables)
      await setProperties(held.session.context, `shop.${table}`, {
        "history.expire.max-snapshot-age-ms": String(keptDays * parts.secondsADay * 1_000),
      });
    return await live({ ...parts, source, held, random: openRandom(parts.seed) });
  } finally {
    await source[Symbol.asyncDispose]();
  }
}

/** One in three has no key. */
async function makeTables({ execute }: SampleSource): Promise<void> {
  for (const [index, table] of tables.entries()) {
    const key = index % 3 === 2 ? "" : " primary key";
    await execute(`create table ${table} (id int${key}, day date, entry varchar(200))`);
    await execute(
      `insert into ${table} select n, date '2026-01-01' + n % 4, md5(n::text) || md5((n + 1)::text)
       from generate_series(1, ${firstRows}) n`,
    );
  }
}

async function addSource(source: SampleSource, data: string): Promise<CommandOptions> {
  const at = { data, environment: { SHOP_PASSWORD: source.password } };
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  await askCommand(["table", "set", "shop.t1", "--partition-by", "day"], at);
  return at;
}

interface Life extends DataParts {
  readonly source: SampleSource;
  readonly held: HeldHeadgate;
  readonly random: Random;
}

async function live(life: Life): Promise<DataDays> {
  const { days, held, report } = life;
  const samples: DataSample[] = [];
  let syncs = 0;
  for (let day = 0; day < days; day++) {
    const times = await liveDay(life, day);
    syncs += times.length;
    const upkeep = await keepUp(life);
    samples.push({
      ...(await look(life, day)),
      ...(await booksOf(held)),
      ...countsOf(upkeep),
      syncMs: median(times),
    });
    report(`day ${day + 1} of ${days}: ${times.length} syncs`);
  }
  const { tables: verdicts } = await held.reconcile("shop");
  const differing = verdicts.filter(({ equal }) => !equal).map(({ sourceTable }) => sourceTable);
  return { samples, syncs, differing };
}

/** Returns how long each sync took. */
async function liveDay(life: Life, day: number): Promise<readonly number[]> {
  const { source, held, random, secondsADay, syncsADay } = life;
  const until = performance.now() + secondsADay * 1_000;
  const times: number[] = [];
  while (times.length < syncsADay) {
    await change({ source, random, mark: `${day} ${times.length}` });
    const started = performance.now();
    await held.sync("shop");
    times.push(performance.now() - started);
  }
  await delay(Math.max(0, until - performance.now()));
  return times;
}

/** As many rows are added as removed, so that the data itself does not grow. */
async function change(parts: { source: SampleSource; random: Random; mark: string }): Promise<void> {
  const { source, random, mark } = parts;
  for (const [index, table] of tables.entries()) {
    const from = random.below(firstRows - 100);
    const some = index % 2 === 0 ? `id between ${from} and ${from + 30}` : `id % 997 = ${random.below(997)}`;
    await source.execute(`update ${table} set entry = md5(entry) || md5('${mark}') where ${some}`);
  }
  const moved = random.pick(tables);
  await source.execute(`update ${moved} set id = -id where id between 100 and ${100 + random.below(200)}`);
  await source.execute(`update ${moved} set id = -id where id < 0`);
}

/** Does what the operation does, with days as short as they are here. */
async function keepUp({ held, secondsADay }: Life): Promise<readonly TableUpkeep[]> {
  const { context } = held.session;
  const shop = await context.sources.get("shop");
  const entries = await tablesOfSource(context, shop.id);
  const limits = { ...usualLimits(new Date()), orphanAgeMs: strayDays * secondsADay * 1_000 };
  const { signal } = new AbortController();
  const request = { source: shop, tables: entries, limits, report: silent, signal };
  const lock = { sourceId: shop.id, report: silent };
  const { tables: kept } = await lockSource(context.db, lock, () => maintainTables(context, request));
  const failed = kept.find(({ error }) => error !== undefined);
  if (failed !== undefined) throw new Error(`${failed.table}: ${failed.error?.message}`);
  const before = new Date(limits.now.getTime() - ledgerDays * secondsADay * 1_000);
  await pruneLedger(context.db, { before, signal });
  return kept;
}

function countsOf(upkeep: readonly TableUpkeep[]): Pick<DataSample, "files" | "deleteFiles" | "snapshots"> {
  return {
    files: sumOf(upkeep, ({ files }) => files),
    deleteFiles: sumOf(upkeep, ({ deleteFiles }) => deleteFiles),
    snapshots: sumOf(upkeep, ({ snapshots }) => snapshots),
  };
}

type Looked = Pick<DataSample, "stored" | "storedKb" | "readMs" | "timesFresh">;

async function look(life: Life, day: number): Promise<Looked> {
  const { context } = life.held.session;
  const sizes: number[] = [];
  for await (const { size } of context.objects.list(`${context.config.lakeLocation}/`)) sizes.push(size);
  const [readMs, freshMs] = await readBeside(life, day);
  return {
    stored: sizes.length,
    storedKb: sumOf(sizes, (size) => size) / 1024,
    readMs,
    timesFresh: readMs / freshMs,
  };
}

/** Reads every column of every row, alternating with the same rows newly loaded by another Headgate. */
async function readBeside({ home, source, held }: Life, day: number): Promise<readonly [number, number]> {
  const at = await addSource(source, join(home, `fresh${day}`));
  await using fresh = await holdHeadgate({ data: at.data, smallFile: "64" });
  await fresh.sync("shop");
  const times: (readonly [number, number])[] = [];
  for (let turn = 0; turn < 3; turn++) times.push([await readAll(held), await readAll(fresh)]);
  return [median(times.map(([worn]) => worn)), median(times.map(([, other]) => other))];
}

async function readAll({ rows }: HeldHeadgate): Promise<number> {
  const reads = tables.map((table) => `select hash(id, day, entry) as digest from shop.${table}`);
  const started = performance.now();
  await rows(`select count(*), sum(digest) from (${reads.join(" union all ")}) read`);
  return performance.now() - started;
}

/** Numbers of entries in the metadata database. */
async function booksOf({ session }: HeldHeadgate): Promise<Pick<DataSample, "runs" | "commits" | "states">> {
  const count = async (book: "runs" | "commits" | "table_commits"): Promise<number> => {
    const { rows } = await session.context.db
      .selectFrom(book)
      .select(({ fn }) => fn.countAll<bigint>().as("rows"))
      .executeTakeFirstOrThrow();
    return Number(rows);
  };
  return { runs: await count("runs"), commits: await count("commits"), states: await count("table_commits") };
}
