/** A table or a view: what it is, what this person sees of it, its history, who may read it, and how to connect to it. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";
import type { TableShowAnswer } from "../../../src/client/api-client.ts";
import { useMe } from "../../api/me.ts";
import { historyQuery, mineQuery, tableQuery, tablesQuery } from "../../api/queries.ts";
import { useStatus } from "../../api/watches.ts";
import { Badge } from "../../parts/badge.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Missing } from "../../parts/missing.tsx";
import { age } from "../../parts/moment.tsx";
import { sqlName, tableName } from "../../parts/names.ts";
import { PageHead, Path } from "../../parts/page-head.tsx";
import { recordVisit } from "../../parts/recent.ts";
import { Shape } from "../../parts/waiting.tsx";
import { AccessTab } from "./access-tab.tsx";
import { Connect } from "./connect.tsx";
import { Description } from "./description.tsx";
import { FilesTab } from "./files-tab.tsx";
import { History } from "./history.tsx";
import { isSensitive } from "./is-sensitive.ts";
import { LineageTab } from "./lineage-tab.tsx";
import { Overview } from "./overview.tsx";
import { ProfileTab } from "./profile-tab.tsx";
import { RowsTab } from "./rows-tab.tsx";
import { useOwnRight } from "./own-right.ts";
import { SettingsTab } from "./settings-tab.tsx";
import "../../styles/table.css";

export function TablePage(): ReactNode {
  const { database, table, tab } = useParams({ from: "/inside/catalog/$database/$table/{-$tab}" });
  const name = tableName(database, table);
  const shown = useQuery(tableQuery(name));
  useVisit(database, table, shown.data !== undefined);
  const head = {
    title: table,
    documentTitle: `${database}.${table}`,
    isName: true,
    path: <CatalogPath database={database} />,
  };
  if (shown.error !== null && shown.data === undefined)
    return (
      <>
        <PageHead {...head} />
        <div className="page-body">
          <Missing failure={shown.error} name={name} />
        </div>
      </>
    );
  return (
    <>
      <PageHead
        {...head}
        badges={
          <>
            <CopyButton text={`${sqlName(database)}.${sqlName(table)}`} label={`Copy the name ${name}`} isBare />
            {shown.data === undefined ? undefined : <Badges table={shown.data} />}
          </>
        }
        actions={shown.data === undefined ? undefined : <Actions table={shown.data} />}
      >
        {shown.data === undefined ? undefined : <Description table={shown.data} />}
      </PageHead>
      <Tabs database={database} table={table} tab={tab} shown={shown.data} />
      <div className="page-body">
        {shown.data === undefined ? <Shape lines={8} /> : <TabOf table={shown.data} tab={tab} />}
      </div>
    </>
  );
}

function CatalogPath({ database }: { readonly database: string }): ReactNode {
  return (
    <Path
      steps={[
        { text: "Catalog", to: "/catalog" },
        { text: database, to: `/catalog/${encodeURIComponent(database)}`, isName: true },
      ]}
    />
  );
}

function Actions({ table: shown }: { readonly table: TableShowAnswer }): ReactNode {
  const { database, name: table } = shown;
  const inAddress = encodeURIComponent(tableName(database, table));
  // Whoever may know a table and not read it finds below how to ask for it.
  const mayRead = useOwnRight(shown)?.reads !== "nothing";
  return (
    <>
      <Button
        component={Link}
        to={`/catalog/${encodeURIComponent(database)}/${encodeURIComponent(table)}/connect`}
        variant="default"
        leftSection={<Icon name="connect" size={16} />}
      >
        Connect
      </Button>
      {mayRead ? (
        <>
          <Button
            component={Link}
            to={`/explore?table=${inAddress}`}
            variant="default"
            leftSection={<Icon name="explore" size={16} />}
          >
            Explore
          </Button>
          <Button component={Link} to={`/worksheet?table=${inAddress}`} leftSection={<Icon name="sql" size={16} />}>
            Query
          </Button>
        </>
      ) : undefined}
    </>
  );
}

function useVisit(database: string, table: string, isThere: boolean): void {
  const me = useMe();
  useEffect(() => {
    if (me === undefined || !isThere) return;
    const to = `/catalog/${encodeURIComponent(database)}/${encodeURIComponent(table)}`;
    recordVisit(me, { kind: "table", title: `${database}.${table}`, to });
  }, [me, database, table, isThere]);
}

function Badges({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const { data: status } = useStatus();
  const { data: tables } = useQuery(tablesQuery);
  const name = tableName(table.database, table.name);
  const isLate = (status?.sources ?? []).some(({ late }) => late.includes(name));
  const freshAt = tables?.tables.find(({ uuid }) => uuid === table.uuid)?.freshAt ?? null;
  return (
    <>
      {isSensitive(table.parameters) || table.columns.some(({ parameters }) => isSensitive(parameters)) ? (
        <Badge tone="pii" icon="sensitive">
          Personal data
        </Badge>
      ) : undefined}
      {table.mark === undefined ? undefined : (
        <Badge
          tone={table.mark.mark === "certified" ? "info" : "warn"}
          icon={table.mark.mark === "certified" ? "certified" : "alert"}
        >
          {table.mark.mark === "certified" ? "Certified" : "Deprecated"}
        </Badge>
      )}
      {freshAt === null ? undefined : isLate ? (
        <Badge tone="bad" icon="alert">
          Late, {age(new Date(freshAt))}
        </Badge>
      ) : (
        <Badge tone="ok" icon="check">
          Fresh, {age(new Date(freshAt))}
        </Badge>
      )}
      {table.kind === "view" ? <Badge tone="plain">View</Badge> : undefined}
    </>
  );
}

const tabs = [
  { tab: undefined, name: "Overview" },
  { tab: "rows", name: "Rows" },
  { tab: "profile", name: "Profile" },
  { tab: "history", name: "History" },
  { tab: "lineage", name: "Lineage" },
  { tab: "access", name: "Access" },
  { tab: "files", name: "Files and health" },
  { tab: "connect", name: "Connect" },
  { tab: "settings", name: "Settings" },
] as const;

/** Otherwise the address of the overview, with which all the others begin, would count as current on each of them. */
const exactly = { exact: true };

