/** The head and the rows of a grid: cells that are placed by numbers, and at the left those that stay. */
import { memo, type CSSProperties, type ReactNode } from "react";
import type { Json } from "../../src/base/json.ts";
import type { Column } from "../../src/client/api-client.ts";
import { isIn, type Cell, type Range } from "./grid-keys.ts";
import { Icon } from "./icon.tsx";
import { shownName } from "./names.ts";
import { isNumeric, Value } from "./value.tsx";

export interface Sort {
  readonly column: number;
  readonly isDescending: boolean;
}

/** A column in view. */
export interface ShownCell {
  /** Its place on the screen. */
  readonly place: number;
  /** Its place in the result. */
  readonly column: number;
  readonly start: number;
  readonly size: number;
  readonly isPinned: boolean;
}

interface Shared {
  readonly cells: readonly ShownCell[];
  readonly columns: readonly Column[];
  readonly masks: ReadonlyMap<string, string> | undefined;
}

interface GridHeadProps extends Shared {
  readonly sort: Sort | undefined;
  readonly onSort: ((column: number) => void) | undefined;
  readonly onPin: ((column: number) => void) | undefined;
}

export function GridHead({ cells, columns, masks, sort, onSort, onPin }: GridHeadProps): ReactNode {
  return (
    <div className="grid-head" role="row" aria-rowindex={1}>
      <span className="grid-number" role="presentation" />
      {cells.map((cell) => (
        <HeadCell
          key={cell.column}
          column={columns[cell.column]}
          cell={cell}
          mask={masks?.get(columns[cell.column]?.name ?? "")}
          sort={sort?.column === cell.column ? sort : undefined}
          onSort={onSort}
          onPin={onPin}
        />
      ))}
    </div>
  );
}

interface HeadCellProps extends Pick<GridHeadProps, "sort" | "onSort" | "onPin"> {
  readonly column: Column | undefined;
  readonly cell: ShownCell;
  readonly mask: string | undefined;
}

function HeadCell({ column, cell, mask, sort, onSort, onPin }: HeadCellProps): ReactNode {
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
      aria-colindex={cell.place + 1}
      aria-sort={order}
      className={`grid-cell ${isNumeric(type) ? "right" : ""} ${mask === undefined ? "" : "masked"} ${cell.isPinned ? "pinned" : ""}`}
      title={`${shownName(name)}, ${type}${mask === undefined ? "" : `, masked by ${mask}`}`}
      style={placeOf(cell)}
    >
      {onSort === undefined ? (
        <span className="row">{inside}</span>
      ) : (
        <button type="button" tabIndex={-1} onClick={() => onSort(cell.column)}>
          {inside}
        </button>
      )}
      {onPin === undefined ? undefined : (
        <button
          type="button"
          className="pin"
          tabIndex={-1}
          title={`${cell.isPinned ? "Unpin" : "Pin"} ${shownName(name)}, p`}
          aria-label={`${cell.isPinned ? "Unpin" : "Pin"} ${shownName(name)}`}
          aria-pressed={cell.isPinned}
          onClick={() => onPin(cell.column)}
        >
          <Icon name="pin" size={14} />
        </button>
      )}
    </span>
  );
}

interface GridRowProps extends Shared {
  readonly index: number;
  readonly top: number;
  readonly values: readonly Json[] | undefined;
  readonly range: Range;
  /** The place of the current cell on the screen, if it is in this row. */
  readonly current: number | undefined;
}

/** Drawn again only when something of it changes, because a grid scrolls many times a second. */
export const GridRow = memo(function GridRow(props: GridRowProps): ReactNode {
  const { index, top, cells, columns, values, masks, range, current } = props;
  return (
    <div role="row" aria-rowindex={index + 2} className="grid-row" style={{ transform: `translateY(${top}px)` }}>
      <span className="grid-number" role="presentation">
        {index + 1}
      </span>
      {cells.map(({ place, column, start, size, isPinned }) => (
        <GridCell
          key={column}
          row={index}
          place={place}
          start={start}
          size={size}
          isPinned={isPinned}
          isChosen={isIn(range, { row: index, column: place })}
          isCurrent={place === current}
          isMasked={masks?.has(columns[column]?.name ?? "") === true}
          value={values?.[column]}
          type={columns[column]?.type ?? ""}
        />
      ))}
    </div>
  );
});

interface GridCellProps extends Omit<ShownCell, "column"> {
  readonly row: number;
  readonly isChosen: boolean;
  readonly isCurrent: boolean;
  readonly isMasked: boolean;
  readonly value: Json | undefined;
  readonly type: string;
}

const GridCell = memo(function GridCell(props: GridCellProps): ReactNode {
  const { row, place, start, size, isPinned, isChosen, isCurrent, isMasked, value, type } = props;
  const styles = [isNumeric(type) ? "right" : "", isMasked ? "masked" : "", isPinned ? "pinned" : ""];
  return (
    <span
      id={`cell-${row}-${place}`}
      role="gridcell"
      aria-colindex={place + 1}
      aria-selected={isChosen}
      className={`grid-cell ${styles.join(" ")} ${isCurrent ? "current" : ""}`}
      style={placeOf({ start, size, isPinned })}
    >
      <Value value={value} type={type} />
    </span>
  );
});

/** The cell that was clicked on; undefined beside all cells. */
export function cellAt(target: EventTarget): Cell | undefined {
  const found = target instanceof Element ? target.closest("[role=gridcell]") : null;
  const [, row, column] = /^cell-(\d+)-(\d+)$/.exec(found?.id ?? "") ?? [];
  return row === undefined || column === undefined ? undefined : { row: Number(row), column: Number(column) };
}

function placeOf({ start, size, isPinned }: Pick<ShownCell, "start" | "size" | "isPinned">): CSSProperties {
  return isPinned ? { left: start, width: size } : { transform: `translateX(${start}px)`, width: size };
}
