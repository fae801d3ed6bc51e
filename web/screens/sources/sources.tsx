/** The sources at the left with their state and last runs, one of them at the right; and the ways to what concerns all of them. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Run, SourceStatus, StatusAnswer } from "../../../src/client/api-client.ts";
import { runsQuery, sourcesQuery } from "../../api/queries.ts";
import { useSourceRights } from "../../api/source-rights.ts";
import { useStatus, useWatches } from "../../api/watches.ts";
import { Tile } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { PageTitle } from "../../parts/page-head.tsx";
import { SourceState } from "../../parts/source-state.tsx";
import { Strip } from "../../parts/strip.tsx";
import { Loaded } from "../../parts/waiting.tsx";
import { failedSources } from "../home/failed-sources.ts";
import { connectorTitle } from "./source-address.ts";
import { SourceDetail } from "./source-detail.tsx";
import "../../styles/panes.css";
import "../../styles/forms.css";
import "../../styles/sources.css";

export function Sources(): ReactNode {
  const watches = useWatches();
  const status = useStatus();
  const { source } = useParams({ strict: false });
  if (!watches)
    return (
      <div className="page-body">
        <PageTitle title="Sources and runs">Sources and runs</PageTitle>
        <Empty icon="hidden" title="You may not watch the sources of this account.">
          <p>An administrator can grant it: describe on the account.</p>
        </Empty>
      </div>
    );
  return (
    <Loaded query={status} lines={8}>
      {(found) => <SourcesOf status={found} chosen={source} />}
    </Loaded>
  );
}

function SourcesOf({
  status,
  chosen,
}: {
  readonly status: StatusAnswer;
  readonly chosen: string | undefined;
}): ReactNode {
  const { data: runs } = useQuery(runsQuery);
  const { tab } = useParams({ strict: false });
  const { run } = useSearch({ strict: false });
  const shown = status.sources.find(({ source }) => source === (chosen ?? status.sources[0]?.source));
  return (
    <div className={chosen === undefined ? "panes" : "panes chosen"}>
      <SourceList status={status} runs={runs?.runs ?? []} chosen={chosen} shown={shown} />
      <div className="pane-detail">
        {chosen === undefined ? undefined : (
          <Link className="narrow-only back" to="/sources/{-$source}" params={{ source: undefined }}>
            <Icon name="left" size={16} /> {counted(status.sources.length, "source")}
          </Link>
        )}
        {shown === undefined ? (
          chosen === undefined ? undefined : (
            <div className="page-body">
              <PageTitle title={chosen}>{shownName(chosen)}</PageTitle>
              <Empty icon="search" title={`There is no source ${shownName(chosen)}, or you may not see it.`} />
            </div>
          )
        ) : (
          <SourceDetail
            key={shown.source}
            status={shown}
            runs={(runs?.runs ?? []).filter((one) => one.source === shown.source)}
            isChosen={chosen !== undefined}
            tab={tab}
            run={run}
          />
        )}
      </div>
    </div>
  );
}

interface SourceListProps {
  readonly status: StatusAnswer;
  readonly runs: readonly Run[];
  readonly chosen: string | undefined;
  readonly shown: SourceStatus | undefined;
}

function SourceList({ status, runs, chosen, shown }: SourceListProps): ReactNode {
  const { mayAdminister } = useSourceRights();
  const { data: sources } = useQuery(sourcesQuery);
  const kindOf = (name: string): string | undefined =>
    connectorTitle(sources?.sources.find((source) => source.name === name)?.connector);
  const failed = failedSources(status).length;
  return (
    <aside className="pane-list" aria-label="Sources">
      <div className="pane-list-head sources-head">
        {chosen === undefined ? (
          <PageTitle title="Sources and runs">Sources and runs</PageTitle>
        ) : (
          <p className="list-title">Sources and runs</p>
        )}
        <p className="small dim">
          {counted(status.sources.length, "source")}
          {failed === 0 ? "" : `, ${failed} failed`}
        </p>
        {mayAdminister ? (
          <Button
            component={Link}
            to="/sources/new-source"
            variant="default"
            fullWidth
            leftSection={<Icon name="add" size={16} />}
          >
            Add a source
          </Button>
        ) : undefined}
      </div>
      {status.sources.length === 0 ? (
        <Empty icon="database" title="No source yet.">
          <p>
            {mayAdminister
              ? "Add one, and its tables are in the catalog minutes later."
              : "An administrator can add one."}
          </p>
        </Empty>
      ) : (
        <ul>
          {status.sources.map((source) => (
            <SourceItem
              key={source.source}
              source={source}
              isShown={source === shown}
              kind={kindOf(source.source)}
              runs={runs.filter((one) => one.source === source.source)}
            />
          ))}
        </ul>
      )}
      <OverviewLinks />
    </aside>
  );
}

const overviews = [
  ["/sources/all-runs", "All runs"],
  ["/sources/all-schedules", "Schedules"],
  ["/sources/all-maintenance", "Maintenance"],
  ["/sources/all-alerts", "Alerts"],
] as const;

function OverviewLinks(): ReactNode {
  return (
    <p className="overview-links">
      {overviews.map(([to, name]) => (
        <Link key={to} to={to}>
          {name}
        </Link>
      ))}
    </p>
  );
}

interface SourceItemProps {
  readonly source: SourceStatus;
  readonly isShown: boolean;
  readonly runs: readonly Run[];
  /** The name of the kind of database, as soon as it is known. */
  readonly kind: string | undefined;
}

function SourceItem({ source, isShown, runs, kind }: SourceItemProps): ReactNode {
  return (
    <li>
      <Link to="/sources/{-$source}" params={{ source: source.source }} aria-current={isShown ? "page" : undefined}>
        <Tile icon="database" tone={source.lastSync?.state === "failed" ? "bad" : "plain"} />
        <span className="grow">
          <span className="row source-line">
            <b className="clip grow">{shownName(source.source)}</b>
            <SourceState source={source} />
          </span>
          <span className="small dim block">
            {kind === undefined ? "" : `${kind}, `}
            {counted(source.tables, "table")}
          </span>
          <span className="row source-line">
            <span className="small text2 grow">
              {source.oldestFreshAt === null ? (
                "Not loaded yet"
              ) : (
                <>
                  {source.late.length > 0 ? "Stands at" : "Up to date to"} <Moment at={source.oldestFreshAt} />
                </>
              )}
            </span>
            <Strip runs={runs} most={12} />
          </span>
        </span>
      </Link>
    </li>
  );
}
