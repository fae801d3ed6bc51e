/**
 * The question about a table that both sides answer: each in a process of its own, with the question as JSON in its
 * only argument and the answer as a line of JSON.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseJson } from "../../src/base/json.ts";

export const operations = ["parse", "plan", "plan-partition", "plan-bounds", "append", "expire"] as const;
export type Operation = (typeof operations)[number];

export interface Question {
  readonly operation: Operation;
  readonly metadataFile: string;
  readonly runs: number;
  /** For `plan-partition`. */
  readonly day: string;
  /** For `plan-bounds`: lowest and highest id. */
  readonly from: number;
  readonly to: number;
  /** For `expire`: the greatest age of a snapshot. */
  readonly maxAgeMs: number;
}

export interface Answer {
  /** Milliseconds. */
  readonly least: number;
  readonly median: number;
  /** Peak memory of the process. */
  readonly peakMB: number;
  /** Snapshots read, files planned, files after the append, snapshots removed; must be equal on both sides. */
  readonly answer: number;
}

export function askOurs(question: Question): Promise<Answer> {
  return ask([process.execPath, join(import.meta.dirname, "operate.ts")], question);
}

export function askPyIceberg(python: string, question: Question): Promise<Answer> {
  return ask([python, join(import.meta.dirname, "operate.py")], question);
}

/** Without `measure`, because inspecting a process of gigabytes every few milliseconds would affect the result. */
async function ask([file = "", ...words]: readonly string[], question: Question): Promise<Answer> {
  const { stdout } = await promisify(execFile)(file, [...words, JSON.stringify(question)]);
  return parseJson(stdout.trim().split("\n").at(-1) ?? "") as unknown as Answer;
}
