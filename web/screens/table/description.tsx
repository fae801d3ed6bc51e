/** The description of a table, edited where it stands by those who may. What is typed is kept until it is saved. */
import { Button, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { TableShowAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { tableName } from "../../parts/names.ts";
import { useOwnRight } from "./own-right.ts";

export function Description({ table }: { readonly table: TableShowAnswer }): ReactNode {
  const right = useOwnRight(table);
  const [draft, setDraft] = useState<string>();
  const name = tableName(table.database, table.name);
  const saving = useMutation({
    mutationFn: (text: string) =>
      api.tableDescribe({
        table: name,
        ...(text.trim() === "" ? { unset: ["description"] } : { set: { description: text } }),
      }),
    onError: noticeEnd,
    onSuccess: async () => {
      await Promise.all([["table", name], ["tables"]].map((queryKey) => cache.invalidateQueries({ queryKey })));
      setDraft(undefined);
    },
  });
  const text = table.description?.text ?? "";
  if (draft !== undefined)
    return (
      <form
        className="page-lead description-form"
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate(draft);
        }}
      >
        <Textarea
          aria-label="Description"
          value={draft}
          autosize
          minRows={2}
          autoFocus
          onChange={(event) => setDraft(event.currentTarget.value)}
          onKeyDown={(event) => (event.key === "Escape" ? setDraft(undefined) : undefined)}
        />
        <div className="row">
          <Button type="submit" size="compact-md" loading={saving.isPending}>
            Save the description
          </Button>
          <Button variant="subtle" size="compact-md" onClick={() => setDraft(undefined)}>
            Discard
          </Button>
        </div>
        {saving.error === null ? undefined : <FailureNote failure={saving.error} />}
      </form>
    );
  return (
    <p className="text2 page-lead description">
      <bdi>{text}</bdi>
      {text === "" ? <span className="dim">Nobody has described this table yet.</span> : undefined}{" "}
      {right?.mayAlter === true ? (
        <button
          type="button"
          className="bare"
          aria-label="Edit the description"
          title="Edit the description"
          onClick={() => setDraft(text)}
        >
          <Icon name="edit" size={16} />
        </button>
      ) : undefined}
    </p>
  );
}
