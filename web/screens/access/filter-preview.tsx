/**
 * A table as a person would see it with a filter, while it is edited: each column with what it becomes, and what they
 * read already by other grants. Rows are shown to those who may read the table themselves, as its rows with the masks on top.
 */
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState, type ReactNode } from "react";
import type { TableShowAnswer, WayOfAccess } from "../../../src/client/api-client.ts";
import { api } from "../../api/client.ts";
import { mineQuery } from "../../api/queries.ts";
import { Icon } from "../../parts/icon.tsx";
import { shownName, sqlName, tableName } from "../../parts/names.ts";
import { readRows } from "../../parts/read-rows.ts";
import { plainText } from "../../parts/value.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { maskWords } from "../table/own-right.ts";
import { masked, type FilterDraft, type Treatment } from "./filter-draft.ts";

interface FilterPreviewProps {
  readonly table: TableShowAnswer;
  readonly draft: FilterDraft;
}

export function FilterPreview({ table, draft }: FilterPreviewProps): ReactNode {
  const { data: users } = useQuery({ queryKey: ["people", "users"], queryFn: () => api.userList({}) });
  const [who, setWho] = useState("");
  const { data: access } = useQuery({
    queryKey: ["access", "of", who],
    queryFn: () => api.accessOf({ principal: who }),
    enabled: who !== "",
  });
  const name = tableName(table.database, table.name);
  const now = access?.reached.find(({ resource, kind }) => kind === "table" && resource === name);
  // The filter itself is left out: it is what is edited.
  const others = now?.ways.filter(({ filter }) => draft.name === "" || filter !== draft.name) ?? [];
  return (
    <aside className="stack filter-preview" aria-labelledby="preview">
      <div className="section-head">
        <h2 id="preview">What they would see</h2>
        <span className="grow" />
        <select
          className="input treatment"
          aria-label="Who"
          value={who}
          onChange={(event) => setWho(event.currentTarget.value)}
        >
          <option value="">Whoever gets it</option>
          {(users?.users ?? []).map((user) => (
            <option key={user.name} value={user.name}>
              {shownName(user.name)}
            </option>
          ))}
        </select>
      </div>
      <ul className="card treatments" aria-label="What they would see">
        {table.columns.map((column) => (
          <SeenColumn
            key={column.name}
            name={column.name}
            treatment={draft.treatments.get(column.name) ?? "as it is"}
            others={others}
          />
        ))}
      </ul>
      <p className="small dim">
        {draft.rows.trim() === "" ? (
          "All rows."
        ) : (
          <>
            Only rows with <code>{shownName(draft.rows)}</code>.
          </>
        )}
        {who === ""
          ? ""
          : now === undefined || now.reads === "nothing"
            ? ` ${shownName(who)} reads nothing of it now.`
            : ` ${shownName(who)} reads ${now.reads === "whole" ? "all" : "a part"} of it now; grants add up.`}
      </p>
      <SampleOfFilter table={table} draft={draft} />
    </aside>
  );
}

interface SeenColumnProps {
  readonly name: string;
  readonly treatment: Treatment;
  /** The other grants by which the chosen person reads the table. */
  readonly others: readonly WayOfAccess[];
}

function SeenColumn({ name, treatment, others }: SeenColumnProps): ReactNode {
  const covering = others.filter(
    ({ columns }) => columns === null || columns.names.includes(name) === (columns.mode === "include"),
  );
  const isReadNow = covering.length > 0;
  const isOpenNow = covering.some((way) => way.masks.every(({ column }) => column !== name));
  const isAsItIs = treatment === "as it is" || isOpenNow;
  return (
    <li>
      <code className={treatment === "left out" && !isReadNow ? "grow dim" : "grow"}>{shownName(name)}</code>
      {isAsItIs ? (
        <span className="row small good">
          <Icon name="view" size={16} />
          {treatment === "as it is" ? "Sees" : "Sees, by another grant"}
        </span>
      ) : treatment === "left out" && !isReadNow ? (
        <span className="row small dim">
          <Icon name="hidden" size={16} />
          Hidden
        </span>
      ) : (
        <span className="row small masked">
          <Icon name="masked" size={16} />
          {treatment === "left out" ? "As before" : maskWords(treatment)}
        </span>
      )}
    </li>
  );
}

function SampleOfFilter({ table, draft }: FilterPreviewProps): ReactNode {
  const { data: mine } = useQuery(mineQuery);
  const name = tableName(table.database, table.name);
  const reads = mine?.reached.find(({ resource, kind }) => kind === "table" && resource === name)?.reads ?? "nothing";
  const condition = useDeferredValue(draft.rows.trim());
  const mayRead = mine?.everything === true || reads === "whole";
  const where = condition === "" ? "" : ` where ${condition}`;
  const rows = useQuery({
    queryKey: ["table", name, "filtered", condition],
    queryFn: () =>
      readRows({ sql: `select * from ${sqlName(table.database)}.${sqlName(table.name)}${where}`, limit: 5 }),
    enabled: mayRead && condition === draft.rows.trim(),
    placeholderData: (before) => before,
  });
  if (!mayRead) return <p className="small dim">Rows are shown to those who read all of the table themselves.</p>;
  if (rows.error !== null) return <FailureNote failure={rows.error} />;
  const shown = (rows.data?.columns ?? [])
    .map((column, place) => ({ ...column, place }))
    .filter(({ name: column }) => draft.treatments.get(column) !== "left out");
  return (
    <div className="card sideways" tabIndex={0} role="group" aria-label="Some rows">
      <table className="lines dense">
        <caption>Some rows, as the filter shows them</caption>
        <thead>
          <tr>
            {shown.map((column) => (
              <th key={column.name}>{shownName(column.name)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(rows.data?.rows ?? []).map((row, place) => (
            // oxlint-disable-next-line react/no-array-index-key -- rows have no key of their own
            <tr key={place}>
              {shown.map((column) => {
                const treatment = draft.treatments.get(column.name) ?? "as it is";
                return (
                  <td key={column.name} className={treatment === "as it is" ? "nowrap" : "nowrap masked"}>
                    <bdi>{masked(plainText(row[column.place]), treatment)}</bdi>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
