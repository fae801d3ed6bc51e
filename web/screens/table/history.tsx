/** The states of a table, newest first, each to be read as it was, and compared with the state before it or with the present one. */
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { TableHistoryAnswer, TableShowAnswer } from "../../../src/client/api-client.ts";
import { historyQuery } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Moment } from "../../parts/moment.tsx";
import { tableName } from "../../parts/names.ts";
import { count } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { HistoryDiff } from "./history-diff.tsx";

export function History({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const { from, to } = useSearch({ from: "/inside/catalog/$database/$table/{-$tab}" });
  const history = useQuery(historyQuery(tableName(table.database, table.name)));
  return (
    <Loaded query={history} lines={6}>
      {({ snapshots }) =>
        snapshots.length === 0 ? (
          <Empty icon="audit" title="It has no state yet." />
        ) : (
          <>
            {from === undefined || to === undefined ? undefined : (
              <HistoryDiff key={`${from} ${to}`} table={table} from={from} to={to} />
            )}
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
                    <th>Compare</th>
                  </tr>
                </thead>
                <tbody>
                  {snapshots.map((state, place) => (
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
                      <td className="nowrap">
                        <Compare table={table} state={state} before={snapshots[place + 1]} now={snapshots[0]} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </>
        )
      }
    </Loaded>
  );
}

type State = TableHistoryAnswer["snapshots"][number];

interface CompareProps {
  readonly table: TableShowAnswer;
  readonly state: State;
  readonly before: State | undefined;
  readonly now: State | undefined;
}

function Compare({ table: { database, name }, state, before, now }: CompareProps): ReactNode {
  const to = { to: "/catalog/$database/$table/{-$tab}", params: { database, table: name, tab: "history" } } as const;
  const isNow = state.snapshotId === now?.snapshotId;
  return (
    <span className="row">
      {before === undefined ? undefined : (
        <Link {...to} search={{ from: before.snapshotId, to: state.snapshotId }}>
          <span className="unseen">Compare with </span>the state before
        </Link>
      )}
      {isNow || now === undefined ? undefined : (
        <Link {...to} search={{ from: state.snapshotId, to: now.snapshotId }}>
          <span className="unseen">Compare with </span>now
        </Link>
      )}
    </span>
  );
}
