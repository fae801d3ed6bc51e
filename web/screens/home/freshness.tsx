/** How fresh the lake is: one line per source with its last runs, its promise, the moment it is up to date to, and its state. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ListedTable, Source, SourceStatus, StatusAnswer } from "../../../src/client/api-client.ts";
import { runsQuery, sourcesQuery } from "../../api/queries.ts";
import { Tile } from "../../parts/badge.tsx";
import { Moment } from "../../parts/moment.tsx";
import { bytes, count, counted, promised } from "../../parts/numbers.ts";
import { Strip } from "../../parts/strip.tsx";
import { connectorTitle } from "../sources/source-address.ts";
import { SourceState } from "../../parts/source-state.tsx";

interface FreshnessProps {
  readonly status: StatusAnswer;
  readonly tables: readonly ListedTable[];
}

export function Freshness({ status, tables }: FreshnessProps): ReactNode {
  const { data: sources } = useQuery(sourcesQuery);
  const { data: runs } = useQuery(runsQuery);
  const rows = tables.reduce((sum, table) => sum + (table.rows ?? 0), 0);
  const size = tables.reduce((sum, table) => sum + (table.bytes ?? 0), 0);
  return (
    <section className="card" aria-labelledby="fresh">
      <div className="card-head">
        <h2 id="fresh">How fresh the lake is</h2>
        <span className="dim small wide-only">
          {counted(tables.length, "table")}, {count(rows)} rows, {bytes(size)}
        </span>
        <Link className="more" to="/sources/{-$source}">
          All sources
        </Link>
      </div>
      <table className="lines">
        <thead>
          <tr>
            <th>Source</th>
            <th className="wide-only">Last runs</th>
            <th className="wide-only">Promised</th>
            <th className="wide-only">Up to date to</th>
            <th className="right">Now</th>
          </tr>
        </thead>
        <tbody>
          {status.sources.map((source) => (
            <SourceLine
              key={source.source}
              source={source}
              known={sources?.sources.find(({ name }) => name === source.source)}
              strip={<Strip runs={(runs?.runs ?? []).filter((run) => run.source === source.source)} most={24} />}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface SourceLineProps {
  readonly source: SourceStatus;
  readonly known: Source | undefined;
  readonly strip: ReactNode;
}

function SourceLine({ source, known, strip }: SourceLineProps): ReactNode {
  const isBad = source.late.length > 0 || source.lastSync?.state === "failed";
  return (
    <tr>
      <td>
        <Link className="row row-link" to="/sources/{-$source}" params={{ source: source.source }}>
          <Tile icon={isBad ? "failedSource" : "database"} tone={isBad ? "bad" : "plain"} />
          <span className="stack">
            <b>{source.source}</b>
            <span className="small dim">
              {[connectorTitle(known?.connector), counted(source.tables, "table")].filter(Boolean).join(", ")}
            </span>
          </span>
        </Link>
      </td>
      <td className="wide-only">{strip}</td>
      <td className="wide-only text2">
        {typeof known?.freshness === "number" ? promised(known.freshness) : "no promise"}
      </td>
      <td className="wide-only">
        {source.oldestFreshAt === null ? (
          <span className="dim">not loaded yet</span>
        ) : (
          <span className="stack">
            <Moment at={source.oldestFreshAt} />
          </span>
        )}
      </td>
      <td className="right">
        <SourceState source={source} />
      </td>
    </tr>
  );
}
