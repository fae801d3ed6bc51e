/** Headgate's command as the benchmarks run it, and the result line with which each of them ends. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseJson } from "../src/base/json.ts";
import { measure, type Measured } from "./measure.ts";

const command = join(import.meta.dirname, "../headgate");

export interface MeasuredAnswer<T> extends Measured {
  readonly answer: T;
}

/** Runs the command with --json in the data directory of `environment`. */
export async function askHeadgate<T>(
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<MeasuredAnswer<T>> {
  const measured = await measure([command, ...words, "--json"], { environment, keepOutput: true });
  return { ...measured, answer: parseJson(measured.output) as T };
}

/** Prints the line, and stores it on request in the benchmark's `folder`. */
export function finish(result: object, { folder, name, keep }: { folder: string; name: string; keep: boolean }): void {
  const line = JSON.stringify(result);
  if (keep) writeFileSync(join(folder, `last-result-${name}.json`), `${line}\n`);
  console.log(line);
}

export function progress(text: string): void {
  console.error(text);
}

export function rounded(value: number, digits = 0): number {
  return Number(value.toFixed(digits));
}
