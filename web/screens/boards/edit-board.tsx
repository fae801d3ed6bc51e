/** Changes a board: which queries stand on it, in which order and width, and how it is read again. Nothing is kept before Save. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { BoardShowAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { keptQueriesQuery } from "../../api/queries.ts";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { boardInput } from "../../parts/kept/board-input.ts";
import { shownName } from "../../parts/names.ts";
import { PageHead } from "../../parts/page-head.tsx";
import type { ShownCard } from "./board-card.tsx";

interface EditBoardProps {
  readonly board: BoardShowAnswer;
  readonly path: ReactNode;
}

export function EditBoard({ board, path }: EditBoardProps): ReactNode {
  const [draft, setDraft] = useState(board);
  const navigate = useNavigate();
  const leave = (): void => void navigate({ to: "/boards/$board", params: { board: board.board } });
  const save = useMutation({
    mutationFn: () => api.boardSave({ ...boardInput(draft), name: draft.name.trim() }),
    onError: noticeEnd,
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ["kept", "boards"] });
      leave();
    },
  });
  const setCards = (cards: readonly ShownCard[]): void => setDraft({ ...draft, cards });
  return (
    <>
      <PageHead
        title={`Edit ${shownName(board.name)}`}
        path={path}
        actions={
          <>
            <Button variant="default" onClick={leave}>
              Discard
            </Button>
            <Button loading={save.isPending} onClick={() => save.mutate()}>
              Save
            </Button>
          </>
        }
      />
      <div className="page-body edit-board">
        {save.error === null ? undefined : <FailureNote failure={save.error} />}
        <BoardFields draft={draft} onChange={setDraft} />
        <section aria-labelledby="cards">
          <div className="section-head">
            <h2 id="cards">Cards, in reading order</h2>
            <span className="grow" />
            <AddCard onAdd={(card) => setCards([...draft.cards, card])} />
          </div>
          {draft.cards.length === 0 ? (
            <Empty icon="boards" title="There is no card yet.">
              <p>Add a saved query above.</p>
            </Empty>
          ) : (
            <CardList cards={draft.cards} onChange={setCards} />
          )}
        </section>
      </div>
    </>
  );
}

interface BoardFieldsProps {
  readonly draft: BoardShowAnswer;
  readonly onChange: (draft: BoardShowAnswer) => void;
}

const intervals = [
  { value: "", label: "Only when it is opened" },
  { value: "60", label: "Every minute" },
  { value: "300", label: "Every 5 minutes" },
  { value: "900", label: "Every 15 minutes" },
  { value: "3600", label: "Every hour" },
  { value: "commit", label: "When a table changes" },
];

function BoardFields({ draft, onChange }: BoardFieldsProps): ReactNode {
  const { name, description, everySeconds, onCommit } = draft;
  const interval = onCommit ? "commit" : String(everySeconds ?? "");
  const known = intervals.some(({ value }) => value === interval);
  return (
    <div className="board-fields">
      <TextInput
        label="Name"
        value={name}
        maxLength={200}
        onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
      />
      <TextInput
        label="What it is for"
        value={description}
        maxLength={2_000}
        onChange={(event) => onChange({ ...draft, description: event.currentTarget.value })}
      />
      <NativeSelect
        label="Read again"
        data={known ? intervals : [...intervals, { value: interval, label: `Every ${interval} s` }]}
        value={interval}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          const { everySeconds: _before, ...rest } = draft;
          if (chosen === "" || chosen === "commit") onChange({ ...rest, onCommit: chosen === "commit" });
          else onChange({ ...rest, onCommit: false, everySeconds: Number(chosen) });
        }}
      />
    </div>
  );
}

function AddCard({ onAdd }: { readonly onAdd: (card: ShownCard) => void }): ReactNode {
  const { data } = useQuery(keptQueriesQuery);
  const queries = data?.queries ?? [];
  return (
    <NativeSelect
      size="sm"
      aria-label="Add a saved query"
      data={[
        { value: "", label: queries.length === 0 ? "No query is saved yet" : "Add a saved query…" },
        ...queries.map(({ query, name }) => ({ value: query, label: shownName(name) })),
      ]}
      value=""
      onChange={(event) => {
        const chosen = queries.find(({ query }) => query === event.currentTarget.value);
        if (chosen === undefined) return;
        const { query, name, owner, chart } = chosen;
        const show = chart === undefined ? "rows" : chart.kind === "number" ? "number" : "chart";
        onAdd({ query, show, columns: 6, shows: { name, owner, sql: "", ...(chart === undefined ? {} : { chart }) } });
      }}
    />
  );
}

interface CardListProps {
  readonly cards: readonly ShownCard[];
  readonly onChange: (cards: readonly ShownCard[]) => void;
}

/** A card is moved by its buttons or dragged by its line. */
function CardList({ cards, onChange }: CardListProps): ReactNode {
  const [dragged, setDragged] = useState<number>();
  const move = (from: number, to: number): void => {
    const moving = cards[from];
    if (moving === undefined || to < 0 || to >= cards.length) return;
    const others = cards.filter((_, place) => place !== from);
    onChange([...others.slice(0, to), moving, ...others.slice(to)]);
  };
  return (
    <ol className="card list edit-cards">
      {cards.map((card, place) => (
        <li
          key={`${card.query} ${cards.slice(0, place).filter(({ query }) => query === card.query).length}`}
          draggable
          onDragStart={() => setDragged(place)}
          onDragOver={(event) => event.preventDefault()}
          onDrop={() => {
            if (dragged !== undefined) move(dragged, place);
            setDragged(undefined);
          }}
        >
          <EditCard
            card={card}
            onChange={(changed) => onChange(cards.map((one, at) => (at === place ? changed : one)))}
            onMove={(by) => move(place, place + by)}
            onRemove={() => onChange(cards.filter((_, at) => at !== place))}
          />
        </li>
      ))}
    </ol>
  );
}

