/** The tables that a source feeds: how many rows each has, how changes are found, and to when it is up to date. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { count } from "../../parts/numbers.ts";
import { addressOf, partsOf } from "../../parts/table-address.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { sourceQuery } from "./source-queries.ts";

const modes = { diff: "compared", cursor: "by a growing column", files: "by its files" } as const;

export function SourceTables({ source }: { readonly source: string }): ReactNode {
  const shown = useQuery(sourceQuery(source));
  return (
    <Loaded query={shown} lines={8}>
      {({ tables }) =>
        tables.length === 0 ? (
          <Empty icon="table" title="Nothing has been loaded yet." />
        ) : (
          <section className="card sideways" aria-label="Tables" tabIndex={0}>
            <table className="lines">
              <thead>
                <tr>
                  <th>Table</th>
                  <th className="right">Rows</th>
                  <th className="wide-only">Changes are</th>
                  <th className="right">Up to date to</th>
                </tr>
              </thead>
              <tbody>
                {tables.map(({ lakeTable, rows, mode, active, freshAt }) => (
                  <tr key={lakeTable}>
                    <td className="wrap-anywhere">
                      <Link to={addressOf(lakeTable)} className="table-link">
                        <code className="strong">{shownName(partsOf(lakeTable).at(-1) ?? lakeTable)}</code>
                      </Link>{" "}
                      {active ? undefined : <Badge tone="plain">Paused</Badge>}
                    </td>
                    <td className="right">{count(rows)}</td>
                    <td className="wide-only text2">{modes[mode]}</td>
                    <td className="right">
                      <Moment at={freshAt} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )
      }
    </Loaded>
  );
}
