/** The state of a source now: its run in progress, what failed and what mends it, the week ahead, and the runs before. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Run, SourceStatus } from "../../../src/client/api-client.ts";
import { schedulesQuery } from "../../api/queries.ts";
import { useSourceRights } from "../../api/source-rights.ts";
import { sentence } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { LiveRun } from "./live-run.tsx";
import { startLoad, useLoad } from "./loads.ts";
import { Runs } from "./runs.tsx";
import { WeekCalendar } from "./week-calendar.tsx";

interface SourceNowProps {
  readonly status: SourceStatus;
  readonly runs: readonly Run[];
}

export function SourceNow({ status, runs }: SourceNowProps): ReactNode {
  // Runs and the status are asked for one after the other; only what both say is shown.
  const running = status.running === null ? undefined : runs.find(({ state }) => state === "running");
  const begun = useLoad(status.source);
  return (
    <>
      {running !== undefined ? (
        <LiveRun status={status} run={running} />
      ) : begun?.isRunning === true ? (
        <p className="note busy" role="status">
          <Icon name="loading" />
          The run begins.
        </p>
      ) : undefined}
      <Failures status={status} />
      <div className="now-grid">
        <Runs runs={runs.filter(({ state }) => state !== "running")} title="Runs before" mostShown={10} />
        <Ahead source={status.source} />
      </div>
    </>
  );
}

/** The last sync's failure and the tables that failed, each with its mending. */
function Failures({ status }: { readonly status: SourceStatus }): ReactNode {
  const { source, lastSync, failed } = status;
  return (
    <>
      {lastSync?.error === null || lastSync?.error === undefined ? undefined : (
        <div className="note bad">
          <Icon name="alert" />
          <p className="grow">
            <b>The last sync failed.</b> {sentence(lastSync.error)} Readers keep the state before it.
          </p>
        </div>
      )}
      {failed.map(({ table, error, since }) => (
        <div key={table} className="note bad">
          <Icon name="alert" />
          <div className="grow">
            <p>
              <code className="strong">{shownName(table)}</code>{" "}
              <span className="text2">
                since <Moment at={since} />
              </span>
            </p>
            <p>{sentence(error.message)}</p>
            <p>{sentence(error.remedy)}</p>
          </div>
          <Retry source={source} table={table} />
        </div>
      ))}
    </>
  );
}

function Retry({ source, table }: { readonly source: string; readonly table: string }): ReactNode {
  const { mayOperate } = useSourceRights(source);
  const begun = useLoad(source);
  if (!mayOperate) return undefined;
  return (
    <Button
      size="compact-md"
      variant="default"
      loading={begun?.isRunning === true}
      onClick={() => startLoad({ source, tables: [table] })}
    >
      Try again<span className="unseen"> {table}</span>
    </Button>
  );
}

function Ahead({ source }: { readonly source: string }): ReactNode {
  const { data } = useQuery(schedulesQuery);
  const own = (data?.schedules ?? []).filter((schedule) => schedule.source === source);
  return (
    <section className="card" aria-labelledby="ahead">
      <div className="card-head">
        <h2 id="ahead">Next seven days</h2>
        <Link className="more" to="/sources/$source/$tab" params={{ source, tab: "schedules" }}>
          Schedules
        </Link>
      </div>
      <div className="card-body">
        {own.length === 0 ? <p className="text2">Nothing loads it by itself.</p> : <WeekCalendar schedules={own} />}
      </div>
    </section>
  );
}
