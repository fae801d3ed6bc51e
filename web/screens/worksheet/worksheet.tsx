/** The worksheet: tables to find, statements in tabs, and the result of each below its text. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useState, type ReactNode } from "react";
import type { QueryShowAnswer } from "../../../src/client/api-client.ts";
import { failureOf } from "../../api/client.ts";
import { useMe, type Me } from "../../api/me.ts";
import { keptQueryQuery } from "../../api/queries.ts";
import { Icon } from "../../parts/icon.tsx";
import { counted, duration } from "../../parts/numbers.ts";
import { recordVisit } from "../../parts/recent.ts";
import { AsOf } from "./as-of.tsx";
import { Editor, type Place } from "./editor.tsx";
import { firstStatement } from "./first-statement.ts";
import { KeptActions } from "./kept-actions.tsx";
import { PastRuns } from "./past-runs.tsx";
import { Result } from "./result.tsx";
import { useStatement, type Outcome, type Running } from "./run-statement.ts";
import { SheetTabs } from "./sheet-tabs.tsx";
import { SavedQueries } from "./saved-queries.tsx";
import { keepRun, keepSheets, keptSheets, newSheet, type Sheet, type Sheets } from "./sheets.ts";
import { TableTree } from "./table-tree.tsx";
import { useSchema } from "./schema.ts";
import "../../styles/worksheet.css";

export function Worksheet(): ReactNode {
  const me = useMe();
  return me === undefined ? undefined : <WorksheetOf key={`${me.name} ${me.account}`} me={me} />;
}

type ChangeSheets = (change: Sheets | ((before: Sheets) => Sheets)) => void;

function WorksheetOf({ me }: { readonly me: Me }): ReactNode {
  const [sheets, setSheets] = useSheets(me);
  const current = sheets.open.find(({ id }) => id === sheets.current) ?? sheets.open[0];
  useEffect(() => {
    document.title = "Worksheet · Headgate";
  }, []);
  return current === undefined ? undefined : <OpenSheet me={me} sheet={current} sheets={sheets} onSheets={setSheets} />;
}

interface SheetsProps {
  readonly me: Me;
  readonly sheets: Sheets;
  readonly onSheets: ChangeSheets;
}

function OpenSheet({ me, sheet, sheets, onSheets }: SheetsProps & { readonly sheet: Sheet }): ReactNode {
  const { id, text, title, chart } = sheet;
  const statement = useStatement(id);
  const schema = useSchema(text);
  const { outcome } = statement;
  const mistake = useMemo(() => placeOf(outcome, text), [outcome, text]);
  const change = (changed: Partial<Sheet>): void => onSheets((before) => withChange(before, id, changed));
  const run = async (explain = false): Promise<void> => {
    if (text.trim() === "") return;
    const done = await statement.run(text, { asOf: sheet.asOf, explain });
    if (done?.state === "done" && !explain) recordRun(me, title, done);
  };
  const insert = (name: string): void => {
    if (text.trim() === "") change({ text: firstStatement(name) });
    else onSheets((before) => opened(before, { text: firstStatement(name) }));
  };
  return (
    <div className="worksheet">
      <h1 className="unseen">Worksheet</h1>
      <TableTree onInsert={insert} />
      <div className="worksheet-main">
        <TopBar me={me} sheets={sheets} onSheets={onSheets} />
        <SheetBar sheet={sheet} statement={statement} onChange={change} onRun={(explain) => void run(explain)} />
        <Editor
          key={id}
          id={id}
          text={text}
          schema={schema}
          mistake={mistake}
          onChange={(written) => change({ text: written })}
          onRun={() => void run()}
          onExplain={() => void run(true)}
        />
        <Result
          key={`result ${id}`}
          statement={statement}
          text={text}
          title={title}
          chart={chart}
          onChart={(drawn) => change({ chart: drawn })}
        />
      </div>
    </div>
  );
}

function recordRun(me: Me, title: string, { text, rows, seconds }: Outcome): void {
  const facts = `${counted(rows.length, "row")} in ${duration(seconds)}`;
  keepRun(me, { text, at: new Date().toISOString(), facts });
  recordVisit(me, { kind: "query", title, to: "/worksheet" });
}

/** The open tabs, the saved queries, and what was run before. */
function TopBar({ me, sheets, onSheets }: SheetsProps): ReactNode {
  const navigate = useNavigate();
  const open = (text: string): void => onSheets((before) => opened(before, { text }));
  return (
    <div className="worksheet-top">
      <SheetTabs sheets={sheets} onChange={onSheets} onOpen={() => open("")} />
      <span className="grow" />
      <SavedQueries onChoose={(query) => void navigate({ to: "/worksheet", search: { query } })} />
      <PastRuns me={me} onChoose={open} />
    </div>
  );
}

