/** The own right to a table in words, and how many others read it, for those who may know. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { TableShowAnswer } from "../../../src/client/api-client.ts";
import { readersQuery } from "../../api/queries.ts";
import { Tile } from "../../parts/badge.tsx";
import { Moment } from "../../parts/moment.tsx";
import { tableName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { useOwnRight, type OwnRight } from "./own-right.ts";

export function AccessBox({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const right = useOwnRight(table);
  return (
    <section className="card" aria-labelledby="own-access">
      <div className="card-head">
        <h2 id="own-access">Access</h2>
        <Link
          className="more"
          to="/catalog/$database/$table/{-$tab}"
          params={{ database: table.database, table: table.name, tab: "access" }}
        >
          Who and why
        </Link>
      </div>
      <div className="card-body">
        {right === undefined ? undefined : <Own right={right} columns={table.columns.length} />}
        {right?.mayAdminister === true ? <Readers table={table} /> : undefined}
      </div>
    </section>
  );
}

function Own({
  right: { reads, masks, isRestricted, mayAdminister, ways },
  columns,
}: {
  readonly right: OwnRight;
  readonly columns: number;
}): ReactNode {
  const until = ways
    .map((way) => way.until)
    .filter((end) => end !== null)
    .toSorted()
    .at(-1);
  const isOpenEnded = ways.some((way) => way.until === null);
  const facts =
    reads === "whole"
      ? "All columns, all rows"
      : reads === "nothing"
        ? "You see its description only"
        : `${columns} columns${masks.size === 0 ? "" : `, ${masks.size} masked`}${isRestricted ? ", some rows" : ""}`;
  return (
    <div className="row">
      <Tile
        icon={reads === "nothing" ? "hidden" : mayAdminister ? "steward" : "view"}
        tone={reads === "nothing" ? "plain" : "busy"}
      />
      <div>
        <b>{headline(reads, mayAdminister)}</b>
        <div className="small dim">
          {facts}
          {until === undefined || isOpenEnded ? undefined : (
            <>
              , until <Moment at={until} />
            </>
          )}
        </div>
      </div>
    </div>
  );
}

function headline(reads: OwnRight["reads"], mayAdminister: boolean): string {
  if (mayAdminister) return reads === "nothing" ? "You administer it, and do not read it" : "You administer this table";
  if (reads === "whole") return "You read this table";
  return reads === "part" ? "You read a part of it" : "You may not read it";
}

function Readers({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const { data } = useQuery(readersQuery(tableName(table.database, table.name)));
  if (data === undefined) return undefined;
  const whole = data.readers.filter(({ reads }) => reads === "whole").length;
  const part = data.readers.length - whole;
  return (
    <>
      <div className="who-bar" aria-hidden="true">
        {whole === 0 ? undefined : <span className="whole" style={{ flexGrow: whole }} />}
        {part === 0 ? undefined : <span className="part" style={{ flexGrow: part }} />}
      </div>
      <ul className="who">
        <li>
          <i className="whole" />
          <b>{whole}</b> {whole === 1 ? "reads" : "read"} everything
        </li>
        <li>
          <i className="part" />
          <b>{part}</b> {part === 1 ? "reads" : "read"} a part
        </li>
      </ul>
      {data.earlierGrants === 0 ? undefined : (
        <p className="small dim">
          {counted(data.earlierGrants, "grant")} of a dropped table of this name can be made again.
        </p>
      )}
    </>
  );
}
