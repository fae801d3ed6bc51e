/** A run in progress: how much of it is done, how fast it goes, what readers see meanwhile, and each table with its own progress. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import type { Run, SourceStatus } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { useSourceRights } from "../../api/source-rights.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { count, counted, duration } from "../../parts/numbers.ts";
import { partsOf } from "../../parts/table-address.ts";
import { useLoad } from "./loads.ts";
import { progressOf, shareOf, type TableProgress } from "./run-progress.ts";
import { offeredQuery, sourceQuery } from "./source-queries.ts";
import { offeredOf } from "./table-choice.tsx";

const kindWords = { sync: "Loading", reconcile: "Comparing", maintain: "Tidying up", import: "Importing" } as const;

interface LiveRunProps {
  readonly status: SourceStatus;
  readonly run: Run;
}

export function LiveRun({ status, run }: LiveRunProps): ReactNode {
  const { mayOperate } = useSourceRights(status.source);
  const seconds = useSecondsSince(run.startedAt);
  const { data: shown } = useQuery(sourceQuery(status.source));
  const begun = useLoad(status.source);
  const progress = progressOf(run, expectedOf(status.source, shown?.tables ?? [], begun?.tables ?? []));
  const cancelling = useMutation({
    mutationFn: () => api.runCancel({ run: run.run }),
    onError: noticeEnd,
    onSettled: () => cache.invalidateQueries({ queryKey: ["status"] }),
  });
  return (
    <section className="card live" aria-labelledby="live-run">
      <div className="card-head live-head">
        <div className="grow">
          <h2 id="live-run">
            {kindWords[run.kind]} {progress.tables.length === 0 ? "…" : counted(progress.tables.length, "table")}
          </h2>
          <p className="small text2">
            Began <Moment at={run.startedAt} />
            {run.schedules === null ? " because somebody asked." : ` by the schedule ${run.schedules}.`}
          </p>
        </div>
        {mayOperate ? (
          <Button
            variant="default"
            loading={cancelling.isPending || cancelling.isSuccess}
            onClick={() => cancelling.mutate()}
          >
            Cancel the run
          </Button>
        ) : undefined}
      </div>
      {cancelling.error === null ? undefined : <FailureNote failure={cancelling.error} />}
      <Figures key={run.run} source={status.source} tables={progress.tables} rows={progress.rows} seconds={seconds} />
      <p className="small dim live-note">
        <Icon name="hidden" size={16} />
        {status.oldestFreshAt === null ? (
          "Readers see nothing yet. When everything is ready, all tables appear at once."
        ) : (
          <span>
            Readers keep the state of <Moment at={status.oldestFreshAt} /> until everything is ready; then all tables
            change at once.
          </span>
        )}
      </p>
      <LiveTables tables={progress.tables} />
    </section>
  );
}

/** The tables that were asked for here, or else those that the source feeds, as names in the lake. */
function expectedOf(
  source: string,
  fed: readonly { readonly lakeTable: string; readonly active: boolean }[],
  asked: readonly string[],
): readonly string[] {
  if (asked.length === 0) return fed.filter(({ active }) => active).map(({ lakeTable }) => lakeTable);
  return asked.map((table) => `${source}.${partsOf(table).at(-1) ?? table}`);
}

interface FiguresProps {
  readonly source: string;
  readonly tables: readonly TableProgress[];
  readonly rows: number;
  readonly seconds: number;
}

function Figures({ source, tables, rows, seconds }: FiguresProps): ReactNode {
  const done = tables.filter(({ state }) => state !== "waiting" && state !== "reading").length;
  const share = useNeverBack(shareOf(tables, useEstimates(source)));
  const percent = Math.floor(share * 100);
  const left = share > 0.05 && share < 1 ? (seconds / share) * (1 - share) : undefined;
  return (
    <>
      <dl className="figures">
        <Figure value={`${percent} %`} text={`${count(done)} of ${counted(tables.length, "table")} ready`} />
        <Figure value={count(rows)} text="rows read" />
        <Figure
          value={`${count(seconds < 1 ? rows : Math.round(rows / seconds))}/s`}
          text={`in ${duration(seconds)}`}
        />
        <Figure value={left === undefined ? "–" : duration(Math.ceil(left))} text="left, about" />
      </dl>
      <div
        className="bar whole"
        role="progressbar"
        aria-label="The whole run"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <span style={{ width: `${percent}%` }} />
      </div>
    </>
  );
}

/** Rows by table, as the source said when its tables were chosen; it is not asked again for this. */
function useEstimates(source: string): ReadonlyMap<string, number> {
  const { data } = useQuery({ ...offeredQuery(source), enabled: false });
  const offered = data === undefined ? [] : offeredOf(data);
  return new Map(offered.map(({ name, rows = 0 }) => [`${source}.${name}`, rows]));
}

/** A table of which nobody knew how large it is makes the whole larger when it begins; what is shown stays. */
function useNeverBack(share: number): number {
  const [most, setMost] = useState(share);
  if (share > most) setMost(share);
  return Math.max(share, most);
}

function Figure({ value, text }: { readonly value: string; readonly text: string }): ReactNode {
  return (
    <div>
      <dt className="small dim">{text}</dt>
      <dd>{value}</dd>
    </div>
  );
}

const states: Readonly<Record<TableProgress["state"], { readonly word: string; readonly icon: IconName }>> = {
  reading: { word: "Reading", icon: "loading" },
  ready: { word: "Ready", icon: "check" },
  unchanged: { word: "Unchanged", icon: "same" },
  failed: { word: "Failed", icon: "alert" },
  waiting: { word: "Waiting", icon: "waiting" },
};

const mostShown = 25;

function LiveTables({ tables }: { readonly tables: readonly TableProgress[] }): ReactNode {
  if (tables.length === 0) return undefined;
  return (
    <div className="sideways" tabIndex={0} role="group" aria-label="Tables of the run, busiest first">
      <table className="lines live-tables">
        <thead>
          <tr>
            <th>Table</th>
            <th>State</th>
            <th className="wide-only">Progress</th>
            <th className="right">Rows read</th>
          </tr>
        </thead>
        <tbody>
          {tables.slice(0, mostShown).map((table) => (
            <LiveTable key={table.table} table={table} />
          ))}
        </tbody>
      </table>
      {tables.length > mostShown ? (
        <p className="small dim card-foot">{counted(tables.length - mostShown, "more table")}</p>
      ) : undefined}
    </div>
  );
}

function LiveTable({ table: { table, state, rows, share } }: { readonly table: TableProgress }): ReactNode {
  const { word, icon } = states[state];
  return (
    <tr>
      <td className="wrap-anywhere">
        <code className="strong">{shownName(partsOf(table).at(-1) ?? table)}</code>
      </td>
      <td>
        <span className={`live-state ${state}`}>
          <Icon name={icon} size={14} />
          {word}
        </span>
      </td>
      <td className="wide-only">
        {share === undefined ? (
          <span className="small dim">nobody knows how many</span>
        ) : (
          <div className={`bar ${state}`} aria-hidden="true">
            <span style={{ width: `${Math.round(share * 100)}%` }} />
          </div>
        )}
      </td>
      <td className="right">{state === "waiting" ? "" : count(rows)}</td>
    </tr>
  );
}

function useSecondsSince(instant: string): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.round((now - Date.parse(instant)) / 1_000));
}
