/**
 * Rows of a result as a grid: only the cells in view are in the page, the arrow keys move a cell, Enter opens its whole
 * value, Ctrl C copies it. Values are text and never markup; a date is shown as it is stored.
 */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";
import type { Column } from "../../src/client/api-client.ts";
import { formatJson, type Json } from "../../src/base/json.ts";
import { CellViewer } from "./cell-viewer.tsx";
import { Icon } from "./icon.tsx";
import { shownName } from "./names.ts";
import { isNumeric, plainText, Value } from "./value.tsx";
import "../styles/grid.css";

interface GridProps {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Json[])[];
  readonly label: string;
  /** The word for what replaces values, by the name of the column. */
  readonly masks?: ReadonlyMap<string, string>;
  readonly height: number | string;
  readonly sort?: Sort | undefined;
  readonly onSort?: (column: number) => void;
}

export interface Sort {
  readonly column: number;
  readonly isDescending: boolean;
}

interface Cell {
  readonly row: number;
  readonly column: number;
}

const rowHeight = 30;
const numberWidth = 52;

export function Grid({ columns, rows, label, masks, height, sort, onSort }: GridProps): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<Cell>({ row: 0, column: 0 });
  const [isViewing, setIsViewing] = useState(false);
  const { down, across } = useCellsInView(frame, columns, rows);
  const move = (to: Cell): void => {
    const cell = {
      row: Math.max(0, Math.min(rows.length - 1, to.row)),
      column: Math.max(0, Math.min(columns.length - 1, to.column)),
    };
    setAt(cell);
    down.scrollToIndex(cell.row, { align: "auto" });
    across.scrollToIndex(cell.column, { align: "auto" });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = target(event, at, { rows: rows.length, columns: columns.length });
    if (to !== undefined) move(to);
    else if (event.key === "Enter") setIsViewing(true);
    else if (isCopy(event))
      void navigator.clipboard?.writeText(copied(columns[at.column], rows[at.row]?.[at.column], event.shiftKey));
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div
        ref={frame}
        className="grid"
        role="grid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length}
        aria-activedescendant={rows.length === 0 ? undefined : `cell-${at.row}-${at.column}`}
        tabIndex={0}
        style={{ height }}
        onKeyDown={onKeyDown}
      >
        <div className="grid-inner" style={{ height: down.getTotalSize(), width: across.getTotalSize() }}>
          <GridHead cells={across.getVirtualItems()} columns={columns} masks={masks} sort={sort} onSort={onSort} />
          {down.getVirtualItems().map(({ index, start }) => (
            <GridRow
              key={index}
              index={index}
              top={start}
              cells={across.getVirtualItems()}
              columns={columns}
              values={rows[index]}
              masks={masks}
              current={at.row === index ? at.column : undefined}
              onChoose={(column) => setAt({ row: index, column })}
              onOpen={() => setIsViewing(true)}
            />
          ))}
        </div>
      </div>
      {isViewing ? (
        <CellViewer
          title={columns[at.column]?.name ?? ""}
          value={rows[at.row]?.[at.column]}
          onClose={() => {
            setIsViewing(false);
            frame.current?.focus();
          }}
        />
      ) : undefined}
    </>
  );
}

/** The rows and columns in view. */
function useCellsInView(
  frame: RefObject<HTMLDivElement | null>,
  columns: readonly Column[],
  rows: readonly (readonly Json[])[],
) {
  const hasRows = rows.length > 0;
  // oxlint-disable-next-line react/exhaustive-deps -- rows that come later do not move the columns
  const widths = useMemo(() => widthsOf(columns, rows), [columns, hasRows]);
  const down = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    paddingStart: 32,
    scrollPaddingStart: 32,
  });
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => frame.current,
    estimateSize: (column) => widths[column] ?? 100,
    overscan: 3,
    paddingStart: numberWidth,
    scrollPaddingStart: numberWidth,
  });
  // Widths follow the first rows, which come after the names.
  useEffect(() => across.measure(), [across, widths]);
  return { down, across };
}

type GridHeadProps = Pick<GridProps, "columns" | "masks" | "sort" | "onSort"> & Pick<GridRowProps, "cells">;

function GridHead({ cells, columns, masks, sort, onSort }: GridHeadProps): ReactNode {
  return (
    <div className="grid-head" role="row" aria-rowindex={1}>
      <span className="grid-number" role="presentation" />
      {cells.map(({ index, start, size }) => (
        <HeadCell
          key={index}
          column={columns[index]}
          index={index}
          mask={masks?.get(columns[index]?.name ?? "")}
          sort={sort?.column === index ? sort : undefined}
          onSort={onSort}
          style={{ transform: `translateX(${start}px)`, width: size }}
        />
      ))}
    </div>
  );
}

