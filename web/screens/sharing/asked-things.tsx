/** Everything that a request asks for, column by column with what is sensitive; to whoever decides, with ticks that narrow it. */
import { useQueries } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { RequestedItem, ShareRequest, TableShowAnswer } from "../../../src/client/api-client.ts";
import { tableQuery } from "../../api/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { piiWord } from "../../parts/pii.ts";
import { fittingMasks } from "../../parts/fitting-masks.ts";
import { maskWords } from "../table/own-right.ts";
import { typeText } from "../table/type-text.ts";
import type { Mask, NarrowingWork } from "./narrowing.ts";
import { isOneTable, thingWords } from "./request-words.ts";

/** The columns that are asked for of each table, as far as the one who looks may know them. */
export function useAskedColumns({ items, yours }: ShareRequest): ReadonlyMap<string, readonly string[]> {
  const tables = useTables(items, yours);
  return new Map(
    items.flatMap(({ on, columns }) => {
      if (!isOneTable(on)) return [];
      const all = tables.get(on)?.columns.map(({ name }) => name);
      if (columns === null) return all === undefined ? [] : [[on, all] as const];
      if (columns.mode === "include") return [[on, columns.names] as const];
      return all === undefined ? [] : [[on, all.filter((name) => !columns.names.includes(name))] as const];
    }),
  );
}

/** Asked only by those who decide: for others the table may be one that they do not know. */
function useTables(
  items: readonly RequestedItem[],
  mayKnow: boolean,
): ReadonlyMap<string, TableShowAnswer | undefined> {
  const names = mayKnow ? items.flatMap(({ on }) => (isOneTable(on) ? [on] : [])) : [];
  const found = useQueries({ queries: names.map((name) => tableQuery(name)) });
  return new Map(names.map((name, place) => [name, found[place]?.data]));
}

interface AskedThingsProps {
  readonly request: ShareRequest;
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** For whoever decides now. */
  readonly work: NarrowingWork | undefined;
}

export function AskedThings({ request, columns, work }: AskedThingsProps): ReactNode {
  const { items, yours } = request;
  const tables = useTables(items, yours);
  return (
    <section aria-labelledby="asked">
      <div className="section-head">
        <h2 id="asked">What is asked</h2>
        <span className="grow" />
        {work === undefined ? undefined : <span className="small dim">Untick to narrow</span>}
      </div>
      <div className="card">
        {items.map((item, place) => (
          <Thing
            key={item.on ?? place}
            item={item}
            request={request}
            columns={columns.get(item.on ?? "")}
            table={tables.get(item.on ?? "")}
            work={work}
          />
        ))}
      </div>
    </section>
  );
}

interface ThingProps {
  readonly item: RequestedItem;
  readonly request: ShareRequest;
  readonly columns: readonly string[] | undefined;
  readonly table: TableShowAnswer | undefined;
  readonly work: NarrowingWork | undefined;
}

