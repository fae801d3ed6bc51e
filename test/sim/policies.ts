/**
 * `npm run sim -- policies --questions 1000000`: random policies and questions about them, answered by decide() and by
 * the rules as they are described, and random walks over tags, grants and people in which every preview has to be what
 * then happens. The last line is one line of JSON.
 */
import { parseArgs } from "node:util";
import { firstWrongPreview } from "../../src/governance/compare-previews.fixture.ts";
import {
  firstDifference,
  firstDifferenceInLists,
  questionsEach,
} from "../../src/governance/compare-with-naive.fixture.ts";

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: { questions: { type: "string", default: "1000000" }, seed: { type: "string", default: "1000000" } },
});
const policies = Math.ceil(Number(values.questions) / questionsEach);
const first = Number(values.seed);
const began = performance.now();
const differences: string[] = [];
for (let seed = first; seed < first + policies && differences.length < 10; seed++) {
  const found = [
    firstDifference(seed),
    seed % 20 === 0 ? firstDifferenceInLists(seed) : undefined,
    seed % 10 === 0 ? firstWrongPreview(seed) : undefined,
  ];
  differences.push(...found.filter((one) => one !== undefined));
}
for (const difference of differences) console.error(difference);
const seconds = Math.round((performance.now() - began) / 1_000);
console.log(
  JSON.stringify({ questions: policies * questionsEach, policies, differences: differences.length, seconds }),
);
if (differences.length > 0) process.exitCode = 1;
