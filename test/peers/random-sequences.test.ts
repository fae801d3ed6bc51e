/**
 * Random sequences of change, evolution and maintenance, by Spark and Headgate in turn, on tables of versions 2 and 3:
 * after each step, both read the same rows. HEADGATE_TEST_SEED repeats a sequence.
 */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { holdDirectory, type HeldDirectory } from "../../src/server/hold-directory.ts";
import { connectors } from "../../src/main.ts";
import { maintain } from "../../src/operations/maintain.ts";
import { tableRegister } from "../../src/operations/register.ts";
import { sql } from "../../src/operations/sql.ts";
import { openRandom } from "../soak/random.ts";
import { canonicalText } from "../world/canonical-text.ts";
import { testConfig } from "../world/lake.ts";
import { randomTable, type RandomTable } from "./random-table.ts";
import { startSpark, type SparkAnswer, type SparkSession } from "./spark-session.ts";

let home: string;
let spark: SparkSession;
let session: HeldDirectory;

const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-random-"));
  const warehouse = join(home, "warehouse");
  await mkdir(warehouse);
  spark = startSpark(warehouse);
  const config = { ...testConfig({ data: join(home, "data"), smallFile: "0" }), tableRoots: [`file://${warehouse}`] };
  session = await holdDirectory({ config, connectors });
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await spark[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

const seed = Number(process.env["HEADGATE_TEST_SEED"] ?? 20_261_121);
const steps = Number(process.env["HEADGATE_TEST_STEPS"] ?? 20);

test.each([2, 3] as const)("in version %i", async (version) => {
  const random = openRandom(seed + version);
  const table = randomTable(`random.v${version}`, random);
  await spark.run(table.create(version));
  const done: string[] = [];
  for (let step = 0; step < steps; step++) {
    const work = table.next();
    done.push(work);
    await (work === "maintain" ? maintainHere(table) : spark.run(work));
    expect(await ours(table), done.join(";\n")).toEqual(canonicalRows(await theirs(table), table));
  }
  expect(done.filter((work) => work === "maintain").length).toBeGreaterThan(0);
});

async function theirs(table: RandomTable): Promise<SparkAnswer["rows"]> {
  const { rows, metadata } = await spark.read(
    `lake.${table.name}`,
    table.columns().map((column) => column.theirs),
  );
  await session.call(tableRegister, { table: table.name, location: metadata }, call);
  return rows;
}

/** The next step after `theirs`, on the same metadata. */
async function ours(table: RandomTable): Promise<readonly string[]> {
  await theirs(table);
  const rows: SparkAnswer["rows"][number][] = [];
  const emit = async (item: unknown): Promise<void> => {
    rows.push(...((item as { rows?: SparkAnswer["rows"] }).rows ?? []));
  };
  const list = table.columns().map((column) => `(${column.ours})::varchar`);
  await session.call(sql, { sql: `select ${list.join(", ")} from ${table.name}`, explain: false }, { ...call, emit });
  return canonicalRows(rows, table);
}

/** A commit by Headgate becomes the next version of the table in Spark's catalog, which numbers its files. */
async function maintainHere(table: RandomTable): Promise<void> {
  const { metadata } = await spark.read(`lake.${table.name}`, ["1"]);
  await session.call(tableRegister, { table: table.name, location: metadata }, call);
  const { runs } = await session.call(maintain, { tables: [table.name], plan: false }, call);
  expect(runs.flatMap(({ tables }) => tables.map(({ error }) => error))).toEqual([undefined]);
  const { metadataLocation } = await session.context.catalog.find(table.name);
  if (metadataLocation.endsWith(metadata)) return;
  const next = Number(/v(\d+)\.metadata\.json$/.exec(metadata)?.[1]) + 1;
  await copyFile(metadataLocation.replace(/^file:\/\//, ""), join(dirname(metadata), `v${next}.metadata.json`));
  await writeFile(join(dirname(metadata), "version-hint.text"), String(next));
}

function canonicalRows(rows: SparkAnswer["rows"], table: RandomTable): readonly string[] {
  const canonical = table.columns().map(({ type }) => canonicalText(type));
  return rows
    .map((row) => JSON.stringify(row.map((value, index) => (value === null ? null : canonical[index]?.(value)))))
    .toSorted();
}
