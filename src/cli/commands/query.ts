/** `headgate query …`: the queries that people keep under a name, to run them again and to share their text. */
import { Command, Option } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { givenStatement } from "../given-statement.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRecord } from "../output/record.ts";
import { openResultWriter, resultFormats, writeItem, type ResultFormat } from "../output/result-writer.ts";
import { printRows } from "../output/rows.ts";
import { shortInstant } from "../output/short-instant.ts";
import { wholeNumber } from "../whole-number.ts";
import { ownNamed, queryNamed } from "./kept-named.ts";

const queries = () => import("../../operations/kept/queries.ts");

export function queryCommand(parts: CliParts): Command {
  return new Command("query")
    .description("keep statements under a name, run them again, and share their text")
    .addCommand(saveCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(showCommand(parts))
    .addCommand(runCommand(parts))
    .addCommand(shareCommand(parts))
    .addCommand(removeCommand(parts));
}

interface SaveOptions {
  readonly description?: string;
  readonly file?: string;
}

function saveCommand({ connectors }: CliParts): Command {
  return new Command("save")
    .description("keep a statement under a name; one of yours with this name is changed")
    .argument("<name>")
    .argument("[statement]")
    .option("--file <path>", "take the statement from this file")
    .option("--description <text>", "what it answers")
    .action(async (name: string, statement: string | undefined, options: SaveOptions, command: Command) => {
      const text = await givenStatement(statement, options);
      const listing = async () => (await queries()).queryList;
      const { queries: all } = await invoke({ command, connectors, operation: listing, input: {} });
      const id = ownNamed(
        all.map(({ query, ...rest }) => ({ id: query, ...rest })),
        name,
      );
      const kept = id === undefined ? undefined : await shown({ command, connectors }, id);
      const input = {
        name,
        sql: text,
        description: options.description ?? kept?.description ?? "",
        ...(id === undefined ? {} : { query: id }),
        ...(kept?.chart === undefined ? {} : { chart: kept.chart }),
      };
      const operation = async () => (await queries()).querySave;
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.name} is ${id === undefined ? "kept" : "changed"}\n`);
    });
}

function shown(finding: { readonly command: Command; readonly connectors: CliParts["connectors"] }, query: string) {
  return invoke({ ...finding, operation: async () => (await queries()).queryShow, input: { query } });
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the queries that you keep, and those that others share with you")
    .action(async (_options: object, command: Command) => {
      const operation = async () => (await queries()).queryList;
      const result = await invoke({ command, connectors, operation, input: {} });
      if (wantsJson(command)) return printJson(result);
      const rows = result.queries.map(({ name, owner, isOwn, sharedWith, changedAt, description }) => ({
        query: name,
        owner: isOwn ? "you" : owner,
        changed: shortInstant(changedAt),
        "shared with": sharedWith.join(", "),
        description,
      }));
      printRows(rows, process.stdout, { none: "no query is kept yet", whole: ["query"] });
    });
}

function showCommand({ connectors }: CliParts): Command {
  return new Command("show")
    .description("show a query: its statement, whose it is, and with whom it is shared")
    .argument("<query>", "its name, or its id")
    .action(async (name: string, _options: object, command: Command) => {
      const result = await shown({ command, connectors }, await queryNamed({ command, connectors }, name));
      if (wantsJson(command)) return printJson(result);
      const { owner, description, sharedWith, changedAt, chart, sql } = result;
      printRecord({
        name: result.name,
        owner,
        description: description === "" ? undefined : description,
        "shared with": sharedWith.length === 0 ? undefined : sharedWith.join(", "),
        changed: shortInstant(changedAt),
        chart: chart?.kind,
      });
      process.stdout.write(`\n${sql.trimEnd()}\n`);
    });
}

interface RunOptions {
  readonly asOf?: string;
  readonly format?: ResultFormat;
  readonly limit?: number;
}

function runCommand({ connectors }: CliParts): Command {
  return new Command("run")
    .description("run a query by its name; you read what your own rights let you read")
    .argument("<query>", "its name, or its id")
    .option("--as-of <moment>", "read the lake as it was, as with headgate sql")
    .option("--limit <rows>", "stop after this many rows", wholeNumber)
    .addOption(new Option("--format <format>", "how to write the result").choices(resultFormats))
    .action(async (name: string, { asOf, format, limit }: RunOptions, command: Command) => {
      const { sql } = await shown({ command, connectors }, await queryNamed({ command, connectors }, name));
      const chosen = format ?? (wantsJson(command) ? "json" : "table");
      const writer = openResultWriter({ stream: process.stdout, format: chosen });
      const operation = async () => (await import("../../operations/sql.ts")).sql;
      const onItem = (item: unknown): Promise<void> => writeItem(writer, item);
      const outcome = await invoke({
        command,
        connectors,
        operation,
        input: { sql, asOf, limit, explain: false },
        onItem,
      });
      writer.end({ warnings: outcome.warnings });
    });
}

function shareCommand({ connectors }: CliParts): Command {
  return new Command("share")
    .description("say who else may know the text of a query; it opens no table to anybody")
    .argument("<query>", "its name, or its id")
    .option("--with <names...>", "ann, group:sales, role:keeper, account:main; without it, nobody any more")
    .action(async (name: string, { with: readers = [] }: { with?: readonly string[] }, command: Command) => {
      const query = await queryNamed({ command, connectors }, name);
      const operation = async () => (await queries()).queryShare;
      const result = await invoke({ command, connectors, operation, input: { query, with: readers } });
      if (wantsJson(command)) return printJson(result);
      const whom = result.sharedWith.length === 0 ? "nobody else knows" : `${result.sharedWith.join(", ")} may know`;
      process.stdout.write(`${whom} ${name}\n`);
    });
}

function removeCommand({ connectors }: CliParts): Command {
  return new Command("remove")
    .description("remove a query that you keep")
    .argument("<query>", "its name, or its id")
    .action(async (name: string, _options: object, command: Command) => {
      const query = await queryNamed({ command, connectors }, name);
      const operation = async () => (await queries()).queryRemove;
      const result = await invoke({ command, connectors, operation, input: { query } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.name} is removed\n`);
    });
}
