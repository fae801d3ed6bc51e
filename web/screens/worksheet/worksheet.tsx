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
import { useStatement, type Running } from "./run-statement.ts";
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

function WorksheetOf({ me }: { readonly me: Me }): ReactNode {
  const [sheets, setSheets] = useSheets(me);
  const current = sheets.open.find(({ id }) => id === sheets.current) ?? sheets.open[0];
  const text = current?.text ?? "";
  const statement = useStatement(current?.id ?? "");
  const schema = useSchema(text);
  const { outcome } = statement;
  const mistake = useMemo(() => placeOf(outcome, text), [outcome, text]);
  const navigate = useNavigate();
  useEffect(() => {
    document.title = "Worksheet · Headgate";
  }, []);
  if (current === undefined) return undefined;
  const change = (changed: Partial<Sheet>): void =>
    setSheets((before) => ({
      ...before,
      open: before.open.map((sheet) => (sheet.id === current.id ? { ...sheet, ...changed } : sheet)),
    }));
  const open = (begun: string): void => setSheets((before) => opened(before, { text: begun }));
  const run = async (explain = false): Promise<void> => {
    if (text.trim() === "") return;
    const done = await statement.run(text, { asOf: current.asOf, explain });
    if (done?.state !== "done" || explain) return;
    keepRun(me, {
      text,
      at: new Date().toISOString(),
      facts: `${counted(done.rows.length, "row")} in ${duration(done.seconds)}`,
    });
    recordVisit(me, { kind: "query", title: current.title, to: "/worksheet" });
  };
  return (
    <div className="worksheet">
      <h1 className="unseen">Worksheet</h1>
      <TableTree
        onInsert={(name) => (text.trim() === "" ? change({ text: firstStatement(name) }) : open(firstStatement(name)))}
      />
      <div className="worksheet-main">
        <div className="worksheet-top">
          <SheetTabs sheets={sheets} onChange={setSheets} onOpen={() => open("")} />
          <span className="grow" />
          <SavedQueries onChoose={(query) => void navigate({ to: "/worksheet", search: { query } })} />
          <PastRuns me={me} onChoose={open} />
        </div>
        <div className="worksheet-bar">
          <RunButton statement={statement} onRun={() => void run()} />
          <AsOf value={current.asOf} text={text} onChange={(asOf) => change({ asOf })} />
          <span className="grow" />
          <Button variant="subtle" onClick={() => void run(true)} title="Shift Ctrl Enter">
            Explain
          </Button>
          <KeptActions key={current.id} sheet={current} onSaved={change} />
        </div>
        <Editor
          key={current.id}
          id={current.id}
          text={text}
          schema={schema}
          mistake={mistake}
          onChange={(written) => change({ text: written })}
          onRun={() => void run()}
          onExplain={() => void run(true)}
        />
        <Result
          key={`result ${current.id}`}
          statement={statement}
          text={text}
          title={current.title}
          chart={current.chart}
          onChart={(chart) => change({ chart })}
        />
      </div>
    </div>
  );
}

/** Kept on the device with every change. What the address names is opened once, and then leaves the address. */
function useSheets(me: Me): [Sheets, (change: Sheets | ((before: Sheets) => Sheets)) => void] {
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
