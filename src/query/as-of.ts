/**
 * Reads and checks the moment for which a query asks; the catalog decides which snapshot it means. A time without an
 * offset is UTC, and a bare date is its first moment. Times are precise to the millisecond, as in Iceberg.
 */
import type { TableAsOf } from "../catalog/find-snapshot.ts";
import { HeadgateError } from "../errors.ts";
import { invalid } from "./sql-refusal.ts";
import { kindOf, nodeOf, textOf, type TreeNode } from "./syntax-tree.ts";

/** A state of the whole lake, or one snapshot, tag or branch of one table. */
export type AsOf = TableAsOf;

/** `AT (…)` after a table; it takes precedence over the moment of the whole query. */
export type AtClause = AsOf;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const dateTime = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;
const ago = /^(\d+)\s*(s|m|h|d|second|minute|hour|day)s?\s+ago$/i;
const unitMillis: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const largestSnapshotId = 2n ** 63n - 1n;

export const asOfForms =
  "a time (2026-05-01, 2026-05-01T12:30:00Z), `2 hours ago`, a snapshot id, a run id, a tag or branch, `first` or `before-last`";

/** Reads the `--as-of` of a whole query. Throws USAGE. `now` is in milliseconds since 1970. */
export function parseAsOf(text: string, now = Date.now()): AsOf {
  const asOf = readAsOf(text.trim(), now);
  if (asOf !== undefined) return asOf;
  throw new HeadgateError("USAGE", { place: `--as-of "${text}"`, message: `this is not a moment: write ${asOfForms}` });
}

/** Reads `AT (TIMESTAMP => …)` or `AT (VERSION => …)`. Throws SQL_INVALID; `place` is called only then. */
export function readAtClause(clause: TreeNode, place: () => string | undefined): AtClause {
  const unit = textOf(clause, "unit");
  const text = literalText(nodeOf(clause, "expr"));
  const asOf = text === undefined ? undefined : readAsOf(text.trim());
  if (unit === "TIMESTAMP" && asOf !== undefined && "time" in asOf) return asOf;
  if (unit === "VERSION" && asOf !== undefined && !("time" in asOf)) return asOf;
  if (unit === "TIMESTAMP")
    throw invalid("AT (TIMESTAMP => …) needs a literal such as timestamp '2026-05-01 12:30:00'", place());
  throw invalid(
    "AT (VERSION => …) needs a snapshot id, or in quotes a run id, a tag or branch, first or before-last",
    place(),
  );
}

function readAsOf(text: string, now?: number): AsOf | undefined {
  if (/^\d{1,19}$/.test(text)) return snapshotOf(BigInt(text));
  if (uuid.test(text)) return { run: text.toLowerCase() };
  if (text === "first" || text === "before-last") return { named: text };
  if (/^[A-Za-z_][\w.-]*$/.test(text)) return { reference: text };
  const millis = readTime(text) ?? (now === undefined ? undefined : readAgo(text, now));
  return millis === undefined ? undefined : { time: new Date(millis) };
}

function snapshotOf(id: bigint): AsOf | undefined {
  return id <= largestSnapshotId ? { snapshot: id } : undefined;
}

function readTime(text: string): number | undefined {
  const [, day, time = "00:00", zone = "Z"] = dateTime.exec(text) ?? [];
  if (day === undefined) return undefined;
  const millis = Date.parse(`${day}T${time.replace(/(\.\d{3})\d+$/, "$1")}${isoZone(zone)}`);
  return Number.isNaN(millis) || !isRealDay(day) ? undefined : millis;
}

/** `Date.parse` reads the 31st of February as the 3rd of March. */
function isRealDay(day: string): boolean {
  const millis = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(day);
}

function isoZone(zone: string): string {
  if (zone.length === 1) return "Z";
  return zone.length === 3 ? `${zone}:00` : zone.replace(/^(...):?(..)$/, "$1:$2");
}

function readAgo(text: string, now: number): number | undefined {
  const [, count, unit] = ago.exec(text) ?? [];
  const millis = unitMillis[unit?.charAt(0).toLowerCase() ?? ""];
  return millis === undefined ? undefined : now - Number(count) * millis;
}

/** The text of a constant, or of a constant cast to a time: `timestamp '…'`, `date '…'`. */
function literalText(expression: TreeNode | undefined): string | undefined {
  const isTimeCast =
    kindOf(expression) === "CAST" && timeTypes.has(textOf(nodeOf(expression, "cast_type"), "id") ?? "");
  const constant = isTimeCast ? nodeOf(expression, "child") : expression;
  if (kindOf(constant) !== "CONSTANT") return undefined;
  const value = nodeOf(constant, "value")?.["value"];
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint"
    ? String(value)
    : undefined;
}

const timeTypes: ReadonlySet<string> = new Set(["DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"]);
