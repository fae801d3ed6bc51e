/** The catalog as a list: every table and view that this person may know of, found by typing, narrowed by facets. */
import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, type ReactNode } from "react";
import type { ListedTable } from "../../../src/client/api-client.ts";
import { useMe } from "../../api/me.ts";
import { mineQuery, tablesQuery } from "../../api/queries.ts";
import { useStatus } from "../../api/watches.ts";
import { Empty } from "../../parts/empty.tsx";
import { Icon } from "../../parts/icon.tsx";
import { count, counted } from "../../parts/numbers.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { readableIn } from "../../parts/readable.ts";
import { Loaded } from "../../parts/waiting.tsx";
import type { CatalogSearch } from "./catalog-search.ts";
import { Facets } from "./facets.tsx";
import { TableRows } from "./table-rows.tsx";
import "../../styles/catalog.css";

export function Catalog(): ReactNode {
  const me = useMe();
  const tables = useQuery(tablesQuery);
  return (
    <>
      <PageHead title="Catalog">
        <p className="text2 page-lead">
          {tables.data === undefined ? "Loading" : sentenceOf(tables.data.tables)}
          {me === undefined || me.role === "administrator" ? undefined : (
            <>
              {" "}
              Something missing? <Link to="/sharing/ask">Find data and ask for it</Link>.
            </>
          )}
        </p>
      </PageHead>
      <div className="page-body catalog">
        <Loaded query={tables} lines={8}>
          {({ tables: found }) => (found.length === 0 ? <NothingYet /> : <Found tables={found} />)}
        </Loaded>
      </div>
    </>
  );
}

function sentenceOf(tables: readonly ListedTable[]): string {
  const views = tables.filter(({ kind }) => kind === "view").length;
  const databases = new Set(tables.map(({ database }) => database)).size;
  const parts = [counted(tables.length - views, "table"), ...(views === 0 ? [] : [counted(views, "view")])];
  return `${parts.join(" and ")} in ${counted(databases, "database")}.`;
}

function NothingYet(): ReactNode {
  return (
    <div className="catalog-empty">
      <Empty icon="table" title="No data yet.">
        <p>
          Add a database or a folder of files: <Link to="/">Home</Link> shows how.
        </p>
      </Empty>
    </div>
  );
}

function Found({ tables }: { readonly tables: readonly ListedTable[] }): ReactNode {
  const search = useSearch({ from: "/inside/catalog" });
  const navigate = useNavigate({ from: "/catalog" });
  const { data: mine } = useQuery(mineQuery);
  const { data: status } = useStatus();
  const readable = useMemo(() => readableIn(mine), [mine]);
  const late = useMemo(() => new Set((status?.sources ?? []).flatMap((source) => source.late)), [status]);
  const known = useMemo(() => ({ tables, readable, late }), [tables, readable, late]);
  const shown = useMemo(() => narrowed(known, search), [known, search]);
  const change = (wanted: CatalogSearch, replace = false): void =>
    void navigate({ search: (before) => withoutEmpty({ ...before, ...wanted }), replace });
  return (
    <>
      <Facets known={known} search={search} onChange={change} />
      <div className="catalog-list">
        <div className="row catalog-find">
          <TextInput
            className="grow"
            aria-label="Find a table"
            placeholder="Find a table, a view or a word of its description"
            leftSection={<Icon name="search" size={16} />}
            defaultValue={search.q ?? ""}
            onChange={(event) => change({ q: event.currentTarget.value }, true)}
          />
          <span className="dim small nowrap" role="status">
            {count(shown.length)} of {count(tables.length)}
          </span>
        </div>
        {shown.length === 0 ? (
          <Empty
            icon="search"
            title={search.q === undefined ? "No table fits these filters." : `Nothing named “${search.q}”.`}
          >
            <Button variant="default" onClick={() => void navigate({ search: {} })}>
              Remove the filters, which shows {counted(tables.length, "table")}
            </Button>
          </Empty>
        ) : (
          <TableRows
            tables={shown}
            readable={readable}
            late={late}
            sort={search.sort ?? "name"}
            onSort={(sort) => change({ sort })}
          />
        )}
      </div>
    </>
  );
}

interface Known {
  readonly tables: readonly ListedTable[];
  readonly readable: (table: ListedTable) => boolean;
  readonly late: ReadonlySet<string>;
}

/** Names that begin with the words come first, then names that contain them, then descriptions. */
function narrowed(
  { tables, readable, late }: Known,
  { q = "", database, only, sort }: CatalogSearch,
): readonly ListedTable[] {
  const words = q.trim().toLowerCase();
  const kept = tables
    .filter((table) => database === undefined || table.database === database)
    .filter((table) => only !== "readable" || readable(table))
    .filter((table) => only !== "views" || table.kind === "view")
    .filter((table) => only !== "late" || late.has(`${table.database}.${table.name}`))
    .map((table) => ({ table, rank: rankOf(table, words) }))
    .filter(({ rank }) => rank < 3);
  return kept
    .sort((one, other) => one.rank - other.rank || order(one.table, other.table, sort))
    .map(({ table }) => table);
}

function rankOf({ database, name, description = "" }: ListedTable, words: string): number {
  if (words === "" || name.toLowerCase().startsWith(words)) return 0;
  if (`${database}.${name}`.toLowerCase().includes(words)) return 1;
  return description.toLowerCase().includes(words) ? 2 : 3;
}

function order(one: ListedTable, other: ListedTable, sort: CatalogSearch["sort"]): number {
  if (sort === "rows") return (other.rows ?? -1) - (one.rows ?? -1);
  if (sort === "changed") return (other.updatedAt ?? "").localeCompare(one.updatedAt ?? "");
  return one.database.localeCompare(other.database) || one.name.localeCompare(other.name);
}

function withoutEmpty(search: CatalogSearch): CatalogSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== "" && value !== undefined));
}
