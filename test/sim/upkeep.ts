/**
 * `npm run sim -- upkeep --days 365`: simulates a year with a commit every quarter of an hour and maintenance once a
 * day. Nothing that a reader or writer pays for may grow: files, manifests, metadata, the time of planning and reading.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { holdHeadgate } from "../world/held-headgate.ts";
import { habits } from "./upkeep/habits.ts";
import { dataMeasures, runDays } from "./upkeep/data-days.ts";
import { measures, runYear } from "./upkeep/metadata-year.ts";
import { printTrends, trendOf, type Measure } from "./upkeep/trend.ts";

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    days: { type: "string", default: "365" },
    commits: { type: "string", default: "96" },
    /** Some of them, separated by commas. */
    habits: { type: "string", default: habits.map(({ name }) => name).join() },
    /**
     * Days with real data, each of some seconds; 0 for none. In the first quarter a tenth of the rows changes, so that
     * afterwards files are rewritten.
     */
    "data-days": { type: "string", default: "32" },
    "seconds-a-day": { type: "string", default: "20" },
    "syncs-a-day": { type: "string", default: "8" },
    seed: { type: "string", default: "1" },
  },
});
const [days, commitsADay, seed] = [Number(values.days), Number(values.commits), Number(values.seed)];
const chosen = new Set(values.habits.split(","));
const home = await mkdtemp(join(tmpdir(), "headgate-sim-"));
let growing = 0;
try {
  growing += await judgeYear();
  if (values["data-days"] !== "0") growing += await judgeDays();
} finally {
  await rm(home, { recursive: true, force: true });
}
console.log(JSON.stringify({ sim: "upkeep", days, commitsADay, growing }));
process.exitCode = growing === 0 ? 0 : 1;

async function judgeYear(): Promise<number> {
  await using held = await holdHeadgate({ data: join(home, "year") });
  const { context } = held.session;
  let found = 0;
  for (const habit of habits.filter(({ name }) => chosen.has(name)))
    found += judge(habit.name, {
      measures,
      samples: await runYear({ context, habit, days, commitsADay, seed, report }),
    });
  return found;
}

async function judgeDays(): Promise<number> {
  const [count, secondsADay] = [Number(values["data-days"]), Number(values["seconds-a-day"])];
  const syncsADay = Number(values["syncs-a-day"]);
  const lived = await runDays({ home, days: count, secondsADay, syncsADay, seed, report });
  console.log(`\n${lived.syncs} syncs in ${count} days; not equal in the end: ${lived.differing.join(", ") || "none"}`);
  return lived.differing.length + judge("ten real tables", { measures: dataMeasures, samples: lived.samples });
}

function report(text: string): void {
  console.log(text);
}

function judge<Name extends string>(
  title: string,
  found: { measures: Readonly<Record<Name, Measure>>; samples: readonly Readonly<Record<Name, number>>[] },
): number {
  const names = Object.keys(found.measures) as Name[];
  return printTrends(
    title,
    names.map((name) => {
      const measure = found.measures[name];
      return {
        measure,
        trend: trendOf(
          found.samples.map((sample) => sample[name]),
          measure,
        ),
      };
    }),
  );
}
