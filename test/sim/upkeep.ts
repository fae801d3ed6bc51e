/**
 * `npm run sim -- upkeep --days 365`: a year of commits every quarter of an hour with upkeep once a day. Nothing that a reader or
 * writer pays for may grow: files, manifests, metadata, the time of planning and reading.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { holdHeadgate } from "../world/held-headgate.ts";
import { habits } from "./upkeep/habits.ts";
import { measures, runYear, type Sample } from "./upkeep/metadata-year.ts";
import { printTrends, trendOf } from "./upkeep/trend.ts";

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    days: { type: "string", default: "365" },
    commits: { type: "string", default: "96" },
    /** Some of them, with commas between. */
    habits: { type: "string", default: habits.map(({ name }) => name).join() },
    seed: { type: "string", default: "1" },
  },
});
const [days, commitsADay, seed] = [Number(values.days), Number(values.commits), Number(values.seed)];
const chosen = new Set(values.habits.split(","));
const home = await mkdtemp(join(tmpdir(), "headgate-sim-"));
let growing = 0;
try {
  await using held = await holdHeadgate({ data: join(home, "data") });
  const { context } = held.session;
  for (const habit of habits.filter(({ name }) => chosen.has(name))) {
    const report = (text: string) => console.log(text);
    const samples = await runYear({ context, habit, days, commitsADay, seed, report });
    growing += judge(habit.name, samples);
  }
} finally {
  await rm(home, { recursive: true, force: true });
}
console.log(JSON.stringify({ sim: "upkeep", days, commitsADay, growing }));
process.exitCode = growing === 0 ? 0 : 1;

function judge(title: string, samples: readonly Sample[]): number {
  const names = Object.keys(measures) as (keyof Sample)[];
  return printTrends(
    title,
    names.map((name) => {
      const measure = measures[name];
      return {
        measure,
        trend: trendOf(
          samples.map((sample) => sample[name]),
          measure,
        ),
      };
    }),
  );
}
