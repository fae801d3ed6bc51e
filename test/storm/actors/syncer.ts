/**
 * Writes to a source and syncs it into the lake, again and again. Its engines are killed, so a run may fail, and the
 * next one continues.
 */
import { judgeAnswer } from "../answers.ts";
import { askOperation, type Caller } from "../asking.ts";
import type { SyncReport } from "../../../src/sync/run/sync-report.ts";
import type { Bank } from "../bank.ts";
import type { Actor, Storm } from "../storm-world.ts";

export const syncer: Actor = {
  name: "syncer",
  async run(storm, random) {
    const caller = await storm.newKey("syncer", "operator");
    while (!storm.isOver()) {
      await syncOnce(storm, { caller, bank: random.pick(storm.banks) });
      await storm.pause(500 + random.below(2_000));
    }
  },
};

export const writer: Actor = {
  name: "writer",
  async run(storm, random) {
    while (!storm.isOver()) {
      await random.pick(storm.banks).transfer(1 + random.below(15));
      storm.count(writer.name, "ok");
      await storm.pause(50 + random.below(400));
    }
  },
};

/** Returns whether the lake now has what the source had at the start, with all tables in one cut. */
export async function syncOnce(storm: Storm, { caller, bank }: { caller: Caller; bank: Bank }): Promise<boolean> {
  const [certain, from] = [bank.committed(), performance.now()];
  const input = { source: bank.name };
  const answer = await askOperation(caller, { operation: "sync", input, signal: storm.signal });
  judgeAnswer(storm, answer, { who: syncer.name, what: `sync ${bank.name}` });
  const { tables = [], warnings = [] } = answer.result as Partial<Pick<SyncReport, "tables" | "warnings">>;
  const failed = tables.filter(({ outcome }) => outcome === "failed");
  for (const table of failed) judgeTable(storm, table);
  const isDone = answer.outcome === "ok" && failed.length === 0;
  if (isDone) bank.reached = Math.max(bank.reached, certain);
  const isWhole = isDone && !warnings.some((text) => text.includes("in a later cut"));
  noteDisturbance(bank, { isWhole, from });
  return isWhole;
}

/** From the start of a disturbed run to the end of the next undisturbed one. */
export function noteDisturbance({ disturbances }: Bank, { isWhole, from }: { isWhole: boolean; from: number }): void {
  const last = disturbances.at(-1);
  const isGoingOn = last?.until === Number.POSITIVE_INFINITY;
  if (isWhole && isGoingOn) disturbances[disturbances.length - 1] = { from: last.from, until: performance.now() };
  if (!isWhole && !isGoingOn) disturbances.push({ from, until: Number.POSITIVE_INFINITY });
}

function judgeTable(storm: Storm, table: object): void {
  const text = JSON.stringify(table);
  storm.count(syncer.name, "table failed");
  if (!text.includes("ENGINE_LOST")) storm.complain(`${syncer.name}: a table failed: ${text}`);
}
