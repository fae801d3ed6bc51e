/**
 * The judgement after a storm: whether the server still works, the lake is correct, nothing was left behind, and the
 * server ends properly.
 */
import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { using } from "../../src/base/cleanup.ts";
import { holdDirectory } from "../../src/server/hold-directory.ts";
import { connectors } from "../../src/main.ts";
import { testConfig } from "../world/lake.ts";
import { orphans } from "../world/orphans.ts";
import { askOperation } from "./asking.ts";
import { stateQuestion } from "./actors/reader.ts";
import { noteDisturbance } from "./actors/syncer.ts";
import type { Bank } from "./bank.ts";
import { grown, type Footprint } from "./footprint.ts";
import { said, type Storm } from "./storm-world.ts";
import { at } from "./summary.ts";

interface Rest {
  readonly before: Footprint;
  look(): Promise<Footprint>;
  say(text: string): void;
}

/** An unread result is cancelled after a minute, and unused engines end a while later. */
const restSeconds = 120;
const stopSeconds = 40;

/** Called when nobody asks any more. Returns what the server uses then. */
export async function judgeRest(storm: Storm, { before, look, say }: Rest): Promise<Footprint | undefined> {
  if (storm.server.isEnded()) return undefined;
  for (const bank of storm.banks) await judgeBank(storm, bank);
  const until = Date.now() + restSeconds * 1_000;
  let after = await look();
  while (grown(before, after).length > 0 && Date.now() < until && !storm.server.isEnded()) {
    await delay(500);
    await churn(storm);
    after = await look();
  }
  say(`after: ${JSON.stringify(after)}`);
  for (const what of grown(before, after)) storm.complain(`at rest again, ${what}`);
  return after;
}

/** Work that leaves nothing behind, so that Node.js collects garbage of earlier work. */
async function churn(storm: Storm): Promise<void> {
  const input = { sql: "select id, label, value from postgres.reading limit 30000" };
  await askOperation(storm.administrator, { operation: "sql", input });
}

/** Nothing disturbs any more: a sync succeeds, source and lake are equal, and the state is the last one. */
async function judgeBank(storm: Storm, bank: Bank): Promise<void> {
  const { name } = bank;
  const ask = (operation: string, input: object) => askOperation(storm.administrator, { operation, input });
  const synced = await ask("sync", { source: name });
  if (synced.outcome !== "ok" || JSON.stringify(synced.result).includes('"failed"'))
    storm.complain(`the last sync of ${name}: ${said(synced)} ${JSON.stringify(synced.result)}`);
  noteDisturbance(bank, { isWhole: true, from: performance.now() });
  await delay(1);
  const question = stateQuestion(bank, { exactly: bank.committed() });
  const read = await ask("sql", { sql: question.sql });
  const wrong =
    read.outcome === "ok"
      ? question.judge(read.rows, { from: performance.now(), until: performance.now() })
      : said(read);
  if (wrong !== undefined) storm.complain(`the last state of ${name}: ${wrong}`);
  judgeMixed(storm, bank);
  const reconciled = await ask("reconcile", { source: name });
  const tables = (reconciled.result["tables"] ?? []) as readonly { readonly equal?: boolean }[];
  if (reconciled.outcome !== "ok" || tables.length === 0 || tables.some(({ equal }) => equal !== true))
    storm.complain(`source and lake of ${name}: ${said(reconciled)} ${JSON.stringify(tables)}`);
}

/** Tables of several states may be visible only if a run had to read one of them again. */
function judgeMixed({ complain }: Storm, { name, mixedAnswers, disturbances }: Bank): void {
  for (const { from, until, text } of mixedAnswers)
    if (!disturbances.some((span) => span.from <= until && from <= span.until))
      complain(`tables of ${name} were of different states, and no run was disturbed: ${text}`);
}

/**
 * A statement loses its engine only when the engine is killed; being ended for memory or time has a code of its own.
 */
export function judgeLosses({ totals, complain }: Storm): void {
  const count = (who: string, outcome: string): number => totals.outcomes.get(who)?.get(outcome) ?? 0;
  const lost = [...totals.outcomes.keys()].reduce((sum, who) => sum + count(who, "ENGINE_LOST"), 0);
  const killed = count("killer", "killed");
  if (lost > killed) complain(`${lost} statements lost their engine, and ${killed} engines were killed`);
}

/** Undefined: not judged, because other machines have other speeds. */
export function judgeQuiet(storm: Storm, most: number | undefined): void {
  const p99 = at(storm.totals.quiet, 0.99);
  if (most !== undefined && (p99 === null || p99 > most))
    storm.complain(`the quiet person's slowest hundredth took ${p99} ms, more than ${most}`);
}

interface Stop {
  readonly bystander: ChildProcess;
  readonly data: string;
}

/** The server ends in time when told to, and leaves no process; its log has no unexpected failure. */
export async function judgeStop(storm: Storm, { bystander, data }: Stop): Promise<void> {
  const { server } = storm;
  if (bystander.exitCode !== null || bystander.signalCode !== null)
    storm.complain(`somebody else's process was ended: ${bystander.signalCode ?? bystander.exitCode}`);
  const wasUp = !server.isEnded();
  if (wasUp) await stopServer(storm);
  judgeLog(storm, server.log());
  await judgeRemaining(storm);
  if (wasUp) await judgeLake(storm, data);
}

async function stopServer({ server, complain }: Storm): Promise<void> {
  server.kill("SIGTERM");
  const how = await Promise.race([server.ended, delay(stopSeconds * 1_000, "not at all", { ref: false })]);
  if (how !== 0) complain(`within ${stopSeconds} s of SIGTERM the server ended with ${how}`);
  server.kill("SIGKILL");
  await server.ended;
}

/** A stack, an unhandled rejection, a warning of Node.js (for example a leak of listeners), or the code of a defect. */
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

/** The last syncs have removed the files of failed ones. */
async function judgeLake({ complain }: Storm, data: string): Promise<void> {
  const config = testConfig({ data });
  const left = await using(holdDirectory({ config, connectors }), ({ context }) => orphans(context));
  if (left.length > 0) complain(`${left.length} files in the lake belong to no table: ${left.slice(0, 5).join(", ")}`);
}
