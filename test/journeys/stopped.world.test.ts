/**
 * Tests commands that are stopped in other ways than by one Ctrl-C: a closed terminal, a second Ctrl-C, a killed
 * process.
 */
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PresentedRun } from "../../src/operations/runs.ts";
import type { SourceStatus } from "../../src/operations/status.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { askCommand, startCommand, type CommandOptions, type RunningCommand } from "../world/command.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";

let home: string;
let source: SampleSource;
let at: CommandOptions;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-stopped-"));
  source = await openSampleSource("mariadb", join(home, "source"));
  await source.execute("create table calm (id int primary key)");
  await source.execute("insert into calm values (1), (2), (3)");
  await source.execute("create view slow as select id, sleep(20) as nap from calm");
  at = { data: join(home, "data"), environment: { SHOP_PASSWORD: source.password } };
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  await askCommand(["sync", "shop", "--table", "calm"], at);
});

afterAll(async () => {
  await source?.[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

/** A command that looks before it would hold the directory itself, and end only after the sync. */
async function holdsDirectory({ process: { pid } }: RunningCommand): Promise<void> {
  const holder = () => readFile(join(at.data, "headgate.pid"), "utf8").catch(() => "");
  while ((await holder()).trim() !== String(pid)) await delay(20);
}

/** A sync that takes a minute, and its run. */
async function begin(): Promise<{ readonly command: RunningCommand; readonly run: string }> {
  const command = startCommand(["sync", "shop", "--table", "slow"], { ...at, under: ["setsid"] });
  await holdsDirectory(command);
  while (command.process.exitCode === null) {
    const { runs } = await askCommand<{ runs: PresentedRun[] }>(["run", "list", "shop", "--limit", "1"], at);
    const run = runs.find(({ state }) => state === "running");
    if (run !== undefined) return { command, run: run.run };
  }
  throw new Error(`the sync ended at once: ${(await command.result).stderr}`);
}

const stateOf = async (run: string): Promise<string> =>
  (await askCommand<PresentedRun>(["run", "show", run], at)).state;

function send({ process: { pid } }: RunningCommand, signal: NodeJS.Signals): void {
  process.kill(pid ?? 0, signal);
}

test("a terminal that is closed cancels the run, as Ctrl-C does", async () => {
  const { command, run } = await begin();
  send(command, "SIGHUP");
  const { stderr } = await command.result;
  expect(stderr).toContain("the command was stopped; run it again to continue");
  expect(await stateOf(run)).toBe("cancelled");
}, 120_000);

test("a second Ctrl-C does not wait for commands of other terminals", async () => {
  const { command } = await begin();
  const joined = startCommand(["run", "watch"], at);
  await Promise.race([
    once(joined.process.stdout as Readable, "data"),
    once(joined.process.stderr as Readable, "data"),
  ]);
  send(command, "SIGINT");
  await new Promise<void>((resolve) => command.onLine((line) => line.includes("Ctrl-C again ends them") && resolve()));
  send(command, "SIGINT");
  const started = performance.now();
  expect((await command.result).code).not.toBe(0);
  expect(performance.now() - started).toBeLessThan(5_000);
  const { code, stderr } = await joined.result;
  expect(code).not.toBe(0);
  expect(stderr).not.toContain("INTERNAL");
}, 120_000);

test("a run whose process was killed is shown as lost, and the next one goes on", async () => {
  const { command, run } = await begin();
  send(command, "SIGKILL");
  await command.result;
  expect(await stateOf(run)).toBe("lost");
  const { sources } = await askCommand<{ sources: SourceStatus[] }>(["status"], at);
  expect(sources).toMatchObject([
    { lastRun: { run, state: "lost", error: expect.stringContaining("RUN_LOST") }, running: null },
  ]);
  expect((await askCommand<SyncReport>(["sync", "shop", "--table", "calm"], at)).tables).toMatchObject([
    { outcome: "unchanged" },
  ]);
  expect(await stateOf(run)).toBe("lost");
}, 120_000);
