/**
 * Operations on boards: pages of cards, each of which shows the result of a kept query. A board is a text like a query:
 * whoever looks at it runs the statements of its cards themselves, under their own rights.
 */
import { z } from "zod";
import type { Asking } from "../../governance/asking.ts";
import { visible } from "../../governance/resource.ts";
import { principalMissingCodes } from "../../identity/principal-name.ts";
import { count, list, texts } from "../answers.ts";
import { operation } from "../operation.ts";
import { keptReaders, shareOwn } from "./kept-readers.ts";
import { presentedKept, presentKept } from "./present-kept.ts";
import { contentOf, findKept, keep, keptFor, keptName, ownerLabel, type Kept, removeOwn } from "./kept-store.ts";
import { chart, queryContent } from "./queries.ts";
import { queriesOnBoard } from "./queries-on-board.ts";

const card = z
  .strictObject({
    query: z.uuid(),
    title: z.string().max(200).optional().describe("By default the name of the query."),
    show: z.enum(["chart", "rows", "number"]).default("rows"),
    columns: z.int().min(3).max(12).default(6).describe("Its width, in twelfths of the page."),
  })
  .meta({ title: "BoardCard" });

const boardContent = z.strictObject({
  description: z.string().max(2_000).default(""),
  cards: list(card).check(z.maxLength(60)),
  everySeconds: z
    .int()
    .min(10)
    .max(86_400)
    .optional()
    .describe("While somebody looks at it, it is read again so often."),
  onCommit: z.boolean().default(false).describe("Read it again whenever a table of the lake has changed."),
});

const named = z.strictObject({ board: z.uuid().describe("Its id, as board.list says.") });

const listed = presentedKept.extend({
  board: z.string().describe("Its id."),
  description: z.string(),
  cards: count,
});

const shownQuery = z
  .strictObject({ name: z.string(), owner: z.string(), sql: z.string(), chart: chart.optional() })
  .meta({ title: "QueryOfCard" });

export const boardSave = operation({
  name: "board.save",
  summary: "Keep a board of queries under a name, or change one that is kept",
  action: "watch",
  changes: true,
  input: boardContent.extend({
    name: keptName,
    board: z.uuid().optional().describe("The id of the board to change; by default a new one is made."),
  }),
  output: z.strictObject({ board: z.string(), name: z.string() }),
  errors: ["BOARD_NOT_FOUND", "NAME_TAKEN", "ACCOUNT_NOT_FOUND"],
  resources: () => [visible],
  async run({ db }, { board, name, ...content }, { asking, record }) {
    record({ name });
    const id = await keep(db, asking, { kind: "board", id: board, name, content });
    record({ board: id });
    return { board: id, name };
  },
});

export const boardList = operation({
  name: "board.list",
  summary: "List the boards that one keeps, and those that others share with one",
  action: "watch",
  input: z.strictObject({}),
  output: z.strictObject({ boards: list(listed) }),
  errors: [],
  resources: () => [visible],
  async run({ db }, _input, { asking }) {
    const boards = await keptFor(db, asking, "board");
    return { boards: boards.map((one) => presented(asking, one)) };
  },
});

export const boardShow = operation({
  name: "board.show",
  summary: "Show a board: its cards, with the statements that whoever asks may know",
  action: "watch",
  input: named,
  output: listed.omit({ cards: true }).extend({
    cards: list(
      card.extend({
        shows: shownQuery
          .optional()
          .describe("Absent if the query was removed, or is somebody else's and not shared with whoever asks."),
      }),
    ),
    everySeconds: z.int().optional(),
    onCommit: z.boolean(),
  }),
  errors: ["BOARD_NOT_FOUND"],
  resources: () => [visible],
  async run({ db }, { board }, { asking }) {
    const found = await findKept(db, asking, { kind: "board", id: board });
    const { cards, everySeconds, onCommit } = contentOf(found, boardContent);
    const queries = await queriesOnBoard(db, asking, found);
    const shows = (id: string) => shownAs(asking, queries.get(id));
    return {
      ...presented(asking, found),
      cards: cards.map((one) => ({ ...one, ...shows(one.query) })),
      ...(everySeconds === undefined ? {} : { everySeconds }),
      onCommit,
    };
  },
});

export const boardRemove = operation({
  name: "board.remove",
  summary: "Remove a board that one keeps; its queries stay",
  action: "watch",
  changes: true,
  input: named,
  output: z.strictObject({ board: z.string(), name: z.string() }),
  errors: ["BOARD_NOT_FOUND"],
  resources: () => [visible],
  async run({ db }, { board }, { asking, record }) {
    record({ board });
    const { name } = await removeOwn(db, asking, { kind: "board", id: board });
    record({ name });
    return { board, name };
  },
});

export const boardShare = operation({
  name: "board.share",
  summary: "Say who else may look at a board; everybody reads what their own rights let them read",
  action: "watch",
  changes: true,
  input: named.extend({ with: keptReaders }),
  output: z.strictObject({ board: z.string(), sharedWith: texts }),
  errors: ["BOARD_NOT_FOUND", ...principalMissingCodes],
  resources: () => [visible],
  async run({ db }, { board, with: readers }, { asking, record }) {
    record({ board, with: readers });
    return { board, sharedWith: await shareOwn(db, asking, { kind: "board", id: board, readers }) };
  },
});

function presented(asking: Asking, kept: Kept): z.infer<typeof listed> {
  const { description, cards } = contentOf(kept, boardContent);
  return { board: kept.id, ...presentKept(asking, kept), description, cards: cards.length };
}

function shownAs(asking: Asking, query: Kept | undefined): { readonly shows?: z.infer<typeof shownQuery> } {
  if (query === undefined) return {};
  const { sql, chart: drawn } = contentOf(query, queryContent);
  const shows = { name: query.name, owner: ownerLabel(asking, query), sql };
  return { shows: drawn === undefined ? shows : { ...shows, chart: drawn } };
}
