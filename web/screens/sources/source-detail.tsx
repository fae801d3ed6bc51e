/** One source: the sentence that says how it is, what failed with its mending, its schedules, its tables and its last runs. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Run, SourceStatus } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { useMe } from "../../api/me.ts";
import { schedulesQuery, tablesQuery } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { FailureNote, sentence } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { count, counted } from "../../parts/numbers.ts";
import { PageTitle } from "../../parts/page-head.tsx";
import { SourceState } from "../../parts/source-state.tsx";
import { Runs } from "./runs.tsx";

interface SourceDetailProps {
  readonly status: SourceStatus;
  readonly runs: readonly Run[];
  readonly isChosen: boolean;
}

export function SourceDetail({ status, runs, isChosen }: SourceDetailProps): ReactNode {
  const me = useMe();
  const syncing = useMutation({
    mutationFn: () => api.sync({ source: status.source }),
    onError: noticeEnd,
    onSettled: () =>
      Promise.all(["status", "runs", "tables"].map((key) => cache.invalidateQueries({ queryKey: [key] }))),
  });
  const cancelling = useMutation({
    mutationFn: (run: string) => api.runCancel({ run }),
    onError: noticeEnd,
    onSettled: () => cache.invalidateQueries({ queryKey: ["status"] }),
  });
  const mayOperate = me?.role === "administrator" || me?.role === "operator";
  const title = shownName(status.source);
  const { running } = status;
  return (
    <>
      <header className="page-head">
        <div className="page-title">
          {isChosen ? <PageTitle title={status.source}>{title}</PageTitle> : <h2 className="source-title">{title}</h2>}
          <SourceState source={status} />
        </div>
        {!mayOperate ? undefined : (
          <div className="page-actions">
            {running === null ? (
              <Button
                loading={syncing.isPending}
                onClick={() => syncing.mutate()}
                leftSection={<Icon name="run" size={16} />}
              >
                Sync now
              </Button>
            ) : (
              <Button variant="default" loading={cancelling.isPending} onClick={() => cancelling.mutate(running)}>
                Cancel the run
              </Button>
            )}
          </div>
        )}
        <p className="text2">{sentenceOf(status)}</p>
      </header>
      <div className="page-body source-body">
        {syncing.error === null ? undefined : <FailureNote failure={syncing.error} />}
        {cancelling.error === null ? undefined : <FailureNote failure={cancelling.error} />}
        <Failures status={status} />
        <Schedules source={status.source} overdue={status.overdue} />
        <Tables source={status} />
        <Runs runs={runs} />
      </div>
    </>
  );
}

/** The last sync's failure and the tables that failed, each with its mending. */
function Failures({ status }: { readonly status: SourceStatus }): ReactNode {
  return (
    <>
      {status.lastSync?.error === null || status.lastSync?.error === undefined ? undefined : (
        <div className="note bad">
          <Icon name="alert" />
          <p className="grow">
            <b>The last sync failed.</b> {sentence(status.lastSync.error)} Readers keep the state before it.
          </p>
        </div>
      )}
      {status.failed.map(({ table, error, since }) => (
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
        </div>
      ))}
    </>
  );
}

function sentenceOf({ tables, running, oldestFreshAt, late }: SourceStatus): ReactNode {
  if (running !== null) return "A run is in progress. Readers see the state before it until it has ended.";
  if (oldestFreshAt === null) return `${counted(tables, "table")}; nothing has been loaded yet.`;
  return (
    <>
      {counted(tables, "table")}, all up to date to <Moment at={oldestFreshAt} />
      {late.length === 0 ? "." : `; ${counted(late.length, "table")} older than promised.`}
    </>
  );
}

function Schedules({ source, overdue }: { readonly source: string; readonly overdue: readonly string[] }): ReactNode {
  const { data } = useQuery(schedulesQuery);
  const own = (data?.schedules ?? []).filter((schedule) => schedule.source === source);
  return (
    <section className="card" aria-labelledby="schedules">
      <div className="card-head">
        <h2 id="schedules">Schedules</h2>
        <span className="dim">{own.length}</span>
      </div>
      {own.length === 0 ? (
        <p className="card-body text2">
          Nothing loads it by itself.{" "}
          <code>headgate schedule set nightly --source {source} --cron &apos;0 3 * * *&apos;</code> does so every night.
        </p>
      ) : (
        <ul className="list tight">
          {own.map((schedule) => (
            <li key={schedule.name}>
              <div className="grow">
                <b>{schedule.name}</b>
                <div className="small dim">
                  {schedule.action} at <code>{schedule.cron}</code>, {schedule.timeZone}
                </div>
              </div>
              <span className="small text2">
                {schedule.dueAt === null ? (
                  "never due"
                ) : (
                  <>
                    due <Moment at={schedule.dueAt} />
                  </>
                )}
              </span>
              {overdue.includes(schedule.name) ? (
                <Badge tone="warn" icon="waiting">
                  Overdue
                </Badge>
              ) : !schedule.active ? (
                <Badge tone="plain">Paused</Badge>
              ) : schedule.failures > 0 ? (
                <Badge tone="bad" icon="alert">
                  Failed
                </Badge>
              ) : undefined}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Tables({ source }: { readonly source: SourceStatus }): ReactNode {
  const { data: shown } = useQuery({
    queryKey: ["sources", source.source],
    queryFn: () => api.sourceShow({ name: source.source }),
  });
  const { data: tables } = useQuery(tablesQuery);
  const own = (tables?.tables ?? []).filter(({ database }) => database === source.source);
  return (
    <section className="card sideways" aria-labelledby="source-tables" tabIndex={0}>
      <div className="card-head">
        <h2 id="source-tables">Tables</h2>
        <span className="dim">{count(shown?.tables.length ?? own.length)}</span>
      </div>
      <table className="lines">
        <thead>
          <tr>
            <th>Table</th>
            <th className="right">Rows</th>
            <th className="right wide-only">Changed</th>
            <th className="right">Up to date to</th>
          </tr>
        </thead>
        <tbody>
          {own.map((table) => (
            <tr key={table.uuid}>
              <td className="wrap-anywhere">
                <Link
                  to="/catalog/$database/$table/{-$tab}"
                  params={{ database: table.database, table: table.name }}
                  className="table-link"
                >
                  <code className="strong">{shownName(table.name)}</code>
                </Link>
              </td>
              <td className="right">{table.rows === undefined ? "" : count(table.rows)}</td>
              <td className="right wide-only text2">
                {table.updatedAt === undefined ? "" : <Moment at={table.updatedAt} />}
              </td>
              <td className="right">
                {table.freshAt === null ? <span className="dim">not yet</span> : <Moment at={table.freshAt} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
