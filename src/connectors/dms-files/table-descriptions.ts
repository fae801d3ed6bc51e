/**
 * Turns what a table mapping of DMS or a table of Glue says of a table into how its files are read. Files with names
 * have the last word about which columns there are; for others, only a complete list can name them.
 */
import { HeadgateError } from "../../errors.ts";
import type {
  DescribedReading,
  DescribedTables,
  GivenColumn,
  SourceTable,
  TableDescriptions,
} from "../../sync/source.ts";
import { parseGlueTables } from "./glue-table.ts";
import { parseReading, type KnownReading } from "./reading.ts";
import { parseTableMapping, type TableMapping } from "./table-mapping.ts";

export const tableDescriptions: TableDescriptions = { tableMapping: describedByMapping, glueTable: describedByGlue };

function describedByMapping(text: string): DescribedTables {
  const mapping = parseTableMapping(text);
  return {
    isChosen: mapping.selects,
    unmatched: () => [],
    readingOf: (table, reading) => mappedReading(mapping, { table, set: parseReading(reading) }),
  };
}

interface Subject {
  readonly table: SourceTable;
  /** Settings that somebody made. */
  readonly set: KnownReading;
}

function mappedReading(mapping: TableMapping, { table, set }: Subject): DescribedReading | undefined {
  const { header, columns: found = [] } = parseReading(table.incarnation);
  const names = found.map(({ name }) => name);
  const { columns, named, key, left } = mapping.tableOf(table.name, names);
  const isNamed = header === true || set.columns !== undefined;
  if (!isNamed) checkNothingSaid(table, [...named, ...(key ?? [])]);
  if (columns.length === 0 && key === undefined && left.length === 0) return undefined;
  const before = header === true ? (set.columns ?? []) : found;
  const others = before.filter(({ name }) => !columns.some((column) => column.name === name));
  const all = header === true ? [...others, ...columns] : found.map((seen) => columns.find(isSame(seen)) ?? seen);
  return { reading: formatSet(set, all), key, left };
}

/** Throws USAGE if a mapping says something of columns by names that the files do not have. */
function checkNothingSaid(table: SourceTable, said: readonly string[]): void {
  if (said.length === 0) return;
  const names = [...new Set(said)].join(", ");
  throw unfit(
    table,
    `the table mapping says something of ${names}, but the files have no names of columns, and a mapping does not list all of them`,
  );
}

function isSame({ name }: GivenColumn): (other: GivenColumn) => boolean {
  return (other) => other.name === name;
}

function describedByGlue(text: string): DescribedTables {
  const tables = parseGlueTables(text);
  return {
    unmatched: (names) => tables.filter((table) => !names.some(table.isOf)).map(({ label }) => label),
    readingOf(table, reading) {
      const given = tables.find((other) => other.isOf(table.name));
      return given && listedReading(given.columns, { table, set: parseReading(reading) });
    },
  };
}

/** `columns` are all that the table has, in the order of the files. */
function listedReading(columns: readonly GivenColumn[], { table, set }: Subject): DescribedReading {
  const { header, columns: found = [] } = parseReading(table.incarnation);
  if (header !== true) {
    if (columns.length === found.length) return { reading: formatSet(set, columns), key: undefined, left: [] };
    const counts = `${columns.length} columns are given, and its files have ${found.length}`;
    throw unfit(table, `${counts}, without names`);
  }
  const inFiles = (given: GivenColumn): string | undefined =>
    (found.find(isSame(given)) ?? found.find(({ name }) => name.toLowerCase() === given.name.toLowerCase()))?.name;
  const typed = columns.flatMap((given) => {
    const name = inFiles(given);
    return name === undefined ? [] : [{ name, type: given.type }];
  });
  const absent = columns.filter((given) => inFiles(given) === undefined);
  if (typed.length === 0) throw unfit(table, "its files have none of the columns that are given");
  const left = absent.map(({ name }) => `the files have no column ${name}`);
  return { reading: formatSet(set, typed), key: undefined, left };
}

function formatSet(set: KnownReading, columns: readonly GivenColumn[]): string {
  return JSON.stringify({ ...set, columns });
}

function unfit({ name: { schema, name } }: SourceTable, message: string): HeadgateError {
  return new HeadgateError("USAGE", {
    place: `${schema}.${name}`,
    message,
    remedy:
      "give the columns in the order of the files: `headgate table set <database.table> --reading '{\"columns\": […]}'`, or a Glue table that lists them",
  });
}
