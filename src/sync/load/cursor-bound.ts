/**
 * Finds where a cursor starts to read: the lake's highest value minus the overlap, in the form that the source's
 * `since` takes. Values in the future are ignored, because today's rows would stay below them until then.
 */
import { must } from "../../base/must.ts";
import { duckdbType } from "../../engine/duckdb-type.ts";
import type { Engine } from "../../engine/engine.ts";
import { readDataFilesSql } from "../../engine/read-data-files.ts";
import type { ReadColumn } from "../../engine/read-column.ts";
import { formatType } from "../../iceberg/type.ts";
import { cursorUnit } from "../settings/capture-mode.ts";
import { unmarkedRows } from "../../writer/row-difference.ts";
import type { SyncTarget } from "../run/sync-target.ts";
import type { Sides } from "../compare/table-sides.ts";

export interface CursorColumn extends ReadColumn {
  /** The Iceberg type. */
  readonly type: string;
  /** The column's name in the source. */
  readonly title: string;
}

export function cursorColumn({ follow }: SyncTarget, title: string): CursorColumn {
  const { id, type } = must(
    follow.schema.fields.find(({ name }) => name === title),
    "the cursor's column",
  );
  const text = formatType(type);
  return { fieldId: id, name: "value", sqlType: duckdbType(text), type: text, title };
}

export interface CursorExtent {
  /** The value to read from. */
  readonly from: string;
  /** The highest value in the lake, as the engine writes it. */
  readonly highest: string;
}

interface ExtentParts {
  readonly column: CursorColumn;
  readonly overlap: number;
  /** When the cut was opened. */
  readonly at: Date;
}

/** Undefined when no row of the lake has a value in the past. */
export async function lakeExtent(
  { engine, live, deletedAt, signal }: Sides,
  { column, overlap, at }: ExtentParts,
): Promise<CursorExtent | undefined> {
  const highest = `max(value) filter (where ${isPast(column.type, at)})`;
  const rows = unmarkedRows({ columns: [column], live, deletedAt });
  const sql = `select ${boundSql(column.type, { highest, overlap })}, max(value)::varchar from (${rows}) data`;
  const [[from, last] = []] = (await engine.run(sql, { signal })).rows;
  return typeof from === "string" && typeof last === "string" ? { from, highest: last } : undefined;
}

/** A time without a zone is treated as UTC. If it was written in a zone ahead of UTC, a few more hours are read. */
function isPast(type: string, at: Date): string {
  const now = at.toISOString().slice(0, 19).replace("T", " ");
  if (type === "timestamptz") return `value <= timestamptz '${now}+00' + interval 1 minute`;
  if (type === "timestamp") return `value <= timestamp '${now}'`;
  return type === "date" ? `value <= date '${now.slice(0, 10)}' + 1` : "true";
}

function boundSql(type: string, { highest, overlap }: { highest: string; overlap: number }): string {
  switch (cursorUnit(type)) {
    case "seconds":
      return `strftime((${highest})::timestamp - to_seconds(${overlap}), '%Y-%m-%d %H:%M:%S.%f')`;
    case "days":
      return `strftime(${highest} - ${overlap}, '%Y-%m-%d')`;
    default:
      return `(${highest}::hugeint - ${overlap})::varchar`;
  }
}

/**
 * The row with the lake's highest value is read again. If it is no longer in the source, the values may have started
 * again from a lower one.
 */
export async function movedBack(
  { engine, fresh, signal }: Pick<Sides, "fresh" | "signal"> & { readonly engine: Engine },
  { column, extent }: { column: CursorColumn; extent: CursorExtent },
): Promise<string | undefined> {
  const rows = readDataFilesSql({ files: fresh, columns: [column] });
  const sql = `select coalesce(max(value) >= '${extent.highest}'::${column.sqlType}, false) from (${rows}) data`;
  const isThere = (await engine.run(sql, { signal })).rows[0]?.[0] === true;
  return isThere ? undefined : `the highest value of ${column.title}, ${extent.highest}, is no longer in the source`;
}
