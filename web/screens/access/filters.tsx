/** Data filters: what each shows of its table, and an editor with a preview beside it. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { DataFilter } from "../../../src/client/api-client.ts";
import { api } from "../../api/client.ts";
import { useAdministers } from "../../api/administers.ts";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { maskWords } from "../table/own-right.ts";
import { FilterEditor } from "./filter-editor.tsx";

export function Filters(): ReactNode {
  const filters = useQuery({ queryKey: ["access", "filters"], queryFn: () => api.filterList({}) });
  const administers = useAdministers();
  const [editing, setEditing] = useState<DataFilter | "new">();
  if (editing !== undefined)
    return <FilterEditor filter={editing === "new" ? undefined : editing} onClose={() => setEditing(undefined)} />;
  return (
    <>
      <div className="row wrap">
        <p className="text2 grow">
          A filter says which columns, values and rows a grant shows. Its grants follow it when it changes.
        </p>
        {administers ? (
          <Button leftSection={<Icon name="add" size={16} />} onClick={() => setEditing("new")}>
            Make a filter
          </Button>
        ) : undefined}
      </div>
      <Loaded query={filters}>
        {({ filters: found }) =>
          found.length === 0 ? (
            <Empty icon="filter" title="No filters that you may know of." />
          ) : (
            <ul className="card list">
              {found.map((filter) => (
                <FilterLine
                  key={`${filter.table} ${filter.name}`}
                  filter={filter}
                  onEdit={administers ? () => setEditing(filter) : undefined}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}

interface FilterLineProps {
  readonly filter: DataFilter;
  readonly onEdit: (() => void) | undefined;
}

function FilterLine({ filter, onEdit }: FilterLineProps): ReactNode {
  const { name, table, rows, columns, masks, state, why, origin } = filter;
  const shows = [
    columns === null
      ? "all columns"
      : columns.mode === "include"
        ? counted(columns.names.length, "column")
        : `all but ${columns.names.map(shownName).join(", ")}`,
    ...masks.map(({ column, mask }) => `${shownName(column)} as ${maskWords(mask)}`),
    rows === null ? "all rows" : `rows with ${shownName(rows)}`,
    origin === null ? "" : `declared in ${shownName(origin)}`,
  ].filter((text) => text !== "");
  return (
    <li>
      <Icon name="filter" />
      <span className="grow wrap-anywhere">
        <b>{shownName(name)}</b> on <code>{shownName(table)}</code>
        <span className="small dim block">{why ?? shows.join("; ")}</span>
      </span>
      {state === "broken" ? (
        <Badge tone="bad" icon="alert">
          Shows nothing
        </Badge>
      ) : undefined}
      {onEdit === undefined ? undefined : (
        <Button size="compact-md" variant="default" onClick={onEdit}>
          Change<span className="unseen"> {name}</span>
        </Button>
      )}
    </li>
  );
}
