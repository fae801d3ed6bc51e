/**
 * One answer to "is my lake fresh?": each source with its oldest table, what is running, what is due next, and what
 * failed.
 */
import { sourceLabel } from "../sync/settings/table-pattern.ts";
import { z } from "zod";
import { sql, type Kysely, type RawBuilder, type Selectable } from "kysely";
import { isPresent } from "../db/session-lock.ts";
import { runKinds, type RunKind, type RunRow, type Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { presentError, type PresentedError } from "../base/present-error.ts";
import { isOverdue, listSchedules, schedulerPresence, type Schedule } from "../jobs/schedules.ts";
import { lateTables } from "../sync/run/late-tables.ts";
import { lostRuns } from "../jobs/lost-runs.ts";
import { failingTables, type FailingTable } from "../sync/run/table-failures.ts";
import type { Asking } from "../governance/asking.ts";
import { budgetUse } from "../governance/budgets/budget.ts";
import { useText } from "../governance/budgets/budget-text.ts";
import { decideFor } from "../governance/decide.ts";
import { lake, ownAccount } from "../governance/resource.ts";
import type { RegisteredSource } from "../sync/settings/source-registry.ts";
import type { Context } from "./context.ts";
import { count, instant, list, presentedError, texts } from "./answers.ts";
import { knownRuns } from "./known-runs.ts";
import { operation } from "./operation.ts";
import { mayJudge } from "./pii/known-proposals.ts";
import { nameInLists } from "./scope.ts";
import { filesLag, lagOfSource, type LagOf } from "./unread-files.ts";

const endedRun = z.strictObject({
  run: z.string(),
  state: z.string(),
  endedAt: instant,
  error: z.string().nullable(),
});

type EndedRun = z.infer<typeof endedRun>;

/** The plans of active schedules. */
const outlookSchema = z.strictObject({
  next: z.strictObject({ schedule: z.string(), dueAt: instant, timeZone: z.string() }).nullable(),
  overdue: texts.describe("Schedules that are overdue while no process is running schedules."),
  failing: texts.describe("Schedules that failed the last time."),
});

export type Outlook = z.infer<typeof outlookSchema>;

const failedTable = z.strictObject({
  table: z.string().describe("The table as schema.name in the source."),
  error: presentedError,
  since: instant,
});

export type FailedTable = z.infer<typeof failedTable>;

export const sourceStatus = outlookSchema
  .extend({
    source: z.string(),
    tables: count,
    oldestFreshAt: instant
      .nullable()
      .describe("The oldest time at which one of its tables was last synced; null if none was."),
    lastRun: endedRun.nullable().describe("The last run of any kind."),
    lastSync: endedRun.nullable(),
    lastReconcile: endedRun.nullable(),
    lastMaintenance: endedRun.nullable(),
    running: z.string().nullable().describe("A run in progress."),
    late: texts.describe("Tables that are older than their freshness target."),
    unread: filesLag
      .nullable()
      .describe("How far its tables lag behind its files; null for a source that is a database."),
    personalData: count.describe(
      "Columns that look like personal data and wait for a decision, in tables that the caller may change.",
    ),
    failed: list(failedTable).describe("Tables that failed in their last run while the other tables succeeded."),
  })
  .meta({ title: "SourceStatus" });

export type SourceStatus = z.infer<typeof sourceStatus>;

/** Status of what belongs to no source: imports, tables that no source feeds, and maintenance of the whole lake. */
const lakeStatusSchema = outlookSchema
  .extend({
    lastImport: endedRun.nullable(),
    lastMaintenance: endedRun.nullable(),
    running: texts.describe("Runs in progress."),
  })
  .meta({ title: "LakeStatus" });

export type LakeStatus = z.infer<typeof lakeStatusSchema>;

export const status = operation({
  name: "status",
  summary: "Show how fresh the lake is, what is running, what is due next and what failed",
  action: "watch",
  input: z.strictObject({}),
  output: z.strictObject({
    sources: list(sourceStatus),
    lake: lakeStatusSchema,
    budgets: texts.describe("Limits of which little or nothing is left, of accounts that the caller administers."),
  }),
  errors: [],
  resources: () => [ownAccount],
  async run(context, _input, { asking }): Promise<LakeOutlook> {
    const lagOf: LagOf = (source) => lagOfSource(context, source);
    return {
      sources: await sourceStatuses(context, { asking, lagOf }),
      lake: await lakeStatus(context, asking),
      budgets: await scarceBudgets(context, asking),
    };
  },
});

interface LakeOutlook {
  readonly sources: readonly SourceStatus[];
  readonly lake: LakeStatus;
  readonly budgets: readonly string[];
}

async function scarceBudgets({ db }: Pick<Context, "db">, asking: Asking): Promise<readonly string[]> {
  const scarce = (await budgetUse(db, new Date())).filter(({ level }) => level !== "fine");
  const own = scarce.filter(({ accountId: id }) => decideFor(asking, "administer", { kind: "account", id }).allowed);
  return own.map((use) => (use.level === "spent" ? `${useText(use)}: nothing is left` : useText(use)));
}

export async function sourceStatuses(
  { db, sources, catalog }: Pick<Context, "db" | "sources" | "catalog">,
  { asking, lagOf }: { readonly asking: Asking; readonly lagOf: LagOf },
): Promise<readonly SourceStatus[]> {
  const outlookOf = await outlooks(db);
  const late = await lateTables(db, new Date());
  const failing = await failingTables(db);
  return Promise.all(
    knownSources(asking, await sources.listAll()).map(async (source) => ({
      source: nameInLists(asking, source),
      ...(await freshness(db, source.id)),
      ...(await lastRuns(db, source.id)),
      ...outlookOf(source.id),
      late: late.filter(({ sourceId }) => sourceId === source.id).map(sourceLabel),
      unread: await lagOf(source),
      personalData: await waitingProposals({ db, catalog }, asking, source.id),
      failed: failing.filter(({ sourceId }) => sourceId === source.id).map(presentFailing),
    })),
  );
}

/** The open proposals about tables of the source that somebody may decide on. */
async function waitingProposals(
  { db, catalog }: Pick<Context, "db" | "catalog">,
  asking: Asking,
  sourceId: string,
): Promise<number> {
  const open = await db
    .selectFrom("pii_proposals")
    .innerJoin("positions", "positions.table_id", "pii_proposals.table_id")
    .select("pii_proposals.table_id as id")
    .where("source_id", "=", sourceId)
    .where("state", "=", "open")
    .execute();
  if (open.length === 0) return 0;
  const known = new Set((await catalog.entries()).filter((entry) => mayJudge(asking, entry)).map(({ id }) => id));
  return open.filter(({ id }) => known.has(id)).length;
}

/** Those that somebody may watch. */
export function knownSources(asking: Asking, sources: readonly RegisteredSource[]): readonly RegisteredSource[] {
  return sources.filter(({ id, accountId }) => decideFor(asking, "watch", { kind: "source", id, accountId }).allowed);
}

/** The part that somebody may watch of what belongs to no source. */
async function lakeStatus({ db }: Pick<Context, "db">, asking: Asking): Promise<LakeStatus> {
  const plans = decideFor(asking, "watch", lake).allowed ? (await outlooks(db))(null) : outlook([], true);
  return { ...(await lakeRuns(db, await knownRuns(db, asking))), ...plans };
}

async function freshness(
  db: Kysely<Tables>,
  sourceId: string,
): Promise<Pick<SourceStatus, "tables" | "oldestFreshAt">> {
  const row = await db
    .selectFrom("positions")
    .select(({ fn }) => [fn.countAll<bigint>().as("tables"), fn.min("moved_at").as("oldest")])
    .where("source_id", "=", sourceId)
    .executeTakeFirstOrThrow();
  return { tables: Number(row.tables), oldestFreshAt: (row.oldest as Date | null)?.toISOString() ?? null };
}

type LastRuns = Pick<SourceStatus, "lastRun" | "lastSync" | "lastReconcile" | "lastMaintenance" | "running">;

async function lastRuns(db: Kysely<Tables>, sourceId: string): Promise<LastRuns> {
  const ended = (...kinds: readonly RunKind[]) => lastEnded(db, { sourceId, kinds });
  const running = await runsOf(db, sourceId).where("state", "=", "running").limit(1).executeTakeFirst();
  const isLost = running !== undefined && (await lostRuns(db, [running])).size > 0;
  return {
    lastRun: isLost ? lostRun(running) : await ended(...runKinds),
    lastSync: await ended("sync"),
    lastReconcile: await ended("reconcile"),
    lastMaintenance: await ended("maintain"),
    running: isLost ? null : (running?.id ?? null),
  };
}

async function lakeRuns(db: Kysely<Tables>, known: RawBuilder<boolean>): Promise<Omit<LakeStatus, keyof Outlook>> {
  const running = await runsOf(db, null).where(known).where("state", "=", "running").execute();
  const lost = await lostRuns(db, running);
  const last = async (kind: RunKind): Promise<EndedRun | null> => {
    const newestLost = running.find((run) => run.kind === kind && lost.has(run.id));
    const ended = await lastEnded(db, { sourceId: null, kinds: [kind], known });
    // Ids of runs begin with their start time.
    return newestLost !== undefined && newestLost.id > (ended?.run ?? "") ? lostRun(newestLost) : ended;
  };
  return {
    lastImport: await last("import"),
    lastMaintenance: await last("maintain"),
    running: running.filter(({ id }) => !lost.has(id)).map(({ id }) => id),
  };
}

/** Newest first; null for runs that concern no source. */
function runsOf(db: Kysely<Tables>, sourceId: string | null) {
  return db
    .selectFrom("runs")
    .selectAll()
    .where("source_id", "is not distinct from", sourceId)
    .orderBy("started_at", "desc");
}

async function lastEnded(
  db: Kysely<Tables>,
  { sourceId, kinds, known }: { sourceId: string | null; kinds: readonly RunKind[]; known?: RawBuilder<boolean> },
): Promise<EndedRun | null> {
  const ended = runsOf(db, sourceId)
    .where("ended_at", "is not", null)
    .where("kind", "in", kinds)
    .$if(known !== undefined, (query) => query.where(known ?? sql<boolean>`false`))
    .limit(1);
  const row = await ended.executeTakeFirst();
  return row === undefined ? null : presentEnded(row);
}

function presentEnded({ id, state, ended_at: endedAt, report }: Selectable<RunRow>): EndedRun | null {
  return endedAt === null ? null : { run: id, state, endedAt: endedAt.toISOString(), error: errorOf(report) };
}

/** Nobody knows when its process died, so the time at which the run began is shown. */
function lostRun({ id, started_at: began }: Selectable<RunRow>): EndedRun {
  const error = errorOf(presentError(new HeadgateError("RUN_LOST")));
  return { run: id, state: "lost", endedAt: began.toISOString(), error };
}

/** The plans of the active schedules of a source, or of the whole lake. */
async function outlooks(db: Kysely<Tables>): Promise<(sourceId: string | null) => Outlook> {
  const active = (await listSchedules(db)).filter((schedule) => schedule.active);
  const isWatched = await isPresent(db, schedulerPresence);
  return (id) =>
    outlook(
      active.filter(({ sourceId }) => sourceId === id),
      isWatched,
    );
}

function outlook(schedules: readonly Schedule[], isWatched: boolean): Outlook {
  const [next] = schedules
    .flatMap(({ name, dueAt, timeZone }) =>
      dueAt === undefined ? [] : [{ schedule: name, dueAt: dueAt.toISOString(), timeZone }],
    )
    .toSorted((left, right) => (left.dueAt < right.dueAt ? -1 : 1));
  const named = (some: readonly Schedule[]): readonly string[] => some.map(({ name }) => name);
  return {
    next: next ?? null,
    overdue: named(schedules.filter((schedule) => isOverdue(schedule, isWatched))),
    failing: named(schedules.filter(({ failures }) => failures > 0)),
  };
}

function presentFailing({ name, error, since }: FailingTable): FailedTable {
  return { table: sourceLabel(name), error, since: since.toISOString() };
}

/** The error of a failed run, or of the tables that failed in it. */
function errorOf(report: unknown): string | null {
  const {
    code,
    message = "",
    tables = [],
  } = (report ?? {}) as Partial<PresentedError> & { tables?: readonly Failable[] };
  if (code !== undefined) return `${code}: ${message}`;
  const failed = tables.filter(({ error }) => error !== undefined);
  if (failed.length === 0) return null;
  return `${failed.length} ${failed.length === 1 ? "table" : "tables"} failed`;
}

interface Failable {
  readonly error?: PresentedError | undefined;
}
