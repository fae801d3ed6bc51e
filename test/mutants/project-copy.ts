/**
 * A copy of the project in which the mutants are tried one after the other, so that nobody who works in the project
 * encounters one.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { failing, noTests } from "./exit-codes.ts";
import type { Mutant } from "./mutant.ts";

/**
 * `endless`: the tests took several times as long as all tests of the run take without a mutant, and were ended.
 * `untested`: no test beside the code reaches the file.
 */
export type Outcome = "killed" | "endless" | "survived" | "untested";

export interface Tried {
  readonly outcome: Outcome;
  /** The first test that failed, or its error. */
  readonly by: string;
}

export interface ProjectCopy extends AsyncDisposable {
  /** Throws if the tests beside these files fail without any change, because they would then kill every mutant. */
  checkTests(files: readonly string[]): Promise<void>;
  try(mutant: Mutant): Promise<Tried>;
}

const root = resolve(import.meta.dirname, "../..");
const parts = [
  "src",
  "test",
  "scripts",
  "bench",
  "migrations",
  "docs",
  "package.json",
  "tsconfig.json",
  "vitest.config.ts",
];

export async function openCopy(): Promise<ProjectCopy> {
  const home = await mkdtemp(join(tmpdir(), "headgate-mutants-"));
  for (const part of parts) await cp(join(root, part), join(home, part), { recursive: true });
  await symlink(join(root, "node_modules"), join(home, "node_modules"));
  let mostMs: number | undefined;
  return {
    async checkTests(files) {
      const began = Date.now();
      const { outcome, by } = await runTests(home, { files, mostMs: undefined });
      if (outcome === "killed") throw new Error(`a test fails without a mutant; mend it first: ${by}`);
      mostMs = Math.max(leastPatienceMs, 3 * (Date.now() - began));
    },
    async try({ file, original, mutated }) {
      await writeFile(join(home, file), mutated);
      const tried = await runTests(home, { files: [file], mostMs });
      await writeFile(join(home, file), original);
      return tried;
    },
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}

/** A machine that others use too may be much slower later than it was without a mutant. */
const leastPatienceMs = 300_000;

interface TestRun {
  readonly files: readonly string[];
  /** Undefined: as long as they take. */
  readonly mostMs: number | undefined;
}

async function runTests(home: string, { files, mostMs }: TestRun): Promise<Tried> {
  const words = ["--disable-warning=ExperimentalWarning", "test/mutants/tests-beside.ts", ...files];
  const child = spawn(process.execPath, words, { cwd: home, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let isLate = false;
  const end = (): void => {
    isLate = true;
    endGroup(child.pid);
  };
  const late = mostMs === undefined ? undefined : setTimeout(end, mostMs);
  const [by, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  clearTimeout(late);
  const outcome = isLate ? "endless" : outcomes.get(code);
  if (outcome === undefined) throw new Error(`the tests could not be run: ${errors}`);
  return { outcome, by: by.trim() };
}

const outcomes: ReadonlyMap<unknown, Outcome> = new Map([
  [0, "survived"],
  [failing, "killed"],
  [noTests, "untested"],
]);

function endGroup(pid: number | undefined): void {
  if (pid !== undefined) process.kill(-pid, "SIGKILL");
}
