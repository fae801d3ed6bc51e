/**
 * A copy of the project in which the mutants are tried one after the other, so that nobody who works in the project
 * encounters one.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Mutant } from "./mutant.ts";

/** `untested`: no test beside the code reaches the file. */
export type Outcome = "killed" | "survived" | "untested";

export interface ProjectCopy extends AsyncDisposable {
  /** Throws if the tests beside these files fail without any change, because they would then kill every mutant. */
  checkTests(files: readonly string[]): Promise<void>;
  outcomeOf(mutant: Mutant): Promise<Outcome>;
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
  return {
    async checkTests(files) {
      if ((await runTests(home, files)) === "killed")
        throw new Error("the tests fail without a mutant; mend them first");
    },
    async outcomeOf({ file, original, mutated }) {
      await writeFile(join(home, file), mutated);
      const outcome = await runTests(home, [file]);
      await writeFile(join(home, file), original);
      return outcome;
    },
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}

/** A mutant that makes a test run endlessly is ended after this time and counts as killed. */
const mostMs = 300_000;

async function runTests(home: string, files: readonly string[]): Promise<Outcome> {
  const words = ["--disable-warning=ExperimentalWarning", "test/mutants/tests-beside.ts", ...files];
  const child = spawn(process.execPath, words, { cwd: home, stdio: "ignore", detached: true });
  const late = setTimeout(() => endGroup(child.pid), mostMs);
  const [code]: unknown[] = await once(child, "close");
  clearTimeout(late);
  if (code === noTests) return "untested";
  return code === 0 ? "survived" : "killed";
}

/** The exit code of tests-beside.ts if there are no tests. */
const noTests = 3;

function endGroup(pid: number | undefined): void {
  if (pid !== undefined) process.kill(-pid, "SIGKILL");
}
