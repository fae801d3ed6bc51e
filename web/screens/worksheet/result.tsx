/** The result below the text: facts in one line, the rows as a grid, or the error with its mending; marked when the text has changed since. */
import { Button, Menu } from "@mantine/core";
import { useMemo, useState, type ReactNode } from "react";
import type { Json } from "../../../src/base/json.ts";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Grid, type Sort } from "../../parts/grid.tsx";
import { Icon } from "../../parts/icon.tsx";
import { count, counted, duration } from "../../parts/numbers.ts";
import { isNumeric } from "../../parts/value.tsx";
import { download } from "./download.ts";
import { Plan } from "./plan.tsx";
import { mostRows, type Outcome, type Running } from "./run-statement.ts";

interface ResultProps {
  readonly statement: Running;
  readonly text: string;
}

export function Result({ statement: { outcome }, text }: ResultProps): ReactNode {
  if (outcome === undefined)
    return (
      <Empty icon="sql" title="Nothing was run yet.">
        <p>Choose a table at the left or write a statement, then Run.</p>
      </Empty>
    );
  if (outcome.state === "failed")
    return (
      <div className="result-failed">
        <FailureNote failure={outcome.failure} />
      </div>
    );
  const isOld = outcome.text !== text;
  return (
    <section className="result" aria-label="Result" data-old={isOld}>
      <ResultBar outcome={outcome} isOld={isOld} />
      {(outcome.answer?.warnings ?? []).map((warning) => (
        <p key={warning} className="note warn">
          <Icon name="alert" />
          {warning}
        </p>
      ))}
      {outcome.isPlan ? <Plan outcome={outcome} /> : <Rows outcome={outcome} />}
    </section>
  );
}

function Rows({ outcome: { columns, rows, state } }: { readonly outcome: Outcome }): ReactNode {
  const [sort, setSort] = useState<Sort>();
  const sorted = useMemo(
    () => (sort === undefined ? rows : inOrder(rows, sort, columns[sort.column]?.type ?? "")),
    [rows, sort, columns],
  );
  if (columns.length === 0) return undefined;
  if (rows.length === 0 && state === "done") return <Empty icon="table" title="The statement found no rows." />;
  return (
    <Grid
      columns={columns}
      rows={sorted}
      label="Result"
      height="100%"
      sort={sort}
      onSort={(column) =>
        setSort((before) => {
          if (before?.column !== column) return { column, isDescending: false };
          return before.isDescending ? undefined : { column, isDescending: true };
        })
      }
    />
  );
}

/** Nulls come last in both directions. */
function inOrder(rows: Outcome["rows"], { column, isDescending }: Sort, type: string): Outcome["rows"] {
  const compare = isNumeric(type) ? byNumber : byText;
  const [filled, empty] = [rows.filter((row) => row[column] !== null), rows.filter((row) => row[column] === null)];
  const order = filled.toSorted((one, other) => compare(one[column] ?? null, other[column] ?? null));
  return [...(isDescending ? order.toReversed() : order), ...empty];
}

function byNumber(one: Json, other: Json): number {
  return Number(one) - Number(other);
}

const texts = new Intl.Collator();

function byText(one: Json, other: Json): number {
  return texts.compare(String(one), String(other));
}

function ResultBar({ outcome, isOld }: { readonly outcome: Outcome; readonly isOld: boolean }): ReactNode {
  return (
    <div className="result-bar">
      <p className="grow clip-lines" role="status">
        {sentenceOf(outcome)}
        {isOld ? <span className="warn-text"> Result of the earlier text.</span> : undefined}
      </p>
      {outcome.isPlan || outcome.state !== "done" ? undefined : <Downloads outcome={outcome} />}
    </div>
  );
}

function sentenceOf({ state, rows, seconds, answer, asOf, isPlan }: Outcome): ReactNode {
  if (state === "running") return rows.length === 0 ? "Running…" : `${counted(rows.length, "row")} so far…`;
  if (state === "cancelled") return `Cancelled after ${duration(seconds)}.`;
  if (answer?.created !== undefined)
    return `The view ${answer.created.view} is ${answer.created.isNew ? "made" : "changed"}.`;
  if (answer?.dropped !== undefined) return `The view ${answer.dropped.view} is dropped.`;
  const { filesRead = 0, filesSkipped = 0 } = answer?.stats ?? {};
  const files = filesRead + filesSkipped;
  const read = files === 0 ? "" : ` · ${count(filesRead)} of ${counted(files, "file")} read`;
  const then = asOf === undefined ? "" : ` · as of ${asOf}`;
  if (isPlan) return `Planned in ${duration(seconds)}${read}${then}`;
  const isCut = rows.length >= mostRows;
  return (
    <>
      <b>{isCut ? `First ${count(mostRows)} rows` : counted(rows.length, "row")}</b> in {duration(seconds)}
      {read}
      {then}
      {isCut ? <span> · there may be more; a download has all</span> : undefined}
    </>
  );
}

function Downloads({ outcome }: { readonly outcome: Outcome }): ReactNode {
  const [failure, setFailure] = useState<unknown>();
  const get = (format: "csv" | "json") => (): void => {
    setFailure(undefined);
    void download(outcome, format).catch(setFailure);
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="subtle" leftSection={<Icon name="download" size={16} />}>
            Download
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={get("csv")}>CSV, all rows</Menu.Item>
          <Menu.Item onClick={get("json")}>JSON lines, all rows</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {failure === undefined ? undefined : <FailureNote failure={failure} />}
    </>
  );
}
