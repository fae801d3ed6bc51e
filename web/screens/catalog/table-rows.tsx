/** The rows of the catalog. Only those in view are in the page, however many tables there are. */
import { Link } from "@tanstack/react-router";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef, useState, type ReactNode } from "react";
import type { ListedTable } from "../../../src/client/api-client.ts";
import { Badge } from "../../parts/badge.tsx";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName, tableName } from "../../parts/names.ts";
import { count } from "../../parts/numbers.ts";
import type { CatalogSearch } from "./catalog-search.ts";

type Sort = NonNullable<CatalogSearch["sort"]>;

interface TableRowsProps {
  readonly tables: readonly ListedTable[];
  readonly readable: (table: ListedTable) => boolean;
  readonly late: ReadonlySet<string>;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}

const rowHeight = 46;

export function TableRows({ tables, readable, late, sort, onSort }: TableRowsProps): ReactNode {
  const body = useRef<HTMLDivElement>(null);
  const [above, setAbove] = useState(0);
  useLayoutEffect(() => setAbove(body.current?.offsetTop ?? 0), []);
  const rows = useWindowVirtualizer({
    count: tables.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: above,
  });
  return (
    <div className="card rows" role="table" aria-label="Tables" aria-rowcount={tables.length + 1}>
      <div className="rows-head" role="row" aria-rowindex={1}>
        <SortHead name="Name" by="name" sort={sort} onSort={onSort} />
        <span role="columnheader" className="wide-only">
          Description
        </span>
        <SortHead name="Rows" by="rows" sort={sort} onSort={onSort} isRight />
        <SortHead name="Changed" by="changed" sort={sort} onSort={onSort} isRight />
        <span role="columnheader" className="right wide-only">
          State
        </span>
      </div>
      <div ref={body} role="rowgroup" className="rows-body" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, key, start }) => {
          const table = tables[index];
          if (table === undefined) return undefined;
          return (
            <div
              key={key}
              role="row"
              aria-rowindex={index + 2}
              className="rows-row"
              style={{ transform: `translateY(${start - above}px)` }}
            >
              <TableRow
                table={table}
                canRead={readable(table)}
                isLate={late.has(tableName(table.database, table.name))}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface TableRowProps {
  readonly table: ListedTable;
  readonly canRead: boolean;
  readonly isLate: boolean;
}

function TableRow({ table, canRead, isLate }: TableRowProps): ReactNode {
  const { database, name, description = "", rows, updatedAt, columns, link } = table;
  return (
    <>
      <span role="cell" className="row">
        <span className="dim">
          <Icon name={iconOf(table)} />
        </span>
        <Link
          to="/catalog/$database/$table/{-$tab}"
          params={{ database, table: name }}
          className="clip table-link"
          title={shownName(`${database}.${name}`)}
        >
          <code className="dim">{shownName(database)}.</code>
          <code className="strong">
            <bdi>{shownName(name)}</bdi>
          </code>
        </Link>
      </span>
      <span role="cell" className="clip text2 wide-only">
        {link === undefined ? undefined : (
          <span className="dim">
            Link to <code>{shownName(link.target)}</code>
            {description === "" ? "" : ". "}
          </span>
        )}
        <bdi>
          {description === "" && link === undefined ? <span className="dim">{columns} columns</span> : description}
        </bdi>
      </span>
      <span role="cell" className="right number">
        {rows === undefined ? "" : count(rows)}
      </span>
      <span role="cell" className="right text2 nowrap">
        {updatedAt === undefined ? "" : <Moment at={updatedAt} />}
      </span>
      <span role="cell" className="right wide-only">
        <StateOf table={table} canRead={canRead} isLate={isLate} />
      </span>
    </>
  );
}

function iconOf({ kind, link }: ListedTable): IconName {
  if (link !== undefined) return "link";
  return kind === "view" ? "view" : "table";
}

function StateOf({ table: { mark, kind, freshAt }, canRead, isLate }: TableRowProps): ReactNode {
  if (mark?.mark === "deprecated")
    return (
      <Badge tone="warn" icon="alert">
        Deprecated
      </Badge>
    );
  if (!canRead)
    return (
      <Badge tone="plain" icon="hidden">
        Not readable
      </Badge>
    );
  if (isLate)
    return (
      <Badge tone="bad" icon="alert">
        Late
      </Badge>
    );
  if (mark?.mark === "certified")
    return (
      <Badge tone="info" icon="certified">
        Certified
      </Badge>
    );
  if (kind === "view") return <Badge tone="plain">View</Badge>;
  return freshAt === null ? undefined : (
    <Badge tone="ok" icon="check">
      Fresh
    </Badge>
  );
}

interface SortHeadProps {
  readonly name: string;
  readonly by: Sort;
  readonly sort: Sort;
  readonly isRight?: boolean;
  readonly onSort: (sort: Sort) => void;
}

function SortHead({ name, by, sort, isRight = false, onSort }: SortHeadProps): ReactNode {
  const isOn = by === sort;
  return (
    <span
      role="columnheader"
      aria-sort={isOn ? (by === "name" ? "ascending" : "descending") : "none"}
      className={isRight ? "right" : ""}
    >
      <button type="button" onClick={() => onSort(by)}>
        {name}
        {isOn ? <Icon name={by === "name" ? "ascending" : "descending"} size={14} /> : undefined}
      </button>
    </span>
  );
}
