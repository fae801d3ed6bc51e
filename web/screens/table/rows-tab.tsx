/** The first rows of a table, in all the room there is. */
import type { ReactNode } from "react";
import type { TableShowAnswer } from "../../../src/client/api-client.ts";
import { SampleRows } from "./sample-rows.tsx";

export function RowsTab({ table }: { readonly table: TableShowAnswer }): ReactNode {
  return <SampleRows table={table} limit={500} title="First 500 rows" />;
}
