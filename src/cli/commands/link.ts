/** `headgate link …`: the names that an account has for what other accounts share with it. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";

const links = () => import("../../operations/links/links.ts");

export function linkCommand(parts: CliParts): Command {
  return new Command("link")
    .description("name what other accounts share with yours; a link gives no right")
    .addCommand(addCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(removeCommand(parts));
}

function addCommand({ connectors }: CliParts): Command {
  return new Command("add")
    .description("give a table or a database of another account a name in yours; a taken name gets a number")
    .argument("<name>", "crm.customers for a table, crm for a database")
    .argument("<target>", 'sales.crm.customers, or "database sales.crm" for all its tables')
    .action(async (name: string, target: string, _options: object, command: Command) => {
      const operation = async () => (await links()).linkAdd;
      const result = await invoke({ command, connectors, operation, input: { name, target } });
      if (wantsJson(command)) return printJson(result);
      const why = result.name === result.wanted ? "" : `, because ${result.wanted} is taken`;
      process.stdout.write(`${result.target} is ${result.name} here${why}\n`);
    });
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the links of your account, also those that lead to nothing any more")
    .action(async (_options: object, command: Command) => {
      const operation = async () => (await links()).linkList;
      const result = await invoke({ command, connectors, operation, input: {} });
      if (wantsJson(command)) printJson(result);
      else printRows(result.links, process.stdout, { none: "there are no links", whole: ["name"] });
    });
}

function removeCommand({ connectors }: CliParts): Command {
  return new Command("remove")
    .description("remove a link; what it stands for stays as it is")
    .argument("<name>")
    .action(async (name: string, _options: object, command: Command) => {
      const operation = async () => (await links()).linkRemove;
      const result = await invoke({ command, connectors, operation, input: { name } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.removed} is no longer a name of ${result.target}\n`);
    });
}
