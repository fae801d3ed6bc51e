/** The boards that one keeps and those that others share, and the queries that can stand on one. */
import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode, type SubmitEvent } from "react";
import type { BoardListAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { boardsQuery, keptQueriesQuery } from "../../api/queries.ts";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { shownName } from "../../parts/names.ts";
import { counted } from "../../parts/numbers.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { Loaded } from "../../parts/waiting.tsx";
import "../../styles/boards.css";

export function Boards(): ReactNode {
  const [isMaking, setIsMaking] = useState(false);
  return (
    <>
      <PageHead
        title="Boards"
        actions={
          <Button leftSection={<Icon name="add" size={16} />} onClick={() => setIsMaking(true)}>
            New board
          </Button>
        }
      >
        <p className="text2">Everybody who looks at a board reads with their own rights.</p>
      </PageHead>
      <div className="page-body boards">
        <BoardList />
        <SavedQueryList />
      </div>
      {isMaking ? <NewBoard onClose={() => setIsMaking(false)} /> : undefined}
    </>
  );
}

function BoardList(): ReactNode {
  const boards = useQuery(boardsQuery);
  return (
    <section aria-labelledby="boards">
      <div className="section-head">
        <h2 id="boards">Boards</h2>
      </div>
      <Loaded query={boards} lines={4}>
        {({ boards: found }) =>
          found.length === 0 ? (
            <Empty icon="boards" title="There is no board yet.">
              <p>Save a query in Explore or in the worksheet, then put it on a new board.</p>
            </Empty>
          ) : (
            <ul className="card list">
              {found.map((kept) => (
                <li key={kept.board}>
                  <Icon name="boards" />
                  <span className="grow">
                    <Link className="item" to="/boards/$board" params={{ board: kept.board }}>
                      <bdi>{shownName(kept.name)}</bdi>
                    </Link>
                    <Facts kept={kept} cards={kept.cards} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

function SavedQueryList(): ReactNode {
  const queries = useQuery(keptQueriesQuery);
  return (
    <section aria-labelledby="queries">
      <div className="section-head">
        <h2 id="queries">Saved queries</h2>
      </div>
      <Loaded query={queries} lines={4}>
        {({ queries: found }) =>
          found.length === 0 ? (
            <Empty icon="save" title="No query is saved yet.">
              <p>
                Make one in <Link to="/explore">Explore</Link> or in the <Link to="/worksheet">worksheet</Link>.
              </p>
            </Empty>
          ) : (
            <ul className="card list">
              {found.map((kept) => (
                <li key={kept.query}>
                  <Icon name={kept.isExplored ? "explore" : "sql"} />
                  <span className="grow">
                    <Link
                      className="item"
                      to={kept.isExplored ? "/explore" : "/worksheet"}
                      search={{ query: kept.query }}
                    >
                      <bdi>{shownName(kept.name)}</bdi>
                    </Link>
                    <Facts kept={kept} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

interface FactsProps {
  readonly kept: Pick<BoardListAnswer["boards"][number], "owner" | "isOwn" | "changedAt" | "description">;
  readonly cards?: number;
}

function Facts({ kept: { owner, isOwn, changedAt, description }, cards }: FactsProps): ReactNode {
  return (
    <span className="small dim">
      {isOwn ? "Yours" : `By ${shownName(owner)}`}, {cards === undefined ? "" : `${counted(cards, "card")}, `}
      <Moment at={changedAt} />
      {description === "" ? "" : ` · ${description}`}
    </span>
  );
}

function NewBoard({ onClose }: { readonly onClose: () => void }): ReactNode {
  const navigate = useNavigate();
  const make = useMutation({
    mutationFn: (name: string) => api.boardSave({ name, cards: [] }),
    onError: noticeEnd,
    onSuccess: async ({ board }) => {
      await cache.invalidateQueries({ queryKey: ["kept", "boards"] });
      void navigate({ to: "/boards/$board", params: { board }, search: { edit: true } });
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    make.mutate(String(new FormData(event.currentTarget).get("name") ?? "").trim());
  };
  return (
    <Modal opened onClose={onClose} title="New board" closeButtonProps={{ "aria-label": "Close" }}>
      <form className="dialog-form" onSubmit={submit}>
        <TextInput name="name" label="Name" maxLength={200} required data-autofocus />
        {make.error === null ? undefined : <FailureNote failure={make.error} />}
        <div className="dialog-foot">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending}>
            Make the board
          </Button>
        </div>
      </form>
    </Modal>
  );
}
