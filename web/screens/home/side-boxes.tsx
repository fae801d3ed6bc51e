/** The boxes at the right of Home: what failed and its mending, where one was, what changed lately. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ListedTable, SourceStatus } from "../../../src/client/api-client.ts";
import type { Me } from "../../api/me.ts";
import { Tile } from "../../parts/badge.tsx";
import { sentence } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { count } from "../../parts/numbers.ts";
import { recentVisits } from "../../parts/recent.ts";

export function WhatFailed({ sources }: { readonly sources: readonly SourceStatus[] }): ReactNode {
  return (
    <section className="card" aria-labelledby="failed">
      <div className="card-head">
        <h2 id="failed">What failed</h2>
        <span className="dim">{sources.length}</span>
      </div>
      {sources.map((source) => (
        <div key={source.source} className="failed">
          <div className="row top">
            <Tile icon="failedSource" tone="bad" />
            <div className="grow">
              <b>{source.source}</b>
              <p className="small text2">{because(source)}</p>
              <p className="small text2">Readers keep the state before it. Nothing is lost.</p>
            </div>
          </div>
          <Button
            component={Link}
            to={`/sources/${encodeURIComponent(source.source)}`}
            variant="default"
            size="compact-md"
          >
            Show the source
          </Button>
        </div>
      ))}
    </section>
  );
}

function because({ lastSync, failed, failing }: SourceStatus): string {
  if (lastSync?.error) return sentence(lastSync.error);
  const [table] = failed;
  if (table !== undefined) return `${table.table}: ${sentence(table.error.message)}`;
  return `The schedule ${failing.join(", ")} failed.`;
}

export function WhereYouWere({ me }: { readonly me: Me }): ReactNode {
  const visits = recentVisits(me).slice(0, 5);
  if (visits.length === 0) return undefined;
  return (
    <section className="card" aria-labelledby="were">
      <div className="card-head">
        <h2 id="were">Where you were</h2>
      </div>
      <ul className="list tight">
        {visits.map(({ kind, title, to, at }) => (
          <li key={to}>
            <span className="dim">
              <Icon name={kind === "table" ? "table" : "sql"} />
            </span>
            <div className="grow">
              <Link to={to} className="item clip">
                {kind === "table" ? <code>{shownName(title)}</code> : title}
              </Link>
              <div className="small dim">
                Opened <Moment at={at} />
              </div>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function ChangedLately({ tables }: { readonly tables: readonly ListedTable[] }): ReactNode {
  const changed = tables
    .flatMap((table) => (table.updatedAt === undefined ? [] : [{ ...table, updatedAt: table.updatedAt }]))
    .sort((one, other) => other.updatedAt.localeCompare(one.updatedAt))
    .slice(0, 4);
  if (changed.length === 0) return undefined;
  return (
    <section className="card" aria-labelledby="changed">
      <div className="card-head">
        <h2 id="changed">Changed lately</h2>
      </div>
      <ul className="list tight">
        {changed.map(({ uuid, database, name, rows, updatedAt }) => (
          <li key={uuid}>
            <span className="good">
              <Icon name="table" />
            </span>
            <div className="grow">
              <Link to="/catalog/$database/$table/{-$tab}" params={{ database, table: name }} className="item clip">
                <code>{shownName(`${database}.${name}`)}</code>
              </Link>
              <div className="small dim">
                {rows === undefined ? "" : `${count(rows)} rows, `}
                <Moment at={updatedAt} />
              </div>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
