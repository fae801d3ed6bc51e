/** Tags: their keys and values, and putting them on a table, a database or a column after it has shown whose access changes. */
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { TagKey, TagSetInput } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { tablesQuery } from "../../api/queries.ts";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { Changes, changesOf } from "../../parts/changes.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ChoiceField, TextField } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { shownName, tableName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { Loaded } from "../../parts/waiting.tsx";

export function Tags(): ReactNode {
  const tags = useQuery({ queryKey: ["access", "tags"], queryFn: () => api.tagList({}) });
  const [asking, setAsking] = useState<"key" | "assign">();
  return (
    <>
      <div className="row wrap">
        <p className="text2 grow">Something that is granted on tags reaches whatever has them, today and later.</p>
        <Button variant="default" onClick={() => setAsking("key")}>
          Add a key
        </Button>
        <Button leftSection={<Icon name="tag" size={16} />} onClick={() => setAsking("assign")}>
          Tag something
        </Button>
      </div>
      <Loaded query={tags}>
        {({ keys }) =>
          keys.length === 0 ? (
            <Empty icon="tag" title="No tags yet.">
              <p>A key such as domain, with values such as sales and finance.</p>
            </Empty>
          ) : (
            <ul className="card list">
              {keys.map((key) => (
                <KeyLine key={key.key} tag={key} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {asking === "key" ? <KeyDialog onClose={() => setAsking(undefined)} /> : undefined}
      {asking === "assign" ? <AssignDialog onClose={() => setAsking(undefined)} /> : undefined}
    </>
  );
}

function KeyLine({ tag: { key, description, values, multiple } }: { readonly tag: TagKey }): ReactNode {
  return (
    <li>
      <Icon name="tag" />
      <span className="grow wrap-anywhere">
        <code className="strong">{shownName(key)}</code>
        <span className="small dim block">
          {description ?? (multiple ? "One thing may have several of its values." : "One value for each thing.")}
        </span>
      </span>
      <span className="row wrap tag-values">
        {values.map(({ value, sensitive, things }) => (
          <span key={value} className={sensitive ? "tag pii-tag" : "tag"}>
            {sensitive ? <Icon name="sensitive" size={14} /> : undefined}
            {shownName(value)}
            {things === null ? undefined : <span className="dim">{things}</span>}
          </span>
        ))}
      </span>
    </li>
  );
}

const refresh = (): Promise<unknown> =>
  Promise.all(["access", "search", "table"].map((key) => cache.invalidateQueries({ queryKey: [key] })));

function listOf(text: string): readonly string[] {
  return text
    .split(/[\s,]+/)
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function KeyDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [given, setGiven] = useState({ key: "", values: "", sensitive: "", description: "" });
  const [isLacking, setIsLacking] = useState(false);
  const change = (part: Partial<typeof given>): void => setGiven((before) => ({ ...before, ...part }));
  const adding = useMutation({
    mutationFn: () =>
      api.tagAdd({
        key: given.key.trim(),
        values: listOf(given.values),
        sensitive: listOf(given.sensitive),
        ...(given.description.trim() === "" ? {} : { description: given.description.trim() }),
      }),
    onError: noticeEnd,
    onSuccess: () => {
      onClose();
      return refresh();
    },
  });
  return (
    <ActDialog
      title="Add a key of tags"
      keep="Not now"
      act="Add the key"
      isBusy={adding.isPending}
      failure={adding.error}
      onAct={() => {
        const isWhole = given.key.trim() !== "" && listOf(given.values).length > 0;
        setIsLacking(!isWhole);
        if (isWhole) adding.mutate();
      }}
      onClose={onClose}
    >
      <TextField
        label="Key"
        isName
        value={given.key}
        onType={(key) => change({ key })}
        error={isLacking && given.key.trim() === "" ? "Give a name." : undefined}
      />
      <TextField
        label="Values"
        isName
        value={given.values}
        onType={(values) => change({ values })}
        hint="With commas: sales, finance."
        error={isLacking && given.values.trim() === "" ? "Give at least one value." : undefined}
      />
      <TextField
        label="Sensitive values"
        isName
        value={given.sensitive}
        onType={(sensitive) => change({ sensitive })}
        hint="Those of the values of which grants that cover them say so."
      />
      <TextField label="What it is for" value={given.description} onType={(description) => change({ description })} />
    </ActDialog>
  );
}

/** The first click shows whom it opens and closes what for, the second does it. */
function AssignDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [given, setGiven] = useState<Assignment>({ on: "", column: "", tags: "", work: "set" });
  const [isLacking, setIsLacking] = useState(false);
  const planning = useMutation({ mutationFn: () => assign(given, true), onError: noticeEnd });
  const assigning = useMutation({
    mutationFn: () => assign(given, false),
    onError: noticeEnd,
    onSuccess: () => {
      onClose();
      return refresh();
    },
  });
  const change = (part: Partial<Assignment>): void => {
    setGiven((before) => ({ ...before, ...part }));
    planning.reset();
  };
  const plan = planning.data;
  return (
    <ActDialog
      title="Tag something"
      lead="Tags of a database reach its tables, and those of a table its columns, unless they have others."
      keep="Not now"
      act={
        plan === undefined ? "Show what changes" : given.work === "set" ? "Put the tags on it" : "Take the tags off it"
      }
      isBusy={planning.isPending || assigning.isPending}
      failure={assigning.error ?? planning.error}
      onAct={() => {
        const isWhole = given.on.trim() !== "" && listOf(given.tags).length > 0;
        setIsLacking(!isWhole);
        if (isWhole) (plan === undefined ? planning : assigning).mutate();
      }}
      onClose={onClose}
    >
      <AssignmentFields given={given} isLacking={isLacking} onChange={change} />
      {plan === undefined ? undefined : (
        <>
          <p className="small">
            {counted(plan.added.length, "tag")} put on, {counted(plan.removed.length, "tag")} taken off.
          </p>
          <Changes label="What changes" changes={changesOf(plan)} />
        </>
      )}
    </ActDialog>
  );
}

interface AssignmentFieldsProps {
  readonly given: Assignment;
  readonly isLacking: boolean;
  readonly onChange: (part: Partial<Assignment>) => void;
}

function AssignmentFields({ given, isLacking, onChange }: AssignmentFieldsProps): ReactNode {
  const { data: tables } = useQuery(tablesQuery);
  return (
    <>
      <ChoiceField label="Work" value={given.work} onChoose={(work) => onChange({ work })} options={works} />
      <TextField
        label="On"
        isName
        value={given.on}
        onType={(on) => onChange({ on })}
        options={(tables?.tables ?? []).map(({ database, name }) => tableName(database, name))}
        hint="shop.orders, database shop, or source shop."
        error={isLacking && given.on.trim() === "" ? "Name a thing." : undefined}
      />
      <TextField
        label="Column"
        isName
        value={given.column}
        onType={(column) => onChange({ column })}
        hint="Empty: the whole thing."
      />
      <TextField
        label="Tags"
        isName
        value={given.tags}
        onType={(tags) => onChange({ tags })}
        hint="As key=value; several with commas."
        error={isLacking && given.tags.trim() === "" ? "Name at least one tag." : undefined}
      />
    </>
  );
}

type Work = "set" | "unset";

const works = [
  ["set", "Put tags on it"],
  ["unset", "Take tags off it"],
] as const satisfies readonly (readonly [Work, string])[];

interface Assignment {
  readonly on: string;
  readonly column: string;
  readonly tags: string;
  readonly work: Work;
}

function assign({ on, column, tags, work }: Assignment, plan: boolean) {
  const input: TagSetInput = {
    on: on.trim(),
    tags: listOf(tags),
    plan,
    ...(column.trim() === "" ? {} : { column: column.trim() }),
  };
  return work === "set" ? api.tagSet(input) : api.tagUnset(input);
}
