/**
 * The part of a statement's preparation that works on its text: the gate, the places of its tables, the spelling of
 * columns, and the filters for files. It runs in the process that will run the statement, because a text can be
 * designed to keep a parser busy. Tables are not looked up here: only their columns are passed in.
 */
import { formatJson } from "../base/json.ts";
import type { Expression } from "../iceberg/expression.ts";
import { ambiguousColumn, exactNames, markingOf, type Marking } from "./exact-names.ts";
import { anyOf } from "../iceberg/combine-expressions.ts";
import { gate, type GatedStatement, type SerializeSql } from "./gate.ts";
import { findName, placeTables, type ViewPlace } from "./place-tables.ts";
import { planFilters } from "./planner.ts";
import { notAllowed } from "./sql-refusal.ts";
import type { TableReference } from "./table-reference.ts";
import type { QueryColumn } from "./query-column.ts";

/** A table as the text's preparation needs to know it. */
export interface TextTable {
  /** Identifies table and state. */
  readonly id: string;
  readonly columns: readonly QueryColumn[];
}

export interface StatementText {
  readonly sql: string;
  readonly tables: readonly TextTable[];
  /** For each reference, in the order of the text, the index of its table. */
  readonly meant: readonly number[];
  /** For the text of a view: how the schemas of its tables begin, which no other text can name. */
  readonly hidden?: string | undefined;
}

export interface PlacedText {
  /** The text to run. */
  readonly sql: string;
  readonly views: readonly PlacedView[];
  /** For each table, a filter: rows that fail it are not needed. Undefined when all rows are needed. */
  readonly filters: readonly (Expression | undefined)[];
  /** Which columns are spelled with marks. */
  readonly marking: Marking;
}

export interface PlacedView {
  readonly schema: string;
  readonly name: string;
  readonly table: number;
}

/** The tables that a text mentions, however often. */
export interface MentionedTables {
  /** Each name and state once, as written. */
  readonly names: readonly Pick<TableReference, "parts" | "at">[];
  /** For each mention, in the order of the text, the index of its name. */
  readonly mentions: readonly number[];
}

/** Throws SQL_INVALID, SQL_NOT_ALLOWED. */
export async function readMentions(sql: string, serialize: SerializeSql): Promise<MentionedTables> {
  const { tables } = await gate(sql, serialize);
  const indexes = new Map<string, number>();
  const names: MentionedTables["names"][number][] = [];
  const mentions = tables.map(({ parts, at }) => {
    const written = formatJson([parts, at]);
    const index = indexes.get(written) ?? names.push({ parts, at }) - 1;
    indexes.set(written, index);
    return index;
  });
  return { names, mentions };
}

/** Throws SQL_NOT_ALLOWED, COLUMN_AMBIGUOUS. */
export async function placeText(text: StatementText, serialize: SerializeSql): Promise<PlacedText> {
  const { sql, tables, meant, hidden } = text;
  const statement = await gate(sql, serialize);
  const known = new Map(statement.tables.map((reference, index) => [reference, tableAt(tables, meant[index])]));
  const { views, marking, sql: placed } = await placeSafely({ statement, tables: known, hidden }, serialize);
  return {
    sql: placed,
    views: views.map(({ schema, name, table }) => ({ schema, name, table: tables.indexOf(table) })),
    filters: filtersOf(tables, { statement, known }),
    marking,
  };
}

function tableAt(tables: readonly TextTable[], index: number | undefined): TextTable {
  const table = index === undefined ? undefined : tables[index];
  if (table === undefined) throw new TypeError("every reference has a table");
  return table;
}

type KnownTables = ReadonlyMap<TableReference, TextTable>;

/** One filter per table, for everything that the statement's mentions of it may need. */
function filtersOf(
  tables: readonly TextTable[],
  { statement, known }: { statement: GatedStatement; known: KnownTables },
): readonly (Expression | undefined)[] {
  const filters = planFilters(statement, known);
  const mentions = Map.groupBy(known, ([, table]) => table);
  return tables.map((table) => {
    const filter = anyOf((mentions.get(table) ?? []).map(([reference]) => filters.get(reference)));
    return filter === undefined || partsOf(filter) > mostParts ? undefined : filter;
  });
}

/** Every part is evaluated for every file, in the process that serves everybody. */
const mostParts = 10_000;

function partsOf(filter: Expression): number {
  if ("terms" in filter) return filter.terms.reduce((sum, term) => sum + partsOf(term), 1);
  return "values" in filter ? filter.values.length : 1;
}

interface SafelyPlaced {
  readonly sql: string;
  readonly views: readonly ViewPlace<TextTable>[];
  readonly marking: Marking;
}

/**
 * The text that runs must be the one that was checked: an edited text passes the gate again and must mean the same
 * tables.
 */
async function placeSafely(
  { statement, tables, hidden }: { statement: GatedStatement; tables: KnownTables; hidden: string | undefined },
  serialize: SerializeSql,
): Promise<SafelyPlaced> {
  const placed = placeTables(statement, tables, hidden);
  const isSame = placed.sql === statement.sql;
  const again = isSame ? statement : await gateAgain({ sql: placed.sql, statement }, serialize);
  const spans = again.tables.map((reference) => findName(again.sql, reference));
  const marking = markingOf(again.sql, { tables: tables.values(), spans });
  const names = exactNames(tables.values(), marking);
  if (names === undefined) return { ...placed, marking };
  const [asValue] = again.namesAsValues;
  if (asValue !== undefined)
    throw ambiguousColumn(
      undefined,
      `${asValue} cannot be asked of columns that differ by case only: name them one by one`,
    );
  const sql = names.mark(again.sql, spans);
  await gateAgain({ sql, statement }, serialize).catch((cause: unknown) => {
    throw ambiguousColumn(
      undefined,
      "a name that differs from a column's only by case stands where the engine cannot tell them apart",
      cause,
    );
  });
  return { ...placed, sql, marking };
}

async function gateAgain(
  { sql, statement }: { sql: string; statement: GatedStatement },
  serialize: SerializeSql,
): Promise<GatedStatement> {
  const again = await gate(sql, serialize);
  const same = again.tables.length === statement.tables.length && again.tables.every(({ at }) => at === undefined);
  if (!same) throw notAllowed("this way of writing AT");
  return again;
}
