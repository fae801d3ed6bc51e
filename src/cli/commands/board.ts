/** `headgate board …`: pages of kept queries, which the console shows to everybody under their own rights. */
import { Command, Option } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRecord } from "../output/record.ts";
import { printRows } from "../output/rows.ts";
import { shortInstant } from "../output/short-instant.ts";
import { wholeNumber } from "../whole-number.ts";
import { boardNamed, ownNamed, queryNamed } from "./kept-named.ts";

const boards = () => import("../../operations/kept/boards.ts");

export function boardCommand(parts: CliParts): Command {
  return new Command("board")
    .description("put kept queries on a page that people open in the console")
    .addCommand(saveCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(showCommand(parts))
    .addCommand(shareCommand(parts))
    .addCommand(removeCommand(parts));
}

interface SaveOptions {
  readonly description?: string;
  readonly show: "chart" | "rows" | "number";
  readonly everySeconds?: number;
  readonly onCommit?: boolean;
}

function saveCommand({ connectors }: CliParts): Command {
  return new Command("save")
    .description("make a board of queries in this order; one of yours with this name gets these in place of its cards")
    .argument("<name>")
    .argument("<queries...>", "names or ids of kept queries")
    .option("--description <text>", "what it is for")
    .addOption(
      new Option("--show <form>", "how each is shown").choices(["rows", "chart", "number"] as const).default("rows"),
    )
    .option("--every-seconds <seconds>", "read it again so often while somebody looks at it", wholeNumber)
    .option("--on-commit", "read it again whenever a table of the lake has changed")
    .action(async (name: string, names: readonly string[], options: SaveOptions, command: Command) => {
      const finding = { command, connectors };
      const cards = [];
      for (const one of names) cards.push({ query: await queryNamed(finding, one), show: options.show, columns: 6 });
      const listing = async () => (await boards()).boardList;
      const { boards: all } = await invoke({ ...finding, operation: listing, input: {} });
      const own = all.map(({ board, ...rest }) => ({ id: board, ...rest }));
      const id = ownNamed(own, name);
      const input = {
        name,
        cards,
        description: options.description ?? own.find((one) => one.id === id)?.description ?? "",
        onCommit: options.onCommit ?? false,
        ...(options.everySeconds === undefined ? {} : { everySeconds: options.everySeconds }),
        ...(id === undefined ? {} : { board: id }),
      };
      const operation = async () => (await boards()).boardSave;
      const result = await invoke({ ...finding, operation, input });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.name} is at /boards/${result.board}\n`);
    });
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the boards that you keep, and those that others share with you")
    .action(async (_options: object, command: Command) => {
      const operation = async () => (await boards()).boardList;
      const result = await invoke({ command, connectors, operation, input: {} });
      if (wantsJson(command)) return printJson(result);
      const rows = result.boards.map(({ name, owner, isOwn, cards, sharedWith, changedAt, description }) => ({
        board: name,
        owner: isOwn ? "you" : owner,
        cards,
        changed: shortInstant(changedAt),
        "shared with": sharedWith.join(", "),
        description,
      }));
      printRows(rows, process.stdout, { none: "no board is kept yet", whole: ["board"] });
    });
}

function showCommand({ connectors }: CliParts): Command {
  return new Command("show")
    .description("show a board: its cards, with the statements that you may know")
    .argument("<board>", "its name, or its id")
    .action(async (name: string, _options: object, command: Command) => {
      const board = await boardNamed({ command, connectors }, name);
      const operation = async () => (await boards()).boardShow;
      const result = await invoke({ command, connectors, operation, input: { board } });
      if (wantsJson(command)) return printJson(result);
      const { owner, description, sharedWith, everySeconds, onCommit, cards } = result;
      printRecord({
        name: result.name,
        owner,
        description: description === "" ? undefined : description,
        "shared with": sharedWith.length === 0 ? undefined : sharedWith.join(", "),
        "read again": [
          ...(everySeconds === undefined ? [] : [`every ${everySeconds} seconds`]),
          ...(onCommit ? ["when a table has changed"] : []),
        ].join(", "),
        address: `/boards/${board}`,
      });
      const rows = cards.map(({ title, show, shows }) => ({
        card: title ?? shows?.name ?? "",
        shown: show,
        query: shows?.name ?? "removed, or not shared with you",
        statement: shows?.sql ?? "",
      }));
      printRows(rows, process.stdout, { none: "it has no cards", below: ["statement"] });
    });
}

function shareCommand({ connectors }: CliParts): Command {
  return new Command("share")
    .description("say who else may see a board; it opens no table to anybody")
    .argument("<board>", "its name, or its id")
    .option("--with <names...>", "ann, group:sales, role:keeper, account:main; without it, nobody any more")
    .action(async (name: string, { with: readers = [] }: { with?: readonly string[] }, command: Command) => {
      const board = await boardNamed({ command, connectors }, name);
      const operation = async () => (await boards()).boardShare;
      const result = await invoke({ command, connectors, operation, input: { board, with: readers } });
      if (wantsJson(command)) return printJson(result);
      const whom = result.sharedWith.length === 0 ? "nobody else sees" : `${result.sharedWith.join(", ")} may see`;
      process.stdout.write(`${whom} ${name}\n`);
    });
}

function removeCommand({ connectors }: CliParts): Command {
  return new Command("remove")
    .description("remove a board that you keep; its queries stay")
    .argument("<board>", "its name, or its id")
    .action(async (name: string, _options: object, command: Command) => {
      const board = await boardNamed({ command, connectors }, name);
      const operation = async () => (await boards()).boardRemove;
      const result = await invoke({ command, connectors, operation, input: { board } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.name} is removed\n`);
    });
}
