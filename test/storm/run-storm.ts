/** A storm from beginning to end: the server and its sources, all actors at once, and the judgement. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openCleanup, type Cleanup } from "../../src/base/cleanup.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";
import { askOperation } from "./asking.ts";
import { stateQuestion } from "./actors/reader.ts";
import { syncOnce } from "./actors/syncer.ts";
import { openBank } from "./bank.ts";
import { footprintOf, type Footprint } from "./footprint.ts";
import { judgeLosses, judgeQuiet, judgeRest, judgeStop } from "./judge.ts";
import { chanceOf, openStorm, said, type Actor, type Storm, type StormServer, type Totals } from "./storm-world.ts";
import { at } from "./summary.ts";
import { killSame, openWatch, type Peaks } from "./watch.ts";

export interface StormOptions {
  readonly home: string;
  readonly seed: number;
  readonly seconds: number;
  readonly actors: readonly Actor[];
  /** Undefined: measured but not judged. */
  readonly quietP99: number | undefined;
  say(text: string): void;
}

export interface StormResult {
  readonly totals: Totals;
  readonly peaks: Peaks;
  readonly before: Footprint;
  /** Undefined if the server was not running any more. */
  readonly after: Footprint | undefined;
}

/**
 * Twice the limit of a statement's process, because on a busy machine it takes a while to notice and end one that
 * exceeds it.
 */
const mostEngineMB = 2 * (320 + 2 * 192);
const reportEveryMs = 15_000;

export async function runStorm(options: StormOptions): Promise<StormResult> {
  const cleanup = openCleanup();
  try {
    const bystander = openBystander(cleanup);
    const world = await openWorld(options, cleanup);
    const { storm, look } = world;
    await warmUp(storm);
    const before = await look();
    options.say(`before: ${JSON.stringify(before)}`);
    await rage(storm, options);
    storm.end();
    const after = await judgeRest(storm, { before, look, say: options.say });
    judgeLosses(storm);
    judgeQuiet(storm, options.quietP99);
    await judgeStop(storm, { bystander, data: join(options.home, "data") });
    return { totals: storm.totals, peaks: storm.watch.peaks, before, after };
  } finally {
    await cleanup[Symbol.asyncDispose]();
  }
}

interface World {
  readonly storm: Storm;
  /** For measuring what the server uses. */
  look(): Promise<Footprint>;
}

async function openWorld({ home, seed, say }: StormOptions, cleanup: Cleanup): Promise<World> {
  const banks = [cleanup.use(await openBank("postgres", home)), cleanup.use(await openBank("mariadb", home))];
  const data = join(home, "data");
  const served = await serveHeadgate({ data, environment: { HEADGATE_RATE_LIMIT: "100000000" } });
  const server = followServer(served);
  const complain = (what: string): void => storm.complain(what);
  const watch = openWatch({ serverPid: server.pid, mostEngineMB, complain });
  cleanup.defer(() => {
    for (const process of watch.remaining()) killSame(process);
    watch[Symbol.dispose]();
  });
  const storm = openStorm({ seed, served, server, banks, watch, say });
  void server.ended.then((how) => {
    if (storm.isOver()) return;
    storm.end();
    storm.complain(`the server ended with ${how}: ${server.log().slice(-2_000)}`);
  });
  const look = async (): Promise<Footprint> => {
    const metrics = server.isEnded() ? "" : await (await served.get("/metrics")).text();
    return footprintOf(server.pid, { scratch: join(data, "scratch"), metrics });
  };
  return { storm, look };
}

/** The server's log and exit, which processes that outlive it do not delay. */
function followServer({ running: { process: child } }: ServedHeadgate): StormServer {
  let log = "";
  child.stderr?.on("data", (text: string) => (log += text));
  const ended = once(child, "exit").then(([code, signal]: (number | string | null)[]) => signal ?? code);
  return {
    pid: child.pid ?? 0,
    ended,
    isEnded: () => child.exitCode !== null || child.signalCode !== null,
    log: () => log,
    kill: (signal) => void child.kill(signal),
  };
}

/** Takes memory and does nothing; a machine without spare memory would end it first. */
function openBystander(cleanup: Cleanup): ChildProcess {
  const program = "globalThis.held = Buffer.alloc(300_000_000, 1); setInterval(() => {}, 60_000)";
  const bystander = spawn(process.execPath, ["-e", program], { stdio: "ignore" });
  cleanup.defer(() => void bystander.kill());
  return bystander;
}

/** Opens everything that is opened once and kept, before anything is counted. */
async function warmUp(storm: Storm): Promise<void> {
  const { administrator } = storm;
  for (const bank of storm.banks) {
    const { name, url, password } = bank;
    const added = await askOperation(administrator, { operation: "source.add", input: { name, url, password } });
    if (added.outcome !== "ok") throw new Error(`the source ${name} was not added: ${said(added)}`);
    await bank.transfer(10);
    if (!(await syncOnce(storm, { caller: administrator, bank }))) throw new Error(`${name} was not synced`);
    const input = { sql: stateQuestion(bank).sql };
    await Promise.all(Array.from({ length: 6 }, () => askOperation(administrator, { operation: "sql", input })));
  }
  await delay(3_000);
}

async function rage(storm: Storm, { actors, seconds, say }: StormOptions): Promise<void> {
  const started = performance.now();
  const timer = setInterval(() => say(progress(storm, started)), reportEveryMs);
  const running = actors.map((actor, place) =>
    actor.run(storm, chanceOf(storm, place)).catch((failure: unknown) => {
      if (!storm.isOver()) storm.complain(`${actor.name} cannot go on: ${String((failure as Error).stack)}`);
    }),
  );
  await storm.pause(seconds * 1_000);
  storm.end();
  await Promise.all(running);
  clearInterval(timer);
}

function progress({ totals, watch, banks }: Storm, started: number): string {
  const seconds = Math.round((performance.now() - started) / 1_000);
  const count = (who: string, what: string): number => totals.outcomes.get(who)?.get(what) ?? 0;
  const [p50, p99] = [at(totals.quiet, 0.5), at(totals.quiet, 0.99)];
  return [
    `${seconds} s: ${totals.complaints.length} wrong`,
    `${count("reader", "ok")} reads`,
    `${count("syncer", "ok")} syncs of ${banks.reduce((sum, { reached }) => sum + reached, 0)} transfers`,
    `${count("killer", "killed")} kills`,
    `quiet p50 ${p50} p99 ${p99} ms`,
    `${watch.engines().length} engines`,
    `server ${Math.round(watch.peaks.serverMB)} MB at most`,
    `an engine ${Math.round(watch.peaks.engineMB)} MB at most`,
  ].join(", ");
}
