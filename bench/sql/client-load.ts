/**
 * Clients that ask point queries one after the other over HTTP for some seconds, and check every answer. A separate
 * program, so that its work is not counted for either side; clients.ts starts it and tells it what to ask.
 */
import { once } from "node:events";
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { openRandom, type Random } from "../../test/soak/random.ts";

export interface Load {
  readonly address: string;
  /** One for each client. */
  readonly keys: readonly string[];
  /** Each statement of a client asks the next of them. */
  readonly tables: readonly string[];
  /** Keys of rows range from 1 to this. */
  readonly rows: number;
  readonly seconds: number;
  readonly seed: number;
}

export interface LoadResult {
  /** Durations of the statements, in milliseconds. */
  readonly latencies: readonly number[];
  /** Until the last answer. */
  readonly seconds: number;
}

process.on("message", (load: Load) => void run(load).then((result) => process.send?.(result)));
process.once("disconnect", () => process.exit(0));

async function run(load: Load): Promise<LoadResult> {
  const started = performance.now();
  const until = started + load.seconds * 1000;
  const latencies = await Promise.all(load.keys.map((key, client) => ask(load, { key, client, until })));
  return { latencies: latencies.flat(), seconds: (performance.now() - started) / 1000 };
}

interface Client {
  readonly key: string;
  readonly client: number;
  readonly until: number;
}

async function ask(load: Load, { key, client, until }: Client): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const random = openRandom(load.seed * 1_000 + client);
  const latencies: number[] = [];
  for (let turn = client; performance.now() < until; turn++) {
    const table = load.tables[turn % load.tables.length] ?? "";
    const started = performance.now();
    await askOne({ ...load, agent, key, table, random });
    latencies.push(performance.now() - started);
  }
  agent.destroy();
  return latencies;
}

interface Asking {
  readonly address: string;
  readonly agent: Agent;
  readonly key: string;
  readonly table: string;
  readonly rows: number;
  readonly random: Random;
}

/** Throws if the answer is not the requested row. */
async function askOne({ address, agent, key, table, rows, random }: Asking): Promise<void> {
  const id = 1 + random.below(rows);
  const asking = request(`${address}/api/operations/sql`, {
    method: "POST",
    agent,
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
  });
  asking.end(JSON.stringify({ sql: `select * from ${table} where id = ${id}` }));
  const [response] = (await once(asking, "response")) as [import("node:http").IncomingMessage];
  const answer = await text(response);
  if (!answer.includes(`{"item":{"rows":[[${id},`) || !answer.includes(`"rows":1`))
    throw new Error(`${address} answered ${response.statusCode} to row ${id} of ${table}: ${answer.slice(0, 500)}`);
}
