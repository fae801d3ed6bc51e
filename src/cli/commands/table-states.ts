/**
 * `headgate table history`, `diff`, `tag`, `branch` and `rollback`: the states of a table, their names, and the way
 * back to one.
 */
import { Command, Option } from "commander";
import { formatSeconds, secondsOf } from "../../base/duration.ts";
import { HeadgateError } from "../../errors.ts";
import type { PresentedReference } from "../../operations/references.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { wholeNumber } from "../whole-number.ts";
import { openResultWriter, resultFormats, writeItem, type ResultFormat } from "../output/result-writer.ts";
import { printRows } from "../output/rows.ts";

const references = () => import("../../operations/references.ts");

const tables = () => import("../../operations/tables.ts");

export function historyCommand({ connectors }: CliParts): Command {
  return new Command("history")
    .description("list the states of a table, newest first")
    .argument("<table>", "database.table")
    .action(async (table: string, _options: object, command: Command) => {
      const history = await invoke({
        command,
        connectors,
        operation: async () => (await tables()).tableHistory,
        input: { table },
      });
      if (wantsJson(command)) return printJson(history);
      printRows(
        history.snapshots.map(({ snapshotId, committedAt, operation, rows, addedFiles, removedFiles, run }) => ({
          committed: committedAt,
          snapshot: snapshotId,
          operation,
          rows,
          "+ files": addedFiles,
          "− files": removedFiles,
          run,
        })),
        process.stdout,
        { whole: ["snapshot", "run"] },
      );
    });
}

interface DiffOptions {
  readonly from: string;
  readonly to?: string;
  readonly format?: ResultFormat;
  readonly limit?: number;
}

export function diffCommand({ connectors }: CliParts): Command {
  return new Command("diff")
    .description("show the rows that were removed (-) and added (+) between two states of a table")
    .argument("<table>", "database.table")
    .requiredOption("--from <moment>", "a time, a snapshot or run id, a tag or branch, first, before-last")
    .option("--to <moment>", "the same (default: now)")
    .addOption(new Option("--format <format>", "how to write the rows").choices([...resultFormats]))
    .option("--limit <rows>", "stop after this many rows", wholeNumber)
    .action(async (table: string, options: DiffOptions, command: Command) => {
      const { from, to, format = wantsJson(command) ? "json" : "table", limit } = options;
      const operation = async () => (await import("../../operations/diff.ts")).tableDiff;
      const input = { table, from, to, limit };
      const started = performance.now();
      const writer = openResultWriter({ stream: process.stdout, format });
      const onItem = (item: unknown): Promise<void> => writeItem(writer, item);
      await invoke({ command, connectors, operation, input, onItem });
      writer.end({ seconds: (performance.now() - started) / 1000 });
    });
}

export function tagCommand(parts: CliParts): Command {
  return referenceCommand(parts, { type: "tag", what: "a state of a table a fixed name" });
}

export function branchCommand(parts: CliParts): Command {
  return referenceCommand(parts, {
    type: "branch",
    what: "a state of a table a name that moves when other engines write to it",
  });
}

interface ReferenceOptions {
  readonly at?: string;
  readonly keep?: string;
  readonly remove?: boolean;
}

type Kind = Pick<PresentedReference, "type">["type"];

function referenceCommand({ connectors }: CliParts, { type, what }: { type: Kind; what: string }): Command {
  return new Command(type)
    .description(`give ${what}; without a name, list them`)
    .argument("<table>", "database.table")
    .argument("[name]")
    .option("--at <moment>", "a time, a snapshot or run id, another name, first, before-last (default: now)")
    .option("--keep <duration>", "remove the name after this time: 90d (default: never)")
    .option("--remove", "remove the name")
    .action(async (table: string, name: string | undefined, options: ReferenceOptions, command: Command) => {
      if (name === undefined) return listReferences({ connectors, command, table, type });
      if (options.remove === true) return removeReference({ connectors, command, table, name });
      const keepFor = options.keep === undefined ? undefined : secondsOf(options.keep);
      const operation = async () => (await references()).referenceSet;
      const input = { table, name, type, at: options.at, keepFor };
      const set = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) printJson(set);
      else process.stdout.write(`${type} ${set.name} is snapshot ${set.snapshotId} of ${table}\n`);
    });
}

interface Asked {
  readonly connectors: CliParts["connectors"];
  readonly command: Command;
  readonly table: string;
}

async function listReferences({ connectors, command, table, type }: Asked & { type: Kind }): Promise<void> {
  if (Object.keys(command.opts()).some((name) => name === "at" || name === "keep" || name === "remove"))
    throw new HeadgateError("USAGE", {
      place: type,
      message: `the name of the ${type} is missing`,
      remedy: "write the name after the table, or leave out the flags to list all names",
    });
  const operation = async () => (await references()).referenceList;
  const result = await invoke({ command, connectors, operation, input: { table } });
  if (wantsJson(command)) return printJson(result);
  printRows(
    result.references.map(({ name, type: kind, snapshotId, keptFor }) => ({
      name,
      type: kind,
      snapshot: snapshotId,
      kept: keptFor === null ? "for good" : formatSeconds(keptFor),
    })),
  );
}

async function removeReference({ connectors, command, table, name }: Asked & { name: string }): Promise<void> {
  const operation = async () => (await references()).referenceRemove;
  const result = await invoke({ command, connectors, operation, input: { table, name } });
  if (wantsJson(command)) printJson(result);
  else process.stdout.write(`${result.removed} of ${table} is removed\n`);
}

export function rollbackCommand({ connectors }: CliParts): Command {
  return new Command("rollback")
    .description("return a table to an earlier state; the later states stay readable until they expire")
    .argument("<table>", "database.table")
    .requiredOption("--to <moment>", "a time, a snapshot or run id, a tag, first, before-last")
    .action(async (table: string, { to }: { to: string }, command: Command) => {
      const operation = async () => (await references()).tableRollback;
      const result = await invoke({ command, connectors, operation, input: { table, to } });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(`${result.table} is at snapshot ${result.to}, it was at ${result.from}\n`);
      if (result.source === undefined) return;
      process.stdout.write(
        `the next sync of ${result.source} brings it to its source again; \`headgate table pause\` keeps it so\n`,
      );
    });
}