interface SheetBarProps {
  readonly sheet: Sheet;
  readonly statement: Running;
  readonly onChange: (changed: Partial<Sheet>) => void;
  readonly onRun: (explain: boolean) => void;
}

/** The actions on the sheet that is open. */
function SheetBar({ sheet, statement, onChange, onRun }: SheetBarProps): ReactNode {
  return (
    <div className="worksheet-bar">
      <RunButton statement={statement} onRun={() => onRun(false)} />
      <AsOf value={sheet.asOf} text={sheet.text} onChange={(asOf) => onChange({ asOf })} />
      <span className="grow" />
      <Button variant="subtle" onClick={() => onRun(true)} title="Shift Ctrl Enter">
        Explain
      </Button>
      <KeptActions key={sheet.id} sheet={sheet} onSaved={onChange} />
    </div>
  );
}

/** Kept on the device with every change. What the address names is opened once, and then leaves the address. */
function useSheets(me: Me): [Sheets, ChangeSheets] {
  const { table, query, sql } = useSearch({ from: "/inside/worksheet" });
  const navigate = useNavigate();
  const [sheets, setSheets] = useState(() => keptSheets(me));
  const { data: kept } = useQuery({ ...keptQueryQuery(query ?? ""), enabled: query !== undefined });
  useEffect(() => keepSheets(me, sheets), [me, sheets]);
  const asked = table ?? sql ?? (kept?.query === query ? query : undefined);
  const [isOpened, setIsOpened] = useState<string>();
  if (asked !== isOpened) {
    setIsOpened(asked);
    if (kept !== undefined && asked === kept.query) setSheets((before) => withKept(before, kept));
    else if (asked !== undefined)
      setSheets((before) => withText(before, table === undefined ? asked : firstStatement(table)));
  }
  useEffect(() => {
    if (asked !== undefined) void navigate({ to: "/worksheet", search: {}, replace: true });
  }, [asked, navigate]);
  return [sheets, setSheets];
}

function withChange(sheets: Sheets, id: string, changed: Partial<Sheet>): Sheets {
  return { ...sheets, open: sheets.open.map((sheet) => (sheet.id === id ? { ...sheet, ...changed } : sheet)) };
}

function withText(sheets: Sheets, text: string): Sheets {
  const same = sheets.open.find((sheet) => sheet.text === text);
  return same === undefined ? opened(sheets, { text }) : { ...sheets, current: same.id };
}

/** A tab that already has the query is shown, with what was typed there. */
function withKept(sheets: Sheets, { query, name, sql, chart }: QueryShowAnswer): Sheets {
  const same = sheets.open.find((sheet) => sheet.query === query);
  if (same !== undefined) return { ...sheets, current: same.id };
  return opened(sheets, { text: sql, title: name, query, keptText: sql, chart });
}

/** Tabs without a text make room. */
function opened(sheets: Sheets, begun: Partial<Sheet> & Pick<Sheet, "text">): Sheets {
  const others = begun.text === "" ? sheets.open : sheets.open.filter((sheet) => sheet.text.trim() !== "");
  const made = { ...newSheet(others, begun.text), ...begun };
  return { open: [...others, made], current: made.id };
}

/** The place that an error names as `line 5, column 12`, while the text is still the one that failed. */
function placeOf(outcome: Running["outcome"], text: string): Place | undefined {
  if (outcome?.state !== "failed" || outcome.text !== text) return undefined;
  const { message, place = "" } = failureOf(outcome.failure);
  const [, line, column] = /line (\d+),? column (\d+)/i.exec(`${place} ${message}`) ?? [];
  return line === undefined ? undefined : { line: Number(line), column: Number(column) };
}

function RunButton({ statement, onRun }: { readonly statement: Running; readonly onRun: () => void }): ReactNode {
  const { outcome, cancel } = statement;
  const isRunning = outcome?.state === "running";
  const [, tick] = useState(0);
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => tick((count) => count + 1), 250);
    const hear = (event: KeyboardEvent): void => {
      if (event.key === "Escape") cancel();
    };
    addEventListener("keydown", hear);
    return () => {
      clearInterval(timer);
      removeEventListener("keydown", hear);
    };
  }, [isRunning, cancel]);
  if (!isRunning)
    return (
      <Button className="run" leftSection={<Icon name="run" size={16} />} onClick={onRun}>
        Run <span className="key-hint wide-only">{/Mac/.test(navigator.userAgent) ? "⌘ Enter" : "Ctrl Enter"}</span>
      </Button>
    );
  return (
    <Button className="run" variant="default" leftSection={<Icon name="close" size={16} />} onClick={cancel}>
      Cancel <span className="number key-space">{Math.floor((Date.now() - outcome.begunAt) / 1_000)} s</span>
    </Button>
  );
}
