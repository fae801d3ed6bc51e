/** The boards that one keeps and those that others share, and the queries that can stand on one. */
import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode, type SubmitEvent } from "react";
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
  const boards = useQuery(boardsQuery);
  const queries = useQuery(keptQueriesQuery);
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
                  {found.map(({ board, name, description, owner, isOwn, cards, changedAt }) => (
                    <li key={board}>
                      <Icon name="boards" />
                      <span className="grow">
                        <Link className="item" to="/boards/$board" params={{ board }}>
                          <bdi>{shownName(name)}</bdi>
                        </Link>
                        <span className="small dim">
                          {isOwn ? "Yours" : `By ${shownName(owner)}`}, {counted(cards, "card")},{" "}
                          <Moment at={changedAt} />
                          {description === "" ? "" : ` · ${description}`}
                        </span>
                      </span>
                    </li>
                  ))}
                </ul>
              )
            }
          </Loaded>
        </section>
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
                  {found.map(({ query, name, description, owner, isOwn, isExplored, changedAt }) => (
                    <li key={query}>
                      <Icon name={isExplored ? "explore" : "sql"} />
                      <span className="grow">
                        <Link className="item" to={isExplored ? "/explore" : "/worksheet"} search={{ query }}>
                          <bdi>{shownName(name)}</bdi>
                        </Link>
                        <span className="small dim">
                          {isOwn ? "Yours" : `By ${shownName(owner)}`}, <Moment at={changedAt} />
                          {description === "" ? "" : ` · ${description}`}
                        </span>
                      </span>
                    </li>
                  ))}
                </ul>
              )
            }
          </Loaded>
        </section>
      </div>
      {isMaking ? <NewBoard onClose={() => setIsMaking(false)} /> : undefined}
    </>
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
