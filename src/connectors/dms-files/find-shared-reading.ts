/**
 * Finds how a table is read that has rows in files of whole transactions only. These files have no header, so columns
 * have the names that somebody set, or numbers.
 */
import { quoteText } from "../../engine/duckdb-type.ts";
import type { Engine } from "../../engine/engine.ts";
import type { TableName } from "../../sync/source.ts";
import { addShapes, typesOfShapes, type ColumnShapes } from "./column-shapes.ts";
import { lineEndOf } from "./csv-records.ts";
import { csvRelation } from "./csv-relation.ts";
import { withSetColumns, type KnownReading, type Reading, type ReadingColumn } from "./reading.ts";
import { tableKey } from "./transaction-widths.ts";
import { checkWidths, transactionFields, type TransactionsFile } from "./transactions-file.ts";

interface SharedParts {
  readonly name: TableName;
  /** Files that have rows of the table, the oldest first. */
  readonly samples: readonly TransactionsFile[];
  readonly known: KnownReading;
}

/** Undefined if there are no rows. Throws SOURCE_FILE_INVALID if rows have more or fewer values than others. */
export async function findSharedReading(
  engine: () => Promise<Engine>,
  { name, samples, known }: SharedParts,
): Promise<Reading | undefined> {
  const newest = samples.at(-1);
  const [width] = newest?.widths.byTable.get(tableKey(name.name, name.schema))?.keys() ?? [];
  if (newest === undefined || width === undefined) return undefined;
  const numbered = Array.from({ length: width - transactionFields }, (_, index) => `column${index}`);
  const names = known.columns?.map((column) => column.name) ?? numbered;
  const marks = {
    delimiter: newest.marks.delimiter,
    quote: newest.marks.quote,
    header: known.header ?? false,
    null: known.null ?? "NULL",
    timestamp: known.timestamp ?? null,
    keep: known.keep ?? [],
  };
  const types = await findTypes(await engine(), { name, samples, names, marks });
  const found = names.map((column): ReadingColumn => ({ name: column, type: types.get(column) ?? "string" }));
  return { ...marks, columns: withSetColumns(found, { header: false, set: known.columns }) };
}

interface TypeParts extends Pick<SharedParts, "name" | "samples"> {
  readonly names: readonly string[];
  readonly marks: Omit<Reading, "columns">;
}

async function findTypes(
  engine: Engine,
  { name, samples, names, marks }: TypeParts,
): Promise<ReadonlyMap<string, string>> {
  const shapes: ColumnShapes = new Map();
  const columns = names.map((column) => ({ name: column }));
  for (const { looked, widths } of samples) {
    const own = widths.byTable.get(tableKey(name.name, name.schema));
    if (own === undefined) continue;
    checkWidths(own, { file: looked.file, columns: columns.length });
    const lineEnd = lineEndOf(looked.text ?? "", marks);
    const shape = { format: "transactions", isGzip: looked.isGzip, lineEnd } as const;
    const all = csvRelation({ paths: [looked.path], width: widths.widest, shape, reading: marks });
    const relation = `(from ${all} where f1 = ${quoteText(name.name)} and f2 = ${quoteText(name.schema)})`;
    await addShapes(shapes, engine, { looked, relation, first: transactionFields, columns });
  }
  return typesOfShapes(shapes);
}
