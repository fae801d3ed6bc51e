/**
 * Functions that all schedules of one source share, whatever their kind of work: the tables that they ask for, and
 * which of them failed.
 */
import type { PresentedError } from "../../base/present-error.ts";
import { parseName } from "../../catalog/table-name.ts";
import { must } from "../../base/must.ts";
import type { FailedTable } from "../../jobs/run-due.ts";
import type { Schedule } from "../../jobs/schedules.ts";
import type { RegisteredSource } from "../../sync/settings/source-registry.ts";
import { matchesAny } from "../../sync/settings/table-pattern.ts";
import type { Context } from "../context.ts";

/** For kinds of work that need a source. */
export function sourceOf({ sources }: Context, sourceId: string | null): Promise<RegisteredSource> {
  return sources.byId(must(sourceId, "the source of a schedule"));
}

/**
 * All tables if one of the schedules asks for all. A schedule whose last run failed only for some tables asks for just
 * those.
 */
export function union(schedules: readonly Schedule[]): { patterns: readonly string[]; schedules: readonly string[] } {
  const asked = schedules.map(({ tables, retryTables }) => retryTables ?? tables);
  return {
    patterns: asked.some((tables) => tables.length === 0) ? [] : [...new Set(asked.flat())],
    schedules: schedules.map(({ name }) => name),
  };
}

interface Tried {
  /** `schema.name` in the source. */
  readonly sourceTable: string;
  readonly error?: PresentedError | undefined;
}

/** The tables that failed, each with the schedules that name it. */
export function failedTables(schedules: readonly Schedule[], tables: readonly Tried[]): readonly FailedTable[] {
  return tables.flatMap(({ sourceTable, error }) => {
    if (error === undefined) return [];
    const asking = schedules.filter((schedule) => names(schedule, sourceTable));
    return [{ sourceTable, error, schedules: asking.map(({ name }) => name) }];
  });
}

function names({ tables }: Schedule, sourceTable: string): boolean {
  const [schema = "", name = ""] = parseName(sourceTable);
  return matchesAny(tables, { schema, name });
}
