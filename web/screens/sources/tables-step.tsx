/** The third step: which tables are loaded, what happens to tables that are new later, and what counts as sensitive. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { Source } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { ChoiceField } from "../../parts/field.tsx";
import { Loaded } from "../../parts/waiting.tsx";
import { offeredQuery } from "./source-queries.ts";
import { offeredOf, TableChoice, type OfferedTable } from "./table-choice.tsx";

interface TablesStepProps {
  readonly source: Source;
  /** Whether any of its tables is in the lake. */
  readonly isLoaded: boolean;
}

export function TablesStep({ source, isLoaded }: TablesStepProps): ReactNode {
  const offered = useQuery(offeredQuery(source.name));
  return (
    <Loaded query={offered} lines={8}>
      {(found) => <TablesForm source={source} isLoaded={isLoaded} offered={offeredOf(found)} />}
    </Loaded>
  );
}

interface TablesFormProps extends TablesStepProps {
  readonly offered: readonly OfferedTable[];
}

function TablesForm({ source, isLoaded, offered }: TablesFormProps): ReactNode {
  const navigate = useNavigate();
  const [excluded, setExcluded] = useState<ReadonlySet<string>>(() => new Set(source.exclude));
  // Until this step is done it waits, so that nothing is loaded that nobody has chosen.
  const [newTables, setNewTables] = useState(isLoaded || source.newTables !== "ask" ? source.newTables : "auto");
  const [unclassified, setUnclassified] = useState(source.unclassified);
  const [isChecked, setIsChecked] = useState(false);
  const isNone = offered.length > 0 && offered.every(({ table }) => excluded.has(table));
  const saving = useMutation({
    mutationFn: () => api.sourceSet({ name: source.name, exclude: [...excluded], newTables, unclassified }),
    onError: noticeEnd,
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ["sources"] });
      await navigate({ to: "/sources/new-source", search: { source: source.name, step: "schedule" } });
    },
  });
  return (
    <form
      className="form wide"
      onSubmit={(event) => {
        event.preventDefault();
        setIsChecked(true);
        if (!isNone) saving.mutate();
      }}
    >
      <TableChoice offered={offered} excluded={excluded} onChange={setExcluded} />
      <div className="form-row">
        <NewTablesField value={newTables} onChoose={setNewTables} />
        <UnclassifiedField value={unclassified} onChoose={setUnclassified} />
      </div>
      {isChecked && isNone ? (
        <p className="field-error" role="alert">
          Choose at least one table.
        </p>
      ) : undefined}
      {saving.error === null ? undefined : <FailureNote failure={saving.error} />}
      <div className="form-foot">
        <Button type="submit" loading={saving.isPending}>
          Go on to the schedule
        </Button>
      </div>
    </form>
  );
}

interface NewTablesFieldProps {
  readonly value: Source["newTables"];
  readonly onChoose: (value: Source["newTables"]) => void;
}

export function NewTablesField({ value, onChoose }: NewTablesFieldProps): ReactNode {
  return (
    <ChoiceField
      label="Tables that are new in the source later"
      value={value}
      onChoose={onChoose}
      options={[
        ["auto", "Load them"],
        ["ask", "Show them, and wait until somebody loads them"],
        ["ignore", "Leave them out"],
      ]}
    />
  );
}

interface UnclassifiedFieldProps {
  readonly value: Source["unclassified"];
  readonly onChoose: (value: Source["unclassified"]) => void;
}

export function UnclassifiedField({ value, onChoose }: UnclassifiedFieldProps): ReactNode {
  return (
    <ChoiceField
      label="Columns not yet judged personal or not"
      value={value}
      onChoose={onChoose}
      options={[
        ["ordinary", "Count as ordinary"],
        ["sensitive", "Count as sensitive"],
      ]}
    />
  );
}
