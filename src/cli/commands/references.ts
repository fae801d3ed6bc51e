/** The words of `headgate tag`, `branch` and `rollback`: names for states of a table, and the way back to one. */
import { Command } from "commander";
import { formatSeconds, secondsOf } from "../../base/duration.ts";
import { HeadgateError } from "../../errors.ts";
import type { PresentedReference } from "../../operations/references.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";

const references = () => import("../../operations/references.ts");

export function tagCommand(parts: CliParts): Command {
  return referenceCommand(parts, { type: "tag", what: "a name that stays on a state" });
}

export function branchCommand(parts: CliParts): Command {
  return referenceCommand(parts, { type: "branch", what: "a name that other engines may write to" });
}

interface ReferenceOptions {
  readonly at?: string;
  readonly keep?: string;
  readonly remove?: boolean;
}

type Kind = Pick<PresentedReference, "type">["type"];

function referenceCommand({ connectors }: CliParts, { type, what }: { type: Kind; what: string }): Command {
  return new Command(type)
    .description(`give a state of a table ${what}; list them without a name`)
    .argument("<table>", "table, or database.table")
    .argument("[name]")
    .option("--at <moment>", "a time, a snapshot or run id, another name, first, before-last (default: now)")
    .option("--keep <duration>", "let it go after this long: 90d (default: never)")
    .option("--remove", "take the name away")
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
    throw new HeadgateError("USAGE", { place: type, message: "say which name" });
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
    .description("bring a table back to one of its earlier states; what came after stays readable until it expires")
    .argument("<table>", "table, or database.table")
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
