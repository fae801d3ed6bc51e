/**
 * The meaning of a reader's access for one state of a table: which rows are visible, and how each column is shown.
 * Invariant: closed where anything is missing. A part of the access whose row filter cannot be evaluated in this state
 * gives no rows, and a column that no part includes is not there.
 */
import { tableLabel, type NamedTable } from "../catalog/table-name.ts";
import { HeadgateError } from "../errors.ts";
import type { Mask } from "../governance/mask.ts";
import type { Predicate } from "../governance/predicate/predicate.ts";
import { rebind } from "../governance/predicate/rebind.ts";
import { hasColumn, type AccessPart, type TableAccess } from "../governance/table-access.ts";
import type { QueryColumn } from "./query-column.ts";

export interface TableRules {
  /** A row is visible only if this is true. Undefined: every row is visible. */
  readonly rows: Predicate | undefined;
  /** By field id, how a column is shown; a column that is not here is not there for the reader. */
  readonly shown: ReadonlyMap<number, readonly Showing[]>;
  /** All columns of the state, because row filters may compare hidden ones. */
  readonly stored: readonly QueryColumn[];
}

/** The first of a column's showings whose condition is true decides about a value; if none is, the value is null. */
export interface Showing {
  /** Undefined: always. */
  readonly when: Predicate | undefined;
  /** Undefined: as it is. */
  readonly mask: Mask | undefined;
}

interface State extends NamedTable {
  readonly columns: readonly QueryColumn[];
}

/** Throws NOT_ALLOWED if nothing of the table can be read. */
export function tableRules(table: State, access: TableAccess): TableRules {
  const parts = usableParts(table, access);
  const shown = new Map<number, readonly Showing[]>();
  for (const { fieldId } of table.columns) {
    const showings = showingsOf(fieldId, parts);
    if (showings.length > 0) shown.set(fieldId, showings);
  }
  return { rows: anyOfParts(parts), shown, stored: table.columns };
}

/** Whether the reader may see something other than what the files contain. */
export function isAltered([first]: readonly Showing[]): boolean {
  return first?.when !== undefined || first?.mask !== undefined;
}

/** A part that gives at least one column of the state, with its row filter for this state. */
interface UsablePart extends Pick<AccessPart, "columns" | "masks"> {
  /** Undefined: every row. */
  readonly rows: Predicate | undefined;
}

function usableParts(table: State, { parts }: TableAccess): readonly UsablePart[] {
  const types = new Map(table.columns.map(({ fieldId, type }) => [fieldId, type]));
  const withColumns = parts.filter(({ columns }) => table.columns.some(({ fieldId }) => hasColumn(columns, fieldId)));
  const usable = withColumns.flatMap((part): UsablePart[] => {
    const rows = part.rows.map((predicate) => rebind(predicate, (fieldId) => types.get(fieldId)));
    if (rows.some((predicate) => predicate === undefined)) return [];
    return [
      {
        ...part,
        rows: joined(
          "and",
          rows.filter((predicate) => predicate !== undefined),
        ),
      },
    ];
  });
  if (usable.length > 0) return usable;
  throw unreadable(table, { isGranted: parts.length > 0, isBroken: withColumns.length > 0 });
}

function unreadable(table: State, { isGranted, isBroken }: { isGranted: boolean; isBroken: boolean }): HeadgateError {
  const label = tableLabel(table);
  if (!isGranted)
    return new HeadgateError("NOT_ALLOWED", {
      place: label,
      message: `you may not read the rows of ${label}`,
      remedy: `ask for it with \`headgate request create ${label} --purpose …\`, or ask an administrator for a grant`,
    });
  const message = isBroken
    ? `the row filter that decides which rows of ${label} you may read compares a column that the table does not have in this state`
    : `none of the columns of ${label} that you may read exists in this state of the table`;
  const remedy = "ask whoever granted you access to correct the data filter, or read another state of the table";
  return new HeadgateError("NOT_ALLOWED", { place: label, message, remedy });
}

/** Undefined for no condition. */
function joined(op: "and" | "or", terms: readonly Predicate[]): Predicate | undefined {
  const [first] = terms;
  return terms.length < 2 ? first : { op, terms };
}

/** The rows that any of the parts has. Undefined: every row. */
function anyOfParts(parts: readonly UsablePart[]): Predicate | undefined {
  const rows = parts.map((part) => part.rows).filter((predicate) => predicate !== undefined);
  return rows.length < parts.length ? undefined : joined("or", rows);
}

/** A value as it is comes before masked ones, and masks come in the order of the parts. */
function showingsOf(fieldId: number, parts: readonly UsablePart[]): readonly Showing[] {
  const including = parts.filter(({ columns }) => hasColumn(columns, fieldId));
  const plain = including.filter(({ masks }) => !masks.has(fieldId));
  const masked = including.filter(({ masks }) => masks.has(fieldId));
  const showings: Showing[] = masked.map(({ rows, masks }) => ({ when: rows, mask: masks.get(fieldId) }));
  if (plain.length > 0) showings.unshift({ when: anyOfParts(plain), mask: undefined });
  const always = showings.findIndex(({ when }) => when === undefined);
  if (always >= 0) return showings.slice(0, always + 1);
  // Every visible row fulfils one of the conditions, so the last needs none if no part lacks the column.
  const last = showings.at(-1);
  if (last === undefined || including.length < parts.length) return showings;
  return [...showings.slice(0, -1), { ...last, when: undefined }];
}