interface EditCardProps {
  readonly card: ShownCard;
  readonly onChange: (card: ShownCard) => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
}

const forms = ["chart", "rows", "number"] as const;

function EditCard({ card, onChange, onMove, onRemove }: EditCardProps): ReactNode {
  const name = shownName(card.title ?? card.shows?.name ?? "A query that is not shared with you");
  return (
    <div className="edit-card" role="group" aria-label={name}>
      <TextInput
        size="sm"
        aria-label={`Title of ${name}`}
        placeholder={shownName(card.shows?.name ?? "")}
        value={card.title ?? ""}
        maxLength={200}
        onChange={(event) => {
          const { title: _before, ...rest } = card;
          const title = event.currentTarget.value;
          onChange(title === "" ? rest : { ...rest, title });
        }}
      />
      <NativeSelect
        size="sm"
        aria-label={`Form of ${name}`}
        data={[
          { value: "chart", label: "Chart" },
          { value: "rows", label: "Rows" },
          { value: "number", label: "One number" },
        ]}
        value={card.show}
        onChange={(event) =>
          onChange({ ...card, show: forms.find((form) => form === event.currentTarget.value) ?? "rows" })
        }
      />
      <NativeSelect
        size="sm"
        aria-label={`Width of ${name}`}
        data={[
          { value: "3", label: "A quarter" },
          { value: "4", label: "A third" },
          { value: "6", label: "Half" },
          { value: "8", label: "Two thirds" },
          { value: "12", label: "All" },
        ]}
        value={String(card.columns)}
        onChange={(event) => onChange({ ...card, columns: Number(event.currentTarget.value) })}
      />
      <span className="row">
        <button
          type="button"
          className="bare"
          aria-label={`Move ${name} earlier`}
          title="Earlier"
          onClick={() => onMove(-1)}
        >
          <Icon name="earlier" size={16} />
        </button>
        <button
          type="button"
          className="bare"
          aria-label={`Move ${name} later`}
          title="Later"
          onClick={() => onMove(1)}
        >
          <Icon name="later" size={16} />
        </button>
        <button type="button" className="bare" aria-label={`Remove ${name}`} title="Remove" onClick={onRemove}>
          <Icon name="close" size={16} />
        </button>
      </span>
    </div>
  );
}
