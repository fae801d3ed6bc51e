/**
 * Rows of a result as a grid: only the cells in view are in the page, the arrow keys move a cell and with Shift choose a
 * range, Enter opens its whole value, Ctrl C copies, p pins a column. Values are text and never markup; a date is shown as
 * it is stored.
 */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";
import type { Json } from "../../src/base/json.ts";
import type { Column } from "../../src/client/api-client.ts";
import { CellViewer } from "./cell-viewer.tsx";
import { copyText } from "./copy-button.tsx";
import { cellAt, GridHead, GridRow, type ShownCell, type Sort } from "./grid-cells.tsx";
import { copiedText, isCopy, rangeOf, target, type Cell, type Range, type Size } from "./grid-keys.ts";
import { plainText } from "./value.tsx";
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
  /** Columns that stay at the left, in their order. */
  readonly pinned?: readonly number[];
  readonly onPin?: (column: number) => void;
}

const rowHeight = 30;
const numberWidth = 52;
const none: readonly number[] = [];

export function Grid(props: GridProps): ReactNode {
  const { columns, rows, label, masks, height, sort, onSort, pinned = none, onPin } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [isViewing, setIsViewing] = useState(false);
  const order = useMemo(() => orderOf(columns.length, pinned), [columns.length, pinned]);
  const { down, across, cells } = useCellsInView(frame, { columns, rows, order, pinned });
  const show = ({ row, column }: Cell): void => {
    down.scrollToIndex(row, { align: "auto" });
    if (column >= pinned.length) across.scrollToIndex(column - pinned.length, { align: "auto" });
  };
  const { at, range, move, choose } = useChosen({ rows: rows.length, columns: columns.length }, show);
  const viewed = order[at.column] ?? 0;
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = target(event, at, { rows: rows.length, columns: columns.length });
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (to !== undefined) move(to, event.shiftKey);
    else if (event.key === "Enter") setIsViewing(true);
    else if (event.key === "p" && isPlain && onPin !== undefined) onPin(viewed);
    else if (isCopy(event)) void copyText(copiedText(range, { columns, order, rows, withHeader: event.shiftKey }));
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
        aria-multiselectable="true"
        aria-activedescendant={rows.length === 0 ? undefined : `cell-${at.row}-${at.column}`}
        tabIndex={0}
        style={{ height }}
        onKeyDown={onKeyDown}
        onClick={({ target: clicked, shiftKey }) => choose(cellAt(clicked), shiftKey)}
        onDoubleClick={({ target: clicked }) => setIsViewing(cellAt(clicked) !== undefined)}
      >
        <div className="grid-inner" style={{ height: down.getTotalSize(), width: across.getTotalSize() }}>
          <GridHead cells={cells} columns={columns} masks={masks} sort={sort} onSort={onSort} onPin={onPin} />
          {down.getVirtualItems().map(({ index, start }) => (
            <GridRow
              key={index}
              index={index}
              top={start}
              cells={cells}
              columns={columns}
              values={rows[index]}
              masks={masks}
              range={range}
              current={at.row === index ? at.column : undefined}
            />
          ))}
        </div>
      </div>
      {isViewing ? (
        <CellViewer
          title={columns[viewed]?.name ?? ""}
          value={rows[at.row]?.[viewed]}
          onClose={() => {
            setIsViewing(false);
            frame.current?.focus();
          }}
        />
      ) : undefined}
    </>
  );
}

interface Chosen {
  /** The cell that the keys act on. */
  readonly at: Cell;
  readonly range: Range;
  /** Chooses the nearest cell that exists, and shows it. */
  move(to: Cell, isRange: boolean): void;
  /** Nothing changes for a click beside all cells. */
  choose(cell: Cell | undefined, isRange: boolean): void;
}

/** The chosen cell, or the range from where Shift was first held to it. */
function useChosen(size: Size, show: (cell: Cell) => void): Chosen {
  const [at, setAt] = useState<Cell>({ row: 0, column: 0 });
  const [anchor, setAnchor] = useState<Cell>();
  const choose = (cell: Cell | undefined, isRange: boolean): void => {
    if (cell === undefined) return;
    setAnchor(isRange ? (anchor ?? at) : undefined);
    setAt(cell);
  };
  const move = (to: Cell, isRange: boolean): void => {
    const cell = { row: bounded(to.row, size.rows), column: bounded(to.column, size.columns) };
    choose(cell, isRange);
    show(cell);
  };
  const range = useMemo(() => rangeOf(anchor ?? at, at), [anchor, at]);
  return { at, range, move, choose };
}

function bounded(value: number, count: number): number {
  return Math.max(0, Math.min(count - 1, value));
}

function orderOf(count: number, pinned: readonly number[]): readonly number[] {
  const others = Array.from({ length: count }, (_, column) => column).filter((column) => !pinned.includes(column));
  return [...pinned, ...others];
}

interface Content extends Pick<GridProps, "columns" | "rows"> {
  readonly order: readonly number[];
  readonly pinned: readonly number[];
}

/** The rows and columns in view, after the columns that stay. */
function useCellsInView(frame: RefObject<HTMLDivElement | null>, { columns, rows, order, pinned }: Content) {
  const hasRows = rows.length > 0;
  // oxlint-disable-next-line react/exhaustive-deps -- rows that come later do not move the columns
  const widths = useMemo(() => widthsOf(columns, rows), [columns, hasRows]);
  const widthOf = (place: number): number => widths[order[place] ?? 0] ?? 100;
  const kept = useMemo(() => keptCells(pinned, widths), [pinned, widths]);
  const left = numberWidth + kept.reduce((sum, { size }) => sum + size, 0);
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
    count: columns.length - pinned.length,
    getScrollElement: () => frame.current,
    estimateSize: (place) => widthOf(place + pinned.length),
    overscan: 3,
    paddingStart: left,
    scrollPaddingStart: left,
  });
  // Widths follow the first rows, which come after the names.
  useEffect(() => across.measure(), [across, widths, order, left]);
  const inView = across.getVirtualItems();
  const cells = useMemo(() => {
    const moving = inView.map(({ index, start, size }): ShownCell => {
      const place = index + pinned.length;
      return { place, column: order[place] ?? 0, start, size, isPinned: false };
    });
    return [...kept, ...moving];
  }, [inView, kept, order, pinned]);
  return { down, across, cells };
}

function keptCells(pinned: readonly number[], widths: readonly number[]): readonly ShownCell[] {
  let start = numberWidth;
  return pinned.map((column, place) => {
    const size = widths[column] ?? 100;
    const cell = { place, column, start, size, isPinned: true };
    start += size;
    return cell;
  });
}

/** Wide enough for the name and for most of the first values. */
function widthsOf(columns: readonly Column[], rows: readonly (readonly Json[])[]): readonly number[] {
  return columns.map(({ name }, column) => {
    const lengths = rows.slice(0, 40).map((row) => Math.min(60, plainText(row[column]).length));
    const longest = Math.max(name.length + 3, ...lengths);
    return Math.min(340, Math.max(72, longest * 7.6 + 24));
  });
}
