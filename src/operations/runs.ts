/** Operations on the ledger of runs: what ran, why, what it did, and how to end one. */
import { z } from "zod";
import type { Selectable } from "kysely";
import type { RunRow, RunState } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { requestCancel } from "../sync/run-ledger.ts";
import type { Context } from "./context.ts";
import { operation } from "./operation.ts";

export interface PresentedRun {
  readonly run: string;
  readonly source: string;
  readonly state: RunState;
  /** The schedules that asked for it; null when somebody did. */
  readonly schedules: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** What it is at, while it runs. */
  readonly progress: unknown;
  /** What it did, or the error that ended it; null while it runs. */
  readonly report: unknown;
}

const one = z.strictObject({ run: z.string() });

export const runList = operation({
  name: "run.list",
  summary: "List runs, newest first",
  action: "watch",
  input: z.strictObject({ source: z.string().optional(), limit: z.number().int().positive().default(20) }),
  async run({ db }, { source, limit }) {
    const rows = await db
      .selectFrom("runs")
      .selectAll()
      .$if(source !== undefined, (query) => query.where("source_name", "=", source ?? ""))
      .orderBy("started_at", "desc")
      .limit(limit)
      .execute();
    return { runs: rows.map(presentRun) };
  },
});

export const runShow = operation({
  name: "run.show",
  summary: "Show one run: what it read, changed and wrote, table by table",
  action: "watch",
  input: one,
  run: (context, { run }) => getRun(context, run),
});

export const runCancel = operation({
  name: "run.cancel",
  summary: "End a run that is under way; the lake stays as it was",
  action: "operate",
  input: one,
  async run({ db }, { run }) {
    if (!z.uuid().safeParse(run).success) throw new HeadgateError("RUN_NOT_FOUND", { place: run });
    await requestCancel(db, run);
    return { cancelling: run };
  },
});

/** Throws RUN_NOT_FOUND. */
export async function getRun({ db }: Context, run: string): Promise<PresentedRun> {
  const isId = z.uuid().safeParse(run).success;
  const row = isId ? await db.selectFrom("runs").selectAll().where("id", "=", run).executeTakeFirst() : undefined;
  if (row === undefined) throw new HeadgateError("RUN_NOT_FOUND", { place: run });
  return presentRun(row);
}

export function presentRun(row: Selectable<RunRow>): PresentedRun {
  return {
    run: row.id,
    source: row.source_name,
    state: row.state,
    schedules: row.schedules,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    progress: row.state === "running" ? (row.progress ?? null) : null,
    report: row.report ?? null,
  };
}
