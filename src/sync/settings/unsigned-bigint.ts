/**
 * The lake type of `bigint unsigned`: `decimal(20,0)`, which holds every value, or `long`, which joins faster and is
 * supported by more tools. Pure: the choice is made here, and the connector checks each value while it reads
 * (`SourceColumn.mayBeLong`).
 */
import type { UnsignedBigint } from "../../db/tables.ts";
import type { SourceColumn, SourceTable } from "../source.ts";

export const unsignedBigints = ["decimal", "long"] as const satisfies readonly UnsignedBigint[];

/** The table with its columns in the chosen types. */
export function withUnsignedBigint(table: SourceTable, choice: UnsignedBigint): SourceTable {
  return choice === "decimal" ? table : { ...table, columns: table.columns.map(asLong) };
}

function asLong(column: SourceColumn): SourceColumn {
  return column.mayBeLong === true ? { ...column, lakeType: "long", convert: undefined } : column;
}
