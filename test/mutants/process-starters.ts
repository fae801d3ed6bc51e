/**
 * Finds the files that start a process whose code a file is part of. Imports do not show this: a test that asks for a
 * statement's rows imports the pool of processes, and the process alone imports the gate.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** Paths from the working directory. */
export function processStarters(files: readonly string[]): readonly string[] {
  return startedProcesses()
    .filter(({ entry }) => files.some((file) => importedFrom(entry).has(file)))
    .map(({ starter }) => starter);
}

interface StartedProcess {
  readonly starter: string;
  readonly entry: string;
}

/** Processes are started with the address of their first file: `` new URL(`./engine-process${ending}`, …) ``. */
function startedProcesses(): readonly StartedProcess[] {
  return globSync("src/**/*.ts").flatMap((starter) =>
    Array.from(readFileSync(starter, "utf8").matchAll(/new URL\(`(\.\/[\w-]+)\$\{/g), ([, name]) => ({
      starter,
      entry: join(starter, "..", `${name}.ts`),
    })),
  );
}

/** The file and everything of the project that it imports. */
function importedFrom(entry: string): ReadonlySet<string> {
  const found = new Set([entry]);
  for (const file of found)
    for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8")).importedFiles)
      if (fileName.startsWith(".")) found.add(join(file, "..", fileName));
  return found;
}
