/**
 * The program of quiet.ts: asks `select 1` about ten times per second, in a process of its own, so that no other work
 * is measured.
 */
import { once } from "node:events";
import { Agent } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { askOperation, type Answer, type Caller } from "../asking.ts";

export interface QuietAnswer {
  readonly ms: number;
  readonly answer: Answer;
}

const betweenMs = 80;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
process.once("disconnect", () => process.exit(0));
const [caller] = (await once(process, "message")) as [Caller];

for (;;) {
  const started = performance.now();
  const answer = await askOperation(caller, { operation: "sql", input: { sql: "select 1" }, agent });
  process.send?.({ ms: performance.now() - started, answer } satisfies QuietAnswer);
  await delay(betweenMs);
}
