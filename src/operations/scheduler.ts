/**
 * Does scheduled work when it is due, and watches how fresh tables are, as long as the process lives. Any number of
 * processes may do so on one metadata database, because each source's lock lets only one of them work. It survives
 * every failure: of a source, a run, or the metadata database.
 */
import { setTimeout as delay } from "node:timers/promises";
import { presentError, type PresentedError } from "../base/present-error.ts";
import { silent } from "../base/progress.ts";
import { holdPresence } from "../db/session-lock.ts";
import { dueTargets, schedulerPresence, type DueTarget } from "../jobs/schedules.ts";
import { runTarget } from "../jobs/run-due.ts";
import { lastSequence } from "../catalog/as-of.ts";
import { alertChannels } from "./alert-channels.ts";
import { watchFreshness } from "./alerts.ts";
import { refreshDocuments } from "../stewardship/search/refresh-documents.ts";
import { sendInvitations } from "./people/send-invitations.ts";
import { sendMails } from "./sharing/mail/send-mails.ts";
import { askAboutShares } from "./sharing/ask-about-shares.ts";
import { endRequests } from "./sharing/end-requests.ts";
import { troubledViews } from "./views/view-alerts.ts";
import type { Context } from "./context.ts";
import { keepDelivering } from "./sharing/events/deliver-events.ts";
import { removeLeftCanaries } from "./doctor/canary-account.ts";
import { scheduledWork, type DueRun } from "./scheduled/scheduled-work.ts";

export interface SchedulerNews {
  /** Called after each run, even if it failed. */
  onRun(run: DueRun): void;
  /** Called when the metadata database does not answer, so that nothing can be scheduled. */
  onTrouble(error: PresentedError): void;
}

const lookEveryMs = 1_000;
const searchEveryMs = 5_000;
const mailEveryMs = 2_000;
const troubleMs = 5_000;

/** Number of sources that one process works for at a time. Work for the whole lake does not count. */
const sourcesAtOnce = 2;

/** Disposing ends the work in progress at a point from which the next run continues. */
export function startScheduler(context: Context, news: SchedulerNews): AsyncDisposable {
  const stop = new AbortController();
  const { signal } = stop;
  /**
   * The work in progress, by the source's id, or null for the whole lake. No source waits for another one's long run.
   */
  const underWay = new Map<string | null, Promise<void>>();
  const isFree = ({ sourceId }: DueTarget): boolean =>
    !underWay.has(sourceId) &&
    (sourceId === null || [...underWay.keys()].filter((id) => id !== null).length < sourcesAtOnce);
  const tell = (failure: unknown): void => {
    if (!signal.aborted) news.onTrouble(presentError(failure));
  };
  const begin = (target: DueTarget, now: Date): void => {
    const work = runTarget(context, { handlers: scheduledWork, target, now, report: silent, signal })
      .then((run) => run && news.onRun(run))
      .catch(tell)
      .finally(() => underWay.delete(target.sourceId));
    underWay.set(target.sourceId, work);
  };
  async function lookOnce(): Promise<number> {
    try {
      const now = new Date();
      for (const target of await dueTargets(context.db, now, context.onlyFor)) if (isFree(target)) begin(target, now);
      return lookEveryMs;
    } catch (failure) {
      tell(failure);
      return troubleMs;
    }
  }
  const looking = (async () => {
    while (!signal.aborted) await delay(await lookOnce(), undefined, { signal }).catch(() => undefined);
  })();
  /** A search waits only for the changes of the last seconds, and the list of changes stays short. */
  async function refreshSearch(): Promise<void> {
    while (!signal.aborted) {
      await refreshDocuments(context, signal).catch(tell);
      await delay(searchEveryMs, undefined, { signal }).catch(() => undefined);
    }
  }
  // A process of one account leaves what concerns all accounts to others.
  if (context.onlyFor !== undefined) return stopping({ stop, done: () => [looking, ...underWay.values()] });
  const swept = removeLeftCanaries(context).catch(tell);
  const watching = watchFreshness({
    db: context.db,
    channels: alertChannels(context.config),
    troubledViews: () => troubledViews(context),
    onTrouble: (error) => news.onTrouble(error),
  });
  const searchable = refreshSearch();
  const mailing = sendRequestMails(context, { signal, tell });
  const following = followShares(context, { signal, tell });
  const delivering = keepDelivering(context, { signal, onTrouble: tell });
  const present = holdPresence(context.db, { name: schedulerPresence, signal });
  const done = () => [
    swept,
    looking,
    ...underWay.values(),
    searchable,
    mailing,
    following,
    delivering,
    present,
    watching[Symbol.asyncDispose](),
  ];
  return stopping({ stop, done });
}

interface Sending {
  readonly signal: AbortSignal;
  tell(failure: unknown): void;
}

async function sendRequestMails(context: Context, { signal, tell }: Sending): Promise<void> {
  const settings = context.config.requestMail;
  if (settings === undefined) return;
  while (!signal.aborted) {
    await sendMails(context, settings).catch(tell);
    await sendInvitations(context, settings).catch(tell);
    await delay(mailEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Ends requests whose time is over, and asks about what shares have that nobody has judged; both only if there may be some. */
async function followShares(context: Context, { signal, tell }: Sending): Promise<void> {
  let looked = "";
  const lookOnce = async (): Promise<void> => {
    await endRequests(context, "late");
    const { epoch } = await context.policies.current();
    const state = `${epoch} ${await lastSequence(context.db)}`;
    if (state === looked) return;
    await endRequests(context, "all");
    await askAboutShares(context);
    looked = state;
  };
  while (!signal.aborted) {
    await lookOnce().catch(tell);
    await delay(mailEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

function stopping({ stop, done }: { stop: AbortController; done(): readonly PromiseLike<unknown>[] }): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(done());
    },
  };
}
