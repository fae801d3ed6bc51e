/** Steps to make the schedules as declared. */
import type { Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { listSchedules, removeSchedule, setSchedule, type Schedule } from "../../jobs/schedules.ts";
import { checkTiming, type Timing } from "../../jobs/timing.ts";
import { patternNotes } from "../../sync/settings/check-named.ts";
import type { RegisteredSource } from "../../sync/settings/source-registry.ts";
import { checkScope } from "../schedules.ts";
import type { DeclaredSchedule } from "./declaration.ts";
import { changed, type PlanParts, type Step } from "./step.ts";

/** Throws SCHEDULE_INVALID, SOURCE_NOT_FOUND, and SOURCE_TABLE_NOT_FOUND if a reachable source lacks a named table. */
export async function scheduleSteps(
  parts: PlanParts,
  sources: ReadonlyMap<string, RegisteredSource>,
): Promise<readonly Step[]> {
  const { accountId } = parts.context.catalog;
  const all = await listSchedules(parts.context.db);
  const own = all.filter((schedule) => schedule.accountId === accountId);
  const known = new Map(own.map((schedule) => [schedule.name, schedule]));
  const declared = Object.entries(parts.declaration.schedules);
  const gone = [...known.values()].filter(
    ({ name, origin }) => origin !== undefined && parts.declaration.schedules[name] === undefined,
  );
  for (const [name, schedule] of declared) {
    const source = sources.get(schedule.source ?? "");
    const patterns = schedule.tables.filter((table) => known.get(name)?.tables.includes(table) !== true);
    if (source !== undefined) await patternNotes(parts.context, { source, patterns });
  }
  return [
    ...declared.flatMap(([name, schedule]) => scheduleStep(parts, { name, schedule, known: known.get(name), sources })),
    ...gone.map(({ name }): Step => ({
      what: "schedule",
      name,
      change: "remove",
      details: [],
      apply: (transaction) => removeSchedule(transaction, { name, accountId }),
    })),
  ];
}

const wholeLake = "the whole lake";

interface ScheduleParts {
  readonly name: string;
  readonly schedule: DeclaredSchedule;
  readonly known: Schedule | undefined;
  readonly sources: ReadonlyMap<string, RegisteredSource>;
}

function scheduleStep(parts: PlanParts, { name, schedule, known, sources }: ScheduleParts): readonly Step[] {
  const { source, cron, action, tables, time_zone: timeZone } = schedule;
  const { declaration, context, origin } = parts;
  const timing = { cron, timeZone, holidays: declaration.calendars[schedule.calendar ?? ""] ?? [] };
  checkTiming(timing, new Date());
  checkScope({ name: `schedules.${name}`, source, action });
  if (source !== undefined && declaration.sources[source] === undefined && !sources.has(source))
    throw new HeadgateError("SOURCE_NOT_FOUND", { place: `schedules.${name}: ${source}` });
  const knownSource = [...sources.values()].find(({ id }) => id === known?.sourceId);
  const sourceName = known?.sourceId === null ? wholeLake : (knownSource?.name ?? "");
  const details =
    known === undefined
      ? [`${action} of ${source ?? wholeLake}, ${cron} ${timeZone}`]
      : scheduleDetails(known, { schedule, timing, sourceName });
  if (known !== undefined && details.length === 0) return [];
  const apply = async (transaction: Kysely<Tables>) => {
    const sourceId = source === undefined ? null : (await context.sources.within(transaction).get(source)).id;
    const { accountId } = context.catalog;
    const setting = { name, accountId, sourceId, tables, action, timeoutSeconds: schedule.timeout, origin, ...timing };
    return setSchedule(transaction, setting, new Date());
  };
  return [{ what: "schedule", name, change: known === undefined ? "add" : "change", details, apply }];
}

function scheduleDetails(
  known: Schedule,
  { schedule, timing, sourceName }: { schedule: DeclaredSchedule; timing: Timing; sourceName: string },
): readonly string[] {
  return [
    ...changed("source", sourceName, schedule.source ?? wholeLake),
    ...changed("tables", known.tables.join(" "), schedule.tables.join(" ")),
    ...changed("cron", known.cron, timing.cron),
    ...changed("time zone", known.timeZone, timing.timeZone),
    ...changed("holidays", known.holidays.join(" "), timing.holidays.join(" ")),
    ...changed("action", known.action, schedule.action),
    ...changed("timeout", String(known.timeoutSeconds), String(schedule.timeout)),
    ...(known.origin === undefined ? ["declared from now on"] : []),
  ];
}
