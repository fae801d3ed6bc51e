/**
 * A range of a table by its first key column, half-open; absent ends are unbounded. The server compares with the
 * column's own collation, so that ranges which share a boundary hold each row exactly once, whatever the collation.
 */
import type { KeySpan, SplitRange } from "../../sync/source.ts";
import { quoteName } from "./identifiers.ts";

/**
 * How boundaries are written: as digits; as the text of a date or similar; or as the bytes of a string in its charset,
 * in hexadecimal.
 */
export type BoundaryKind = "integer" | "text" | { readonly charset: string };

export interface KeyRange {
  readonly column: string;
  readonly kind: BoundaryKind;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Includes rows without a value. */
  readonly orNull?: boolean | undefined;
}

/** n boundaries make n + 1 ranges; the first and the last are unbounded on one side. */
export function rangesBetween(
  key: Pick<KeyRange, "column" | "kind">,
  boundaries: readonly string[],
): readonly SplitRange[] {
  const ends = [undefined, ...boundaries, undefined];
  return ends.slice(0, -1).map((from, index) => formatRange({ ...key, from, to: ends[index + 1] }));
}

export function formatRange(range: KeyRange | SinceRange): SplitRange {
  return JSON.stringify(range);
}

/** Includes rows without a value if the span has no start. Undefined for all rows. */
export function spanRange(column: string, { from, to }: KeySpan): SplitRange | undefined {
  if (from === undefined && to === undefined) return undefined;
  return formatRange({
    column,
    kind: "integer",
    from: from?.toString(),
    to: to?.toString(),
    orNull: from === undefined,
  });
}

/** The ends of a range of whole numbers. */
export function integerEnds(range: SplitRange | undefined): KeySpan {
  if (range === undefined) return {};
  const { from, to } = JSON.parse(range) as KeyRange;
  const end = (digits: string | undefined): bigint | undefined => (digits === undefined ? undefined : BigInt(digits));
  return { from: end(from), to: end(to) };
}

/** Rows at or above a value, and rows without a value. */
export interface SinceRange {
  readonly since: string;
  readonly column: string;
}

/** SQL after `where`; undefined for the whole table. */
export function rangePredicate(range: SplitRange | undefined): string | undefined {
  if (range === undefined) return undefined;
  const parsed = JSON.parse(range) as KeyRange | SinceRange;
  if ("since" in parsed) {
    const name = quoteName(parsed.column);
    return `(${name} >= '${checked(parsed.since, /^[\w .:+-]*$/)}' or ${name} is null)`;
  }
  const { column, kind, from, to, orNull } = parsed;
  const bounds = [
    from === undefined ? undefined : `${quoteName(column)} >= ${boundaryLiteral(kind, from)}`,
    to === undefined ? undefined : `${quoteName(column)} < ${boundaryLiteral(kind, to)}`,
  ].filter((bound) => bound !== undefined);
  if (bounds.length === 0) return undefined;
  return orNull === true ? `(${bounds.join(" and ")} or ${quoteName(column)} is null)` : bounds.join(" and ");
}

/** Checks strictly, because a range returns from where sync stored it. */
export function boundaryLiteral(kind: BoundaryKind, value: string): string {
  if (kind === "integer") return checked(value, /^-?\d+$/);
  if (kind === "text") return `'${checked(value, /^[\w .:+-]*$/)}'`;
  const bytes = `x'${checked(value, /^([0-9A-F]{2})*$/)}'`;
  return kind.charset === "binary" ? bytes : `_${checked(kind.charset, /^\w+$/)} ${bytes}`;
}

function checked(value: string, form: RegExp): string {
  if (form.test(value)) return value;
  throw new TypeError(`expected a split boundary like ${form.source}`);
}
