/** `headgate steward …`: who answers for databases and tables. */
import { Command, Option } from "commander";
import { stewardRoles, type StewardRole } from "../../db/tables.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";

const stewards = () => import("../../operations/stewardship/stewards.ts");

export function stewardCommand(parts: CliParts): Command {
  return new Command("steward")
    .description("name the owners and stewards of databases and tables, and find gaps")
    .addCommand(addCommand(parts))
    .addCommand(removeCommand(parts))
    .addCommand(listCommand(parts));
}

interface NamingOptions {
  readonly of: string;
  readonly as: StewardRole;
}

function naming(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument("<member>", "a user by name, or group:<name>, role:<name>, key:<name>")
    .requiredOption("--of <thing>", "shop for a database, shop.orders for a table")
    .addOption(new Option("--as <role>", "what they are").choices(stewardRoles).default("owner"));
}

function addCommand({ connectors }: CliParts): Command {
  return naming("add", "name an owner or a steward, who may then change what is said of it").action(
    async (who: string, { of, as }: NamingOptions, command: Command) => {
      const operation = async () => (await stewards()).stewardAdd;
      const result = await invoke({ command, connectors, operation, input: { who, of, as } });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(`${who} is ${result.changed ? "now" : "already"} ${as} of ${result.of}\n`);
    },
  );
}

function removeCommand({ connectors }: CliParts): Command {
  return naming(
    "remove",
    "take the role of an owner or a steward from somebody, also from somebody who was removed",
  ).action(async (who: string, { of, as }: NamingOptions, command: Command) => {
    const operation = async () => (await stewards()).stewardRemove;
    const result = await invoke({ command, connectors, operation, input: { who, of, as } });
    if (wantsJson(command)) return printJson(result);
    process.stdout.write(`${who} is no longer ${as} of ${result.of}\n`);
  });
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list owners and stewards")
    .argument("[thing]", "only those of this database or table itself")
    .option("--gaps", "only those who were removed, so that nobody answers in their place")
    .action(async (of: string | undefined, { gaps = false }: { gaps?: boolean }, command: Command) => {
      const operation = async () => (await stewards()).stewardList;
      const result = await invoke({ command, connectors, operation, input: { of, gaps } });
      if (wantsJson(command)) return printJson(result);
      const rows = result.stewards.map(({ of: thing, who, as, gone }) => ({
        of: thing,
        as,
        who: gone ? `${who} (removed)` : who,
      }));
      printRows(rows, process.stdout, { none: gaps ? "there is no gap" : "nobody is named" });
    });
}
