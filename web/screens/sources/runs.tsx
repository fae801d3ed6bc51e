/** Runs, newest first, each with what it changed or why it failed, and a link to all of it. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Run } from "../../../src/client/api-client.ts";
import type { Json } from "../../../src/base/json.ts";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { sentence } from "../../parts/failure-note.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { count, counted, duration } from "../../parts/numbers.ts";

interface RunsProps {
  readonly runs: readonly Run[];
  readonly title: string;
  readonly mostShown: number;
  /** Whether they are of more than one source. */
  readonly isMixed?: boolean;
}

export function Runs({ runs, title, mostShown, isMixed = false }: RunsProps): ReactNode {
  return (
    <section className="card sideways" aria-labelledby="runs" tabIndex={0}>
      <div className="card-head">
        <h2 id="runs">{title}</h2>
        <span className="dim">{runs.length > mostShown ? `newest ${mostShown} of ${runs.length}` : runs.length}</span>
      </div>
      {runs.length === 0 ? (
        <Empty icon="audit" title="No run yet." />
      ) : (
        <table className="lines">
          <thead>
            <tr>
              <th>Began</th>
              {isMixed ? <th>Source</th> : undefined}
              <th>Kind</th>
              <th className="wide-only">Took</th>
              <th className="wide-only">Changed</th>
              <th>State</th>
            </tr>
          </thead>
          <tbody>
            {runs.slice(0, mostShown).map((run) => (
              <tr key={run.run}>
                <td className="nowrap">
                  <Link
                    to="/sources/$source/$tab"
                    params={{ source: run.source, tab: "runs" }}
                    search={{ run: run.run }}
                  >
                    <Moment at={run.startedAt} />
                  </Link>
                </td>
                {isMixed ? <td>{shownName(run.source)}</td> : undefined}
                <td className="text2">{run.kind}</td>
                <td className="wide-only text2">
                  {run.endedAt === null ? "" : duration((Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1_000)}
                </td>
                <td className="wide-only text2">{changed(run.report)}</td>
                <td>
                  <RunState run={run} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

export function RunState({ run: { state } }: { readonly run: Run }): ReactNode {
  if (state === "running")
    return (
      <Badge tone="busy" icon="loading">
        Running
      </Badge>
    );
  if (state === "done")
    return (
      <Badge tone="ok" icon="check">
        Done
      </Badge>
    );
  if (state === "cancelled") return <Badge tone="plain">Cancelled</Badge>;
  return (
    <Badge tone="bad" icon="alert">
      {state === "done with failures" ? "In part" : state === "lost" ? "Lost" : "Failed"}
    </Badge>
  );
}

/** A run's report in words, as far as this page understands the report of its kind. */
function changed(report: Json): string {
  if (typeof report !== "object" || report === null) return "";
  if ("message" in report) return sentence(String(report["message"]));
  if ("commit" in report && report["commit"] === null) return "nothing";
  const tables = "tables" in report ? report["tables"] : undefined;
  if (!Array.isArray(tables)) return "";
  const touched = (tables as readonly Json[]).filter(isTouched);
  const rows = touched.reduce<number>((sum, table) => sum + rowsOf(table), 0);
  return touched.length === 0 ? "nothing" : `${counted(touched.length, "table")}, ${count(rows)} rows`;
}

function isTouched(table: Json): boolean {
  return typeof table === "object" && table !== null && "outcome" in table && table["outcome"] !== "unchanged";
}

function rowsOf(table: Json): number {
  if (typeof table !== "object" || table === null) return 0;
  const fields = new Map(Object.entries(table));
  const parts = ["rowsAdded", "rowsRemoved", "rowsUpdated"].map((name) => Number(fields.get(name) ?? 0));
  const sum = parts.reduce((all, part) => all + part, 0);
  return sum === 0 ? Number(fields.get("rows") ?? 0) : sum;
}
