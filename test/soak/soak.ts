/**
 * `npm run soak -- --rounds 50`: hundreds of tables of both databases change at random, with drift, while syncs run, are killed
 * and run again. After each round every table must be equal in the source, in our SQL, in PyIceberg and for a reader that
 * follows the specification alone, as multisets (judge/).
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { using } from "../../src/base/cleanup.ts";
import { holdSession, openSession } from "../../src/cli/session.ts";
import { connectors } from "../../src/main.ts";
import type { SyncReport } from "../../src/sync/sync-report.ts";
import { setUpPython } from "../peers/set-up.ts";
import { askCommand, startCommand, type CommandOptions } from "../world/command.ts";
import { orphans } from "../world/orphans.ts";
import type { Dialect } from "../world/sample-shop.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { openJudge } from "./judge/judge.ts";
import { openPlainSource } from "./judge/plain-source.ts";
import { openRandom, type Random } from "./random.ts";
import { randomTable, type RandomTable } from "./random-table.ts";
import { testConfig } from "../world/lake.ts";

interface Side {
  readonly dialect: Dialect;
  readonly source: SampleSource;
  tables: RandomTable[];
  made: number;
  /** Of the last sync that ended by itself. */
  typicalMs: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "50" },
    tables: { type: "string", default: "300" },
    kills: { type: "string", default: "4" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    sources: { type: "string", default: "postgres,mariadb" },
  },
});
const rounds = Number(values.rounds);
const random = openRandom(Number(values.seed));
const home = await mkdtemp(join(tmpdir(), "headgate-soak-"));
const at: CommandOptions = { data: join(home, "data"), environment: {} };
const judge = openJudge();
const totals = { syncs: 0, kills: 0, statements: 0, compared: 0, differences: 0, orphans: 0 };

setUpPython();
console.log(`soak: seed ${values.seed}, ${values.tables} tables a source, ${rounds} rounds, in ${home}`);
const sides: Side[] = [];
let isDone = false;
try {
  for (const dialect of values.sources.split(",") as Dialect[]) sides.push(await openSide(dialect));
  for (let round = 1; round <= rounds && totals.differences === 0; round++) await runRound(round);
  isDone = totals.differences + totals.orphans === 0;
} finally {
  for (const { source } of sides) await source[Symbol.asyncDispose]();
  if (isDone) await rm(home, { recursive: true, force: true });
}
console.log(
  JSON.stringify({ soak: "exact", seed: Number(values.seed), tables: Number(values.tables), rounds, ...totals }),
);
process.exitCode = isDone ? 0 : 1;

async function openSide(dialect: Dialect): Promise<Side> {
  const source = await openSampleSource(dialect, join(home, dialect));
  const side: Side = { dialect, source, tables: [], made: 0, typicalMs: 3_000 };
  while (side.tables.length < Number(values.tables)) await makeTable(side);
  Object.assign(at.environment ?? {}, { [`PASSWORD_${dialect}`]: source.password });
  await writeFile(join(home, `${dialect}.yaml`), declaration(side));
  await askCommand(["apply", join(home, `${dialect}.yaml`)], at);
  return side;
}

/** Of some tables, deleted rows and the history of changes are kept. */
function declaration({ dialect, source, tables }: Side): string {
  const kept = tables.filter(() => random.chance(0.1)).map(({ name }) => [name, { soft_delete: true, history: true }]);
  const password = { env: `PASSWORD_${dialect}` };
  return JSON.stringify({ sources: { [dialect]: { url: source.url, password, tables: Object.fromEntries(kept) } } });
}

async function makeTable(side: Side): Promise<void> {
  const table = randomTable({ dialect: side.dialect, random, number: side.made++ });
  await execute(side, table.create);
  side.tables.push(table);
}

async function execute({ source }: Side, statements: readonly string[]): Promise<void> {
  for (const statement of statements) {
    totals.statements++;
    await source.execute(statement).catch((cause: unknown) => {
      throw new Error(`the source refused: ${statement.slice(0, 500)}`, { cause });
    });
  }
}

async function runRound(round: number): Promise<void> {
  const started = performance.now();
  for (const side of sides) await changeTables(side, Math.ceil(side.tables.length * 0.15));
  for (let kill = 0; kill < Number(values.kills); kill++) await killedSync(random.pick(sides));
  const small = random.chance(0.5) ? "0" : "512";
  const reports = [];
  for (const side of sides) reports.push(await sync(side, ["--small-file", small]));
  const isWhole = round % 10 === 0 || round === rounds;
  for (const side of sides) await compare(side, isWhole);
  if (isWhole) await findOrphans();
  const outcomes = Map.groupBy(
    reports.flatMap(({ tables }) => tables),
    ({ outcome }) => outcome,
  );
  const words = [...outcomes].map(([outcome, tables]) => `${tables.length} ${outcome}`).join(", ");
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`round ${round}: ${words}; ${totals.kills} kills, ${totals.compared} comparisons so far; ${seconds} s`);
}

async function changeTables(side: Side, count: number): Promise<void> {
  for (let change = 0; change < count; change++) {
    const table = random.pick(side.tables);
    await execute(side, table.change());
  }
  if (random.chance(0.5)) await makeTable(side);
  if (random.chance(0.3)) await dropTable(side, random);
}

async function dropTable(side: Side, { pick }: Random): Promise<void> {
  const table = pick(side.tables);
  const name = side.dialect === "postgres" ? `"${table.name}"` : `\`${table.name}\``;
  await execute(side, [`drop table ${name}`]);
  side.tables = side.tables.filter((other) => other !== table);
}

async function sync(side: Side, more: readonly string[]): Promise<SyncReport> {
  const started = performance.now();
  totals.syncs++;
  const report = await askCommand<SyncReport>(["sync", side.dialect, ...more], at);
  side.typicalMs = performance.now() - started;
  return report;
}

/** Kills the process that syncs at any moment, while the source is written to. */
async function killedSync(side: Side): Promise<void> {
  const running = startCommand(["sync", side.dialect, "--small-file", random.chance(0.5) ? "0" : "512"], at);
  const writing = changeTables(side, 5);
  await Promise.race([delay(200 + random.below(side.typicalMs)), running.result]);
  running.process.kill("SIGKILL");
  const { code, stderr } = await running.result;
  await writing;
  if (code === null) totals.kills++;
  else if (code !== 0) throw new Error(`a sync that was not killed failed: ${stderr}`);
}

/** What killed runs left must be gone once a run has ended by itself. */
async function findOrphans(): Promise<void> {
  const left = await using(holdSession({ config: testConfig({ data: at.data }), connectors }), ({ context }) =>
    orphans(context),
  );
  totals.orphans += left.length;
  for (const location of left.slice(0, 10)) console.log(`ORPHAN ${location}`);
}

async function compare(side: Side, isWhole: boolean): Promise<void> {
  const { source, dialect } = side;
  await using plain = await openPlainSource(source);
  const judged = await using(openSession({ config: testConfig({ data: at.data }), connectors }), (session) =>
    judge.judge({ session, name: dialect, plain }, { isWhole }),
  );
  totals.compared += judged.length;
  for (const difference of judged.flatMap(({ differences }) => differences)) {
    totals.differences++;
    console.log(`DIFFERENT ${dialect}: ${JSON.stringify(difference)}`);
  }
}
