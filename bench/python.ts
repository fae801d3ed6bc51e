/**
 * A Python for one benchmark in `.cache`, with packages in exact versions, created once. Change the folder's name
 * together with the packages.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { progress } from "./headgate.ts";

/** Returns the interpreter. */
export function pythonWith(folder: string, packages: readonly string[]): string {
  const home = resolve(import.meta.dirname, "../.cache", folder);
  const [python, stamp] = [join(home, "bin/python"), join(home, "done")];
  if (existsSync(stamp)) return python;
  progress(`fetching ${packages.join(", ")}`);
  mkdirSync(home, { recursive: true });
  run("python3", ["-m", "venv", home]);
  run(python, ["-m", "pip", "install", "-q", "--disable-pip-version-check", ...packages]);
  writeFileSync(stamp, "");
  return python;
}

function run(file: string, words: readonly string[]): void {
  const { status, stderr } = spawnSync(file, words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${file} ${words.join(" ")} failed:\n${stderr}`);
}
