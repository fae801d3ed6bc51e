/**
 * Runs every check that does not start the product: format, lint, layers, types, unused code, generated docs, the lock
 * file.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, dirname } from "node:path";

interface Check {
  readonly name: string;
  readonly run: () => string | undefined;
}

/** Puts the Node that runs this first, so that tools which call `node` do not find an older one on the machine. */
const environment = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}` };

const bin =
  (name: string, ...words: string[]): Check["run"] =>
  () =>
    command("node_modules/.bin/" + name, words);
const script =
  (path: string, ...words: string[]): Check["run"] =>
  () =>
    command(process.execPath, ["--disable-warning=ExperimentalWarning", path, ...words]);

const checks: readonly Check[] = [
  { name: "format", run: bin("oxfmt", "--check") },
  { name: "lint", run: bin("oxlint") },
  { name: "layers", run: bin("depcruise", "src", "web", "--config", ".dependency-cruiser.js", "--output-type", "err") },
  { name: "types", run: bin("tsc", "--noEmit", "-p", ".") },
  { name: "types of the console", run: bin("tsc", "--noEmit", "-p", "web") },
  { name: "unused", run: bin("knip") },
  { name: "reference docs and API client", run: script("scripts/reference.ts", "--check") },
  { name: "lock file", run: lockFile },
  { name: "package", run: script("scripts/check-package.ts") },
];

let failed = 0;
for (const { name, run } of checks) {
  const complaint = run();
  console.log(`${complaint === undefined ? "ok    " : "FAILED"} ${name}`);
  if (complaint !== undefined) {
    failed++;
    console.log(complaint.trimEnd().replace(/^/gm, "       "));
  }
}
process.exitCode = failed === 0 ? 0 : 1;

function command(file: string, words: readonly string[]): string | undefined {
  const { status, stdout, stderr, error } = spawnSync(file, words, { encoding: "utf8", env: environment });
  return status === 0 ? undefined : `${error?.message ?? ""}${stdout}${stderr}`;
}

/** The lock file names no registry, and no package needs a newer Node than ours. */
function lockFile(): string | undefined {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    packages: Record<string, { resolved?: string }>;
  };
  const named = Object.entries(lock.packages).filter(([, { resolved }]) => resolved?.startsWith("http"));
  return named.length === 0 ? undefined : `a registry is named by ${named.map(([name]) => name).join(", ")}`;
}
