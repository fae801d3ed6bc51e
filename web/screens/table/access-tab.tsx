/** Who may read a table, which part of it, and why, for those who administer it; the own right for everybody else. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { AccessToAnswer, TableShowAnswer } from "../../../src/client/api-client.ts";
import { readersQuery } from "../../api/queries.ts";
import { Avatar, Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName, tableName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { AccessBox } from "./access-box.tsx";
import { useOwnRight } from "./own-right.ts";

export function AccessTab({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const right = useOwnRight(table);
  if (right === undefined) return undefined;
  if (right.mayAdminister) return <Readers table={table} />;
  return (
    <div className="narrow-card">
      <AccessBox table={table} />
      <p className="hint">Who else reads it is told to those who administer it.</p>
    </div>
  );
}

function Readers({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const name = tableName(table.database, table.name);
  const readers = useQuery(readersQuery(name));
  return (
    <Loaded query={readers} lines={6}>
      {({ readers: found }) =>
        found.length === 0 ? (
          <Empty icon="access" title="Nobody may read it yet.">
            <p>
              Grant it: <code>headgate grant select on {name} to …</code>
            </p>
          </Empty>
        ) : (
          <div className="card sideways" tabIndex={0} role="group" aria-label="Who may read">
            <table className="lines">
              <caption>Who may read {name}</caption>
              <thead>
                <tr>
                  <th>Who</th>
                  <th>Reads</th>
                  <th className="wide-only">By</th>
                  <th className="wide-only">Until</th>
                  <th>Why</th>
                </tr>
              </thead>
              <tbody>
                {found.map((reader) => (
                  <Reader key={`${reader.principal} ${reader.account}`} reader={reader} name={name} />
                ))}
              </tbody>
            </table>
          </div>
        )
      }
    </Loaded>
  );
}

interface ReaderProps {
  readonly reader: AccessToAnswer["readers"][number];
  readonly name: string;
}

function Reader({ reader: { principal, account, reads, columns, hidden, ways }, name }: ReaderProps): ReactNode {
  const until = ways.some((way) => way.until === null)
    ? undefined
    : ways
        .map((way) => way.until ?? "")
        .toSorted()
        .at(-1);
  return (
    <tr>
      <td>
        <span className="row">
          <Avatar name={principal} />
          <span className="stack">
            <b>{shownName(principal)}</b>
            <span className="small dim">{account === null ? "in no account" : `in ${account}`}</span>
          </span>
        </span>
      </td>
      <td>
        {reads === "whole" ? (
          <Badge tone="ok" icon="check">
            Everything
          </Badge>
        ) : (
          <span className="stack">
            <span>{counted(columns.length, "column")}</span>
            <span className="small dim">{hidden.length === 0 ? "some rows" : `${hidden.length} hidden`}</span>
          </span>
        )}
      </td>
      <td className="wide-only text2">{[...new Set(ways.map(({ to, on }) => `${to} on ${on}`))].join(", ")}</td>
      <td className="wide-only text2">{until === undefined || until === "" ? "no end" : <Moment at={until} />}</td>
      <td>
        <Link to="/access/explain" search={{ who: principal, table: name }}>
          Why?
        </Link>
      </td>
    </tr>
  );
}
