/**
 * `npm run mutants -- --folder src/sync --count 60`: changes operators and conditions of the code at random, one at a
 * time, and runs the tests beside it. A change that no test notices survives: either a test is missing, or the code
 * makes no difference. The journeys are not run, because they take minutes; a mutant that only they notice counts as a
 * survivor. `--seed` repeats a run; `--json` prints one line.
 */
import { parseArgs } from "node:util";
import { using } from "../../src/base/cleanup.ts";
import { printRows } from "../../src/cli/output/rows.ts";
import { mutantsOf, type Mutant } from "./mutant.ts";
import { openCopy, type Outcome } from "./project-copy.ts";

const { values } = parseArgs({
  options: {
    folder: { type: "string", default: "src" },
    count: { type: "string", default: "60" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    json: { type: "boolean", default: false },
  },
});
const { folder, json } = values;
const seed = Number(values.seed);
const chosen = mutantsOf({ folder, seed }).slice(0, Number(values.count));
console.error(`mutants: seed ${seed}, ${chosen.length} in ${folder}`);
const survivors: Mutant[] = [];
const counts: Record<Outcome, number> = { killed: 0, endless: 0, survived: 0, untested: 0 };
await using(openCopy(), async (copy) => {
  await copy.checkTests([...new Set(chosen.map(({ file }) => file))]);
  for (const [index, mutant] of chosen.entries()) {
    const began = Date.now();
    const { outcome, by } = await copy.try(mutant);
    const seconds = Math.round((Date.now() - began) / 1000);
    counts[outcome]++;
    if (outcome === "survived") survivors.push(mutant);
    const { file, line, change } = mutant;
    console.error(`${index + 1}/${chosen.length} ${outcome.padEnd(8)} ${seconds} s  ${file}:${line}  ${change}  ${by}`);
  }
});
if (!json) printRows(survivors.map(({ file, line, change }) => ({ survivor: `${file}:${line}`, change })));
console.log(JSON.stringify({ mutants: folder, seed, ...counts }));
