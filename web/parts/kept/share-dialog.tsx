/** Says who else may know the text of a query or a board. It opens no table to anybody, and the dialog says so. */
import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type KeyboardEvent, type ReactNode } from "react";
import { cache, noticeEnd } from "../../api/client.ts";
import { useMe } from "../../api/me.ts";
import { FailureNote } from "../failure-note.tsx";
import { Icon } from "../icon.tsx";
import { shownName } from "../names.ts";

interface ShareDialogProps {
  readonly name: string;
  readonly noun: "query" | "board";
  readonly sharedWith: readonly string[];
  readonly share: (names: readonly string[]) => Promise<unknown>;
  readonly onClose: () => void;
}

export function ShareDialog({ name, noun, sharedWith, share, onClose }: ShareDialogProps): ReactNode {
  const me = useMe();
  const [names, setNames] = useState(sharedWith);
  const [typed, setTyped] = useState("");
  const sharing = useMutation({
    mutationFn: share,
    onError: noticeEnd,
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ["kept"] });
      onClose();
    },
  });
  const everybody = `account:${me?.account ?? ""}`;
  const add = (added: string): void => {
    setTyped("");
    if (added.trim() !== "") setNames((before) => [...new Set([...before, added.trim()])]);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    add(typed);
  };
  const wanted = typed.trim() === "" ? names : [...new Set([...names, typed.trim()])];
  return (
    <Modal opened onClose={onClose} title={`Share “${shownName(name)}”`} closeButtonProps={{ "aria-label": "Close" }}>
      <div className="dialog-form">
        <p className="text2">
          They see this {noun} and its SQL. What they read with it is what their own rights let them read: sharing opens
          no table.
        </p>
        <div className="row end">
          <TextInput
            className="grow"
            label="With"
            description="A user by name, group:analysts or role:steward"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={onKeyDown}
            data-autofocus
          />
          <Button variant="default" onClick={() => add(typed)}>
            Add
          </Button>
        </div>
        {names.includes(everybody) || me?.account === null ? undefined : (
          <div>
            <Button variant="subtle" leftSection={<Icon name="people" size={16} />} onClick={() => add(everybody)}>
              Add everybody in {me?.account}
            </Button>
          </div>
        )}
        <SharedWith
          names={names}
          wordsFor={(one) => (one === everybody ? `Everybody in ${me?.account}` : shownName(one))}
          onRemove={(one) => setNames(names.filter((other) => other !== one))}
        />
        {sharing.error === null ? undefined : <FailureNote failure={sharing.error} />}
        <div className="dialog-foot">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={sharing.isPending} onClick={() => sharing.mutate(wanted)}>
            {wanted.length === 0 ? "Share with nobody" : "Share"}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

interface SharedWithProps {
  readonly names: readonly string[];
  readonly wordsFor: (name: string) => string;
  readonly onRemove: (name: string) => void;
}

function SharedWith({ names, wordsFor, onRemove }: SharedWithProps): ReactNode {
  return (
    <ul className="shared-with" aria-label="Shared with">
      {names.length === 0 ? <li className="dim">With nobody: only you see it.</li> : undefined}
      {names.map((name) => (
        <li key={name} className="tag">
          {wordsFor(name)}
          <button
            type="button"
            className="bare"
            aria-label={`Remove ${shownName(name)}`}
            onClick={() => onRemove(name)}
          >
            <Icon name="close" size={14} />
          </button>
        </li>
      ))}
    </ul>
  );
}
