/** What is asked of both sides about a table: each by a process of its own, as JSON in its one argument; the answer is a line of JSON. */
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
  /** For `plan-bounds`: ids from and to. */
  readonly from: number;
  readonly to: number;
  /** For `expire`: how old a snapshot may be. */
  readonly maxAgeMs: number;
}

export interface Answer {
  /** Milliseconds. */
  readonly least: number;
  readonly median: number;
  /** The most memory the process had. */
  readonly peakMB: number;
  /** Snapshots read, files planned, files after the append, snapshots that go: the same from both. */
  readonly answer: number;
}

export function askOurs(question: Question): Promise<Answer> {
  return ask([process.execPath, join(import.meta.dirname, "operate.ts")], question);
}

export function askPyIceberg(python: string, question: Question): Promise<Answer> {
  return ask([python, join(import.meta.dirname, "operate.py")], question);
}

/** Not by `measure`: its looking at a process of gigabytes every few milliseconds would be felt. */
async function ask([file = "", ...words]: readonly string[], question: Question): Promise<Answer> {
  const { stdout } = await promisify(execFile)(file, [...words, JSON.stringify(question)]);
  return parseJson(stdout.trim().split("\n").at(-1) ?? "") as unknown as Answer;
}
