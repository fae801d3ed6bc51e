/** Gives access: who, what, on what, until when; the first click shows what it opens, the second gives it. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { GrantAddAnswer, GrantAddInput } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { tablesQuery } from "../../api/queries.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { Changes, changesOf } from "../../parts/changes.tsx";
import { ChoiceField, TextField } from "../../parts/field.tsx";
import { tableName } from "../../parts/names.ts";

type Permission = GrantAddInput["permissions"][number];

const permissions = [
  ["SELECT", "Read (SELECT)"],
  ["DESCRIBE", "See that it exists (DESCRIBE)"],
  ["BROWSE", "Find it and ask for it (BROWSE)"],
  ["INSERT", "Add rows (INSERT)"],
  ["DELETE", "Delete rows (DELETE)"],
  ["ALTER", "Change it (ALTER)"],
  ["OPERATE", "Run its loads (OPERATE)"],
  ["ADMINISTER", "Administer it, without reading (ADMINISTER)"],
] as const satisfies readonly (readonly [Permission, string])[];

interface Given {
  readonly to: string;
  readonly permission: Permission;
  readonly on: string;
  readonly columns: string;
  readonly filter: string;
  readonly until: string;
}

const nothing: Given = { to: "", permission: "SELECT", on: "", columns: "", filter: "", until: "" };

interface GiveDialogProps {
  /** The thing that it begins with. */
  readonly on?: string;
  /** Proposals in place of all tables. */
  readonly things?: readonly string[];
  readonly onClose: () => void;
}

export function GiveDialog({ on = "", things, onClose }: GiveDialogProps): ReactNode {
  const [given, setGiven] = useState({ ...nothing, on });
  const [isLacking, setIsLacking] = useState(false);
  const planning = useMutation({
    mutationFn: () => api.grantAdd({ ...inputOf(given), plan: true }),
    onError: noticeEnd,
  });
  const giving = useMutation({
    mutationFn: () => api.grantAdd(inputOf(given)),
    onError: noticeEnd,
    onSuccess: () => {
      onClose();
      return Promise.all(["access", "shares"].map((key) => cache.invalidateQueries({ queryKey: [key] })));
    },
  });
  const change = (part: Partial<Given>): void => {
    setGiven((before) => ({ ...before, ...part }));
    planning.reset();
  };
  const act = (): void => {
    const isWhole = given.to.trim() !== "" && given.on.trim() !== "";
    setIsLacking(!isWhole);
    if (isWhole) (planning.data === undefined ? planning : giving).mutate();
  };
  return (
    <ActDialog
      title="Give access"
      lead="It takes effect at once: here, on the command line, and for every program."
      keep="Not now"
      act={planning.data === undefined ? "Show what it opens" : "Give access"}
      isBusy={planning.isPending || giving.isPending}
      failure={giving.error ?? planning.error}
      onAct={act}
      onClose={onClose}
    >
      <GrantFields given={given} things={things} isLacking={isLacking} onChange={change} />
      {planning.data === undefined ? undefined : <Opens plan={planning.data} />}
    </ActDialog>
  );
}

interface GrantFieldsProps {
  readonly given: Given;
  readonly things: readonly string[] | undefined;
  readonly isLacking: boolean;
  readonly onChange: (part: Partial<Given>) => void;
}

function GrantFields({ given, things, isLacking, onChange }: GrantFieldsProps): ReactNode {
  const { data: tables } = useQuery(tablesQuery);
  const lacks = (text: string): string | undefined => (isLacking && text.trim() === "" ? "It is needed." : undefined);
  return (
    <>
      <TextField
        label="To"
        isName
        value={given.to}
        onType={(to) => onChange({ to })}
        error={lacks(given.to)}
        hint="A user, group:<name>, role:<name>, key:<name>, account:<name> or unit:<path>."
      />
      <ChoiceField
        label="What"
        value={given.permission}
        onChoose={(permission) => onChange({ permission })}
        options={permissions}
      />
      <TextField
        label="On"
        isName
        value={given.on}
        onType={(on) => onChange({ on })}
        error={lacks(given.on)}
        options={things ?? (tables?.tables ?? []).map(({ database, name }) => tableName(database, name))}
        hint="shop.orders, shop.*, database shop, tags domain=sales, account main."
      />
      {given.permission === "SELECT" ? (
        <div className="form-row">
          <TextField
            label="Only these columns"
            isName
            value={given.columns}
            onType={(columns) => onChange({ columns })}
            hint="With commas; empty: all."
          />
          <TextField
            label="Data filter"
            isName
            value={given.filter}
            onType={(filter) => onChange({ filter })}
            hint="One of the table's; empty: none."
          />
        </div>
      ) : undefined}
      <TextField
        label="Until"
        type="date"
        value={given.until}
        onType={(until) => onChange({ until })}
        hint="Empty: it has no end."
      />
    </>
  );
}

function Opens({ plan }: { readonly plan: GrantAddAnswer }): ReactNode {
  return (
    <>
      <Changes label="What it opens" changes={changesOf(plan)} />
      {plan.sensitive.length === 0 ? undefined : (
        <p className="note pii small">
          It covers sensitive columns:{" "}
          {plan.sensitive.map(({ table, columns }) => `${table} (${columns.join(", ")})`).join("; ")}.
        </p>
      )}
    </>
  );
}

function inputOf({ to, permission, on, columns, filter, until }: Given): GrantAddInput {
  const names = columns
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return {
    to: to.trim(),
    permissions: [permission],
    on: on.trim(),
    ...(permission === "SELECT" && names.length > 0 ? { columns: names } : {}),
    ...(permission === "SELECT" && filter.trim() !== "" ? { filter: filter.trim() } : {}),
    ...(until === "" ? {} : { until: new Date(`${until}T23:59:59`).toISOString() }),
  };
}
