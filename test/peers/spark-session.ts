/** A Spark that creates and reads tables one statement at a time, in its own warehouse. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { peers } from "./set-up.ts";

export interface SparkAnswer {
  readonly rows: readonly (readonly (string | null)[])[];
  /** Path of the table's metadata file. */
  readonly metadata: string;
}

export interface SparkSession extends AsyncDisposable {
  run(sql: string): Promise<void>;
  /** Each value as Spark's own text. */
  read(table: string, columns: readonly string[]): Promise<SparkAnswer>;
}

export function startSpark(warehouse: string): SparkSession {
  const words = [join(import.meta.dirname, "writers/spark_session.py"), peers.sparkJars, warehouse];
  const environment = { ...process.env, SPARK_LOCAL_IP: "127.0.0.1" };
  const child = spawn(peers.python, words, { env: environment, stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (request: object): Promise<SparkAnswer> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error("Spark has ended");
      if (!String(value).startsWith("{")) continue;
      const reply = JSON.parse(String(value)) as SparkAnswer & { readonly error?: string };
      if (reply.error !== undefined) throw new Error(`${JSON.stringify(request)}: ${reply.error}`);
      return reply;
    }
  };
  return {
    run: async (sql) => void (await ask({ sql })),
    read: (table, columns) => ask({ table, columns }),
    async [Symbol.asyncDispose]() {
      const ended = once(child, "close");
      child.stdin.end();
      await ended;
    },
  };
}
