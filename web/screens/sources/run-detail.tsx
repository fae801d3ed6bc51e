/** One run: why it ran, how it ended, and what it did table by table, with the mending of each that failed. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Json } from "../../../src/base/json.ts";
import type { Run } from "../../../src/client/api-client.ts";
import { api } from "../../api/client.ts";
import { useSourceRights } from "../../api/source-rights.ts";
import { sentence } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Missing } from "../../parts/missing.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { count, counted, duration } from "../../parts/numbers.ts";
import { Timeline } from "../../parts/timeline.tsx";
import { Loaded } from "../../parts/waiting.tsx";
import { startLoad } from "./loads.ts";
import { fieldsOf } from "./run-progress.ts";
import { RunState } from "./runs.tsx";

export function RunDetail({ run, source }: { readonly run: string; readonly source: string }): ReactNode {
  const shown = useQuery({ queryKey: ["runs", run], queryFn: () => api.runShow({ run }) });
  if (shown.error !== null && shown.data === undefined) return <Missing failure={shown.error} name={run} />;
  return (
    <section className="stack" aria-labelledby="run">
      <Link to="/sources/$source/$tab" params={{ source, tab: "runs" }} className="back-link">
        <Icon name="left" size={16} /> All runs of {shownName(source)}
      </Link>
      <Loaded query={shown} lines={6}>
        {(found) => <RunOf run={found} source={source} />}
      </Loaded>
    </section>
  );
}

function RunOf({ run, source }: { readonly run: Run; readonly source: string }): ReactNode {
  const { startedAt, endedAt, report, schedules, kind } = run;
  const tables = tablesOf(report);
  const failed = tables.filter(({ outcome }) => outcome === "failed");
  const message = textOf(report, "message");
  const remedy = textOf(report, "remedy");
  const seconds = (Date.parse(endedAt ?? new Date().toISOString()) - Date.parse(startedAt)) / 1_000;
  return (
    <>
      <div className="row wrap">
        <h2 id="run">
          {kind} of <Moment at={startedAt} />
        </h2>
        <RunState run={run} />
        <code className="small dim">{run.run}</code>
      </div>
      {message === undefined ? undefined : (
        <div className="note bad">
          <Icon name="alert" />
          <div>
            <p className="strong">{sentence(message)}</p>
            {remedy === undefined ? undefined : <p>{sentence(remedy)}</p>}
          </div>
        </div>
      )}
      {failed.length === 0 ? undefined : <Retry source={source} tables={failed.map(({ table }) => table)} />}
      <Timeline
        steps={[
          {
            key: "begun",
            state: "done",
            text: schedules === null ? "Somebody asked for it" : `The schedule ${schedules} asked for it`,
            at: startedAt,
          },
          {
            key: "read",
            state: endedAt === null ? "now" : "done",
            text: `Read ${counted(Number(fieldsOf(report).get("rowsRead") ?? 0), "row")} of ${counted(tables.length, "table")}`,
          },
          {
            key: "ended",
            state: endedAt === null ? "next" : "ended",
            text: endedAt === null ? "Ends when everything is ready" : `Ended after ${duration(seconds)}`,
            at: endedAt,
          },
        ]}
      />
      {tables.length === 0 ? undefined : <Outcomes tables={tables} />}
    </>
  );
}

function Retry({ source, tables }: { readonly source: string; readonly tables: readonly string[] }): ReactNode {
  const { mayOperate } = useSourceRights(source);
  if (!mayOperate) return undefined;
  return (
    <div>
      <Button onClick={() => startLoad({ source, tables })} leftSection={<Icon name="refresh" size={16} />}>
        Try {counted(tables.length, "table")} again
      </Button>
    </div>
  );
}

interface Outcome {
  /** `schema.name` in the source. */
  readonly table: string;
  readonly lakeTable: string;
  readonly outcome: string;
  readonly rows: number;
  readonly changed: string;
  readonly reason: string;
  readonly remedy: string | undefined;
}

function Outcomes({ tables }: { readonly tables: readonly Outcome[] }): ReactNode {
  return (
    <div className="card sideways" tabIndex={0} role="group" aria-label="Tables of the run">
      <table className="lines">
        <thead>
          <tr>
            <th>Table</th>
            <th>Outcome</th>
            <th className="right">Rows</th>
            <th className="right">Changed</th>
            <th>Why</th>
          </tr>
        </thead>
        <tbody>
          {tables.map(({ table, lakeTable, outcome, rows, changed, reason, remedy }) => (
            <tr key={table}>
              <td>
                <code className="strong">{shownName(lakeTable === "" ? table : lakeTable)}</code>
              </td>
              <td className={outcome === "failed" ? "bad-text" : "text2"}>{outcome}</td>
              <td className="right">{count(rows)}</td>
              <td className="right">{changed}</td>
              <td className="small text2 why">
                {sentence(reason)}
                {remedy === undefined ? undefined : <> {sentence(remedy)}</>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Failed ones first, then those that changed. */
function tablesOf(report: Json): readonly Outcome[] {
  const list = fieldsOf(report).get("tables");
  if (!Array.isArray(list)) return [];
  const outcomes = list.map((one: Json): Outcome => {
    const error = fieldsOf(one).get("error") ?? null;
    const [added, removed] = [numberOf(one, "rowsAdded"), numberOf(one, "rowsRemoved")];
    return {
      table: textOf(one, "sourceTable") ?? textOf(one, "table") ?? "",
      lakeTable: textOf(one, "lakeTable") ?? "",
      outcome: textOf(one, "outcome") ?? (error === null ? "done" : "failed"),
      rows: numberOf(one, "rows"),
      changed: added + removed === 0 ? "" : `+${count(added)} −${count(removed)}`,
      reason: textOf(error, "message") ?? textOf(one, "reason") ?? "",
      remedy: textOf(error, "remedy"),
    };
  });
  const weight = ({ outcome }: Outcome): number => (outcome === "failed" ? 0 : outcome === "unchanged" ? 2 : 1);
  return outcomes.toSorted((one, other) => weight(one) - weight(other));
}

function textOf(value: Json, name: string): string | undefined {
  const found = fieldsOf(value).get(name);
  return typeof found === "string" ? found : undefined;
}

function numberOf(value: Json, name: string): number {
  return Number(fieldsOf(value).get(name) ?? 0);
}
