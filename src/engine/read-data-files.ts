/** Data files as a relation, columns found by Iceberg field id: renamed ones are found, added ones are null in older files, widened ones cast. */
import { quoteName, quoteText } from "./duckdb-type.ts";

export interface ReadColumn {
  readonly fieldId: number;
  /** The relation's name for it. */
  readonly name: string;
  /** As DuckDB writes it. */
  readonly sqlType: string;
}

/** A select statement; an empty relation of the same columns when there are no files. */
export function readDataFilesSql({
  files,
  columns,
}: {
  files: readonly string[];
  columns: readonly ReadColumn[];
}): string {
  if (files.length === 0) {
    return `select ${columns.map(({ name, sqlType }) => `null::${sqlType} as ${quoteName(name)}`).join(", ")} where false`;
  }
  const schema = columns.map(
    ({ fieldId, name, sqlType }) =>
      `${fieldId}: {name: ${quoteText(name)}, type: ${quoteText(sqlType)}, default_value: null}`,
  );
  const list = columns.map(({ name }) => quoteName(name)).join(", ");
  return `select ${list} from read_parquet([${files.map(quoteText).join(", ")}], schema = map {${schema.join(", ")}})`;
}
