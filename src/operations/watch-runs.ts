/** Follows runs of any process: polls the ledger and reports each change. */
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { Asking } from "../governance/asking.ts";
import { ownAccount } from "../governance/resource.ts";
import { formatJson } from "../base/json.ts";
import { list } from "./answers.ts";
import { knownRuns } from "./known-runs.ts";
import { operation } from "./operation.ts";
import { getRun, presentedRun, presentRuns, type PresentedRun } from "./runs.ts";
import type { Context } from "./context.ts";

const lookEveryMs = 500;

export const runWatch = operation({
  name: "run.watch",
  summary: "Report the progress of a run until it ends, or of all runs until the caller disconnects",
  action: "watch",
  input: z.strictObject({ run: z.string().optional() }),
  output: z.strictObject({ runs: list(presentedRun) }),
  item: presentedRun,
  errors: ["RUN_NOT_FOUND"],
  resources: ({ run }) => (run === undefined ? [ownAccount] : [{ kind: "run", name: run }]),
  async run(context, { run }, { asking, emit, signal }): Promise<{ runs: readonly PresentedRun[] }> {
    const told = new Map<string, string>();
    // Follows the run that was the latest at the time of the request, even if another one begins.
    const watched = run === undefined ? undefined : (await getRun(context, { run, asking })).run;
    for (
      let since = new Date();
      ;
      await delay(lookEveryMs, undefined, { signal }).catch(() => signal.throwIfAborted())
    ) {
      const runs = await (watched === undefined
        ? runsSince(context, { since, asking })
        : getRun(context, { run: watched, asking }).then((one) => [one]));
      for (const found of runs) {
        const text = formatJson(found);
        if (told.get(found.run) !== text) await emit(found);
        told.set(found.run, text);
      }
      signal.throwIfAborted();
      if (watched !== undefined && runs[0]?.state !== "running") return { runs };
    }
  },
});

/** Running runs, and those that ended in the meantime. */
async function runsSince(
  { db }: Context,
  { since, asking }: { readonly since: Date; readonly asking: Asking },
): Promise<readonly PresentedRun[]> {
  const rows = await db
    .selectFrom("runs")
    .selectAll()
    .where(await knownRuns(db, asking))
    .where((run) => run.or([run("state", "=", "running"), run("ended_at", ">=", since)]))
    .orderBy("started_at")
    .execute();
  return presentRuns(db, rows, asking);
}
