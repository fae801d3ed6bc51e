/** The states of a table, newest first, each to be read as it was. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { TableShowAnswer } from "../../../src/client/api-client.ts";
import { historyQuery } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Moment } from "../../parts/moment.tsx";
import { tableName } from "../../parts/names.ts";
import { count } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";

export function History({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const history = useQuery(historyQuery(tableName(table.database, table.name)));
  return (
    <Loaded query={history} lines={6}>
      {({ snapshots }) =>
        snapshots.length === 0 ? (
          <Empty icon="audit" title="It has no state yet." />
        ) : (
          <div className="card sideways" tabIndex={0} role="group" aria-label="States">
            <table className="lines">
              <caption>States of {table.name}</caption>
              <thead>
                <tr>
                  <th>Since</th>
                  <th>Change</th>
                  <th className="right">Rows</th>
                  <th className="right wide-only">Files</th>
                  <th className="wide-only">By run</th>
                  <th>State</th>
                </tr>
              </thead>
              <tbody>
                {snapshots.map((state) => (
                  <tr key={state.snapshotId}>
                    <td className="nowrap">
                      <Moment at={state.committedAt} />
                    </td>
                    <td>{state.operation}</td>
                    <td className="right">{count(state.rows)}</td>
                    <td className="right wide-only">
                      +{state.addedFiles} −{state.removedFiles}
                    </td>
                    <td className="wide-only">
                      <code className="dim">{state.run}</code>
                    </td>
                    <td className="row">
                      {state.isCurrent ? (
                        <Badge tone="ok" icon="check">
                          Now
                        </Badge>
                      ) : (
                        <span className="dim small">earlier</span>
                      )}
                      <CopyButton
                        text={state.snapshotId}
                        label={`Copy the id ${state.snapshotId}, for “as of”`}
                        isBare
                      />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )
      }
    </Loaded>
  );
}
