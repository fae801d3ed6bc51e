/**
 * Where a table comes from and what reads it, as far as whoever looks may know: as a graph where there is room for one,
 * and as a list that is read from left to right.
 */
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, type ReactNode } from "react";
import type { TableShowAnswer } from "../../../src/client/api-client.ts";
import { api } from "../../api/client.ts";
import { mineQuery, tablesQuery } from "../../api/queries.ts";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { shownName, tableName } from "../../parts/names.ts";
import { addressOf } from "../../parts/table-address.ts";
import { Loaded, Shape } from "../../parts/waiting.tsx";
import { walkLineage } from "./lineage-walk.ts";
import { useOwnRight } from "./own-right.ts";

/** Loaded only where it is shown. */
const LineageGraph = lazy(() => import("./lineage-graph.tsx").then((part) => ({ default: part.LineageGraph })));

export function LineageTab({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const hasRoom = useMediaQuery("(min-width: 45em)", true, { getInitialValueInEffect: false });
  if (!hasRoom) return <LineageList table={table} />;
  return (
    <>
      <Graph table={table} />
      <details className="lineage-list">
        <summary>As a list</summary>
        <LineageList table={table} />
      </details>
    </>
  );
}

function Graph({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const { data: mine } = useQuery(mineQuery);
  const { data: tables } = useQuery(tablesQuery);
  const name = tableName(table.database, table.name);
  const lineage = useQuery({
    queryKey: ["table", name, "lineage", table.uuid],
    queryFn: () =>
      mine === undefined || tables === undefined ? null : walkLineage(table, { mine, known: tables.tables }),
    enabled: mine !== undefined && tables !== undefined,
    staleTime: 60_000,
  });
  return (
    <Loaded query={lineage} lines={6}>
      {(found) =>
        found === null ? undefined : (
          <Suspense fallback={<Shape lines={6} />}>
            <LineageGraph lineage={found} />
          </Suspense>
        )
      }
    </Loaded>
  );
}

function LineageList({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const name = tableName(table.database, table.name);
  const right = useOwnRight(table);
  // Only whoever may change a view may know what it is made of.
  const isOpenView = table.kind === "view" && right?.mayAlter === true;
  const { data: view } = useQuery({
    queryKey: ["view", name],
    queryFn: () => api.viewShow({ view: name }),
    enabled: isOpenView,
    retry: false,
  });
  const reads = view?.reads ?? [];
  return (
    <section className="lineage" aria-label="Lineage">
      <div>
        <h2>Comes from</h2>
        {table.source === undefined ? undefined : (
          <Node
            icon="sources"
            name={table.source}
            to={`/sources/${encodeURIComponent(table.source.split(":")[0] ?? "")}`}
          />
        )}
        {reads.map((read) => (
          <Node key={read} icon="table" name={read} to={addressOf(read)} />
        ))}
        {table.source === undefined && reads.length === 0 ? (
          <p className="dim small">
            {table.kind === "view" && !isOpenView ? "Whoever may change the view knows." : "Nothing that you may know."}
          </p>
        ) : undefined}
      </div>
      <Icon name="later" />
      <div>
        <h2>This {table.kind}</h2>
        <p className="lineage-node current">
          <Icon name={table.kind === "view" ? "view" : "table"} size={16} />
          <code className="wrap-anywhere">{shownName(name)}</code>
        </p>
      </div>
      <Icon name="later" />
      <div>
        <h2>Read by</h2>
        {table.usedBy.map((used) => (
          <Node key={used} icon="view" name={used} to={addressOf(used)} />
        ))}
        {table.usedBy.length === 0 ? <p className="dim small">No view that you may know.</p> : undefined}
      </div>
    </section>
  );
}

interface NodeProps {
  readonly icon: IconName;
  readonly name: string;
  readonly to: string;
}

function Node({ icon, name, to }: NodeProps): ReactNode {
  return (
    <Link to={to} className="lineage-node">
      <Icon name={icon} size={16} />
      <code className="wrap-anywhere">{shownName(name)}</code>
    </Link>
  );
}
