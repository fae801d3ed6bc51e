/** The tables that one can read, to begin with one: those opened last come first, the others are found by typing. */
import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { ListedTable } from "../../../src/client/api-client.ts";
import { useMe } from "../../api/me.ts";
import { mineQuery, tablesQuery } from "../../api/queries.ts";
import { Empty } from "../../parts/empty.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";
import { readableIn } from "../../parts/readable.ts";
import { recentVisits } from "../../parts/recent.ts";
import { Loaded } from "../../parts/waiting.tsx";
import type { TableName } from "./question.ts";

const mostListed = 60;

export function PickTable({ onChoose }: { readonly onChoose: (table: TableName) => void }): ReactNode {
  const [words, setWords] = useState("");
  const tables = useQuery(tablesQuery);
  const { data: mine } = useQuery(mineQuery);
  const recent = useRecent();
  return (
    <section className="pick-table" aria-labelledby="pick">
      <h2 id="pick">Pick a table</h2>
      <TextInput
        aria-label="Find a table"
        placeholder="Find a table"
        leftSection={<Icon name="search" size={16} />}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      <Loaded query={tables} lines={5}>
        {({ tables: all }) => {
          const readable = all.filter(readableIn(mine));
          const found = readable.filter(({ database, name, description = "" }) =>
            `${database}.${name} ${description}`.toLowerCase().includes(words.trim().toLowerCase()),
          );
          if (mine !== undefined && readable.length === 0)
            return (
              <Empty icon="table" title="There is no table that you can read yet.">
                <p>Find one in the catalog, and ask for access to it there.</p>
              </Empty>
            );
          if (mine !== undefined && found.length === 0)
            return <Empty icon="search" title={`Nothing named “${words}”.`} />;
          return (
            <>
              <ul className="card list pick-list">
                {found
                  .toSorted(byVisit(recent))
                  .slice(0, mostListed)
                  .map((table) => (
                    <li key={table.uuid}>
                      <button type="button" onClick={() => onChoose({ database: table.database, name: table.name })}>
                        <Icon name={table.kind === "view" ? "view" : "table"} />
                        <span className="grow">
                          <code className="strong wrap-anywhere">
                            <bdi>{shownName(`${table.database}.${table.name}`)}</bdi>
                          </code>
                          {table.description === undefined ? undefined : (
                            <span className="small dim block clip-lines">{table.description}</span>
                          )}
                        </span>
                        <Icon name="next" size={16} />
                      </button>
                    </li>
                  ))}
              </ul>
              {found.length > mostListed ? (
                <p className="small dim">{found.length - mostListed} more: type to find them.</p>
              ) : undefined}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function useRecent(): readonly string[] {
  const me = useMe();
  return me === undefined ? [] : recentVisits(me).map(({ title }) => title);
}

function byVisit(recent: readonly string[]): (one: ListedTable, other: ListedTable) => number {
  const place = ({ database, name }: ListedTable): number => {
    const found = recent.indexOf(`${database}.${name}`);
    return found < 0 ? recent.length : found;
  };
  return (one, other) => place(one) - place(other) || one.name.localeCompare(other.name);
}
