/**
 * Checks that a sync's report is true: `unchanged` only without a commit, its rows equal to the table's, and nothing
 * left out.
 */
import type { SyncReport, TableReport } from "../../src/sync/run/sync-report.ts";
import type { JudgedTable } from "./judge/judge.ts";
import type { Door } from "./side.ts";

/** Metadata locations of the lake's tables, by database and name. */
export type LakeState = ReadonlyMap<string, { readonly metadata: string }>;

interface Reported {
  readonly door: Door;
  readonly report: SyncReport;
  readonly judged: readonly JudgedTable[];
  readonly before: LakeState;
}

export function untrueReports({ door, report, judged, before }: Reported): readonly string[] {
  const reports = new Map(report.tables.map((table) => [table.sourceTable, table]));
  const found = judged.flatMap((table) => untrueReport({ door, table, report: reports.get(table.label), before }));
  const labels = new Set(judged.map(({ label }) => label));
  const gone = report.tables.filter(({ outcome, sourceTable }) => outcome === "gone" && labels.has(sourceTable));
  return [...found, ...gone.map(({ sourceTable }) => `${sourceTable} is said to be gone, and is there`)];
}

interface OneReport {
  readonly door: Door;
  readonly table: JudgedTable;
  readonly report: TableReport | undefined;
  readonly before: LakeState;
}

function untrueReport({ door, table, report, before }: OneReport): readonly string[] {
  const { label, source, lake, expected } = table;
  if (report === undefined) return [`${label} is not in the report`];
  const outcome: string = report.outcome;
  if (door.forbidden.has(source.name))
    return outcome === "failed" ? [] : [`${label} may not be read, and is reported as ${outcome}`];
  if (outcome === "failed") return [`${label} failed: ${JSON.stringify(report)}`];
  const known = before.get(`${lake?.database}.${lake?.name}`);
  const isSame = known?.metadata === lake?.metadata;
  return [
    ...(outcome === "unchanged" && !isSame ? [`${label} is said to be unchanged, and has another state`] : []),
    ...(outcome !== "unchanged" && isSame ? [`${label} is said to be ${outcome}, and has the same state`] : []),
    ...(outcome === "created" && known !== undefined ? [`${label} is said to be created, and was there`] : []),
    ...(report.rows === expected.count ? [] : [`${label} is said to have ${report.rows} rows, not ${expected.count}`]),
  ];
}