interface GridRowProps {
  readonly index: number;
  readonly top: number;
  /** The columns in view. */
  readonly cells: readonly { readonly index: number; readonly start: number; readonly size: number }[];
  readonly columns: readonly Column[];
  readonly values: readonly Json[] | undefined;
  readonly masks: GridProps["masks"];
  /** The chosen column, if the chosen cell is in this row. */
  readonly current: number | undefined;
  readonly onChoose: (column: number) => void;
  readonly onOpen: () => void;
}

function GridRow({ index, top, cells, columns, values, masks, current, onChoose, onOpen }: GridRowProps): ReactNode {
  return (
    <div role="row" aria-rowindex={index + 2} className="grid-row" style={{ transform: `translateY(${top}px)` }}>
      <span className="grid-number" role="presentation">
        {index + 1}
      </span>
      {cells.map(({ index: column, start, size }) => (
        <span
          key={column}
          id={`cell-${index}-${column}`}
          role="gridcell"
          aria-colindex={column + 1}
          aria-selected={column === current}
          className={classOf(columns[column], masks, column === current)}
          style={{ transform: `translateX(${start}px)`, width: size }}
          onClick={() => onChoose(column)}
          onDoubleClick={onOpen}
        >
          <Value value={values?.[column]} type={columns[column]?.type ?? ""} />
        </span>
      ))}
    </div>
  );
}

interface HeadCellProps {
  readonly column: Column | undefined;
  readonly index: number;
  readonly mask: string | undefined;
  readonly sort: Sort | undefined;
  readonly onSort: ((column: number) => void) | undefined;
  readonly style: { readonly transform: string; readonly width: number };
}

function HeadCell({ column, index, mask, sort, onSort, style }: HeadCellProps): ReactNode {
  const { name = "", type = "" } = column ?? {};
  const order = sort === undefined ? "none" : sort.isDescending ? "descending" : "ascending";
  const inside = (
    <>
      {mask === undefined ? undefined : <Icon name="masked" size={14} />}
      <bdi className="clip">{shownName(name)}</bdi>
      {sort === undefined ? undefined : <Icon name={sort.isDescending ? "descending" : "ascending"} size={14} />}
    </>
  );
  return (
    <span
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={order}
      className={`grid-cell ${isNumeric(type) ? "right" : ""} ${mask === undefined ? "" : "masked"}`}
      title={`${shownName(name)}, ${type}${mask === undefined ? "" : `, masked by ${mask}`}`}
      style={style}
    >
      {onSort === undefined ? (
        <span className="row">{inside}</span>
      ) : (
        <button type="button" tabIndex={-1} onClick={() => onSort(index)}>
          {inside}
        </button>
      )}
    </span>
  );
}

function classOf(column: Column | undefined, masks: GridProps["masks"], isCurrent: boolean): string {
  const isMasked = masks?.has(column?.name ?? "") === true;
  return `grid-cell ${isNumeric(column?.type ?? "") ? "right" : ""} ${isMasked ? "masked" : ""} ${isCurrent ? "current" : ""}`;
}

/** Wide enough for the name and for most of the first values. */
function widthsOf(columns: readonly Column[], rows: readonly (readonly Json[])[]): readonly number[] {
  return columns.map(({ name }, column) => {
    const lengths = rows.slice(0, 40).map((row) => Math.min(60, plainText(row[column]).length));
    const longest = Math.max(name.length + 3, ...lengths);
    return Math.min(340, Math.max(72, longest * 7.6 + 24));
  });
}

interface Size {
  readonly rows: number;
  readonly columns: number;
}

function target(event: KeyboardEvent, { row, column }: Cell, { rows, columns }: Size): Cell | undefined {
  const far = event.ctrlKey || event.metaKey;
  switch (event.key) {
    case "ArrowDown":
      return { row: far ? rows : row + 1, column };
    case "ArrowUp":
      return { row: far ? 0 : row - 1, column };
    case "ArrowRight":
      return { row, column: far ? columns : column + 1 };
    case "ArrowLeft":
      return { row, column: far ? 0 : column - 1 };
    case "Home":
      return { row: far ? 0 : row, column: 0 };
    case "End":
      return { row: far ? rows : row, column: columns };
    case "PageDown":
      return { row: row + 15, column };
    case "PageUp":
      return { row: row - 15, column };
    default:
      return undefined;
  }
}

function isCopy(event: KeyboardEvent): boolean {
  return (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "c" && getSelection()?.isCollapsed !== false;
}

function copied(column: Column | undefined, value: Json | undefined, withHeader: boolean): string {
  const text = typeof value === "string" ? value : value === null || value === undefined ? "" : formatJson(value);
  return withHeader ? `${column?.name ?? ""}\n${text}` : text;
}
