/**
 * A table of the database that a DMS task reads: its rows in memory, and random changes of them. Values are texts as
 * DMS writes them; null stands for null.
 */
import type { Random } from "../soak/random.ts";
import type { Op } from "./dms-settings.ts";

export type Cell = string | null;
/** By column, in the order of the table's columns. */
export type Cells = ReadonlyMap<string, Cell>;

export interface Change {
  readonly op: Op;
  /** After the change; before it for a delete. */
  readonly cells: Cells;
}

export interface DmsColumn {
  readonly name: string;
  /** DuckDB's type for it in Parquet. */
  readonly type: string;
  readonly values: readonly string[];
}

export interface DmsTable {
  readonly schema: string;
  readonly name: string;
  /** Undefined: rows may be alike, and they are only ever added. */
  readonly key: readonly string[] | undefined;
  readonly columns: readonly DmsColumn[];
  /** Those that it had from the beginning. */
  readonly firstColumns: readonly DmsColumn[];
  rows(): readonly Cells[];
  insert(): Change;
  /** Undefined when there is nothing to change. */
  update(): Change | undefined;
  remove(): Change | undefined;
  addColumn(): void;
  clear(): void;
}

const plainTexts = ["naïve ☕ 🦊", " a ", "it's", "00123", "x".repeat(300), "İstanbul", "a\\b"];
/** Texts that need RFC 4180. */
const oddTexts = ['say "so"', "a,b;c|d\te", "line\nbreak", "line\r\nbreak", '"', ",", "\n"];

const kinds = {
  bigint: ["0", "-9223372036854775808", "9223372036854775807", "42"],
  integer: ["0", "-1", "2147483647"],
  "decimal(12,2)": ["0.00", "0.01", "-9999999999.99", "12.50"],
  double: ["0.1", "1.5", "-123456789.125", "1e300"],
  date: ["1970-01-01", "2024-02-29", "1582-10-10"],
  timestamp: ["1969-12-31 23:59:59.999000", "2024-02-29 12:34:56.789000", "2024-03-01 00:00:00.000000"],
} as const;

/** The table's key. A table of one column has no key and nothing but texts. */
export type KeyKind = "number" | "two columns" | "none" | "one column";

interface TableParts {
  readonly random: Random;
  readonly schema: string;
  readonly name: string;
  readonly key: KeyKind;
  /** False: no text has a delimiter, a quote or an end of a line. */
  readonly anyText: boolean;
  /** Texts that an endpoint would read as null. */
  readonly nulls: readonly string[];
}

export function openDmsTable({ random, schema, name, key, anyText, nulls }: TableParts): DmsTable {
  const keyNames = { number: ["id"], "two columns": ["area", "number"], none: [], "one column": [] }[key];
  const isKeyless = keyNames.length === 0;
  const texts = [...plainTexts, ...(anyText ? oddTexts : []), ...nulls];
  const keyColumns: DmsColumn[] = keyNames.map((column) => ({
    name: column,
    type: column === "area" ? "varchar" : "bigint",
    values: [],
  }));
  let columns: readonly DmsColumn[] = [
    ...keyColumns,
    { name: "entry", type: "varchar", values: texts },
    ...Array.from({ length: key === "one column" ? 0 : 1 + random.below(4) }, (_, index) => newColumn(`c${index}`)),
  ];
  const firstColumns = columns;
  let nextKey = 1;
  let rows: Cells[] = [];

  function newColumn(columnName: string): DmsColumn {
    if (random.chance(0.3)) return { name: columnName, type: "varchar", values: texts };
    const type = random.pick(typesOfKinds);
    return { name: columnName, type, values: kinds[type] };
  }
  function cell(column: DmsColumn, isFirst: boolean): Cell {
    // The first row has a value in each column, so that every type can be found.
    if (isFirst) return column.values[0] ?? null;
    return random.chance(0.15) ? null : random.pick(column.values);
  }
  function newKey(): readonly string[] {
    const number = nextKey++;
    if (isKeyless) return [];
    return key === "number" ? [String(number)] : [`area ${number % 5}`, String(number)];
  }
  function rowOf(values: readonly string[]): Cells {
    const isFirst = nextKey === 2 || rows.length === 0;
    const cells = columns.map(
      (column, index) => [column.name, values[index] ?? cell(column, isFirst)] as [string, Cell],
    );
    return new Map(cells);
  }
  function pickIndex(): number | undefined {
    return rows.length === 0 || isKeyless ? undefined : random.below(rows.length);
  }
  return {
    schema,
    name,
    key: isKeyless ? undefined : keyNames,
    firstColumns,
    get columns() {
      return columns;
    },
    rows: () => rows,
    insert() {
      const cells = rowOf(newKey());
      rows.push(cells);
      return { op: "I", cells };
    },
    update() {
      const index = pickIndex();
      if (index === undefined) return undefined;
      const old = rows[index];
      const cells = rowOf(keyNames.map((column) => old?.get(column) ?? ""));
      rows[index] = cells;
      return { op: "U", cells };
    },
    remove() {
      const index = pickIndex();
      const old = index === undefined ? undefined : rows[index];
      if (old === undefined) return undefined;
      rows = rows.filter((row) => row !== old);
      return { op: "D", cells: old };
    },
    addColumn() {
      const column = newColumn(`c${columns.length}`);
      columns = [...columns, column];
      rows = rows.map((row) => new Map([...row, [column.name, null]]));
    },
    clear() {
      rows = [];
    },
  };
}

const typesOfKinds = ["bigint", "integer", "decimal(12,2)", "double", "date", "timestamp"] as const;
