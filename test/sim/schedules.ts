/**
 * `npm run sim -- schedules --tables 300`: runs a MariaDB with two schedules, one for six tables every fifteen minutes
 * on workdays and one for all tables every night, through a simulated week in which the clocks change. After each tick,
 * the tables it covered are proven equal to the source; no tick runs twice, and a tick without a change makes no
 * commit.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { silent } from "../../src/base/progress.ts";
import { scheduleList, scheduleRunDue, scheduleSet } from "../../src/operations/schedules.ts";
import { openRandom } from "../soak/random.ts";
import { askCommand } from "../world/command.ts";
import { holdHeadgate, type HeldHeadgate } from "../world/held-headgate.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    tables: { type: "string", default: "300" },
    from: { type: "string", default: "2027-03-22T00:00:00Z" },
    to: { type: "string", default: "2027-03-29T00:00:00Z" },
    seed: { type: "string", default: "1" },
  },
});
const tables = Number(values.tables);
const often = Array.from({ length: 6 }, (_, index) => `t${index}`);
const random = openRandom(Number(values.seed));
const call = { report: silent, emit: async () => {}, signal: new AbortController().signal };
const totals = { ticks: 0, runs: 0, commits: 0, idle: 0, idleSeconds: 0, proofs: 0, differing: 0, twice: 0 };

const home = await mkdtemp(join(tmpdir(), "headgate-sim-"));
const source = await openSampleSource("mariadb", join(home, "source"));
try {
  await makeTables(source);
  const at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  await using held = await holdHeadgate({ data: at.data });
  await setSchedules(held);
  await runForward(held);
} finally {
  await source[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
}
const idleMs = Math.round((totals.idleSeconds / Math.max(1, totals.idle)) * 1_000);
console.log(JSON.stringify({ sim: "schedules", tables, ...totals, idleSeconds: undefined, idleMs }));
process.exitCode = totals.differing + totals.twice === 0 ? 0 : 1;

async function makeTables({ execute }: SampleSource): Promise<void> {
  for (let table = 0; table < tables; table++) {
    await execute(`create table t${table} (id int primary key, entry varchar(20))`);
    await execute(`insert into t${table} select seq, 'first' from seq_1_to_20`);
  }
}

async function setSchedules({ session }: HeldHeadgate): Promise<void> {
  const common = {
    source: "shop",
    timeZone: "Europe/Bucharest",
    holidays: [],
    timeoutSeconds: 600,
    action: "sync" as const,
  };
  await session.call(scheduleSet, { ...common, name: "often", tables: often, cron: "*/15 8-18 * * mon-fri" }, call);
  await session.call(scheduleSet, { ...common, name: "nightly", tables: [], cron: "30 3 * * *" }, call);
}

async function runForward(held: HeldHeadgate): Promise<void> {
  const runAt = (at: string) => held.session.call(scheduleRunDue, { at }, call);
  await runAt(values.from);
  let id = 1_000;
  for (let time = await nextTime(held); time < values.to; time = await nextTime(held)) {
    const isChange = random.chance(0.3);
    if (isChange) await source.execute(`insert into ${random.pick(often)} values (${id++}, 'new')`);
    const started = performance.now();
    const { runs } = await runAt(time);
    totals.ticks++;
    totals.runs += runs.length;
    for (const { sync } of runs) {
      if (sync?.commit === null) totals.idle++;
      else totals.commits++;
      if (sync?.commit === null) totals.idleSeconds += (performance.now() - started) / 1_000;
    }
    if ((await runAt(time)).runs.length > 0) totals.twice++;
    await prove(held, runs.some(({ schedules }) => schedules.includes("nightly")) ? [] : often);
    if (totals.ticks % 40 === 0) console.log(`${time}: ${totals.ticks} ticks, ${totals.commits} commits`);
  }
}

async function nextTime({ session }: HeldHeadgate): Promise<string> {
  const { schedules } = await session.call(scheduleList, {}, call);
  return schedules.map(({ dueAt }) => dueAt ?? "9999").toSorted()[0] ?? "9999";
}

async function prove({ reconcile }: HeldHeadgate, names: readonly string[]): Promise<void> {
  const { tables: verdicts } = await reconcile("shop", names);
  totals.proofs += verdicts.length;
  totals.differing += verdicts.filter(({ equal }) => !equal).length;
}
