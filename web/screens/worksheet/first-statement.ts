/** The statement with which the worksheet begins for a table. */
import { partsOf } from "../../parts/table-address.ts";
import { sqlName } from "../../parts/names.ts";

export function firstStatement(table: string): string {
  return `select *\nfrom ${partsOf(table).map(sqlName).join(".")}\nlimit 100`;
}
