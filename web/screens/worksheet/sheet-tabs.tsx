/** The open statements as tabs. Closing one that has a text asks nothing: the text stays under "Past runs" if it was run, and Undo brings it back. */
import { useEffect, useState, type ReactNode } from "react";
import { Icon } from "../../parts/icon.tsx";
import { shownName } from "../../parts/names.ts";
import { newSheet, type Sheet, type Sheets } from "./sheets.ts";

interface SheetTabsProps {
  readonly sheets: Sheets;
  readonly onChange: (change: (before: Sheets) => Sheets) => void;
  readonly onOpen: () => void;
}

export function SheetTabs({ sheets, onChange, onOpen }: SheetTabsProps): ReactNode {
  const [closed, setClosed] = useState<Sheet>();
  useAltKeys(sheets, onChange, onOpen);
  const close = (sheet: Sheet): void => {
    setClosed(sheet.text.trim() === "" ? undefined : sheet);
    onChange(({ open, current }) => without(open, current, sheet.id));
  };
  const undo = (sheet: Sheet): void => {
    setClosed(undefined);
    onChange(({ open }) => ({ open: [...open, sheet], current: sheet.id }));
  };
  return (
    <div className="sheet-tabs">
      <div role="tablist" aria-label="Statements" className="row">
        {sheets.open.map((sheet) => (
          <span key={sheet.id} className="sheet-tab" role="presentation">
            <button
              type="button"
              role="tab"
              aria-selected={sheet.id === sheets.current}
              tabIndex={sheet.id === sheets.current ? 0 : -1}
              onClick={() => onChange((before) => ({ ...before, current: sheet.id }))}
            >
              <bdi className="clip">{shownName(sheet.title)}</bdi>
              {sheet.keptText !== undefined && sheet.keptText !== sheet.text ? (
                <span className="unsaved" title="Changed since it was saved">
                  <span className="unseen">changed since it was saved</span>
                </span>
              ) : undefined}
            </button>
          </span>
        ))}
      </div>
      {sheets.open
        .filter(({ id }) => id === sheets.current)
        .map((sheet) => (
          <button
            key={sheet.id}
            type="button"
            className="bare"
            aria-label={`Close ${sheet.title}`}
            title={`Close ${sheet.title}`}
            onClick={() => close(sheet)}
          >
            <Icon name="close" size={16} />
          </button>
        ))}
      <button type="button" className="bare" aria-label="New statement" title="New statement, Alt T" onClick={onOpen}>
        <Icon name="add" size={16} />
      </button>
      {closed === undefined ? undefined : (
        <button type="button" className="bare undo" onClick={() => undo(closed)}>
          Open {closed.title} again
        </button>
      )}
    </div>
  );
}

function without(open: readonly Sheet[], current: string, id: string): Sheets {
  const left = open.filter((sheet) => sheet.id !== id);
  const kept = left.length === 0 ? [newSheet([], "")] : left;
  const isThere = kept.some((sheet) => sheet.id === current);
  return { open: kept, current: isThere ? current : (kept.at(-1)?.id ?? "") };
}

function useAltKeys(sheets: Sheets, onChange: SheetTabsProps["onChange"], onOpen: () => void): void {
  useEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      if (!event.altKey || event.ctrlKey || event.metaKey) return;
      const chosen = /^Digit[1-9]$/.test(event.code) ? sheets.open[Number(event.code.slice(5)) - 1] : undefined;
      if (chosen !== undefined) onChange((before) => ({ ...before, current: chosen.id }));
      else if (event.code === "KeyT") onOpen();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", hear);
    return () => removeEventListener("keydown", hear);
  });
}
