/** One source: the sentence that says how it is, what runs or failed with its mending, and tabs for its tables, runs, schedules and settings. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Run, SourceStatus } from "../../../src/client/api-client.ts";
import { schedulesQuery } from "../../api/queries.ts";
import { useSourceRights } from "../../api/source-rights.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { count, counted } from "../../parts/numbers.ts";
import { PageTitle } from "../../parts/page-head.tsx";
import { SourceState } from "../../parts/source-state.tsx";
import { ConnectionTest } from "./connection-test.tsx";
import { startLoad, useLoad } from "./loads.ts";
import { RunDetail } from "./run-detail.tsx";
import { Runs } from "./runs.tsx";
import { SourceNow } from "./source-now.tsx";
import { sourceQuery } from "./source-queries.ts";
import { SourceSchedules } from "./source-schedules.tsx";
import { SourceSettings } from "./source-settings.tsx";
import { SourceTables } from "./source-tables.tsx";

export interface SourceDetailProps {
  readonly status: SourceStatus;
  readonly runs: readonly Run[];
  readonly isChosen: boolean;
  readonly tab: string | undefined;
  /** The run that is looked at. */
  readonly run: string | undefined;
}

export function SourceDetail({ status, runs, isChosen, tab, run }: SourceDetailProps): ReactNode {
  const title = shownName(status.source);
  const { data: shown } = useQuery(sourceQuery(status.source));
  return (
    <>
      <header className="page-head">
        <div className="page-title">
          {isChosen ? <PageTitle title={status.source}>{title}</PageTitle> : <h2 className="source-title">{title}</h2>}
          <SourceState source={status} />
        </div>
        <Actions status={status} />
        {shown === undefined ? undefined : (
          <p className="small text2 row source-address">
            <code className="wrap-anywhere">{shownName(shown.source.url)}</code>
            <CopyButton text={shown.source.url} label="Copy the address" isBare />
          </p>
        )}
        <p className="text2">{sentenceOf(status)}</p>
      </header>
      <Tabs status={status} runs={runs} tab={tab} tables={shown?.tables.length} />
      <div className="page-body source-body">
        <LoadFailure source={status.source} />
        <TabOf status={status} runs={runs} tab={tab} run={run} />
      </div>
    </>
  );
}

function Actions({ status: { source, running } }: { readonly status: SourceStatus }): ReactNode {
  const { mayOperate } = useSourceRights(source);
  const begun = useLoad(source);
  if (!mayOperate) return undefined;
  return (
    <div className="page-actions">
      <Button
        component={Link}
        to={`/sources/${encodeURIComponent(source)}/test`}
        variant="default"
        leftSection={<Icon name="connect" size={16} />}
      >
        Test
      </Button>
      {running !== null ? undefined : (
        <Button
          loading={begun?.isRunning === true}
          onClick={() => startLoad({ source })}
          leftSection={<Icon name="run" size={16} />}
        >
          Sync now
        </Button>
      )}
    </div>
  );
}

/** Why a load that was begun in this tab has failed as a whole. */
function LoadFailure({ source }: { readonly source: string }): ReactNode {
  const begun = useLoad(source);
  if (begun === undefined || begun.isRunning || begun.failure === undefined) return undefined;
  return <FailureNote failure={begun.failure} onRetry={() => startLoad({ source, tables: begun.tables })} />;
}

function sentenceOf({ tables, running, oldestFreshAt, late }: SourceStatus): ReactNode {
  if (running !== null) return "A run is in progress. Readers see the state before it until it has ended.";
  if (oldestFreshAt === null) return "Nothing has been loaded yet.";
  return (
    <>
      {counted(tables, "table")}, all up to date to <Moment at={oldestFreshAt} />
      {late.length === 0 ? "." : `; ${counted(late.length, "table")} older than promised.`}
    </>
  );
}

interface TabsProps {
  readonly status: SourceStatus;
  readonly runs: readonly Run[];
  readonly tab: string | undefined;
  readonly tables: number | undefined;
}

const exactly = { exact: true };

function Tabs({ status: { source }, runs, tab: current, tables }: TabsProps): ReactNode {
  const { mayOperate, mayAdminister } = useSourceRights(source);
  const { data } = useQuery(schedulesQuery);
  const schedules = (data?.schedules ?? []).filter((schedule) => schedule.source === source).length;
  const tabs = [
    { tab: "now", name: "Now" },
    { tab: "tables", name: "Tables", n: tables },
    { tab: "runs", name: "Runs", n: runs.length },
    { tab: "schedules", name: "Schedules", n: schedules },
    ...(mayOperate ? [{ tab: "test", name: "Test" }] : []),
    ...(mayAdminister ? [{ tab: "settings", name: "Settings" }] : []),
  ];
  return (
    <nav className="tabs" aria-label="Source">
      {tabs.map(({ tab, name, n }: { tab: string; name: string; n?: number | undefined }) => (
        <Link
          key={tab}
          to={tab === "now" ? "/sources/{-$source}" : "/sources/$source/$tab"}
          params={{ source, tab }}
          activeOptions={exactly}
          aria-current={tab === (current ?? "now") ? "page" : undefined}
        >
          {name}
          {n === undefined ? undefined : <span className="n">{count(n)}</span>}
        </Link>
      ))}
    </nav>
  );
}

function TabOf({ status, runs, tab, run }: Omit<SourceDetailProps, "isChosen">): ReactNode {
  const { source } = status;
  const { mayOperate, mayAdminister } = useSourceRights(source);
  if (tab === "tables") return <SourceTables source={source} />;
  if (tab === "runs")
    return run === undefined ? (
      <Runs runs={runs} title="Runs" mostShown={100} />
    ) : (
      <RunDetail run={run} source={source} />
    );
  if (tab === "schedules") return <SourceSchedules source={source} />;
  if (tab === "test" && mayOperate) return <ConnectionTest source={source} />;
  if (tab === "settings" && mayAdminister) return <SourceSettings name={source} />;
  return <SourceNow status={status} runs={runs} />;
}
