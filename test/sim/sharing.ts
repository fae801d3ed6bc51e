/**
 * `npm run sim -- sharing --walks 20 --steps 200`: random walks over requests, decisions, shares with people, accounts and a
 * unit, moves, marks, ends, leavers and processes that are killed, compared after each step with a naive model. The last
 * line is one line of JSON.
 */
import { parseArgs } from "node:util";
import { walk, type WalkReport } from "./sharing/walk.ts";

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    walks: { type: "string", default: "10" },
    steps: { type: "string", default: "150" },
    seed: { type: "string", default: "1" },
  },
});
const [walks, steps, first] = [Number(values.walks), Number(values.steps), Number(values.seed)];
const began = performance.now();
const reports: WalkReport[] = [];
const failures: string[] = [];
for (let seed = first; seed < first + walks; seed++)
  try {
    reports.push(await walk(seed, steps, { kills: true }));
  } catch (failure) {
    failures.push(`seed ${seed}: ${failure instanceof Error ? failure.message : String(failure)}`);
  }
for (const failure of failures) console.error(failure);
const sum = (name: "requests" | "shares" | "passes" | "mails" | "kills" | "comparisons"): number =>
  reports.reduce((all, report) => all + report[name], 0);
console.log(
  JSON.stringify({
    walks,
    steps: walks * steps,
    requests: sum("requests"),
    shares: sum("shares"),
    passes: sum("passes"),
    mails: sum("mails"),
    kills: sum("kills"),
    comparisons: sum("comparisons"),
    failures: failures.length,
    seconds: Math.round((performance.now() - began) / 1_000),
  }),
);
if (failures.length > 0) process.exitCode = 1;
