/**
 * The rows of a long list that are in view while the page scrolls, and the room that those above and below would take.
 * Rows may differ in height: each is measured when it is shown. A short list is shown whole.
 */
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef, useState, type RefObject } from "react";

export interface RowsInView<Item> {
  /** The element that holds the rows. */
  readonly frame: RefObject<HTMLTableSectionElement | null>;
  readonly rows: readonly { readonly item: Item; readonly index: number }[];
  readonly above: number;
  readonly below: number;
  /** For each row, which has its index in `data-index`. */
  readonly measure: (row: HTMLTableRowElement | null) => void;
}

export const shownWhole = 100;

export function useRowsInView<Item>(items: readonly Item[], usualHeight: number): RowsInView<Item> {
  const frame = useRef<HTMLTableSectionElement>(null);
  const [top, setTop] = useState(0);
  const virtual = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => usualHeight,
    overscan: 12,
    scrollMargin: top,
    enabled: items.length > shownWhole,
  });
  // The list moves when something above it comes or goes; its place is not looked for while the page scrolls.
  useLayoutEffect(() => {
    const { top: now } = frame.current?.getBoundingClientRect() ?? { top: 0 };
    setTop(Math.round(now + window.scrollY));
  }, [items.length, virtual.isScrolling]);
  if (items.length <= shownWhole)
    return { frame, rows: items.map((item, index) => ({ item, index })), above: 0, below: 0, measure: unmeasured };
  const shown = virtual.getVirtualItems();
  const rows = shown.flatMap(({ index }) => {
    const item = items[index];
    return item === undefined ? [] : [{ item, index }];
  });
  return {
    frame,
    rows,
    above: (shown[0]?.start ?? top) - top,
    below: Math.max(0, virtual.getTotalSize() - ((shown.at(-1)?.end ?? top) - top)),
    measure: virtual.measureElement,
  };
}

function unmeasured(): void {}
