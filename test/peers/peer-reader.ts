/**
 * Lets a counterpart read tables. Each reader gets a JSON list of tables on stdin and prints one JSON document per
 * table: its column names and its rows, with every value as the counterpart's own text (bytes as hexadecimal digits)
 * and null as null. test/world/canonical-text.ts unifies what two programs write differently.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseJson } from "../../src/base/json.ts";

export interface PeerTable {
  readonly name: string;
  readonly metadata: string;
  /** 64-bit; null reads the current state. */
  readonly snapshot: bigint | null;
  /**
   * Widened from int to long over older files. Iceberg's vectorised reader in Spark then fails on 32-bit columns with
   * Parquet's INT(32) annotation, which DuckDB writes; Spark's row reader accepts them.
   */
  readonly widened: boolean;
  /** A column that is null in the rows to read, and is not among `columns`; used only for PyIceberg. */
  readonly live?: string | undefined;
  /** Name and Iceberg type. */
  readonly columns: readonly (readonly [string, string])[];
}

export interface PeerResult {
  readonly name: string;
  readonly names: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Runs `words` with the tables on stdin; shows stderr if it fails. */
export async function runReader(
  words: readonly string[],
  input: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<readonly PeerResult[]> {
  const [file = "", ...rest] = words;
  const child = spawn(file, rest, { env: environment, stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  let complaint = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  child.stdin.end(input);
  const status = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  if (status !== 0) throw new Error(`${words.join(" ")} ended with ${status}:\n${complaint.slice(-4_000)}`);
  return output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => parseJson(line) as unknown as PeerResult);
}

export function readerScript(name: string): string {
  return join(import.meta.dirname, "readers", name);
}
