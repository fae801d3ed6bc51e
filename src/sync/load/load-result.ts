/** The result of a run for one table, and how it changes the table: the input of the commit and of the report. */
import { sumOf } from "../../base/sum.ts";
import type { ContentChange } from "../compare/change-content.ts";
import type { WholeTable } from "./read-whole-table.ts";
import type { HistoryTarget } from "../history/change-history.ts";
import type { KnownSpans } from "./known-spans.ts";
import type { StagedFile } from "../../writer/staged-file.ts";
import type { SeeingRun, SeenState } from "../run/sync-run.ts";
import type { TableOutcome, TableReport } from "../run/sync-report.ts";
import type { SyncTarget } from "../run/sync-target.ts";
import type { TableChange } from "../../writer/table-change.ts";

export interface LoadResult {
  readonly target: SyncTarget;
  /** The state of the source that the table is brought to. */
  readonly seen: SeenState;
  readonly report: TableReport;
  /** Undefined: the lake table stays as it is. */
  readonly change: TableChange | undefined;
  /** The addition to the history of its changes; `left`: the history stays as it is, even if it is incomplete. */
  readonly history: HistoryChange | "left" | undefined;
  /** The source's digest of the rows, if it was requested. */
  readonly fingerprint: string | undefined;
  /** The engine's digest of the rows, if they were compared. */
  readonly digest: string | undefined;
  /** Whether all rows are proven to equal the source's; a cursor looks at only some of them. */
  readonly isWhole: boolean;
  /** When its rows were last compared by content, if not in this run. */
  readonly comparedAt?: Date | undefined;
  /** The rows' hashes by spans of the key, if they were computed. */
  readonly known: KnownSpans | undefined;
}

export interface HistoryChange {
  readonly target: HistoryTarget;
  readonly change: TableChange;
}

/**
 * Undefined when there is no history or nothing to write to it. The history table is created even before there are
 * changes to record.
 */
function historyChange({ history }: SyncTarget, images: readonly StagedFile[] | undefined): HistoryChange | undefined {
  if (history === undefined) return undefined;
  const isAsItShallBe = history.current !== undefined && history.follow.changes.length === 0;
  if (images === undefined && isAsItShallBe) return undefined;
  return { target: history, change: { add: images ?? [], deletes: [], remove: new Set() } };
}

interface Outcome {
  readonly target: SyncTarget;
  readonly fingerprint: string | undefined;
  readonly digest: string | undefined;
  readonly isWhole: boolean;
  /** When its rows were last compared by content, if not in this run. */
  readonly comparedAt?: Date | undefined;
  readonly table: WholeTable;
}

type Telling = Pick<SeeingRun, "report" | "seen">;

/** The result for a table that stays as it is, with the reason how this is known. */
export function unchanged({ report: tell, seen }: Telling, outcome: Outcome & { reason: string }): LoadResult {
  const { target, fingerprint, digest, isWhole, comparedAt, reason } = outcome;
  const { rows, inexact } = outcome.table;
  tell({ kind: "done", task: target.lakeLabel, outcome: "unchanged", rows });
  const report: TableReport = { ...common(target), outcome: "unchanged", reason, rows, files: 0, bytes: 0, inexact };
  const history = historyChange(target, undefined);
  const { known } = outcome.table;
  return { target, seen, fingerprint, digest, isWhole, comparedAt, known, change: undefined, history, report };
}

/** The result for a table that changes. */
export function changed(
  { report: tell, seen, full }: Telling & Pick<SeeingRun, "full">,
  parts: Outcome & { content: Partial<ContentChange> & { change: TableChange } },
): LoadResult {
  const { target, fingerprint, digest, isWhole, comparedAt, content } = parts;
  const { change, rowsAdded, rowsRemoved, rowsUpdated } = content;
  const { rows, inexact, known } = parts.table;
  const outcome = outcomeOf(target, change);
  tell({ kind: "done", task: target.lakeLabel, outcome, rows });
  const written = [...change.add, ...change.deletes];
  const report: TableReport = {
    ...common(target),
    outcome,
    reason: outcome === "created" ? "new" : full ? "asked for" : "changed",
    rows,
    rowsAdded,
    rowsRemoved,
    rowsUpdated,
    files: written.length,
    bytes: sumOf(written, ({ sizeBytes }) => sizeBytes),
    inexact,
  };
  const history = historyChange(target, content.images);
  return { target, seen, fingerprint, digest, isWhole, comparedAt, known, change, history, report };
}

function outcomeOf({ current }: SyncTarget, { remove }: TableChange): TableOutcome {
  if (current === undefined) return "created";
  return remove === "all" ? "reloaded" : "merged";
}

function common({
  sourceLabel,
  lakeLabel,
  follow,
  table,
  current,
  standing,
  mode: chosen,
  layout,
}: SyncTarget): Pick<TableReport, "sourceTable" | "lakeTable" | "mode" | "modeReason" | "schemaChanges" | "cautions"> {
  const mode = current === undefined ? ("full" as const) : chosen.mode;
  const isAdopted = current !== undefined && standing === undefined;
  const adopted = isAdopted
    ? ["the table was loaded from a source of this name before; it was used again and compared"]
    : [];
  const cautions = table.columns.flatMap(({ name, caution }) => (caution === undefined ? [] : [`${name}: ${caution}`]));
  return {
    mode,
    modeReason: chosen.reason,
    sourceTable: sourceLabel,
    lakeTable: lakeLabel,
    schemaChanges: follow.changes,
    cautions: [...adopted, ...cautions, ...layout.cautions],
  };
}
