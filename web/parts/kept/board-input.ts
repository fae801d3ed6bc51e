/** A board as it is saved, from a board as it is shown. */
import type { BoardSaveInput, BoardShowAnswer } from "../../../src/client/api-client.ts";

export type BoardDraft = BoardSaveInput & Required<Pick<BoardSaveInput, "board">>;

export function boardInput({ board, name, description, cards, everySeconds, onCommit }: BoardShowAnswer): BoardDraft {
  return {
    board,
    name,
    description,
    onCommit,
    ...(everySeconds === undefined ? {} : { everySeconds }),
    cards: cards.map(({ shows: _shown, ...card }) => card),
  };
}
