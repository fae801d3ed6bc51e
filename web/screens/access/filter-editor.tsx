/** The editor of one data filter: columns, masks and rows at the left, what a chosen person would then see at the right. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { DataFilter, FilterAddInput, TableShowAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { tableQuery, tablesQuery } from "../../api/queries.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { TextField } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName, tableName } from "../../parts/names.ts";
import { maskWords } from "../table/own-right.ts";
import { isSensitive } from "../table/is-sensitive.ts";
import { draftOf, emptyDraft, inputOf, masks, type FilterDraft, type Treatment } from "./filter-draft.ts";
import { FilterPreview } from "./filter-preview.tsx";

interface FilterEditorProps {
  /** Undefined for a new one. */
  readonly filter: DataFilter | undefined;
  readonly onClose: () => void;
}

export function FilterEditor({ filter, onClose }: FilterEditorProps): ReactNode {
  const { data: tables } = useQuery(tablesQuery);
  const [changed, setDraft] = useState<FilterDraft>();
  const on = changed?.on ?? filter?.table ?? "";
  const all = (tables?.tables ?? []).map(({ database, name }) => tableName(database, name));
  const isKnown = all.includes(on);
  const { data: table } = useQuery({ ...tableQuery(on), enabled: isKnown });
  const columns = table?.columns ?? [];
  const names = columns.map(({ name }) => name);
  const draft = changed ?? (filter === undefined ? emptyDraft : draftOf(filter, names));
  const [isLacking, setIsLacking] = useState(false);
  const saving = useSaving(onClose);
  const change = (part: Partial<FilterDraft>): void => setDraft({ ...draft, ...part });
  const save = (): void => {
    const isWhole = draft.name.trim() !== "" && isKnown;
    setIsLacking(!isWhole);
    if (isWhole) saving.mutate(inputOf(draft, names));
  };
  return (
    <div className="filter-editor">
      <form
        className="stack form"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <h2>{filter === undefined ? "A new filter" : `Change ${shownName(filter.name)}`}</h2>
        <div className="form-row">
          <TextField
            label="Table"
            isName
            value={draft.on}
            onType={(next) => change({ on: next, treatments: new Map() })}
            options={all}
            error={isLacking && !isKnown ? "Choose a table." : undefined}
          />
          <TextField
            label="Name"
            value={draft.name}
            onType={(name) => change({ name })}
            error={isLacking && draft.name.trim() === "" ? "Give a name." : undefined}
          />
        </div>
        <TextField
          label="Only rows with"
          isName
          value={draft.rows}
          onType={(rows) => change({ rows })}
          hint="For example country = 'DE'. Empty: all rows."
        />
        <Treatments columns={columns} treatments={draft.treatments} onChange={(treatments) => change({ treatments })} />
        {saving.error === null ? undefined : <FailureNote failure={saving.error} />}
        <div className="form-foot">
          <Button type="submit" loading={saving.isPending}>
            Save the filter
          </Button>
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
        </div>
      </form>
      {table === undefined ? undefined : <FilterPreview table={table} draft={draft} />}
    </div>
  );
}

function useSaving(onSaved: () => void) {
  return useMutation({
    mutationFn: (input: FilterAddInput) => api.filterAdd(input),
    onError: noticeEnd,
    onSuccess: () => {
      onSaved();
      return cache.invalidateQueries({ queryKey: ["access"] });
    },
  });
}

interface TreatmentsProps {
  readonly columns: TableShowAnswer["columns"];
  readonly treatments: FilterDraft["treatments"];
  readonly onChange: (treatments: FilterDraft["treatments"]) => void;
}

function Treatments({ columns, treatments, onChange }: TreatmentsProps): ReactNode {
  if (columns.length === 0) return <p className="small dim">Choose a table to see its columns.</p>;
  return (
    <ul className="card treatments" aria-label="Columns">
      {columns.map(({ name, parameters }) => (
        <li key={name}>
          <span className="row grow">
            <code>{shownName(name)}</code>
            {isSensitive(parameters) ? (
              <span className="masked">
                <Icon name="sensitive" size={14} />
                <span className="unseen">sensitive</span>
              </span>
            ) : undefined}
          </span>
          <Choice
            column={name}
            treatment={treatments.get(name) ?? "as it is"}
            onChoose={(treatment) => onChange(new Map(treatments).set(name, treatment))}
          />
        </li>
      ))}
    </ul>
  );
}

interface ChoiceProps {
  readonly column: string;
  readonly treatment: Treatment;
  readonly onChoose: (treatment: Treatment) => void;
}

const choices = [
  ["as it is", "As it is"],
  ["left out", "Left out"],
  ...masks.map((mask) => [mask, maskWords(mask)] as const),
] as const satisfies readonly (readonly [Treatment, string])[];

function Choice({ column, treatment, onChoose }: ChoiceProps): ReactNode {
  return (
    <select
      className={`input treatment ${treatment === "as it is" ? "" : "limited"}`}
      aria-label={`How ${shownName(column)} is shown`}
      value={treatment}
      onChange={({ currentTarget }) => {
        const chosen = choices[currentTarget.selectedIndex];
        if (chosen !== undefined) onChoose(chosen[0]);
      }}
    >
      {choices.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}
