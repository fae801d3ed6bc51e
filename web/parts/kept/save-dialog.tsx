/** Asks for the name under which a query is kept. A query that is kept already is changed, or kept once more under another name. */
import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode, SubmitEvent } from "react";
import type { QuerySaveInput } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { FailureNote } from "../failure-note.tsx";

export interface Saving extends Omit<QuerySaveInput, "name" | "query"> {
  readonly name: string;
  /** The kept query that it came from, if that is one's own. */
  readonly query?: string | undefined;
}

interface SaveDialogProps {
  readonly saving: Saving;
  readonly onSaved: (saved: { readonly query: string; readonly name: string }) => void;
  readonly onClose: () => void;
}

export function SaveDialog({ saving, onSaved, onClose }: SaveDialogProps): ReactNode {
  const save = useMutation({
    mutationFn: (input: QuerySaveInput) => api.querySave(input),
    onError: noticeEnd,
    onSuccess: async (saved) => {
      await cache.invalidateQueries({ queryKey: ["kept"] });
      onSaved(saved);
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (field: string): string => String(given.get(field) ?? "").trim();
    const isNew = saving.query === undefined || text("name") !== saving.name;
    const { query, name: _name, ...rest } = saving;
    save.mutate({ ...rest, name: text("name"), description: text("description"), ...(isNew ? {} : { query }) });
  };
  return (
    <Modal opened onClose={onClose} title="Save the query" closeButtonProps={{ "aria-label": "Close" }}>
      <form className="dialog-form" onSubmit={submit}>
        <TextInput
          name="name"
          label="Name"
          description={saving.query === undefined ? undefined : "Under another name, another query is saved."}
          defaultValue={saving.name}
          maxLength={200}
          required
          data-autofocus
        />
        <TextInput
          name="description"
          label="What it is for"
          defaultValue={saving.description ?? ""}
          maxLength={2_000}
        />
        {save.error === null ? undefined : <FailureNote failure={save.error} />}
        <div className="dialog-foot">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </div>
      </form>
    </Modal>
  );
}
