/** The result below the text: facts in one line, rows, a chart or both, or the error with its mending; marked when the text has changed since. */
import { useState, type ReactNode } from "react";
import type { Chart } from "../../../src/client/api-client.ts";
import { ChartChoice } from "../../parts/chart/chart-choice.tsx";
import { ChartView } from "../../parts/chart/chart-view.tsx";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { count, counted, duration } from "../../parts/numbers.ts";
import { DownloadFailure, Downloads } from "./downloads.tsx";
import { Plan } from "./plan.tsx";
import { ResultRows } from "./result-rows.tsx";
import { mostRows, type Outcome, type Running } from "./run-statement.ts";
import "../../styles/result.css";

interface ResultProps {
  readonly statement: Running;
  readonly text: string;
  /** Names the files of the result. */
  readonly title: string;
  readonly chart: Chart | undefined;
  readonly onChart: (chart: Chart) => void;
}

export function Result({ statement: { outcome }, text, title, chart, onChart }: ResultProps): ReactNode {
  const [view, setView] = useState<View>(chart === undefined ? "rows" : "both");
  const [failure, setFailure] = useState<unknown>();
  if (outcome === undefined)
    return (
      <Empty icon="sql" title="Nothing was run yet.">
        <p>Choose a table or write a statement, then Run.</p>
      </Empty>
    );
  if (outcome.state === "failed")
    return (
      <div className="result-failed">
        <FailureNote failure={outcome.failure} />
      </div>
    );
  const isOld = outcome.text !== text;
  const isWhole = outcome.state === "done" && !outcome.isPlan;
  return (
    <section className="result" aria-label="Result" data-old={isOld}>
      <div className="result-bar">
        <p className="grow clip-lines" role="status">
          {sentenceOf(outcome)}
          {isOld ? <span className="warn-text"> Result of the earlier text.</span> : undefined}
        </p>
        {outcome.isPlan ? undefined : <Views view={view} onChange={setView} />}
        {isWhole ? <Downloads outcome={outcome} title={title} onFailure={setFailure} /> : undefined}
      </div>
      <DownloadFailure failure={failure} />
      {(outcome.answer?.warnings ?? []).map((warning) => (
        <p key={warning} className="note warn">
          <Icon name="alert" />
          {warning}
        </p>
      ))}
      {outcome.isPlan ? (
        <Plan outcome={outcome} />
      ) : (
        <Shown outcome={outcome} view={view} chart={chart} onChart={onChart} />
      )}
    </section>
  );
}

type View = "rows" | "chart" | "both";

const views = [
  { view: "rows", name: "Rows" },
  { view: "chart", name: "Chart" },
  { view: "both", name: "Both" },
] as const;

function Views({ view, onChange }: { readonly view: View; readonly onChange: (view: View) => void }): ReactNode {
  return (
    <span className="segments" role="group" aria-label="Show the result as">
      {views.map((one) => (
        <button key={one.view} type="button" aria-pressed={one.view === view} onClick={() => onChange(one.view)}>
          {one.name}
        </button>
      ))}
    </span>
  );
}

interface ShownProps extends Pick<ResultProps, "chart" | "onChart"> {
  readonly outcome: Outcome;
  readonly view: View;
}

function Shown({ outcome: { columns, rows, state, begunAt }, view, chart, onChart }: ShownProps): ReactNode {
  if (columns.length === 0) return undefined;
  if (rows.length === 0) {
    return state === "done" ? <Empty icon="table" title="The statement found no rows." /> : undefined;
  }
  return (
    <div className="result-parts" data-view={view}>
      {view === "rows" || state === "running" ? undefined : (
        <section className="result-chart" aria-label="Chart">
          <ChartChoice columns={columns} rows={rows} chart={chart} onChange={onChart} />
          <ChartView columns={columns} rows={rows} chart={chart} />
        </section>
      )}
      {view === "chart" && state !== "running" ? undefined : (
        <div className="result-grid">
          <ResultRows key={begunAt} columns={columns} rows={rows} />
        </div>
      )}
    </div>
  );
}

function sentenceOf({ state, rows, seconds, answer, asOf, isPlan }: Outcome): ReactNode {
  if (state === "running") return rows.length === 0 ? "Running…" : `${counted(rows.length, "row")} so far…`;
  if (state === "cancelled") return `Cancelled after ${duration(seconds)}.`;
  if (answer?.created !== undefined)
    return `The view ${answer.created.view} is ${answer.created.isNew ? "made" : "changed"}.`;
  if (answer?.dropped !== undefined) return `The view ${answer.dropped.view} is dropped.`;
  const { filesRead = 0, filesSkipped = 0 } = answer?.stats ?? {};
  const files = filesRead + filesSkipped;
  const read = files === 0 ? "" : ` · ${count(filesRead)} of ${counted(files, "file")} read`;
  const then = asOf === undefined ? "" : ` · as of ${asOf}`;
  if (isPlan) return `Planned in ${duration(seconds)}${read}${then}`;
  const isCut = rows.length >= mostRows;
  return (
    <>
      <b>{isCut ? `First ${count(mostRows)} rows` : counted(rows.length, "row")}</b> in {duration(seconds)}
      {read}
      {then}
      {isCut ? <span> · there may be more; a download has all</span> : undefined}
    </>
  );
}
