/** `headgate account …`: what sources, databases and keys belong to, and users are members of. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";
import { accountKeyCommand } from "./account-key.ts";
import { accountSetCommand } from "./account-set.ts";
import { accountShowCommand } from "./account-show.ts";
import { memberCommand } from "./member.ts";
import { removalCommand } from "./removal.ts";

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
    .addCommand(
      removalCommand(parts, {
        kind: "account",
        description: "remove an account that has nothing and nobody in it, with the grants to it",
        operation: async () => (await accounts()).accountRemove,
        inputOf: (name, plan) => ({ name, plan }),
      }),
    );
}

interface AddOptions {
  readonly unit?: string;
  readonly outside?: boolean;
}

function addCommand({ connectors }: CliParts): Command {
  return new Command("add")
    .description("add an account and print its number")
    .argument("<name>")
    .option("--unit <unit>", "the unit of the organisation that it belongs to")
    .option("--outside", "it is not of the organisation, and accepts what is shared with it before it is readable")
    .action(async (name: string, { unit, outside = false }: AddOptions, command: Command) => {
      const operation = async () => (await accounts()).accountAdd;
      const result = await invoke({ command, connectors, operation, input: { name, unit, outside } });
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
      result.accounts.map(({ name, number, unit, requiresCodes, outside }) => ({
        account: name,
        number,
        unit,
        outside,
        "requires codes": requiresCodes,
      })),
    );
  });
}
