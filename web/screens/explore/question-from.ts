/** A question from an address or from what was kept, both of which anybody may have written: whatever is none, is left out. */
import { tryEach } from "./try-each.ts";
import {
  mostShown,
  testsFor,
  type ColumnName,
  type Filter,
  type Group,
  type Join,
  type Kind,
  type Measure,
  type Question,
  type TableName,
} from "./question.ts";

/** Undefined if not even its table is named. */
export function questionFrom(given: unknown): Question | undefined {
  const { table, joins, filters, groups, measures, sort, limit } = membersOf(given);
  const named = tableFrom(table);
  if (named === undefined) return undefined;
  const { place, isDescending } = membersOf(sort);
  return {
    table: named,
    joins: tryEach(joins, joinFrom),
    filters: tryEach(filters, filterFrom),
    groups: tryEach(groups, groupFrom),
    measures: tryEach(measures, measureFrom),
    sort: isPlace(place) ? { place, isDescending: isDescending === true } : undefined,
    limit: isPlace(limit) && limit > 0 ? Math.min(limit, mostShown) : mostShown,
  };
}

function tableFrom(given: unknown): TableName | undefined {
  const { database, name } = membersOf(given);
  return typeof database === "string" && typeof name === "string" ? { database, name } : undefined;
}

function columnFrom(given: unknown): ColumnName | undefined {
  const { at, column } = membersOf(given);
  return isPlace(at) && typeof column === "string" ? { at, column } : undefined;
}

function joinFrom(given: unknown): Join | undefined {
  const { table, from, key } = membersOf(given);
  const [named, on] = [tableFrom(table), columnFrom(from)];
  return named === undefined || on === undefined || typeof key !== "string"
    ? undefined
    : { table: named, from: on, key };
}

function filterFrom(given: unknown): Filter | undefined {
  const { on, kind, test, values } = membersOf(given);
  const column = columnFrom(on);
  const known = kindFrom(kind);
  const chosen = known === undefined ? undefined : testsFor(known).find((one) => one === test);
  if (column === undefined || known === undefined || chosen === undefined || !Array.isArray(values)) return undefined;
  return { on: column, kind: known, test: chosen, values: values.map(String) };
}

const periods = ["value", "hour", "day", "week", "month", "quarter", "year"] as const;

function groupFrom(given: unknown): Group | undefined {
  const { on, kind, by } = membersOf(given);
  const [column, known, period] = [columnFrom(on), kindFrom(kind), periods.find((one) => one === by)];
  if (column === undefined || known === undefined || period === undefined) return undefined;
  return { on: column, kind: known, by: period };
}

const ways = ["count", "distinct", "sum", "average", "least", "most"] as const;

function measureFrom(given: unknown): Measure | undefined {
  const { how, on } = membersOf(given);
  const [way, column] = [ways.find((one) => one === how), columnFrom(on)];
  if (way === "count") return { how: way };
  return way === undefined || column === undefined ? undefined : { how: way, on: column };
}

const kinds: readonly Kind[] = ["number", "text", "time", "date", "truth", "other"];

function kindFrom(given: unknown): Kind | undefined {
  return kinds.find((kind) => kind === given);
}

function isPlace(given: unknown): given is number {
  return typeof given === "number" && Number.isInteger(given) && given >= 0;
}

function membersOf(given: unknown): Readonly<Record<string, unknown>> {
  return typeof given === "object" && given !== null ? { ...given } : {};
}
