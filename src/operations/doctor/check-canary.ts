/** Compares what somebody learns of the canaries' table by all ways with what a rule lets them learn. Pure. */
import { isDeepStrictEqual } from "node:util";
import { canaryColumns, type CanaryTable } from "./canary-table.ts";
import type { Ways } from "./canary-ways.ts";

export interface Expected {
  /** The columns that may be known; undefined if the table may not be known at all. */
  readonly columns: readonly string[] | undefined;
  /** The rows that may be read, in the order of their ids, with these columns. */
  readonly rows: readonly (readonly unknown[])[];
  /** Whether counts and history may be known. */
  readonly figures: boolean;
}

export interface Check {
  /** The way by which it was tried. */
  readonly way: string;
  readonly holds: boolean;
  /** A sentence that names no value of a row. */
  readonly found: string;
}

/** The expectation of a rule that leaves the whole table open. */
export function everything({ rows }: CanaryTable): Expected {
  return { columns: canaryColumns, rows, figures: true };
}

/** The expectation of a rule that gives nothing. */
export const nothing: Expected = { columns: undefined, rows: [], figures: false };

/** Some columns of some rows. `shown` replaces a row's value of a column. */
export function part(
  { rows }: CanaryTable,
  columns: readonly (typeof canaryColumns)[number][],
  { isShown = () => true, secret }: { isShown?: (id: number) => boolean; secret?: string | null } = {},
): Expected {
  const visible = rows.filter(([id]) => isShown(id));
  const cells = visible.map((row) =>
    columns.map((column) =>
      column === "secret" && secret !== undefined ? secret : row[canaryColumns.indexOf(column)],
    ),
  );
  return { columns, rows: cells, figures: false };
}

export interface Explanation {
  readonly mayRead: boolean;
  readonly shown: readonly string[];
}

export interface Learnt {
  readonly ways: Ways;
  readonly explained: Explanation;
  readonly table: CanaryTable;
  /** Whether they act in the canaries' account, which has no other table. */
  readonly isInside: boolean;
}

export function checkCanary(expected: Expected, learnt: Learnt): readonly Check[] {
  return [
    checkList(expected, learnt),
    checkDescription(expected, learnt),
    checkRows(expected, learnt),
    checkDifferences(expected, learnt),
    checkHistory(expected, learnt),
    checkExplanation(expected, learnt),
    ...checkSecrets(expected, learnt),
  ];
}

function checkList({ columns, figures }: Expected, { ways, table, isInside }: Learnt): Check {
  const all = ways.list.answer?.tables ?? [];
  const listed = all.filter(({ database, name }) => `${database}.${name}` === table.name);
  if (isInside && all.length > listed.length) return verdict("list", false, "tables of other accounts are listed");
  const [one, another] = listed;
  if (columns === undefined) return verdict("list", listed.length === 0, "the table is listed");
  if (one === undefined || another !== undefined) return verdict("list", false, "the table is not listed once");
  const isRight = one.columns === columns.length && (one.rows !== undefined) === figures;
  return verdict("list", isRight, "the list tells of other columns, or of rows that may not be counted");
}

function checkDescription({ columns, figures }: Expected, { ways }: Learnt): Check {
  const { answer } = ways.describe;
  if (columns === undefined) return verdict("describe", answer === undefined, "the table is described");
  const names = answer?.columns.map(({ name }) => name);
  const documented = Object.keys(Object.values(ways.document.answer?.document ?? {})[0]?.columns ?? {});
  const isRight = isDeepStrictEqual(names, columns) && isDeepStrictEqual(documented, columns);
  const hasFigures = answer?.rows !== undefined || answer?.metadata_location !== undefined;
  return verdict("describe", isRight && hasFigures === figures, "other columns or figures are described");
}

function checkRows({ columns, rows }: Expected, { ways }: Learnt): Check {
  const found = ways.sql.rows.map((row) => row.map(plainNumber));
  const isRight = isDeepStrictEqual(
    found,
    rows.map((row) => [...row]),
  );
  const isRefused = ways.sql.answer === undefined;
  return verdict("sql", isRight && isRefused === (columns === undefined), "SQL reads other rows, columns or values");
}

/** Whole numbers come in either form. */
export function plainNumber(value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

/** The table has had rows added, so that all differences are rows of the newer state. */
function checkDifferences({ columns, rows }: Expected, { ways, table }: Learnt): Check {
  if (columns === undefined)
    return verdict("differences", ways.differences.rows.length === 0, "differences show rows that may not be read");
  const later = new Set(table.rows.slice(3).map(([id]) => id));
  const expected = rows.filter((row) => later.has(Number(row[0]))).length;
  const isRight = ways.differences.rows.length === expected;
  return verdict("differences", isRight, "differences show other rows than may be read");
}

function checkHistory({ figures }: Expected, { ways }: Learnt): Check {
  return verdict(
    "history",
    (ways.history.answer !== undefined) === figures,
    "the history is not told as the rule says",
  );
}

function checkExplanation({ columns, rows }: Expected, { explained }: Learnt): Check {
  const isRight = explained.mayRead === rows.length > 0;
  const areColumns = columns === undefined || isDeepStrictEqual([...explained.shown], [...columns]);
  return verdict("explain", isRight && areColumns, "the explanation says something else than the ways do");
}

/** Whatever may not be read must not be in any answer, error or statistic. */
function checkSecrets({ rows }: Expected, { ways, table }: Learnt): readonly Check[] {
  const open = new Set(rows.flat());
  const hidden = table.rows.map(([, , , secret]) => secret).filter((secret) => !open.has(secret));
  return Object.entries(ways).map(([way, { text }]) =>
    verdict(
      `nothing hidden by ${way}`,
      !hidden.some((secret) => text.includes(secret)),
      "a hidden value is in the answer",
    ),
  );
}

function verdict(way: string, holds: boolean, otherwise: string): Check {
  return { way, holds, found: holds ? "as the rule says" : otherwise };
}
