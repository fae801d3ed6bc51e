/**
 * The tables of a source with a tick each: found by typing, all or none of what is found, and as many as there are,
 * because only the lines in view are in the page. What is not ticked is left out of every run.
 */
import { Button } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState, type ReactNode } from "react";
import type { SourceDiscoverAnswer } from "../../../src/client/api-client.ts";
import { TextField } from "../../parts/field.tsx";
import { shownName, tableName } from "../../parts/names.ts";
import { bytes, count, counted } from "../../parts/numbers.ts";

export interface OfferedTable {
  /** `schema.name`, as every operation takes it. */
  readonly table: string;
  readonly schema: string;
  readonly name: string;
  readonly rows: number | undefined;
  readonly bytes: number | undefined;
  readonly isOutOfReach: boolean;
}

/** Views and the like are loaded only when somebody names them, so they are not offered here. */
export function offeredOf({ objects }: SourceDiscoverAnswer): readonly OfferedTable[] {
  return objects
    .filter(({ kind }) => kind === "table" || kind === "partitioned table")
    .map(({ name: { schema, name }, estimatedRows, estimatedBytes, isOutOfReach = false }) => ({
      table: tableName(schema, name),
      schema,
      name,
      rows: estimatedRows,
      bytes: estimatedBytes,
      isOutOfReach,
    }));
}

interface TableChoiceProps {
  readonly offered: readonly OfferedTable[];
  readonly excluded: ReadonlySet<string>;
  readonly onChange: (excluded: ReadonlySet<string>) => void;
}

export function TableChoice({ offered, excluded, onChange }: TableChoiceProps): ReactNode {
  const [text, setText] = useState("");
  const found = useMemo(() => {
    const words = text.toLowerCase();
    return offered.filter(({ table }) => table.toLowerCase().includes(words));
  }, [offered, text]);
  const change = (tables: readonly OfferedTable[], isChosen: boolean): void => {
    const names = new Set(tables.map(({ table }) => table));
    onChange(isChosen ? excluded.difference(names) : excluded.union(names));
  };
  const chosen = offered.filter(({ table }) => !excluded.has(table));
  return (
    <div className="stack">
      <div className="row wrap end">
        <div className="grow">
          <TextField label="Find a table" value={text} onType={setText} />
        </div>
        <Button variant="default" onClick={() => change(found, true)}>
          {text === "" ? "All" : `All ${count(found.length)} found`}
        </Button>
        <Button variant="default" onClick={() => change(found, false)}>
          {text === "" ? "None" : "None of them"}
        </Button>
      </div>
      <p className="small text2" role="status">
        {count(chosen.length)} of {counted(offered.length, "table")} chosen{sizeOf(chosen)}
      </p>
      <Lines found={found} excluded={excluded} onTick={(one, isChosen) => change([one], isChosen)} />
    </div>
  );
}

/** Empty if the source does not say how large they are. */
export function sizeOf(chosen: readonly OfferedTable[]): string {
  const rows = chosen.reduce((sum, one) => sum + (one.rows ?? 0), 0);
  const size = chosen.reduce((sum, one) => sum + (one.bytes ?? 0), 0);
  if (rows === 0) return "";
  return `, about ${counted(rows, "row")}${size === 0 ? "" : ` and ${bytes(size)}`}`;
}

interface LinesProps {
  readonly found: readonly OfferedTable[];
  readonly excluded: ReadonlySet<string>;
  readonly onTick: (table: OfferedTable, isChosen: boolean) => void;
}

function Lines({ found, excluded, onTick }: LinesProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const lines = useVirtualizer({
    count: found.length,
    getScrollElement: () => box.current,
    estimateSize: () => 44,
    overscan: 10,
  });
  if (found.length === 0) return <p className="card card-body dim">No table has this in its name.</p>;
  return (
    <div ref={box} className="card choice" role="group" aria-label="Tables" tabIndex={0}>
      <div className="choice-body" style={{ height: lines.getTotalSize() }}>
        {lines.getVirtualItems().map(({ index, key, start }) => {
          const one = found[index];
          if (one === undefined) return undefined;
          return (
            <label key={key} className="choice-line" style={{ transform: `translateY(${start}px)` }}>
              <input
                type="checkbox"
                className="tick"
                checked={!excluded.has(one.table)}
                onChange={({ currentTarget }) => onTick(one, currentTarget.checked)}
              />
              <code className="grow clip">
                <span className="dim">{shownName(one.schema)}.</span>
                <b>{shownName(one.name)}</b>
              </code>
              {one.isOutOfReach ? <span className="small warn-text">no right to read it</span> : undefined}
              {one.rows === undefined ? undefined : <span className="small dim">about {count(one.rows)} rows</span>}
            </label>
          );
        })}
      </div>
    </div>
  );
}
