/** The tables at the left of the worksheet, found by typing. A click on one begins a statement about it; its arrow shows the columns. */
import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { ListedTable } from "../../../src/client/api-client.ts";
import { tableQuery, tablesQuery } from "../../api/queries.ts";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { shownName, tableName } from "../../parts/names.ts";
import { typeText } from "../table/type-text.ts";

interface TableTreeProps {
  /** Takes the name of a table as `database.table`. */
  readonly onInsert: (name: string) => void;
}

const mostShown = 60;

export function TableTree({ onInsert }: TableTreeProps): ReactNode {
  const { data } = useQuery(tablesQuery);
  const [words, setWords] = useState("");
  const found = (data?.tables ?? []).filter(({ database, name }) =>
    `${database}.${name}`.toLowerCase().includes(words.trim().toLowerCase()),
  );
  const shown = found.slice(0, mostShown);
  const byDatabase = Map.groupBy(shown, ({ database }) => database);
  return (
    <aside className="table-tree" aria-label="Tables">
      <TextInput
        aria-label="Find a table"
        placeholder="Find a table"
        leftSection={<Icon name="search" size={16} />}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      {[...byDatabase].map(([database, tables]) => (
        <section key={database} aria-label={database}>
          <p className="tree-database">
            <Icon name="database" size={16} />
            <code className="clip">{shownName(database)}</code>
            <span className="tree-extra">{found.filter((table) => table.database === database).length}</span>
          </p>
          <ul>
            {tables.map((table) => (
              <TreeTable key={`${table.uuid} ${table.name}`} table={table} onInsert={onInsert} />
            ))}
          </ul>
        </section>
      ))}
      {found.length > shown.length ? (
        <p className="small dim tree-more">{found.length - shown.length} more: type to find them.</p>
      ) : undefined}
      {data !== undefined && found.length === 0 ? (
        <p className="small dim tree-more">Nothing named “{words}”.</p>
      ) : undefined}
    </aside>
  );
}

interface TreeTableProps extends TableTreeProps {
  readonly table: ListedTable;
}

function TreeTable({ table, onInsert }: TreeTableProps): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  const name = tableName(table.database, table.name);
  return (
    <li>
      <div className="tree-table">
        <button
          type="button"
          className="tree-arrow"
          aria-expanded={isOpen}
          aria-label={`Columns of ${shownName(table.name)}`}
          onClick={() => setIsOpen(!isOpen)}
        >
          <Icon name={isOpen ? "down" : "next"} size={14} />
        </button>
        <button
          type="button"
          className="tree-name"
          title={`Query ${shownName(name)}${table.link === undefined ? "" : `, which leads to ${shownName(table.link.target)}`}`}
          onClick={() => onInsert(name)}
        >
          <Icon name={table.link !== undefined ? "link" : table.kind === "view" ? "view" : "table"} size={16} />
          <code className="clip">
            <bdi>{shownName(table.name)}</bdi>
          </code>
        </button>
      </div>
      {isOpen ? <TreeColumns name={name} /> : undefined}
    </li>
  );
}

function TreeColumns({ name }: { readonly name: string }): ReactNode {
  const { data } = useQuery(tableQuery(name));
  return (
    <ul>
      {data?.columns.slice(0, 200).map((column) => {
        const type = typeText(column.type);
        return (
          <li key={column.name} className="tree-column">
            <Icon name={iconOf(type)} size={14} />
            <code className="clip">
              <bdi>{shownName(column.name)}</bdi>
            </code>
            <span className="tree-extra">{type}</span>
          </li>
        );
      })}
    </ul>
  );
}

function iconOf(type: string): IconName {
  if (/^(int|long|decimal|float|double)/.test(type)) return "number";
  if (/^(date|time)/.test(type)) return "date";
  if (type === "boolean") return "truth";
  return /^(list|map|struct)/.test(type) ? "list" : "text";
}
