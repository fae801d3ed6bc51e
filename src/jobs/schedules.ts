/**
 * Stored schedules: what they ask for, when they are due next, and how the last execution ended. Nothing is run here.
 */
import type { PresentedError } from "../base/present-error.ts";
import type { Kysely, Selectable } from "kysely";
import { formatJson } from "../base/json.ts";
import { uuidv7 } from "../base/uuid.ts";
import { mainAccount, type ScheduleRow, type Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { checkTiming, nextDue, type Timing } from "./timing.ts";

/** The scheduler announces under this name that it is alive; see db/session-lock.ts. */
export const schedulerPresence = "scheduler";

export interface ScheduleSetting extends Timing {
  readonly name: string;
  /** The account that it belongs to, in which its name is unique; by default main. */
  readonly accountId?: string | undefined;
  /** Null for the whole lake. */
  readonly sourceId: string | null;
  /** Exact names or globs, as in the source, or as in the lake if there is no source; empty for all tables. */
  readonly tables: readonly string[];
  /** The kind of work. The caller of run-due.ts provides a handler for each. */
  readonly action: string;
  /** A run that takes longer is ended. */
  readonly timeoutSeconds: number;
  /** The file in which the schedule was declared. */
  readonly origin?: string | undefined;
}

export interface Schedule extends ScheduleSetting {
  readonly id: string;
  readonly accountId: string;
  readonly active: boolean;
  readonly dueAt: Date | undefined;
  /** Number of failures in a row. */
  readonly failures: number;
  /** The tables that failed in the last execution, which are tried again alone; undefined for all of its tables. */
  readonly retryTables: readonly string[] | undefined;
  readonly doneAt: Date | undefined;
  /** The last failure, as it was shown. */
  readonly lastError: PresentedError | undefined;
}

/**
 * Creates or changes the schedule of that name. If its timing stays the same, so does its due time. Throws
 * SCHEDULE_INVALID.
 */
export async function setSchedule(db: Kysely<Tables>, setting: ScheduleSetting, now: Date): Promise<Schedule> {
  checkTiming(setting, now);
  const known = await findSchedule(db, setting);
  const isTimedAlike = known !== undefined && timingText(known) === timingText(setting);
  const values = {
    source_id: setting.sourceId,
    tables: formatJson(setting.tables),
    action: setting.action,
    cron: setting.cron,
    time_zone: setting.timeZone,
    holidays: formatJson(setting.holidays),
    timeout_seconds: setting.timeoutSeconds,
    origin: setting.origin ?? known?.origin ?? null,
    due_at: isTimedAlike ? (known.dueAt ?? null) : (nextDue(setting, now) ?? null),
    retry_tables: null,
  };
  await db
    .insertInto("schedules")
    .values({ id: uuidv7(), name: setting.name, account_id: setting.accountId ?? mainAccount, ...values })
    .onConflict((conflict) => conflict.columns(["account_id", "name"]).doUpdateSet(values))
    .execute();
  return getSchedule(db, setting);
}

function timingText({ cron, timeZone, holidays }: Timing): string {
  return JSON.stringify([cron, timeZone, holidays]);
}

export type ScheduleName = Pick<ScheduleSetting, "name" | "accountId">;

/** Throws SCHEDULE_NOT_FOUND. */
export async function getSchedule(db: Kysely<Tables>, named: ScheduleName): Promise<Schedule> {
  const found = await findSchedule(db, named);
  if (found === undefined) throw new HeadgateError("SCHEDULE_NOT_FOUND", { place: named.name });
  return found;
}

async function findSchedule(
  db: Kysely<Tables>,
  { name, accountId = mainAccount }: ScheduleName,
): Promise<Schedule | undefined> {
  const named = db.selectFrom("schedules").selectAll().where("name", "=", name);
  const row = await named.where("account_id", "=", accountId).executeTakeFirst();
  return row && present(row);
}

export async function listSchedules(db: Kysely<Tables>): Promise<readonly Schedule[]> {
  const rows = await db.selectFrom("schedules").selectAll().orderBy("name").execute();
  return rows.map(present);
}

/** A resumed schedule is due at its next time; what was missed in the meantime is not made up for. */
export async function activateSchedule(
  db: Kysely<Tables>,
  { active, now, ...named }: ScheduleName & { readonly active: boolean; readonly now: Date },
): Promise<Schedule> {
  const schedule = await getSchedule(db, named);
  const due = active ? { due_at: nextDue(schedule, now) ?? null, retry_tables: null } : {};
  await db
    .updateTable("schedules")
    .set({ active, ...due })
    .where("id", "=", schedule.id)
    .execute();
  return getSchedule(db, named);
}

export async function removeSchedule(db: Kysely<Tables>, named: ScheduleName): Promise<void> {
  const { id } = await getSchedule(db, named);
  await db.deleteFrom("schedules").where("id", "=", id).execute();
}

/** A source or the whole lake. Everything that is due for it is done together. */
export interface DueTarget {
  /** Null for the whole lake. */
  readonly sourceId: string | null;
  readonly sourceName: string | null;
}

/** Targets that have something due, the longest waiting first. */
export async function dueTargets(
  db: Kysely<Tables>,
  now: Date,
  onlyFor?: string | undefined,
): Promise<readonly DueTarget[]> {
  return db
    .selectFrom("schedules")
    .leftJoin("sources", "sources.id", "schedules.source_id")
    .select(["schedules.source_id as sourceId", "sources.name as sourceName"])
    .where("active", "=", true)
    .where("due_at", "<=", now)
    .$if(onlyFor !== undefined, (query) => query.where("sources.account_id", "=", onlyFor ?? ""))
    .groupBy(["schedules.source_id", "sources.name"])
    .orderBy((expression) => expression.fn.min("due_at"))
    .execute();
}

export async function dueSchedules(
  db: Kysely<Tables>,
  { sourceId, now }: { sourceId: string | null; now: Date },
): Promise<readonly Schedule[]> {
  const rows = await db
    .selectFrom("schedules")
    .selectAll()
    .where("source_id", "is not distinct from", sourceId)
    .where("active", "=", true)
    .where("due_at", "<=", now)
    .orderBy("name")
    .execute();
  return rows.map(present);
}

/** Makes the schedule due at its first time after `now`, however many times were missed. */
export async function markDone(db: Kysely<Tables>, schedule: Schedule, now: Date): Promise<void> {
  await db
    .updateTable("schedules")
    .set({ due_at: nextDue(schedule, now) ?? null, done_at: now, failures: 0, last_error: null, retry_tables: null })
    .where("id", "=", schedule.id)
    .execute();
}

const firstRetryMs = 15_000;
const lastRetryMs = 15 * 60_000;

/** Tries again soon, then less and less often, but at the schedule's next time at the latest. */
export async function markFailed(
  db: Kysely<Tables>,
  { schedule, error, now }: { schedule: Schedule; error: unknown; now: Date },
): Promise<void> {
  const retry = now.getTime() + retryMs(schedule);
  const next = nextDue(schedule, now)?.getTime() ?? Number.POSITIVE_INFINITY;
  await db
    .updateTable("schedules")
    .set({ due_at: new Date(Math.min(retry, next)), failures: schedule.failures + 1, last_error: formatJson(error) })
    .where("id", "=", schedule.id)
    .execute();
}

const mostRetries = 5;

/**
 * Some tables failed while the others succeeded. Only those are tried again, a few times; all tables are done at the
 * schedule's next time. So a table that keeps failing does not make work for the others.
 */
export async function markPartlyDone(
  db: Kysely<Tables>,
  { schedule, error, tables, now }: { schedule: Schedule; error: unknown; tables: readonly string[]; now: Date },
): Promise<void> {
  const retry = schedule.failures < mostRetries ? now.getTime() + retryMs(schedule) : Number.POSITIVE_INFINITY;
  const next = nextDue(schedule, now)?.getTime() ?? Number.POSITIVE_INFINITY;
  const due = Math.min(retry, next);
  await db
    .updateTable("schedules")
    .set({
      due_at: Number.isFinite(due) ? new Date(due) : null,
      done_at: now,
      failures: schedule.failures + 1,
      last_error: formatJson(error),
      retry_tables: retry < next ? formatJson(tables) : null,
    })
    .where("id", "=", schedule.id)
    .execute();
}

function retryMs({ failures }: Schedule): number {
  return Math.min(firstRetryMs * 2 ** failures, lastRetryMs);
}

function present(row: Selectable<ScheduleRow>): Schedule {
  return {
    id: row.id,
    name: row.name,
    accountId: row.account_id,
    sourceId: row.source_id,
    tables: row.tables,
    action: row.action,
    cron: row.cron,
    timeZone: row.time_zone,
    holidays: row.holidays,
    timeoutSeconds: row.timeout_seconds,
    origin: row.origin ?? undefined,
    active: row.active,
    dueAt: row.due_at ?? undefined,
    failures: row.failures,
    retryTables: row.retry_tables ?? undefined,
    doneAt: row.done_at ?? undefined,
    lastError: (row.last_error ?? undefined) as PresentedError | undefined,
  };
}

/** Whether it is past due and no process is running schedules. */
export function isOverdue({ active, dueAt }: Pick<Schedule, "active" | "dueAt">, isWatched: boolean): boolean {
  return active && !isWatched && dueAt !== undefined && dueAt.getTime() < Date.now();
}
