/** The judgement after a storm: does the server still work, is all in the lake right, what did it leave behind, does it end well? */
import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { using } from "../../src/base/cleanup.ts";
import { holdSession } from "../../src/cli/session.ts";
import { connectors } from "../../src/main.ts";
import { testConfig } from "../world/lake.ts";
import { orphans } from "../world/orphans.ts";
import { askOperation } from "./asking.ts";
import { stateQuestion } from "./actors/reader.ts";
import type { Bank } from "./bank.ts";
import { footprintOf, grown, type Footprint } from "./footprint.ts";
import { said, type Storm } from "./storm-world.ts";
import { at } from "./summary.ts";

interface Rest {
  readonly before: Footprint;
  readonly scratch: string;
  readonly serverPid: number;
  say(text: string): void;
}

/** A result that nobody reads is given up after a minute, and engines that nobody needs end a while later. */
const restSeconds = 120;
const stopSeconds = 40;

/** Once nobody asks any more. Returns what the server holds then. */
export async function judgeRest(
  storm: Storm,
  { before, scratch, serverPid, say }: Rest,
): Promise<Footprint | undefined> {
  if (isEnded(storm)) return undefined;
  for (const bank of storm.banks) await judgeBank(storm, bank);
  const until = Date.now() + restSeconds * 1_000;
  let after = footprintOf(serverPid, scratch);
  while (grown(before, after).length > 0 && Date.now() < until && !isEnded(storm)) {
    await delay(1_000);
    after = footprintOf(serverPid, scratch);
  }
  say(`after: ${JSON.stringify(after)}`);
  for (const what of grown(before, after)) storm.complain(`at rest again, ${what}`);
  return after;
}

/** Nothing disturbs any more: a sync succeeds, source and lake are equal, and the state is the last one. */
async function judgeBank(storm: Storm, bank: Bank): Promise<void> {
  const { name } = bank;
  const ask = (operation: string, input: object) => askOperation(storm.administrator, { operation, input });
  const synced = await ask("sync", { source: name });
  if (synced.outcome !== "ok" || JSON.stringify(synced.result).includes('"failed"'))
    storm.complain(`the last sync of ${name}: ${said(synced)} ${JSON.stringify(synced.result)}`);
  const question = stateQuestion(bank, { exactly: bank.committed() });
  const read = await ask("sql", { sql: question.sql });
  const wrong = read.outcome === "ok" ? question.judge(read.rows) : said(read);
  if (wrong !== undefined) storm.complain(`the last state of ${name}: ${wrong}`);
  const reconciled = await ask("reconcile", { source: name });
  const tables = (reconciled.result["tables"] ?? []) as readonly { readonly equal?: boolean }[];
  if (reconciled.outcome !== "ok" || tables.length === 0 || tables.some(({ equal }) => equal !== true))
    storm.complain(`source and lake of ${name}: ${said(reconciled)} ${JSON.stringify(tables)}`);
}

/** Undefined: not judged, since another machine has another speed. */
export function judgeQuiet(storm: Storm, most: number | undefined): void {
  const p99 = at(storm.totals.quiet, 0.99);
  if (most !== undefined && (p99 === null || p99 > most))
    storm.complain(`the quiet person's slowest hundredth took ${p99} ms, more than ${most}`);
}

interface Stop {
  readonly bystander: ChildProcess;
  readonly data: string;
}

/** The server ends when told to, in time, and leaves no process; its log has no failure that nobody foresaw. */
export async function judgeStop(storm: Storm, { bystander, data }: Stop): Promise<void> {
  const { running } = storm.served;
  if (bystander.exitCode !== null || bystander.signalCode !== null)
    storm.complain(`somebody else's process was ended: ${bystander.signalCode ?? bystander.exitCode}`);
  const wasUp = !isEnded(storm);
  running.process.kill("SIGTERM");
  const ended = await Promise.race([running.result, delay(stopSeconds * 1_000, undefined)]);
  if (ended === undefined) {
    storm.complain(`the server did not end within ${stopSeconds} s of SIGTERM`);
    running.process.kill("SIGKILL");
  } else if (wasUp && ended.code !== 0) storm.complain(`told to stop, the server ended with ${ended.code}`);
  judgeLog(storm, (await running.result).stderr);
  await judgeRemaining(storm);
  await judgeLake(storm, data);
}

/** A stack, a rejection that nobody caught, a warning of Node.js (a leak of listeners, say), a code for a defect. */
const unforeseen = /^\s+at .+:\d+:\d+|unhandled|uncaught|EPIPE|ERR_|Warning:|INTERNAL|TypeError/i;

function judgeLog(storm: Storm, log: string): void {
  const lines = log.split("\n");
  const found = lines.findIndex((line) => unforeseen.test(line));
  if (found === -1) return;
  storm.complain(`the server's log: ${lines.slice(Math.max(0, found - 3), found + 6).join(" | ")}`);
}

async function judgeRemaining({ watch, complain }: Storm): Promise<void> {
  for (let turn = 0; turn < 20 && watch.remaining().length > 0; turn++) await delay(250);
  for (const { pid, name } of watch.remaining()) complain(`process ${pid} (${name}) outlived the server`);
}

/** The last syncs have swept up after the ones that failed. */
async function judgeLake({ complain }: Storm, data: string): Promise<void> {
  const config = testConfig({ data });
  const left = await using(holdSession({ config, connectors }), ({ context }) => orphans(context));
  if (left.length > 0) complain(`${left.length} files in the lake belong to no table: ${left.slice(0, 5).join(", ")}`);
}

function isEnded({ served: { running } }: Storm): boolean {
  return running.process.exitCode !== null || running.process.signalCode !== null;
}
