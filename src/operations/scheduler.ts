/**
 * Does scheduled work when it is due, and watches how fresh tables are, as long as the process lives. Any number of
 * processes may do so on one metadata database, because each source's lock lets only one of them work. It survives
 * every failure: of a source, a run, or the metadata database.
 */
import { setTimeout as delay } from "node:timers/promises";
import { presentError, type PresentedError } from "../base/present-error.ts";
import { silent } from "../base/progress.ts";
import { holdPresence } from "../db/session-lock.ts";
import { schedulerPresence } from "../jobs/schedules.ts";
import { runDue } from "../jobs/run-due.ts";
import { alertChannels } from "./alert-channels.ts";
import { watchFreshness } from "./alerts.ts";
import type { Context } from "./context.ts";
import { scheduledWork, type DueRun } from "./work/scheduled-work.ts";

export interface SchedulerNews {
  /** Called after each run, even if it failed. */
  onRun(run: DueRun): void;
  /** Called when the metadata database does not answer, so that nothing can be scheduled. */
  onTrouble(error: PresentedError): void;
}

const lookEveryMs = 1_000;
const troubleMs = 5_000;

/** Disposing ends the work in progress at a point from which the next run continues. */
export function startScheduler(context: Context, news: SchedulerNews): AsyncDisposable {
  const stop = new AbortController();
  const { signal } = stop;
  const looking = (async () => {
    while (!signal.aborted) await delay(await lookOnce(), undefined, { signal }).catch(() => undefined);
  })();
  async function lookOnce(): Promise<number> {
    try {
      const request = { handlers: scheduledWork, now: new Date(), report: silent, signal };
      for (const run of await runDue(context, request)) news.onRun(run);
      return lookEveryMs;
    } catch (failure) {
      if (!signal.aborted) news.onTrouble(presentError(failure));
      return troubleMs;
    }
  }
  const watching = watchFreshness({
    db: context.db,
    channels: alertChannels(context.config),
    onTrouble: (error) => news.onTrouble(error),
  });
  const present = holdPresence(context.db, { name: schedulerPresence, signal });
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all([looking, present, watching[Symbol.asyncDispose]()]);
    },
  };
}
