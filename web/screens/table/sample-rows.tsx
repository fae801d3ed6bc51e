/** Some rows of a table as this person sees them, under a sentence that says what that is. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { TableShowAnswer } from "../../../src/client/api-client.ts";
import { useMe } from "../../api/me.ts";
import { Empty } from "../../parts/empty.tsx";
import { Grid } from "../../parts/grid.tsx";
import { Icon } from "../../parts/icon.tsx";
import { sqlName, tableName } from "../../parts/names.ts";
import { readRows } from "../../parts/read-rows.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { useOwnRight, type OwnRight } from "./own-right.ts";

interface SampleRowsProps {
  readonly table: TableShowAnswer;
  readonly limit?: number;
  readonly title?: string;
}

export function SampleRows({ table, limit = 20, title = "Sample rows" }: SampleRowsProps): ReactNode {
  const right = useOwnRight(table);
  const name = `${sqlName(table.database)}.${sqlName(table.name)}`;
  const rows = useQuery({
    queryKey: ["table", tableName(table.database, table.name), "rows", table.snapshot_id ?? null, limit],
    queryFn: () => readRows({ sql: `select * from ${name}`, limit }),
    enabled: right !== undefined && right.reads !== "nothing",
    staleTime: 60_000,
  });
  if (right === undefined) return undefined;
  return (
    <section aria-labelledby="sample">
      <div className="section-head">
        <h2 id="sample">{title}</h2>
      </div>
      <div className="card sample">
        {right.reads === "nothing" ? (
          <MayNotRead table={table} />
        ) : (
          <>
            <p className="as-bar">
              <Icon name="view" size={16} />
              <span className="grow">{sentenceOf(table, right)}</span>
              <Why table={table} />
            </p>
            <Loaded query={rows} lines={5}>
              {(found) =>
                found.rows.length === 0 ? (
                  <Empty icon="table" title="No rows." />
                ) : (
                  <Grid
                    columns={found.columns}
                    rows={found.rows}
                    label={`${title} of ${tableName(table.database, table.name)}`}
                    masks={right.masks}
                    height={limit > 20 ? "calc(100vh - 320px)" : 32 + 30 * Math.min(found.rows.length, 8) + 12}
                  />
                )
              }
            </Loaded>
          </>
        )}
      </div>
    </section>
  );
}

function sentenceOf(table: TableShowAnswer, { reads, columns, masks, isRestricted }: OwnRight): string {
  if (reads === "whole") return "You see every column and every row.";
  const masked = masks.size === 0 ? "" : `, ${masks.size} of them masked`;
  const rows = isRestricted ? ", and only some of the rows" : "";
  return `You see ${columns?.length ?? table.columns.length} columns${masked}${rows}.`;
}

function Why({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const me = useMe();
  return (
    <Link to="/access/explain" search={{ who: me?.name, table: tableName(table.database, table.name) }}>
      Why?
    </Link>
  );
}

/** Somebody may know of the table and not read it. */
export function MayNotRead({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const administers = useOwnRight(table)?.mayAdminister === true;
  const name = tableName(table.database, table.name);
  const who = table.owners.filter(({ gone }) => !gone).map((owner) => owner.who);
  const said = table.parameters["data_owner_name"] ?? table.parameters["data_owner"];
  const owner = who.length > 0 ? who.join(", ") : said;
  return (
    <Empty icon="hidden" title={`You may not read ${name}.`}>
      <p>
        {owner === undefined ? "Nobody is named who answers for it." : `${owner} answers for it.`} <Why table={table} />
      </p>
      {administers ? (
        <Button component={Link} to="/access/grants">
          Give access
        </Button>
      ) : table.kind === "view" ? undefined : (
        <Button component={Link} to={`/sharing/ask?on=${encodeURIComponent(name)}`}>
          Ask for access
        </Button>
      )}
    </Empty>
  );
}
