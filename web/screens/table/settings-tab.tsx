/**
 * How a table that a source feeds is loaded and laid out: partitions, order, the key, its promise, deleted rows; whether it
 * takes part in runs; and reading it again as a whole. For those who administer or operate the table.
 */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { TableSetAnswer, TableSetInput, TableShowAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { useSourceRights } from "../../api/source-rights.ts";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote, sentence } from "../../parts/failure-note.tsx";
import { ChoiceField, TextField } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName, tableName } from "../../parts/names.ts";
import { Loaded } from "../../parts/waiting.tsx";
import { ScheduleDialog } from "../sources/schedule-dialog.tsx";
import { sourceQuery } from "../sources/source-queries.ts";
import { useOwnRight } from "./own-right.ts";
import "../../styles/forms.css";
import "../../styles/sources.css";

export function SettingsTab({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const right = useOwnRight(table);
  const name = tableName(table.database, table.name);
  const settings = useQuery({
    queryKey: ["table", name, "settings"],
    queryFn: () => api.tableSet({ table: name }),
    enabled: right?.mayAdminister === true && table.source !== undefined,
    refetchOnWindowFocus: false,
    retry: false,
  });
  if (right === undefined) return undefined;
  if (!right.mayAdminister || table.source === undefined)
    return (
      <Empty
        icon="settings"
        title={table.source === undefined ? "No source feeds it." : "You may not change how it is loaded."}
      >
        <p>{table.source === undefined ? "Whoever writes it decides how." : "Administrators of the table can."}</p>
      </Empty>
    );
  return (
    <div className="stack settings-stack">
      <Loaded query={settings} lines={8}>
        {(found) => <SettingsForm key={JSON.stringify(found)} name={name} settings={found} table={table} />}
      </Loaded>
      {settings.data === undefined ? undefined : <Runs name={name} source={settings.data.source} table={table} />}
    </div>
  );
}

interface Draft {
  readonly partitionBy: string;
  readonly sortBy: string;
  readonly key: string;
  readonly freshness: string;
  readonly softDelete: boolean;
  readonly history: boolean;
  readonly mode: "auto" | "cursor";
  readonly column: string;
}

function draftOf({ partitionBy, sortBy, key, freshness, softDelete, history, mode }: TableSetAnswer): Draft {
  return {
    partitionBy: (partitionBy ?? []).join(", "),
    sortBy: (sortBy ?? []).join(", "),
    key: (key ?? []).join(", "),
    freshness: freshness === undefined ? "" : String(Math.round(freshness / 60)),
    softDelete,
    history,
    mode: mode.mode === "cursor" ? "cursor" : "auto",
    column: mode.mode === "cursor" ? mode.column : "",
  };
}

/** Only what has changed, so that two people who change different things do not undo each other's. */
function changeOf(table: string, before: Draft, after: Draft): TableSetInput {
  const list = (name: "partitionBy" | "sortBy" | "key"): readonly string[] | null | undefined => {
    if (before[name] === after[name]) return undefined;
    return after[name].trim() === "" ? null : partsOf(after[name]);
  };
  const minutes = after.freshness.trim();
  const isModeChanged = before.mode !== after.mode || before.column !== after.column;
  return {
    table,
    partitionBy: list("partitionBy"),
    sortBy: list("sortBy"),
    key: list("key"),
    freshness: before.freshness === minutes ? undefined : minutes === "" ? null : Number(minutes) * 60,
    softDelete: before.softDelete === after.softDelete ? undefined : after.softDelete,
    history: before.history === after.history ? undefined : after.history,
    ...(isModeChanged ? { mode: after.mode, column: after.mode === "cursor" ? after.column : undefined } : {}),
  };
}

/** `bucket(16, id), city` has two parts. */
function partsOf(text: string): readonly string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

interface SettingsFormProps {
  readonly name: string;
  readonly settings: TableSetAnswer;
  readonly table: TableShowAnswer;
}

function SettingsForm({ name, settings, table }: SettingsFormProps): ReactNode {
  const before = draftOf(settings);
  const [draft, setDraft] = useState(before);
  const set = (change: Partial<Draft>): void => setDraft({ ...draft, ...change });
  const isWhole = draft.freshness === "" || /^[1-9]\d*$/.test(draft.freshness.trim());
  const saving = useMutation({
    mutationFn: () => api.tableSet(changeOf(name, before, draft)),
    onError: noticeEnd,
    onSuccess: () => cache.invalidateQueries({ queryKey: ["table", name] }),
  });
  return (
    <form
      className="card card-body form settings-form"
      aria-labelledby="loading"
      onSubmit={(event) => {
        event.preventDefault();
        if (isWhole) saving.mutate();
      }}
    >
      <h2 id="loading">How it is loaded</h2>
      <p className="small dim">{sentence(`${settings.mode.mode}: ${settings.mode.reason}`)}</p>
      {settings.mode.mode === "files" ? undefined : <ModeFields draft={draft} set={set} table={table} />}
      <Lists draft={draft} set={set} />
      <TextField
        label="How many minutes old it may be"
        type="number"
        hint="Empty: as its source promises."
        error={isWhole ? undefined : "Give whole minutes."}
        value={draft.freshness}
        onType={(freshness) => set({ freshness })}
      />
      <label className="tick-label">
        <input
          type="checkbox"
          className="tick"
          checked={draft.softDelete}
          onChange={() => set({ softDelete: !draft.softDelete })}
        />
        Keep rows that the source deletes, marked in _deleted_at
      </label>
      <label className="tick-label">
        <input
          type="checkbox"
          className="tick"
          checked={draft.history}
          onChange={() => set({ history: !draft.history })}
        />
        Record every change in {shownName(table.name)}__history
      </label>
      {saving.error === null ? undefined : <FailureNote failure={saving.error} />}
      <div className="form-foot">
        <Button type="submit" loading={saving.isPending}>
          Save
        </Button>
        <span className="small dim" role="status">
          {saving.isSuccess ? "Saved. It holds from the next run on." : ""}
        </span>
      </div>
    </form>
  );
}

interface PartsProps {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
}

function Lists({ draft, set }: PartsProps): ReactNode {
  return (
    <>
      <TextField
        label="Partitions"
        isName
        hint="Such as day(created_at), bucket(16, id), city. The next maintenance lays the files out so."
        value={draft.partitionBy}
        onType={(partitionBy) => set({ partitionBy })}
      />
      <TextField label="Order within files" isName value={draft.sortBy} onType={(sortBy) => set({ sortBy })} />
      <TextField
        label="Columns that identify a row"
        isName
        hint="Needed only if the source declares no key."
        value={draft.key}
        onType={(key) => set({ key })}
      />
    </>
  );
}

function ModeFields({ draft, set, table }: PartsProps & { readonly table: TableShowAnswer }): ReactNode {
  return (
    <div className="form-row">
      <ChoiceField
        label="How changes are found"
        value={draft.mode}
        onChoose={(mode) => set({ mode })}
        options={[
          ["auto", "By comparing it with the lake"],
          ["cursor", "By a column that grows"],
        ]}
      />
      {draft.mode === "cursor" ? (
        <ChoiceField
          label="The column that grows"
          value={draft.column}
          onChoose={(column) => set({ column })}
          options={["", ...table.columns.map((column) => column.name)].map((column) => [column, column] as const)}
        />
      ) : undefined}
    </div>
  );
}

interface RunsProps {
  readonly name: string;
  readonly source: string;
  readonly table: TableShowAnswer;
}

/** Whether it takes part in runs, a schedule of its own, and reading it again. */
function Runs({ name, source, table }: RunsProps): ReactNode {
  const [isScheduling, setIsScheduling] = useState(false);
  const { mayAdminister } = useSourceRights(source);
  const { data: shown } = useQuery(sourceQuery(source));
  const fed = shown?.tables.find(({ lakeTable }) => lakeTable === name);
  const isPaused = fed?.active === false;
  const acting = useMutation({
    mutationFn: async (act: "pause" | "reset") => {
      if (act === "pause") await api.tablePause({ table: name, paused: !isPaused });
      else await api.tableReset({ table: name });
      return act;
    },
    onError: noticeEnd,
    onSuccess: () => Promise.all(["sources", "table"].map((key) => cache.invalidateQueries({ queryKey: [key] }))),
  });
  return (
    <section className="card card-body stack" aria-labelledby="runs-of-table">
      <h2 id="runs-of-table">Its runs</h2>
      <p className="text2">
        {isPaused ? "It is paused: every run leaves it out." : `It takes part in the runs of ${source}.`} Read again as
        a whole, all of its rows are compared at the next run; rows that are the same stay as they are.
      </p>
      {acting.error === null ? undefined : <FailureNote failure={acting.error} />}
      {acting.data === "reset" ? (
        <p className="note good" role="status">
          <Icon name="done" />
          The next run reads all of its rows.
        </p>
      ) : undefined}
      <div className="form-foot">
        <Button variant="default" loading={acting.isPending} onClick={() => acting.mutate("reset")}>
          Read it again as a whole
        </Button>
        {fed === undefined ? undefined : (
          <Button variant="default" loading={acting.isPending} onClick={() => acting.mutate("pause")}>
            {isPaused ? "Resume" : "Pause"}
          </Button>
        )}
        {mayAdminister ? (
          <Button variant="default" onClick={() => setIsScheduling(true)}>
            A schedule of its own…
          </Button>
        ) : undefined}
      </div>
      {isScheduling ? (
        <ScheduleDialog
          source={source}
          tables={[fed?.sourceTable ?? table.name]}
          onClose={() => setIsScheduling(false)}
        />
      ) : undefined}
    </section>
  );
}
