/** `headgate account …`: what sources, databases and keys belong to, and users are members of. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";
import { accountKeyCommand } from "./account-key.ts";
import { accountSetCommand } from "./account-set.ts";
import { accountShowCommand } from "./account-show.ts";
import { memberCommand } from "./member.ts";

const accounts = () => import("../../operations/people/accounts.ts");

export function accountCommand(parts: CliParts): Command {
  return new Command("account")
    .description("manage accounts and their members")
    .addCommand(addCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(accountShowCommand(parts))
    .addCommand(accountSetCommand(parts))
    .addCommand(accountKeyCommand(parts))
    .addCommand(memberCommand(parts, "account"))
    .addCommand(removeCommand(parts));
}

function addCommand({ connectors }: CliParts): Command {
  return new Command("add")
    .description("add an account and print its number")
    .argument("<name>")
    .option("--unit <unit>", "the unit of the organisation that it belongs to")
    .action(async (name: string, { unit }: { unit?: string }, command: Command) => {
      const operation = async () => (await accounts()).accountAdd;
      const result = await invoke({ command, connectors, operation, input: { name, unit } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`the account ${name} has the number ${result.number}\n`);
    });
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list").description("list the accounts").action(async (_options: object, command: Command) => {
    const operation = async () => (await accounts()).accountList;
    const result = await invoke({ command, connectors, operation, input: {} });
    if (wantsJson(command)) return printJson(result);
    printRows(
      result.accounts.map(({ name, number, unit, requiresCodes }) => ({
        account: name,
        number,
        unit,
        "requires codes": requiresCodes,
      })),
    );
  });
}

function removeCommand({ connectors }: CliParts): Command {
  return new Command("remove")
    .description("remove an account that has nothing and nobody in it")
    .argument("<account>")
    .action(async (name: string, _options: object, command: Command) => {
      const operation = async () => (await accounts()).accountRemove;
      const result = await invoke({ command, connectors, operation, input: { name } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${name} is removed\n`);
    });
}
