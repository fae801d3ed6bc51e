/** The first tab of a table: proposals to decide, its columns, some rows as this person sees them; their right and the facts beside. */
import type { ReactNode } from "react";
import type { TableShowAnswer } from "../../../src/client/api-client.ts";
import { AccessBox } from "./access-box.tsx";
import { Columns } from "./columns.tsx";
import { Facts } from "./facts.tsx";
import { Proposals } from "./proposals.tsx";
import { SampleRows } from "./sample-rows.tsx";

export function Overview({ table }: { readonly table: TableShowAnswer }): ReactNode {
  return (
    <div className="table-page">
      <div className="table-main">
        <Proposals table={table} />
        <Columns table={table} />
        <SampleRows table={table} />
      </div>
      <div className="table-side">
        <AccessBox table={table} />
        <Facts table={table} />
      </div>
    </div>
  );
}
