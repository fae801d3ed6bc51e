/** How far a run is, table by table, from what the ledger says of it. */
import type { Json } from "../../../src/base/json.ts";
import type { Run } from "../../../src/client/api-client.ts";

export interface TableProgress {
  /** `database.table` in the lake. */
  readonly table: string;
  readonly state: "reading" | "ready" | "unchanged" | "failed" | "waiting";
  readonly rows: number;
  /** From 0 to 1; undefined if nobody knows how many rows there are. */
  readonly share: number | undefined;
  /** About how many rows there are, as far as the run knows. */
  readonly total: number | undefined;
}

export interface RunProgress {
  readonly rows: number;
  readonly tables: readonly TableProgress[];
}

const order = ["reading", "failed", "ready", "unchanged", "waiting"] as const;

/** Busiest first. Tables that are expected and not begun come last. */
export function progressOf({ progress }: Run, expected: readonly string[]): RunProgress {
  const known = new Map<string, TableProgress>();
  for (const table of expected) known.set(table, { table, state: "waiting", rows: 0, share: 0, total: undefined });
  for (const { task, outcome, rows } of listOf(progress, "ended")) {
    // A part of a large table is read; the table itself ends later, under its own name.
    if (isPart(task)) addPart(known, { task, rows, total: undefined });
    else known.set(task, { table: task, state: stateOf(outcome), rows, share: 1, total: rows });
  }
  for (const one of listOf(progress, "tasks")) addPart(known, one);
  const tables = [...known.values()].toSorted(
    (one, other) => order.indexOf(one.state) - order.indexOf(other.state) || other.rows - one.rows,
  );
  return { rows: numberOf(progress, "rows"), tables };
}

/** How much of everything is done, from 0 to 1, large tables counting for more. `estimates` are rows by table. */
export function shareOf(tables: readonly TableProgress[], estimates: ReadonlyMap<string, number>): number {
  const weight = ({ table, rows, total }: TableProgress): number =>
    1 + Math.max(rows, total ?? 0, estimates.get(table) ?? 0);
  const whole = tables.reduce((sum, one) => sum + weight(one), 0);
  if (whole === 0) return 0;
  return tables.reduce((sum, one) => sum + weight(one) * (one.share ?? 0), 0) / whole;
}

function addPart(
  known: Map<string, TableProgress>,
  { task, rows, total }: Pick<Task, "task" | "rows" | "total">,
): void {
  const table = tableOf(task);
  const before = known.get(table);
  if (before !== undefined && before.state !== "waiting" && before.state !== "reading") return;
  const sum = rows + (before?.state === "reading" ? before.rows : 0);
  const share = total === undefined || total === 0 ? undefined : Math.min(0.99, sum / total);
  known.set(table, { table, state: "reading", rows: sum, share, total });
}

function stateOf(outcome: string): TableProgress["state"] {
  if (outcome === "failed") return "failed";
  return outcome === "unchanged" ? "unchanged" : "ready";
}

const partEnd = / \d+\/\d+$/;

function isPart(task: string): boolean {
  return partEnd.test(task);
}

function tableOf(task: string): string {
  return task.replace(partEnd, "");
}

interface Task {
  readonly task: string;
  readonly rows: number;
  readonly total: number | undefined;
  readonly outcome: string;
}

function listOf(progress: Json, name: string): readonly Task[] {
  const fields = fieldsOf(progress);
  const list = fields.get(name);
  if (!Array.isArray(list)) return [];
  return list.map((one: Json) => {
    const parts = fieldsOf(one);
    const total = parts.get("total");
    return {
      task: String(parts.get("task") ?? ""),
      rows: Number(parts.get("rows") ?? 0),
      total: total === undefined || total === null ? undefined : Number(total),
      outcome: String(parts.get("outcome") ?? ""),
    };
  });
}

function numberOf(progress: Json, name: string): number {
  return Number(fieldsOf(progress).get(name) ?? 0);
}

export function fieldsOf(value: Json): ReadonlyMap<string, Json | undefined> {
  return new Map(typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : []);
}
