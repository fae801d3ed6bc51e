/**
 * `npm run storm -- --minutes 30`: everything that people, sources and accidents do to a server, at once and against a
 * real one: readers whose answers are checked, syncs of changing sources, statements that would take all memory or
 * never end, kills of working processes, clients that vanish or never read, and rights that end. It is judged at the
 * end; see judge.ts. `--with reader,bomber` selects actors, `--seed` repeats everybody's random choices, and `--json`
 * prints one line.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installServers } from "../../scripts/install-servers.ts";
import { printRows } from "../../src/cli/output/rows.ts";
import { actorsOf, usualNames } from "./actors/actors.ts";
import { runStorm } from "./run-storm.ts";
import { outcomeRows, figuresOf } from "./summary.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    with: { type: "string", default: usualNames.join() },
    /** The 99th percentile, in milliseconds, that the quiet person's statements may take. */
    "quiet-p99": { type: "string" },
    /** Keeps the directory with the server's data and log. */
    keep: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
const home = await mkdtemp(join(tmpdir(), "headgate-storm-"));
const say = (text: string): void => console.error(text);
say(`storm: seed ${seed}, ${minutes} minutes, with ${values.with}; ${home}`);
installServers();
const result = await runStorm({
  home,
  seed,
  seconds: minutes * 60,
  actors: actorsOf(values.with.split(",")),
  quietP99: values["quiet-p99"] === undefined ? undefined : Number(values["quiet-p99"]),
  say,
});
const isSound = result.totals.complaints.length === 0;
const figures = figuresOf(result);
if (!values.json) {
  printRows(outcomeRows(result.totals));
  printRows(Object.entries(figures).map(([what, figure]) => ({ what, figure })));
}
console.log(JSON.stringify({ storm: isSound ? "weathered" : "failed", seed, minutes, with: values.with, ...figures }));
if (isSound && !values.keep) await rm(home, { recursive: true, force: true });
process.exitCode = isSound ? 0 : 1;
