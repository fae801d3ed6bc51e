/** Puts a kept query on a board: one of one's own boards, or a new one. */
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { boardsQuery } from "../../api/queries.ts";
import { FailureNote } from "../failure-note.tsx";
import { shownName } from "../names.ts";
import { boardInput } from "./board-input.ts";

interface AddToBoardProps {
  readonly query: string;
  readonly hasChart: boolean;
  readonly onClose: () => void;
}

export function AddToBoard({ query, hasChart, onClose }: AddToBoardProps): ReactNode {
  const navigate = useNavigate();
  const { data } = useQuery(boardsQuery);
  const own = (data?.boards ?? []).filter(({ isOwn }) => isOwn);
  const [chosen, setChosen] = useState<string>();
  const [name, setName] = useState("");
  const board = chosen ?? own[0]?.board ?? "";
  const add = useMutation({
    mutationFn: async () => {
      const card = { query, show: hasChart ? ("chart" as const) : ("rows" as const), columns: 6 };
      if (board === "") return api.boardSave({ name: name.trim(), cards: [card] });
      const before = boardInput(await api.boardShow({ board }));
      return api.boardSave({ ...before, cards: [...before.cards, card] });
    },
    onError: noticeEnd,
    onSuccess: async ({ board: changed }) => {
      await cache.invalidateQueries({ queryKey: ["kept", "boards"] });
      void navigate({ to: "/boards/$board", params: { board: changed } });
    },
  });
  return (
    <Modal opened onClose={onClose} title="Put on a board" closeButtonProps={{ "aria-label": "Close" }}>
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <NativeSelect
          label="Board"
          data={[
            ...own.map((one) => ({ value: one.board, label: shownName(one.name) })),
            { value: "", label: "A new board" },
          ]}
          value={board}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data-autofocus
        />
        {board === "" ? (
          <TextInput
            label="Name of the new board"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={200}
            required
          />
        ) : undefined}
        {add.error === null ? undefined : <FailureNote failure={add.error} />}
        <div className="dialog-foot">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={add.isPending}>
            Put on the board
          </Button>
        </div>
      </form>
    </Modal>
  );
}
