/**
 * A card of a board: the result of its query for whoever looks, as a chart, a number or rows. Somebody who may not read it
 * is told so in this card only.
 */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, type ReactNode } from "react";
import type { BoardShowAnswer } from "../../../src/client/api-client.ts";
import { failureOf } from "../../api/client.ts";
import { ChartView, LargeNumber } from "../../parts/chart/chart-view.tsx";
import { completed } from "../../parts/chart/chart-points.ts";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote, sentence } from "../../parts/failure-note.tsx";
import { Grid } from "../../parts/grid.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { count } from "../../parts/numbers.ts";
import { readRows, type ReadResult } from "../../parts/read-rows.ts";
import { Shape } from "../../parts/waiting.tsx";

export type ShownCard = BoardShowAnswer["cards"][number];

interface BoardCardProps {
  readonly card: ShownCard;
  readonly everySeconds?: number | undefined;
  /** Another text means that a table has changed. */
  readonly commits?: string;
}

const mostRows = 2_000;

export function BoardCardView({ card, everySeconds, commits = "" }: BoardCardProps): ReactNode {
  const { query, title, shows } = card;
  const result = useQuery({
    queryKey: ["board rows", query, shows?.sql],
    queryFn: ({ signal }) => readRows({ sql: shows?.sql ?? "", limit: mostRows, signal }),
    enabled: shows !== undefined,
    retry: false,
    // Rows are not kept for the next look: by then, whoever looks may read something else.
    gcTime: 0,
    refetchInterval: everySeconds === undefined ? false : everySeconds * 1_000,
  });
  useReadAgain(commits, () => void result.refetch());
  const name = shownName(title ?? shows?.name ?? "A query");
  return (
    <article className="card board-card" aria-label={name}>
      <header className="card-head">
        <h2 className="clip-lines">
          <bdi>{name}</bdi>
        </h2>
        <span className="more small dim nowrap">
          {result.dataUpdatedAt === 0 ? undefined : <Moment at={new Date(result.dataUpdatedAt).toISOString()} />}
        </span>
      </header>
      {shows === undefined ? (
        <Empty icon="hidden" title="This query is not shared with you, or was removed.">
          <p>Ask whoever keeps it to share it.</p>
        </Empty>
      ) : result.error !== null ? (
        <Refused failure={result.error} owner={shows.owner} onRetry={() => void result.refetch()} />
      ) : result.data === undefined ? (
        <Shape lines={5} />
      ) : (
        <CardBody card={card} result={result.data} name={name} />
      )}
    </article>
  );
}

/** The first text is the one with which the rows were read. */
function useReadAgain(commits: string, read: () => void): void {
  const last = useRef(commits);
  useEffect(() => {
    const before = last.current;
    last.current = commits;
    if (before !== "" && before !== commits) read();
  });
}

interface RefusedProps {
  readonly failure: unknown;
  readonly owner: string;
  readonly onRetry: () => void;
}

function Refused({ failure, owner, onRetry }: RefusedProps): ReactNode {
  const { code, message } = failureOf(failure);
  if (code !== "NOT_ALLOWED" && code !== "TABLE_NOT_FOUND")
    return (
      <div className="card-body">
        <FailureNote failure={failure} onRetry={onRetry} />
      </div>
    );
  return (
    <Empty icon="hidden" title="You may not read what this card shows.">
      <p>{sentence(message)}</p>
      <p>
        The query is by {shownName(owner)}. See <Link to="/access/{-$tab}">what you can read</Link>.
      </p>
    </Empty>
  );
}

interface CardBodyProps {
  readonly card: ShownCard;
  readonly result: ReadResult;
  readonly name: string;
}

function CardBody({ card: { show, shows }, result: { columns, rows }, name }: CardBodyProps): ReactNode {
  if (rows.length === 0) return <Empty icon="table" title="No rows." />;
  if (show === "number")
    return (
      <LargeNumber
        columns={columns}
        rows={rows}
        chart={completed(columns, rows, { ...shows?.chart, kind: "number" })}
      />
    );
  const cut =
    rows.length >= mostRows ? <p className="card-foot small dim">The first {count(mostRows)} rows.</p> : undefined;
  if (show === "chart")
    return (
      <>
        <ChartView columns={columns} rows={rows} chart={shows?.chart} height={240} />
        {cut}
      </>
    );
  return (
    <>
      <Grid columns={columns} rows={rows} label={name} height={Math.min(290, 32 + 30 * rows.length + 12)} />
      {cut}
    </>
  );
}