interface TabsProps {
  readonly database: string;
  readonly table: string;
  readonly tab: string | undefined;
  readonly shown: TableShowAnswer | undefined;
}

function Tabs({ database, table, tab: current, shown }: TabsProps): ReactNode {
  // Counts and states are hidden from whoever reads a part only.
  const mayKnowFigures = shown?.rows !== undefined;
  const maySet = useMaySet(shown);
  const { data: history } = useQuery({ ...historyQuery(tableName(database, table)), enabled: mayKnowFigures });
  return (
    <nav className="tabs" aria-label="Table">
      {tabs
        .filter(({ tab }) => (tab !== "history" && tab !== "files") || mayKnowFigures)
        .filter(({ tab }) => tab !== "settings" || maySet)
        .map(({ tab, name }) => (
          <Link
            key={name}
            to="/catalog/$database/$table/{-$tab}"
            params={{ database, table, tab }}
            activeOptions={exactly}
            aria-current={tab === current ? "page" : undefined}
          >
            {name}
            {tab === "history" && history !== undefined ? (
              <span className="n">{history.snapshots.length}</span>
            ) : undefined}
          </Link>
        ))}
    </nav>
  );
}

/** Settings are those of tables that a source feeds. */
function useMaySet(shown: TableShowAnswer | undefined): boolean {
  const { data: mine } = useQuery(mineQuery);
  if (shown?.source === undefined || mine === undefined) return false;
  const name = tableName(shown.database, shown.name);
  return (
    mine.everything ||
    mine.reached.some(
      ({ kind, resource, actions }) => kind === "table" && resource === name && actions.includes("administer"),
    )
  );
}

function TabOf({ table, tab }: { readonly table: TableShowAnswer; readonly tab: string | undefined }): ReactNode {
  if (tab === "rows") return <RowsTab table={table} />;
  if (tab === "profile") return <ProfileTab table={table} />;
  if (tab === "files") return <FilesTab table={table} />;
  if (tab === "lineage") return <LineageTab table={table} />;
  if (tab === "history") return <History table={table} />;
  if (tab === "access") return <AccessTab table={table} />;
  if (tab === "settings") return <SettingsTab table={table} />;
  if (tab === "connect") return <Connect table={table} />;
  return <Overview table={table} />;
}
