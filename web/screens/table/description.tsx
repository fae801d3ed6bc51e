/**
 * The description of a table, edited where it stands by those who may. The typed text is kept until it is saved; whoever
 * saves after somebody else has is shown the other text first.
 */
import { Button, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { TableShowAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { tableQuery } from "../../api/queries.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Meanwhile } from "../../parts/meanwhile.tsx";
import { tableName } from "../../parts/names.ts";
import { useOwnRight } from "./own-right.ts";

const undescribed = "Nobody has described this table yet.";

export function Description({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const right = useOwnRight(table);
  const [isEditing, setIsEditing] = useState(false);
  const text = table.description?.text ?? "";
  if (isEditing)
    return <Editor name={tableName(table.database, table.name)} text={text} onEnd={() => setIsEditing(false)} />;
  return (
    <p className="text2 page-lead description">
      <bdi>{text}</bdi>{" "}
      {right?.mayAlter === true ? (
        <button type="button" className="bare" title="Edit the description" onClick={() => setIsEditing(true)}>
          {text === "" ? <span className="dim">{undescribed} </span> : undefined}
          <span className="unseen">Edit the description</span>
          <Icon name="edit" size={16} />
        </button>
      ) : text === "" ? (
        <span className="dim">{undescribed}</span>
      ) : undefined}
    </p>
  );
}

interface EditorProps {
  readonly name: string;
  /** The text that is stored, as far as it is known here. */
  readonly text: string;
  readonly onEnd: () => void;
}

function Editor({ name, text, onEnd }: EditorProps): ReactNode {
  const [begun, setBegun] = useState(text);
  const [draft, setDraft] = useState(text);
  const saving = useMutation({
    mutationFn: (known: string) => save({ name, known, draft }),
    onError: noticeEnd,
    onSuccess: (isSaved) => (isSaved ? onEnd() : undefined),
  });
  return (
    <form
      className="page-lead description-form"
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate(begun);
      }}
    >
      <Textarea
        aria-label="Description"
        value={draft}
        autosize
        minRows={2}
        autoFocus
        onChange={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={(event) => (event.key === "Escape" ? onEnd() : undefined)}
      />
      {text === begun || text === draft ? (
        <div className="row">
          <Button type="submit" size="compact-md" loading={saving.isPending}>
            Save the description
          </Button>
          <Button variant="subtle" size="compact-md" onClick={onEnd}>
            Discard
          </Button>
        </div>
      ) : (
        <Meanwhile
          theirs={text}
          onKeepMine={() => {
            setBegun(text);
            saving.mutate(text);
          }}
          onTakeTheirs={onEnd}
        />
      )}
      {saving.error === null ? undefined : <FailureNote failure={saving.error} />}
    </form>
  );
}

interface Saving {
  readonly name: string;
  /** The text that the writer knows to be stored. */
  readonly known: string;
  readonly draft: string;
}

/** False if another text is stored meanwhile, which the page then shows. */
async function save({ name, known, draft }: Saving): Promise<boolean> {
  const { description } = await cache.fetchQuery({ ...tableQuery(name), staleTime: 0 });
  if ((description?.text ?? "") !== known) return false;
  await api.tableDescribe({
    table: name,
    ...(draft.trim() === "" ? { unset: ["description"] } : { set: { description: draft } }),
  });
  await Promise.all([["table", name], ["tables"]].map((queryKey) => cache.invalidateQueries({ queryKey })));
  return true;
}
