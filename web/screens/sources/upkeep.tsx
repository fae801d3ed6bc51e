/** Maintenance: what would be done to which table and why, before it is done; and the schedules that do it. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { MaintainAnswer, UpkeepReport } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { schedulesQuery } from "../../api/queries.ts";
import { useSourceRights } from "../../api/source-rights.ts";
import { useWatches } from "../../api/watches.ts";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote, sentence } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";
import { bytes, count, counted } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { OverviewPage } from "./overview-page.tsx";
import { ScheduleList } from "./schedule-list.tsx";

export function Upkeep(): ReactNode {
  const { mayOperate } = useSourceRights();
  return (
    <OverviewPage
      title="Maintenance"
      lead="Small files are combined, and old states and stray files removed. No row changes, and readers notice nothing."
    >
      {mayOperate ? (
        <Plan />
      ) : (
        <p className="note">
          <Icon name="info" />
          Operators of the account see what there is to do, and begin it.
        </p>
      )}
      <Schedules />
    </OverviewPage>
  );
}

function Plan(): ReactNode {
  const plan = useQuery({ queryKey: ["maintain", "plan"], queryFn: () => api.maintain({ plan: true }), staleTime: 0 });
  const doing = useMutation({
    mutationFn: () => api.maintain({}),
    onError: noticeEnd,
    onSettled: () =>
      Promise.all(["maintain", "runs", "status"].map((key) => cache.invalidateQueries({ queryKey: [key] }))),
  });
  return (
    <section className="stack" aria-labelledby="to-do">
      <div className="row wrap">
        <h2 id="to-do" className="grow">
          To do now
        </h2>
        <Button variant="default" loading={plan.isFetching} onClick={() => void plan.refetch()}>
          Look again
        </Button>
        <Button loading={doing.isPending} onClick={() => doing.mutate()} leftSection={<Icon name="upkeep" size={16} />}>
          Maintain now
        </Button>
      </div>
      {doing.error === null ? undefined : <FailureNote failure={doing.error} />}
      {doing.data === undefined ? undefined : (
        <p className="note good" role="status">
          <Icon name="done" />
          Done. {counted(touched(doing.data.runs).length, "table")} tidied up.
        </p>
      )}
      <Loaded query={plan} lines={4}>
        {(found) => <Planned plan={found} />}
      </Loaded>
    </section>
  );
}

type TableUpkeep = UpkeepReport["tables"][number];

function touched(runs: readonly UpkeepReport[]): readonly TableUpkeep[] {
  return runs
    .flatMap(({ tables }) => tables)
    .filter(
      ({ rewrites, expiredSnapshots, orphans, error }) =>
        rewrites.length + expiredSnapshots + orphans > 0 || error !== undefined,
    );
}

function Planned({ plan: { runs, ledger } }: { readonly plan: MaintainAnswer }): ReactNode {
  const tables = touched(runs);
  const old = ledger.runs + ledger.commits + ledger.auditEvents;
  if (tables.length + old === 0) return <Empty icon="done" title="Nothing is to be done." />;
  return (
    <>
      {tables.length === 0 ? undefined : (
        <div className="card sideways" tabIndex={0} role="group" aria-label="Tables to maintain">
          <table className="lines">
            <thead>
              <tr>
                <th>Table</th>
                <th>Files to combine</th>
                <th className="right">Old states</th>
                <th className="right">Stray files</th>
              </tr>
            </thead>
            <tbody>
              {tables.map((table) => (
                <PlannedTable key={table.table} table={table} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {old === 0 ? undefined : (
        <p className="small text2">
          {counted(old, "old entry", "old entries")} of the ledger and the audit log go, too.
        </p>
      )}
    </>
  );
}

function PlannedTable({
  table: { table, rewrites, expiredSnapshots, orphans, error },
}: {
  readonly table: TableUpkeep;
}) {
  const files = rewrites.reduce((sum, one) => sum + one.files, 0);
  const size = rewrites.reduce((sum, one) => sum + one.bytes, 0);
  return (
    <tr>
      <td className="wrap-anywhere">
        <code className="strong">{shownName(table)}</code>
        {error === undefined ? undefined : <p className="small bad-text">{sentence(error.message)}</p>}
      </td>
      <td className="text2">
        {files === 0 ? "none" : `${counted(files, "file")}, ${bytes(size)}`}
        <span className="small dim block">{[...new Set(rewrites.map(({ why }) => why))].join("; ")}</span>
      </td>
      <td className="right">{count(expiredSnapshots)}</td>
      <td className="right">{count(orphans)}</td>
    </tr>
  );
}

function Schedules(): ReactNode {
  const watches = useWatches();
  const schedules = useQuery({ ...schedulesQuery, enabled: watches });
  return (
    <section className="card" aria-labelledby="maintain-schedules">
      <div className="card-head">
        <h2 id="maintain-schedules">Schedules that maintain</h2>
      </div>
      <Loaded query={schedules}>
        {({ schedules: found }) => {
          const own = found.filter(({ action }) => action === "maintain");
          if (own.length === 0)
            return <p className="card-body text2">None. A schedule with maintain does it by itself.</p>;
          return <ScheduleList schedules={own} isMixed />;
        }}
      </Loaded>
    </section>
  );
}
