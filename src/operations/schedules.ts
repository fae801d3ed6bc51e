/** Operations on schedules. */
import { z } from "zod";
import type { Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import {
  activateSchedule,
  getSchedule,
  isOverdue,
  listSchedules,
  schedulerPresence,
  removeSchedule,
  setSchedule,
  type Schedule,
} from "../jobs/schedules.ts";
import { isPresent } from "../db/session-lock.ts";
import { checkTiming } from "../jobs/timing.ts";
import { patternNotes } from "../sync/settings/check-named.ts";
import { runDue } from "../jobs/run-due.ts";
import type { RegisteredSource } from "../sync/settings/source-registry.ts";
import { HeadgateError } from "../errors.ts";
import type { Context } from "./context.ts";
import { lakePatternNotes } from "./maintain-lake.ts";
import type { Asking } from "../governance/asking.ts";
import { decideFor } from "../governance/decide.ts";
import { lake, ownAccount } from "../governance/resource.ts";
import type { Securable } from "../governance/securable.ts";
import { ofSource, ofTable, ofWork } from "./failures.ts";
import { count, instant, list, presentedError, texts } from "./answers.ts";
import { givenInstant } from "./given-instant.ts";
import { operation } from "./operation.ts";
import { nameInLists } from "./scope.ts";
import { scheduledActions, type ScheduledAction } from "./scheduled/actions.ts";
import { dueAnswer, scheduledWork, type DueRun } from "./scheduled/scheduled-work.ts";

const named = z.strictObject({ name: z.string() });

const setting = named.extend({
  /** Absent: the whole lake, if the action allows it. */
  source: z.string().optional(),
  /** Exact names or globs as in the source, or as in the lake if there is no source; empty for all tables. */
  tables: z.array(z.string()).default([]),
  /** A cron expression with five fields. */
  cron: z.string(),
  timeZone: z.string().default("UTC"),
  /** Dates on which it does not run. */
  holidays: z.array(z.string()).default([]),
  action: z.enum(scheduledActions).default("sync"),
  timeoutSeconds: z
    .number()
    .int()
    .positive()
    .default(6 * 3_600),
});

const presented = z
  .strictObject({
    name: z.string(),
    source: z.string().nullable().describe("Null for the whole lake."),
    tables: texts,
    cron: z.string(),
    timeZone: z.string(),
    holidays: texts,
    action: z.string(),
    timeoutSeconds: z.number(),
    active: z.boolean(),
    dueAt: instant.nullable().describe("Null if it is never due again."),
    doneAt: instant.nullable(),
    failures: count,
    lastError: presentedError.nullable(),
    overdue: z.boolean().describe("It has been due for a while, and no process is running schedules."),
  })
  .meta({ title: "Schedule" });

export type PresentedSchedule = z.infer<typeof presented>;

const changed = presented.extend({ notes: texts.describe("Whole sentences.") });

export type ScheduleChanged = z.infer<typeof changed>;

const dueRun = z.strictObject({
  source: z.string().nullable().describe("Null for the whole lake."),
  schedules: texts,
  outcome: z.enum(["done", "done with failures", "failed"]),
  summary: z.string(),
  failed: list(z.strictObject({ sourceTable: z.string(), error: presentedError, schedules: texts })),
  ...dueAnswer,
  error: presentedError.optional(),
});

export const scheduleSet = operation({
  name: "schedule.set",
  summary: "Create a schedule, or change the one with this name",
  action: "administer",
  input: setting,
  output: changed,
  errors: [...ofSource, ...ofTable, "SCHEDULE_INVALID"],
  resources: ({ name, source }) => [
    { kind: "schedule", name },
    source === undefined ? lake : { kind: "source", name: source },
  ],
  async run(context, { source: name, ...asked }, { asking }): Promise<ScheduleChanged> {
    const { sources, db } = context;
    checkScope({ ...asked, source: name });
    const source = name === undefined ? undefined : await sources.get(name);
    checkTiming(asked, new Date());
    const notes = await notesOn(context, { source, patterns: asked.tables });
    const { accountId } = asking;
    if (accountId === undefined) throw new HeadgateError("ACCOUNT_NOT_FOUND", { place: asked.name });
    const wanted = { ...asked, accountId, sourceId: source?.id ?? null };
    const set = await presentOne(db, await setSchedule(db, wanted, new Date()));
    const isWatched = await isPresent(db, schedulerPresence);
    return { ...set, notes: isWatched ? notes : [...notes, nothingRuns] };
  },
});

/** Throws SCHEDULE_INVALID for an action that needs a source when none is given, or concerns none when one is. */
export function checkScope({
  name,
  source,
  action,
}: {
  readonly name: string;
  readonly source: string | undefined;
  readonly action: ScheduledAction;
}): void {
  if (source !== undefined && action === "doctor")
    throw new HeadgateError("SCHEDULE_INVALID", {
      place: name,
      message: "the action doctor concerns the whole lake, but a source is named",
      remedy: "leave the source out",
    });
  if (source !== undefined || scheduledWork[action].mayConcernLake) return;
  throw new HeadgateError("SCHEDULE_INVALID", {
    place: name,
    message: `the action ${action} concerns one source, but none is named`,
    remedy: "name the source, for example with --source shop",
  });
}

/** Notes about the names of tables. Throws SOURCE_TABLE_NOT_FOUND, TABLE_NOT_FOUND. */
function notesOn(
  context: Context,
  { source, patterns }: { source: RegisteredSource | undefined; patterns: readonly string[] },
): Promise<readonly string[]> {
  return source === undefined ? lakePatternNotes(context, patterns) : patternNotes(context, { source, patterns });
}

export const scheduleList = operation({
  name: "schedule.list",
  summary: "List the schedules and when each is due",
  action: "watch",
  input: z.strictObject({}),
  output: z.strictObject({ schedules: list(presented) }),
  errors: [],
  resources: () => [ownAccount],
  async run({ db }, _input, { asking }) {
    const names = await sourceNames(db);
    const isWatched = await isPresent(db, schedulerPresence);
    const known = (await listSchedules(db)).filter((schedule) => isKnown(asking, schedule));
    return {
      schedules: known.map((schedule) => ({
        ...present(schedule, { names, isWatched }),
        name: nameInLists(asking, schedule),
      })),
    };
  },
});

/** A schedule is known to those who may watch its source; one of the whole lake to those who may watch the lake. */
export function isKnown(asking: Asking, { sourceId: id, accountId }: Schedule): boolean {
  const resource: Securable = id === null ? lake : { kind: "source", id, accountId };
  return decideFor(asking, "watch", resource).allowed;
}

export const schedulePause = operation({
  name: "schedule.pause",
  summary: "Pause a schedule, or resume it at its next due time",
  action: "operate",
  input: named.extend({ paused: z.boolean() }),
  output: presented,
  errors: ["SCHEDULE_NOT_FOUND", "SCHEDULE_INVALID"],
  resources: ({ name }) => [{ kind: "schedule", name }],
  run: async ({ db, catalog: { accountId } }, { name, paused }) =>
    presentOne(db, await activateSchedule(db, { name, accountId, active: !paused, now: new Date() })),
});

export const scheduleShow = operation({
  name: "schedule.show",
  summary: "Show a schedule",
  action: "watch",
  input: named,
  output: presented,
  errors: ["SCHEDULE_NOT_FOUND"],
  resources: ({ name }) => [{ kind: "schedule", name }],
  run: async ({ db, catalog: { accountId } }, { name }) => presentOne(db, await getSchedule(db, { name, accountId })),
});

export const scheduleRemove = operation({
  name: "schedule.remove",
  summary: "Remove a schedule; its tables stay as they are",
  action: "administer",
  input: named,
  output: z.strictObject({ removed: z.string() }),
  errors: ["SCHEDULE_NOT_FOUND"],
  resources: ({ name }) => [{ kind: "schedule", name }],
  async run({ db, catalog: { accountId } }, { name }) {
    await removeSchedule(db, { name, accountId });
    return { removed: name };
  },
});

export const scheduleRunDue = operation({
  name: "schedule.run-due",
  summary: "Do once what is due now, or what would be due at another time",
  action: "operate",
  input: z.strictObject({ at: givenInstant.optional() }),
  output: z.strictObject({ runs: list(dueRun) }),
  errors: ofWork,
  async run(context, { at }, { report, signal }): Promise<{ runs: readonly DueRun[] }> {
    const now = at === undefined ? new Date() : new Date(at);
    return { runs: await runDue(context, { handlers: scheduledWork, now, report, signal }) };
  },
});

async function sourceNames(db: Kysely<Tables>): Promise<ReadonlyMap<string, string>> {
  const rows = await db.selectFrom("sources").select(["id", "name"]).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

async function presentOne(db: Kysely<Tables>, schedule: Schedule): Promise<PresentedSchedule> {
  return present(schedule, { names: await sourceNames(db), isWatched: await isPresent(db, schedulerPresence) });
}

const nothingRuns =
  "nothing is running schedules now: start `headgate up` or `headgate worker`, or have `headgate schedule run-due` called";

interface Known {
  /** Names of sources by id. */
  readonly names: ReadonlyMap<string, string>;
  readonly isWatched: boolean;
}

function present(schedule: Schedule, { names, isWatched }: Known): PresentedSchedule {
  const { name, cron, timeZone, action, timeoutSeconds, active, failures } = schedule;
  return {
    name,
    source: schedule.sourceId === null ? null : (names.get(schedule.sourceId) ?? schedule.sourceId),
    tables: [...schedule.tables],
    cron,
    timeZone,
    holidays: [...schedule.holidays],
    action,
    timeoutSeconds,
    active,
    dueAt: schedule.dueAt?.toISOString() ?? null,
    doneAt: schedule.doneAt?.toISOString() ?? null,
    failures,
    lastError: schedule.lastError ?? null,
    overdue: isOverdue(schedule, isWatched),
  };
}
