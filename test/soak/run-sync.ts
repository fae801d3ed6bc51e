/** Syncs of a soak: undisturbed ones that must succeed, disturbed ones, and ones that are killed. */
import { setTimeout as delay } from "node:timers/promises";
import { parseJson } from "../../src/base/json.ts";
import type { SyncReport } from "../../src/sync/run/sync-report.ts";
import { runCommand, startCommand, type CommandResult } from "../world/command.ts";
import { changeTables, type Door, type Side } from "./side.ts";
import type { Soak } from "./soak-world.ts";

/** The command's exit code when only some tables failed. */
const withFailures = 2;

/** Complains and returns nothing if the run fails as a whole. */
export async function syncQuietly(soak: Soak, side: Side, door: Door): Promise<SyncReport | undefined> {
  await door.settle();
  const started = performance.now();
  const small = soak.random.chance(0.5) ? "0" : "512";
  soak.totals.syncs++;
  const result = await runCommand(["sync", door.name, "--small-file", small, "--json"], soak.at);
  side.typicalMs = performance.now() - started;
  if (result.code === 0 || result.code === withFailures) return parseJson(result.stdout) as unknown as SyncReport;
  soak.complain(`${door.name}: the sync ended with ${result.code}: ${result.stderr.slice(-1_000)}`);
  return undefined;
}

/**
 * A sync while the source is changed. It may fail, though not with a defect; the result is judged after the next
 * undisturbed sync.
 */
export async function syncDisturbed(soak: Soak, side: Side, door: Door, disturb: () => Promise<void>): Promise<void> {
  const running = startCommand(["sync", door.name], soak.at);
  soak.totals.syncs++;
  await delay(soak.random.below(side.typicalMs));
  await disturb();
  noteFailure(soak, door, await running.result);
}

function noteFailure({ totals, complain }: Soak, { name }: Door, { code, stderr }: CommandResult): void {
  if (code === 0 || code === null) return;
  totals.failedRuns++;
  if (/INTERNAL|ENGINE_LOST/.test(stderr)) complain(`${name}: a disturbed sync ended with ${stderr.slice(-1_000)}`);
}

/** Kills the syncing process at a random moment, while the source is written to. */
export async function syncKilled(soak: Soak, side: Side, door: Door): Promise<void> {
  const running = startCommand(["sync", door.name, "--small-file", soak.random.chance(0.5) ? "0" : "512"], soak.at);
  const writing = changeTables(soak, side, 5);
  await Promise.race([delay(200 + soak.random.below(side.typicalMs)), running.result]);
  running.process.kill("SIGKILL");
  const result = await running.result;
  await writing;
  if (result.code === null) soak.totals.kills++;
  noteFailure(soak, door, result);
}
