/** Operations on the ledger of runs: which runs there were, why, what they did, and how to cancel one. */
import { z } from "zod";
import { decideFor } from "../governance/decide.ts";
import type { Asking } from "../governance/asking.ts";
import { ownAccount } from "../governance/resource.ts";
import { sql, type Selectable } from "kysely";
import { runKinds, type RunRow } from "../db/tables.ts";
import { must } from "../base/must.ts";
import { presentError } from "../base/present-error.ts";
import { HeadgateError } from "../errors.ts";
import { lostRuns } from "../jobs/lost-runs.ts";
import { requestCancel } from "../jobs/run-ledger.ts";
import type { Context } from "./context.ts";
import { ofKnownSource } from "./failures.ts";
import { instant, list, personalData } from "./answers.ts";
import { personalDataOfRun } from "./pii/personal-data-of-run.ts";
import { knownRuns, ofOwnAccount, securableRun } from "./known-runs.ts";
import { operation } from "./operation.ts";
import { nameInLists } from "./scope.ts";

export const presentedRun = z
  .strictObject({
    run: z.string(),
    source: z.string(),
    kind: z.enum(runKinds),
    state: z.enum(["running", "done", "done with failures", "failed", "cancelled", "lost"]),
    schedules: z.string().nullable().describe("The schedules that asked for it; null if a person did."),
    startedAt: instant,
    endedAt: instant.nullable(),
    progress: z.unknown().describe("The step that the run is doing at the moment."),
    report: z.unknown().describe("The outcome of the run, or the error that ended it; null while it runs."),
    personalData,
  })
  .meta({ title: "Run" });

export type PresentedRun = z.infer<typeof presentedRun>;

/** An id, a prefix that is unique among runs, or `latest`. */
const one = z.strictObject({ run: z.string() });

export const runList = operation({
  name: "run.list",
  summary: "List runs, newest first",
  action: "watch",
  input: z.strictObject({ source: z.string().optional(), limit: z.number().int().positive().default(20) }),
  output: z.strictObject({ runs: list(presentedRun) }),
  errors: ofKnownSource,
  resources: ({ source }) => (source === undefined ? [ownAccount] : [{ kind: "source", name: source }]),
  async run({ db, sources }, { source, limit }, { asking }) {
    // The right to one source is none to the runs of a removed one that had its name: those are the account's.
    const rows = await db
      .selectFrom("runs")
      .selectAll()
      .where(await knownRuns(db, asking))
      .$if(source !== undefined, (query) =>
        query.where("source_name", "=", source ?? "").where("account_id", "=", asking.accountId ?? null),
      )
      .orderBy("started_at", "desc")
      .limit(limit)
      .execute();
    // A removed source keeps its runs; a name that never existed is a mistake.
    if (source !== undefined && rows.length === 0) await sources.get(source);
    return { runs: await presentRuns(db, rows, asking) };
  },
});

export const runShow = operation({
  name: "run.show",
  summary: "Show what a run read, changed and wrote, table by table",
  action: "watch",
  input: one,
  output: presentedRun,
  errors: ["RUN_NOT_FOUND"],
  resources: ({ run }) => [{ kind: "run", name: run }],
  async run(context, { run }, { asking }) {
    const found = await getRun(context, { run, asking });
    return { ...found, ...(await personalDataOfRun(context, asking, found.run)) };
  },
});

export const runCancel = operation({
  name: "run.cancel",
  summary: "Cancel a run in progress; the lake stays as it was",
  action: "operate",
  input: one,
  output: z.strictObject({ cancelling: z.string() }),
  errors: ["RUN_NOT_FOUND"],
  resources: ({ run }) => [{ kind: "run", name: run }],
  async run(context, { run }, { asking }) {
    const found = await findRun(context, { run, asking, isRunning: true });
    const decision = decideFor(asking, "operate", securableRun(found));
    if (!decision.allowed) throw new HeadgateError("NOT_ALLOWED", { place: run, message: decision.because });
    const { id } = found;
    await requestCancel(context.db, id);
    return { cancelling: id };
  },
});

/** Throws RUN_NOT_FOUND. */
export async function getRun(context: Context, asked: Omit<AskedRun, "isRunning">): Promise<PresentedRun> {
  const found = await findRun(context, { ...asked, isRunning: false });
  const [presented] = await presentRuns(context.db, [found], asked.asking);
  return must(presented, "the run that was found");
}

interface AskedRun {
  readonly run: string;
  readonly asking: Asking;
  readonly isRunning: boolean;
}

function notFound(run: string, isRunning: boolean): HeadgateError {
  const message = run === "latest" ? (isRunning ? "nothing is running" : "there is no run yet") : undefined;
  return new HeadgateError("RUN_NOT_FOUND", { place: run, message });
}

/**
 * Finds a run among the running ones, or among all, that the caller may know of. Throws RUN_NOT_FOUND, also for an
 * ambiguous prefix.
 */
async function findRun({ db }: Context, { run, asking, isRunning }: AskedRun): Promise<Selectable<RunRow>> {
  const beginning = run.toLowerCase();
  if (run !== "latest" && !/^[0-9a-f-]{4,36}$/.test(beginning))
    throw new HeadgateError("RUN_NOT_FOUND", { place: run });
  const [found, other] = await db
    .selectFrom("runs")
    .selectAll()
    .where(await knownRuns(db, asking))
    .$if(run !== "latest", (query) => query.where(sql<boolean>`id::text like ${`${beginning}%`}`))
    .$if(run === "latest", (query) => query.where(ofOwnAccount(asking)))
    .$if(run === "latest" && isRunning, (query) => query.where("state", "=", "running"))
    .orderBy("started_at", "desc")
    .limit(2)
    .execute();
  if (found === undefined) throw notFound(run, isRunning);
  if (other !== undefined && run !== "latest")
    throw new HeadgateError("RUN_NOT_FOUND", {
      place: run,
      message: "the ids of more than one run begin like this",
      remedy: `write more of the id: ${found.id} or ${other.id}`,
    });
  return found;
}

/**
 * A run whose process is gone is shown as lost, even if its entry says that it is running. The source of another account
 * has the account in front of its name.
 */
export async function presentRuns(
  db: Context["db"],
  rows: readonly Selectable<RunRow>[],
  asking: Asking,
): Promise<readonly PresentedRun[]> {
  const lost = await lostRuns(db, rows);
  const report = presentError(new HeadgateError("RUN_LOST"));
  return rows.map((row) => ({
    ...presentRun(lost.has(row.id) ? { ...row, state: "lost", report } : row),
    source: sourceOf(row, asking),
  }));
}

function sourceOf({ account_id: accountId, source_name: name }: Selectable<RunRow>, asking: Asking): string {
  return accountId === null ? name : nameInLists(asking, { name, accountId });
}

function presentRun(row: Selectable<RunRow>): Omit<PresentedRun, "source"> {
  return {
    run: row.id,
    kind: row.kind,
    state: row.state,
    schedules: row.schedules,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    progress: row.state === "running" ? (row.progress ?? null) : null,
    report: row.report ?? null,
  };
}
