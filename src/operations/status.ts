/** One answer to "is my lake fresh?": each source with its oldest table, what runs, what is due next and what failed. */
import { z } from "zod";
import type { Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import type { PresentedError } from "../base/present-error.ts";
import { listSchedules, type Schedule } from "../jobs/schedules.ts";
import { lateTables } from "../sync/late-tables.ts";
import { failingTables, type FailingTable } from "../sync/table-failures.ts";
import { operation } from "./operation.ts";

export interface SourceStatus {
  readonly source: string;
  readonly tables: number;
  /** Of the table that was looked at longest ago; null where none was loaded. */
  readonly oldestFreshAt: string | null;
  readonly lastRun: {
    readonly run: string;
    readonly state: string;
    readonly endedAt: string;
    readonly error: string | null;
  } | null;
  /** A run that is under way. */
  readonly running: string | null;
  readonly next: { readonly schedule: string; readonly dueAt: string } | null;
  /** Schedules that failed last time. */
  readonly failing: readonly string[];
  /** Tables that are older than they may be. */
  readonly late: readonly string[];
  /** Tables that failed when they were last tried, while the others went on. */
  readonly failed: readonly FailedTable[];
}

export interface FailedTable {
  /** `schema.name` in the source. */
  readonly table: string;
  readonly error: PresentedError;
  readonly since: string;
}

export const status = operation({
  name: "status",
  summary: "Say how fresh the lake is: each source, what runs, what is due next, what failed",
  action: "watch",
  input: z.strictObject({}),
  async run({ db }): Promise<{ sources: readonly SourceStatus[] }> {
    const sources = await db.selectFrom("sources").select(["id", "name"]).orderBy("name").execute();
    const schedules = (await listSchedules(db)).filter(({ active }) => active);
    const late = await lateTables(db, new Date());
    const failing = await failingTables(db);
    return {
      sources: await Promise.all(
        sources.map(async ({ id, name }) => ({
          source: name,
          ...(await freshness(db, id)),
          ...(await lastRuns(db, id)),
          ...outlook(schedules.filter(({ sourceId }) => sourceId === id)),
          late: late.filter(({ sourceId }) => sourceId === id).map(({ schema, name: table }) => `${schema}.${table}`),
          failed: failing.filter(({ sourceId }) => sourceId === id).map(presentFailing),
        })),
      ),
    };
  },
});

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

async function lastRuns(db: Kysely<Tables>, sourceId: string): Promise<Pick<SourceStatus, "lastRun" | "running">> {
  const ofSource = db.selectFrom("runs").selectAll().where("source_id", "=", sourceId).orderBy("started_at", "desc");
  const last = await ofSource.where("ended_at", "is not", null).limit(1).executeTakeFirst();
  const running = await ofSource.where("state", "=", "running").limit(1).executeTakeFirst();
  const endedAt = last?.ended_at?.toISOString();
  return {
    lastRun:
      last === undefined || endedAt === undefined
        ? null
        : { run: last.id, state: last.state, endedAt, error: errorOf(last.report) },
    running: running?.id ?? null,
  };
}

/** Of active schedules. */
function outlook(schedules: readonly Schedule[]): Pick<SourceStatus, "next" | "failing"> {
  const [next] = schedules
    .flatMap(({ name, dueAt }) => (dueAt === undefined ? [] : [{ schedule: name, dueAt: dueAt.toISOString() }]))
    .toSorted((left, right) => (left.dueAt < right.dueAt ? -1 : 1));
  return { next: next ?? null, failing: schedules.filter(({ failures }) => failures > 0).map(({ name }) => name) };
}

function presentFailing({ name, error, since }: FailingTable): FailedTable {
  return { table: `${name.schema}.${name.name}`, error, since: since.toISOString() };
}

/** Of a run that failed, or of the tables that failed in it. */
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
