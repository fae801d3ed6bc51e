/**
 * A copy of the project in which the mutants are tried one after the other, so that nobody who works in the project
 * encounters one.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
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

/**
 * The tests most likely to notice a mutant come first, because one that fails ends the work: those that are named after
 * the file, then those that need no server, then the others.
 */
async function runTests(home: string, files: readonly string[]): Promise<Outcome> {
  const own = files.flatMap((file) => globSync(file.replace(/\.ts$/, ".*test.ts"), { cwd: home }));
  const related = ["related", ...files, "--run", "--dir", folderOf(files)];
  const steps = [
    ...(own.length === 0 ? [] : [["run", ...own, ...unit, ...real]]),
    [...related, ...unit],
    [...related, ...real],
  ];
  const outcomes = new Set<Outcome>();
  for (const words of steps) {
    const outcome = await runVitest(home, words);
    if (outcome === "killed") return "killed";
    outcomes.add(outcome);
  }
  return outcomes.has("survived") ? "survived" : "untested";
}

const unit = ["--project", "unit"];
const real = ["--project", "real"];

/** A mutant that makes a test run endlessly is ended after this time and counts as killed. */
const mostMs = 300_000;

async function runVitest(home: string, asked: readonly string[]): Promise<Outcome> {
  const words = ["node_modules/vitest/vitest.mjs", ...asked, "--bail", "1", "--passWithNoTests"];
  const child = spawn(process.execPath, words, { cwd: home, stdio: ["ignore", "pipe", "ignore"], detached: true });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const late = setTimeout(() => endGroup(child.pid), mostMs);
  const [code]: unknown[] = await once(child, "close");
  clearTimeout(late);
  if (code !== 0) return "killed";
  return /No test files found/.test(printed) ? "untested" : "survived";
}

/** The tests of the layer are beside the code; those of the layers above would take minutes for each mutant. */
function folderOf(files: readonly string[]): string {
  const folders = new Set(files.map((file) => file.split("/").slice(0, 2).join("/")));
  return folders.size === 1 ? [...folders].join() : "src";
}

function endGroup(pid: number | undefined): void {
  if (pid !== undefined) process.kill(-pid, "SIGKILL");
}
