/**
 * `npm run fuzz -- --minutes 5`: runs damaged recordings through every reader of foreign bytes, until the time is over
 * or a reader fails with an unexpected error, takes too long, or returns more than its input allows. It then prints the
 * seed and the bytes.
 */
import { parseArgs } from "node:util";
import { openRandom } from "../soak/random.ts";
import { fuzzOnce } from "./fuzz-once.ts";
import { fuzzTargets } from "./targets.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    target: { type: "string" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const chosen = fuzzTargets.filter(({ name }) => values.target === undefined || name === values.target);
if (chosen.length === 0)
  throw new Error(`there is no target ${values.target}: ${fuzzTargets.map(({ name }) => name).join(", ")}`);
const random = openRandom(Number(values.seed));
const until = Date.now() + Number(values.minutes) * 60_000;
console.log(`fuzz: seed ${values.seed}, ${chosen.map(({ name }) => name).join(", ")}, ${values.minutes} min`);
let inputs = 0;
for (; Date.now() < until; inputs++) await fuzzOnce(random.pick(chosen), random);
console.log(JSON.stringify({ fuzz: "sound", seed: Number(values.seed), inputs }));
