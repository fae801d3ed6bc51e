/**
 * Runs the tests beside the given files, in a process of its own: `tests-beside.ts <file> …`. The tests most likely to
 * notice a mutant come first, because one that fails ends the work: those that are named after the file, then those of
 * the layer that reach it and need no server, then the others of the layer. The layers above are not asked, because
 * their tests would take minutes for each mutant.
 *
 * Exit codes: 0 if all tests pass, 1 if one fails, 3 if there is none.
 */
import { globSync } from "node:fs";
import { startVitest } from "vitest/node";

const files = process.argv.slice(2);
const layers = [...new Set(files.map((file) => `${file.split("/").slice(0, 2).join("/")}/`))];
const own = files.flatMap((file) => globSync(file.replace(/\.ts$/, ".*test.ts")));
const usual = { watch: false, bail: 1, passWithNoTests: true, reporters: [] };

interface Step {
  readonly names: readonly string[];
  readonly projects: string[];
  readonly isRelated: boolean;
}

const steps: readonly Step[] = [
  ...(own.length === 0 ? [] : [{ names: own, projects: ["unit", "real"], isRelated: false }]),
  { names: layers, projects: ["unit"], isRelated: true },
  { names: layers, projects: ["real"], isRelated: true },
];

async function countPassing({ names, projects, isRelated }: Step): Promise<number | undefined> {
  const related = isRelated ? { related: [...files] } : {};
  const vitest = await startVitest("test", [...names], { ...usual, project: projects, ...related });
  const modules = vitest.state.getTestModules();
  const failures = vitest.state.getUnhandledErrors().length;
  await vitest.close();
  return failures > 0 || modules.some((module) => !module.ok()) ? undefined : modules.length;
}

let passing = 0;
for (const step of steps) {
  const count = await countPassing(step);
  if (count === undefined) process.exit(1);
  passing += count;
}
process.exit(passing === 0 ? 3 : 0);
