/** The live result of a question: a chart or rows, at most so many, and the statement that was made of it. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { Chart } from "../../../src/client/api-client.ts";
import { ChartChoice } from "../../parts/chart/chart-choice.tsx";
import { ChartView } from "../../parts/chart/chart-view.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { count, counted } from "../../parts/numbers.ts";
import { readRows, type ReadResult } from "../../parts/read-rows.ts";
import { Shape } from "../../parts/waiting.tsx";
import { ResultRows } from "../worksheet/result-rows.tsx";
import { mostShown } from "./question.ts";
import "../../styles/result.css";

interface AnswerProps {
  /** Absent while a value of the question is mistyped. */
  readonly sql: string | undefined;
  readonly chart: Chart | undefined;
  readonly onChart: (chart: Chart) => void;
  readonly isGrouped: boolean;
}

export function Answer({ sql, chart, onChart, isGrouped }: AnswerProps): ReactNode {
  const result = useQuery({
    queryKey: ["explore", sql],
    queryFn: ({ signal }) => readRows({ sql: sql ?? "", signal }),
    enabled: sql !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
  return (
    <div className="explore-answer">
      <section
        className="card explore-result"
        aria-label="Result"
        data-old={result.isPlaceholderData || sql === undefined}
      >
        {result.error !== null ? (
          <div className="card-body">
            <FailureNote failure={result.error} onRetry={() => void result.refetch()} />
          </div>
        ) : result.data === undefined ? (
          <Shape lines={8} />
        ) : (
          <Drawn sql={sql} result={result.data} chart={chart} onChart={onChart} isGrouped={isGrouped} />
        )}
      </section>
      {sql === undefined ? undefined : <Written sql={sql} />}
    </div>
  );
}

interface DrawnProps extends AnswerProps {
  readonly result: ReadResult;
}

function Drawn({ sql, result: { columns, rows }, chart, onChart, isGrouped }: DrawnProps): ReactNode {
  const [chosen, setChosen] = useState<"rows" | "chart">();
  const view = chosen ?? (isGrouped || chart !== undefined ? "chart" : "rows");
  const isCut = rows.length >= mostShown;
  return (
    <>
      <div className="result-bar">
        <p className="grow" role="status">
          <b>{isCut ? `First ${count(mostShown)} rows` : counted(rows.length, "row")}</b>
          {isCut ? (
            <>
              {" "}
              · there are more;{" "}
              <Link to="/worksheet" search={{ sql }}>
                open it in the worksheet
              </Link>{" "}
              to download all
            </>
          ) : undefined}
        </p>
        <span className="segments" role="group" aria-label="Show the result as">
          {(["chart", "rows"] as const).map((one) => (
            <button key={one} type="button" aria-pressed={view === one} onClick={() => setChosen(one)}>
              {one === "chart" ? "Chart" : "Rows"}
            </button>
          ))}
        </span>
      </div>
      {rows.length === 0 ? (
        <Empty icon="table" title="No rows match.">
          <p>Take a filter away, or change its value.</p>
        </Empty>
      ) : view === "chart" ? (
        <>
          <ChartChoice columns={columns} rows={rows} chart={chart} onChange={onChart} />
          <ChartView columns={columns} rows={rows} chart={chart} height={340} />
        </>
      ) : (
        <div className="result-grid">
          <ResultRows key={columns.map(({ name }) => name).join("\n")} columns={columns} rows={rows} />
        </div>
      )}
    </>
  );
}

function Written({ sql }: { readonly sql: string }): ReactNode {
  return (
    <details className="card written">
      <summary>The SQL it wrote</summary>
      <div className="card-body">
        <pre className="code" tabIndex={0} aria-label="SQL">
          {sql}
        </pre>
        <p className="row wrap">
          <CopyButton text={sql} label="Copy" />
          <Link to="/worksheet" search={{ sql }}>
            Open in the worksheet
          </Link>
        </p>
      </div>
    </details>
  );
}
