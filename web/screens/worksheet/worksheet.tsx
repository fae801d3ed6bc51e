/** The worksheet: tables to find, statements in tabs, and the result of each below its text. */
import { Button } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useState, type ReactNode } from "react";
import { failureOf } from "../../api/client.ts";
import { useMe, type Me } from "../../api/me.ts";
import { Icon } from "../../parts/icon.tsx";
import { counted, duration } from "../../parts/numbers.ts";
import { recordVisit } from "../../parts/recent.ts";
import { AsOf } from "./as-of.tsx";
import { Editor, type Place } from "./editor.tsx";
import { firstStatement } from "./first-statement.ts";
import { PastRuns } from "./past-runs.tsx";
import { Result } from "./result.tsx";
import { useStatement, type Running } from "./run-statement.ts";
import { SheetTabs } from "./sheet-tabs.tsx";
import { keepRun, keepSheets, keptSheets, newSheet, type Sheets } from "./sheets.ts";
import { TableTree } from "./table-tree.tsx";
import { useSchema } from "./schema.ts";
import "../../styles/worksheet.css";

export function Worksheet(): ReactNode {
  const me = useMe();
  return me === undefined ? undefined : <WorksheetOf key={`${me.name} ${me.account}`} me={me} />;
}

function WorksheetOf({ me }: { readonly me: Me }): ReactNode {
  const [sheets, setSheets] = useSheets(me);
  const [asOf, setAsOf] = useState<string>();
  const current = sheets.open.find(({ id }) => id === sheets.current) ?? sheets.open[0];
  const text = current?.text ?? "";
  const statement = useStatement(current?.id ?? "");
  const schema = useSchema(text);
  const { outcome } = statement;
  const mistake = useMemo(() => placeOf(outcome, text), [outcome, text]);
  useEffect(() => {
    document.title = "Worksheet · Headgate";
  }, []);
  if (current === undefined) return undefined;
  const write = (written: string): void =>
    setSheets((before) => ({
      ...before,
      open: before.open.map((sheet) => (sheet.id === current.id ? { ...sheet, text: written } : sheet)),
    }));
  const open = (begun: string): void =>
    setSheets((before) => {
      const made = newSheet(before.open, begun);
      return { open: [...before.open, made], current: made.id };
    });
  const run = async (explain = false): Promise<void> => {
    if (text.trim() === "") return;
    const done = await statement.run(text, { asOf, explain });
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
      <TableTree onInsert={(name) => (text.trim() === "" ? write(firstStatement(name)) : open(firstStatement(name)))} />
      <div className="worksheet-main">
        <div className="worksheet-top">
          <SheetTabs sheets={sheets} onChange={setSheets} onOpen={() => open("")} />
          <PastRuns me={me} onChoose={open} />
        </div>
        <div className="worksheet-bar">
          <RunButton statement={statement} onRun={() => void run()} />
          <AsOf value={asOf} onChange={setAsOf} />
          <span className="grow" />
          <Button variant="subtle" onClick={() => void run(true)} title="Shift Ctrl Enter">
            Explain
          </Button>
        </div>
        <Editor
          key={current.id}
          id={current.id}
          text={text}
          schema={schema}
          mistake={mistake}
          onChange={write}
          onRun={() => void run()}
          onExplain={() => void run(true)}
        />
        <Result statement={statement} text={text} />
      </div>
    </div>
  );
}

/** Kept on the device with every change. A table in the address opens a statement about it, once. */
function useSheets(me: Me): [Sheets, (change: Sheets | ((before: Sheets) => Sheets)) => void] {
  const { table } = useSearch({ from: "/inside/worksheet" });
  const navigate = useNavigate();
  const [sheets, setSheets] = useState(() => withTable(keptSheets(me), table));
  useEffect(() => keepSheets(me, sheets), [me, sheets]);
  useEffect(() => {
    if (table !== undefined) void navigate({ to: "/worksheet", search: {}, replace: true });
  }, [table, navigate]);
  return [sheets, setSheets];
}

function withTable(sheets: Sheets, table: string | undefined): Sheets {
  if (table === undefined) return sheets;
  const text = firstStatement(table);
  const same = sheets.open.find((sheet) => sheet.text === text);
  if (same !== undefined) return { ...sheets, current: same.id };
  const kept = sheets.open.filter((sheet) => sheet.text.trim() !== "");
  const made = newSheet(kept, text);
  return { open: [...kept, made], current: made.id };
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
