/** How values of files become values of the lake, for docs/reference/types-dms-files.md. */
import type { TypeRule } from "../../sync/source.ts";

export const typeRules: readonly TypeRule[] = [
  {
    sourceType: "CSV: whole numbers up to 64 bits",
    lakeType: "long",
    note: "found from the values; numbers with leading zeros or plus signs are text, so that no digit is lost",
  },
  {
    sourceType: "CSV: numbers with a point",
    lakeType: "double, or decimal(p,s)",
    note: "decimal if a double would change a digit",
  },
  { sourceType: "CSV: `true` and `false`", lakeType: "boolean", note: "" },
  { sourceType: "CSV: `2024-01-31`", lakeType: "date", note: "" },
  { sourceType: "CSV: `2024-01-31 10:15:00.123456`", lakeType: "timestamp", note: "timestamptz with an offset or `Z`" },
  {
    sourceType: "CSV: everything else",
    lakeType: "string",
    note: "also columns without values, and binary values as DMS writes them",
  },
  {
    sourceType: "CSV: the null text, not in quotes",
    lakeType: "null",
    note: "`NULL` unless `null` is set; an empty field is an empty text, or null in other types",
  },
  { sourceType: "Parquet: INT8 to INT32, UINT8, UINT16", lakeType: "int", note: "" },
  { sourceType: "Parquet: INT64, UINT32", lakeType: "long", note: "" },
  { sourceType: "Parquet: UINT64", lakeType: "decimal(20,0)", note: "" },
  { sourceType: "Parquet: DECIMAL(p,s)", lakeType: "decimal(p,s)", note: "p ≤ 38" },
  { sourceType: "Parquet: FLOAT, DOUBLE", lakeType: "float, double", note: "" },
  { sourceType: "Parquet: DATE32, TIME32", lakeType: "date, time", note: "" },
  { sourceType: "Parquet: TIMESTAMP in milliseconds or microseconds", lakeType: "timestamp", note: "" },
  { sourceType: "Parquet: STRING", lakeType: "string", note: "" },
  { sourceType: "Parquet: BINARY", lakeType: "binary", note: "" },
  {
    sourceType: "any, with a type set for the column",
    lakeType: "that type",
    note: "a value that does not fit stops the table and names the file and the row",
  },
];