function Thing({ item, request, columns, table, work }: ThingProps): ReactNode {
  const { on, rows, leftOut } = item;
  const [isOpen, setIsOpen] = useState(true);
  const name = on ?? "";
  const isOut = work?.now.leftOut.has(name) === true;
  const gone = work?.now.without.get(name)?.size ?? 0;
  const facts = leftOut ?? amountOf(item, columns, work === undefined ? undefined : gone);
  return (
    <div className="thing">
      <div className="thing-head">
        {work === undefined || on === null ? undefined : (
          <input
            type="checkbox"
            className="tick"
            aria-label={shownName(on)}
            checked={!isOut}
            onChange={() => work.toggleItem(on)}
          />
        )}
        <Icon name={isOneTable(on) ? "table" : "database"} size={16} />
        <code className={isOut ? "strong struck" : "strong wrap-anywhere"}>{thingWords(on)}</code>
        <span className="small dim grow">{facts}</span>
        {columns === undefined ? undefined : (
          <button type="button" className="link small" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
            {isOpen ? "Fold" : "Show"}
            <span className="unseen"> columns of {shownName(name)}</span>
          </button>
        )}
      </div>
      {rows === null ? undefined : (
        <p className="thing-rows small">
          <Icon name="filter" size={14} /> Only rows with <code>{shownName(rows)}</code>
        </p>
      )}
      {!isOpen || isOut || columns === undefined ? undefined : (
        <ul className="thing-columns">
          {columns.map((column) => (
            <ColumnLine key={column} on={name} column={column} request={request} table={table} work={work} />
          ))}
        </ul>
      )}
      {work === undefined || isOut || !isOneTable(on) ? undefined : (
        <label className="thing-rows small">
          <span className="nowrap">Only rows with</span>
          <input
            className="input mono"
            aria-label={`Only rows of ${shownName(on)} with`}
            value={work.now.rows.get(on) ?? ""}
            placeholder="country = 'DE'"
            spellCheck={false}
            onChange={(event) => work.setRows(on, event.currentTarget.value)}
          />
        </label>
      )}
    </div>
  );
}

interface ColumnLineProps {
  readonly on: string;
  readonly column: string;
  readonly request: ShareRequest;
  readonly table: TableShowAnswer | undefined;
  readonly work: NarrowingWork | undefined;
}

function ColumnLine({ on, column, request, table, work }: ColumnLineProps): ReactNode {
  const isOut = work?.now.without.get(on)?.has(column) === true;
  const name = <code className={isOut ? "struck" : ""}>{shownName(column)}</code>;
  const finding = request.sensitivity?.findings.find((one) => one.table === on && one.column === column);
  const known = table?.columns.find((one) => one.name === column);
  const said = known?.parameters["pii_class"];
  return (
    <li>
      {work === undefined ? (
        name
      ) : (
        <label className="tick-label">
          <input type="checkbox" className="tick" checked={!isOut} onChange={() => work.toggleColumn(on, column)} />
          {name}
        </label>
      )}
      {finding === undefined || finding.class === "none" ? undefined : (
        <Badge tone="pii" icon="sensitive">
          {finding.class === "pii"
            ? said === undefined
              ? "Personal"
              : piiWord(said)
            : finding.class === "secret"
              ? "Secret"
              : "Not judged"}
        </Badge>
      )}
      {isOut ? <span className="small dim out">Left out</span> : undefined}
      {work === undefined || isOut || known === undefined || request.kind !== "new" ? undefined : (
        <MaskChoice
          column={column}
          type={typeText(known.type)}
          mask={work.now.masks.get(on)?.get(column)}
          onChoose={(mask) => work.setMask(on, column, mask)}
        />
      )}
    </li>
  );
}

interface MaskChoiceProps {
  readonly column: string;
  readonly type: string;
  readonly mask: Mask | undefined;
  readonly onChoose: (mask: Mask | undefined) => void;
}

function MaskChoice({ column, type, mask, onChoose }: MaskChoiceProps): ReactNode {
  const fitting = fittingMasks(type);
  return (
    <select
      className={mask === undefined ? "input mask-choice" : "input mask-choice chosen"}
      aria-label={`How ${shownName(column)} is shown`}
      value={mask ?? ""}
      onChange={({ currentTarget }) => onChoose(fitting[currentTarget.selectedIndex - 1])}
    >
      <option value="">as it is</option>
      {fitting.map((one) => (
        <option key={one} value={one}>
          {maskWords(one)}
        </option>
      ))}
    </select>
  );
}

function amountOf(
  { on, tables }: RequestedItem,
  columns: readonly string[] | undefined,
  gone: number | undefined,
): string {
  if (columns === undefined) return isOneTable(on) ? "all columns" : counted(tables, "table");
  if (gone === undefined) return counted(columns.length, "column");
  return `${columns.length - gone} of ${counted(columns.length, "asked column")}`;
}
