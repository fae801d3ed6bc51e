/**
 * Lets a counterpart create and read tables. Its script gets them as JSON on stdin and prints one JSON document per
 * table.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { ForeignTable } from "./spark-tables.ts";

export interface WrittenTable {
  readonly name: string;
  /** Location of the metadata file. */
  readonly metadata: string;
  readonly rows: readonly (readonly (string | null)[])[];
}

export async function runWriter(
  [file = "", ...words]: readonly string[],
  tables: readonly ForeignTable[],
): Promise<readonly WrittenTable[]> {
  const child = spawn(file, words, { env: { ...process.env, SPARK_LOCAL_IP: "127.0.0.1" } });
  const wanted = tables.map(({ name, steps, columns }) => ({
    name,
    steps,
    columns: columns.map(({ theirs, type }) => [theirs, type]),
  }));
  child.stdin.end(JSON.stringify(wanted));
  const [output, complaint, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  if (status !== 0) throw new Error(`${file} ended with ${status}:\n${complaint.slice(-6_000)}`);
  return output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as WrittenTable);
}
