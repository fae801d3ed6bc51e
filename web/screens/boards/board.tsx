/** One board: its cards in a grid of twelve columns. Changing it is a mode of its own, with Save and Discard. */
import { Button, Menu } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { BoardShowAnswer } from "../../../src/client/api-client.ts";
import { api, cache, noticeEnd } from "../../api/client.ts";
import { boardQuery } from "../../api/queries.ts";
import { Empty } from "../../parts/empty.tsx";
import { FailureNote } from "../../parts/failure-note.tsx";
import { Icon } from "../../parts/icon.tsx";
import { ShareDialog } from "../../parts/kept/share-dialog.tsx";
import { Missing } from "../../parts/missing.tsx";
import { shownName } from "../../parts/names.ts";
import { duration } from "../../parts/numbers.ts";
import { PageHead, Path } from "../../parts/page-head.tsx";
import { Shape } from "../../parts/waiting.tsx";
import { BoardCardView } from "./board-card.tsx";
import { EditBoard } from "./edit-board.tsx";
import { useCommits } from "./use-commits.ts";
import "../../styles/boards.css";

const path = <Path steps={[{ text: "Boards", to: "/boards" }]} />;

export function BoardPage(): ReactNode {
  const { board } = useParams({ from: "/inside/boards/$board" });
  const { edit = false } = useSearch({ from: "/inside/boards/$board" });
  const shown = useQuery(boardQuery(board));
  if (shown.data === undefined)
    return (
      <>
        <PageHead title="Board" path={path} />
        <div className="page-body">
          {shown.error === null ? <Shape lines={6} /> : <Missing failure={shown.error} name="such board" />}
        </div>
      </>
    );
  if (edit && shown.data.isOwn) return <EditBoard key={shown.dataUpdatedAt} board={shown.data} path={path} />;
  return <LookedAt board={shown.data} />;
}

function LookedAt({ board }: { readonly board: BoardShowAnswer }): ReactNode {
  const commits = useCommits(board.onCommit);
  return (
    <>
      <PageHead title={board.name} path={path} actions={<Actions board={board} />}>
        <p className="text2">
          {board.description === "" ? undefined : <>{board.description} · </>}
          {board.isOwn ? "Yours" : `By ${shownName(board.owner)}`} · {refreshWords(board)}
        </p>
      </PageHead>
      <div className="page-body">
        {board.cards.length === 0 ? (
          <Empty icon="boards" title="There is no card on this board yet.">
            <p>
              {board.isOwn ? "Edit it to put saved queries on it." : `${shownName(board.owner)} can put queries on it.`}
            </p>
          </Empty>
        ) : (
          <ul className="board">
            {board.cards.map((card, place) => (
              // oxlint-disable-next-line react/no-array-index-key -- it has no identity but its place
              <li key={`${place} ${card.query}`} className={`w${card.columns}`}>
                <BoardCardView card={card} everySeconds={board.everySeconds} commits={commits} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

function refreshWords({ everySeconds, onCommit }: BoardShowAnswer): string {
  const every = everySeconds === undefined ? "" : `read again every ${duration(everySeconds)}`;
  const commit = onCommit ? "read again when a table changes" : "";
  return [every, commit].filter((words) => words !== "").join(", ") || "read when it is opened";
}

function Actions({ board }: { readonly board: BoardShowAnswer }): ReactNode {
  const navigate = useNavigate();
  const [isSharing, setIsSharing] = useState(false);
  const remove = useMutation({
    mutationFn: () => api.boardRemove({ board: board.board }),
    onError: noticeEnd,
    onSuccess: async () => {
      await navigate({ to: "/boards" });
      await cache.invalidateQueries({ queryKey: ["kept", "boards"] });
    },
  });
  const readAgain = (): void => void cache.invalidateQueries({ queryKey: ["board rows"] });
  return (
    <>
      <Button variant="default" leftSection={<Icon name="refresh" size={16} />} onClick={readAgain}>
        Read again
      </Button>
      {board.isOwn ? (
        <>
          <Menu position="bottom-end">
            <Menu.Target>
              <Button variant="default" leftSection={<Icon name="share" size={16} />}>
                Share
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => setIsSharing(true)}>Share this board…</Menu.Item>
              <Menu.Item onClick={() => remove.mutate()}>Remove this board; its queries stay</Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <Button
            leftSection={<Icon name="edit" size={16} />}
            onClick={() =>
              void navigate({ to: "/boards/$board", params: { board: board.board }, search: { edit: true } })
            }
          >
            Edit
          </Button>
        </>
      ) : undefined}
      {remove.error === null ? undefined : <FailureNote failure={remove.error} />}
      {isSharing ? (
        <ShareDialog
          name={board.name}
          noun="board"
          sharedWith={board.sharedWith}
          share={(names) => api.boardShare({ board: board.board, with: names })}
          onClose={() => setIsSharing(false)}
        />
      ) : undefined}
    </>
  );
}
