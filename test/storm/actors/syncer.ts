/** Writes to a source and brings it into the lake, again and again. Its engines are killed, so a run may fail, and the next goes on. */
import { judgeAnswer } from "../answers.ts";
import { askOperation, type Caller } from "../asking.ts";
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

/** Returns whether the lake has now what the source had when it began. */
export async function syncOnce(storm: Storm, { caller, bank }: { caller: Caller; bank: Bank }): Promise<boolean> {
  const certain = bank.committed();
  const input = { source: bank.name };
  const answer = await askOperation(caller, { operation: "sync", input, signal: storm.signal });
  judgeAnswer(storm, answer, { who: syncer.name, what: `sync ${bank.name}` });
  const tables = (answer.result["tables"] ?? []) as readonly { readonly outcome: string }[];
  const failed = tables.filter(({ outcome }) => outcome === "failed");
  for (const table of failed) judgeTable(storm, table);
  if (answer.outcome !== "ok" || failed.length > 0) return false;
  bank.reached = Math.max(bank.reached, certain);
  return true;
}

function judgeTable(storm: Storm, table: object): void {
  const text = JSON.stringify(table);
  storm.count(syncer.name, "table failed");
  if (!text.includes("ENGINE_LOST")) storm.complain(`${syncer.name}: a table failed: ${text}`);
}
