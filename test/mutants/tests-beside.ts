/**
 * Runs the tests beside the given files, in a process of its own: `tests-beside.ts <file> …`. The tests most likely to
 * notice a mutant come first, because one that fails ends the work: those that are named after the file, then those of
 * the layer that reach it and need no server, then the others of the layer, by imports or through a process that they
 * start. The layers above are not asked, because their tests would take minutes for each mutant.
 *
 * Exits with 0 if all tests pass, and with the codes of exit-codes.ts if not. The first failure is printed.
 */
import { globSync } from "node:fs";
import { inspect } from "node:util";
import { startVitest, type TestModule } from "vitest/node";
import { failing, noTests } from "./exit-codes.ts";
import { processStarters } from "./process-starters.ts";

const files = process.argv.slice(2);
const layers = [...new Set(files.map((file) => `${file.split("/").slice(0, 2).join("/")}/`))];
const reached = [...files, ...processStarters(files)];
const own = files.flatMap((file) => globSync(file.replace(/\.ts$/, ".*test.ts")));
const others = globSync(layers.map((layer) => `${layer}**/*.test.ts`)).filter((test) => !own.includes(test));
const usual = { watch: false, bail: 1, passWithNoTests: true, reporters: [] };

interface Step {
  readonly names: readonly string[];
  readonly projects: string[];
  readonly isRelated: boolean;
}

const steps: readonly Step[] = [
  { names: own, projects: ["unit", "real"], isRelated: false },
  { names: others, projects: ["unit"], isRelated: true },
  { names: others, projects: ["real"], isRelated: true },
].filter(({ names }) => names.length > 0);

/** The number of files whose tests pass, or the first failure. */
async function tried({ names, projects, isRelated }: Step): Promise<number | string> {
  const related = isRelated ? { related: reached } : {};
  const vitest = await startVitest("test", [...names], { ...usual, project: projects, ...related });
  const modules = vitest.state.getTestModules();
  const unhandled = vitest.state.getUnhandledErrors().map((failure) => inspect(failure, { breakLength: Infinity }));
  await vitest.close();
  return [...modules.flatMap(failuresOf), ...unhandled][0] ?? modules.length;
}

function failuresOf(module: TestModule): readonly string[] {
  if (module.ok()) return [];
  const tests = Array.from(
    module.children.allTests("failed"),
    (test) => `${test.fullName}: ${test.result().errors?.[0]?.message.split("\n", 1)[0]}`,
  );
  const errors = module.errors().map(({ message }) => message);
  return [...tests, ...errors, "it fails"].map((what) => `${module.relativeModuleId}: ${what}`);
}

let passing = 0;
for (const step of steps) {
  const found = await tried(step);
  if (typeof found === "string") {
    console.log(found);
    process.exit(failing);
  }
  passing += found;
}
process.exit(passing === 0 ? noTests : 0);
