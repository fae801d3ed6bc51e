/** `headgate account …`: what sources, databases and keys belong to, and users are members of. */
import { Command } from "commander";
import type { AccountKind } from "../../identity/account-kinds.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { kindOption } from "../output/kind-option.ts";
import { printRows } from "../output/rows.ts";
import { accountKeyCommand } from "./account-key.ts";
import { accountSetCommand } from "./account-set.ts";
import { accountShowCommand } from "./account-show.ts";
import { memberCommand } from "./member.ts";
import { accountRemoveCommand } from "./account-remove.ts";

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
    .addCommand(accountRemoveCommand(parts));
}

interface AddOptions {
  readonly unit?: string;
  readonly outside?: boolean;
  readonly kind?: AccountKind[];
  readonly owner?: string;
}

function addCommand({ connectors }: CliParts): Command {
  return new Command("add")
    .description("add an account and print its number")
    .argument("<name>")
    .option("--unit <unit>", "the unit of the organisation that it belongs to")
    .option("--outside", "it is not of the organisation, and accepts what is shared with it before it is readable")
    .addOption(kindOption())
    .option("--owner <owner>", "who answers for it: a user, or an e-mail address, to which an invitation goes")
    .action(async (name: string, { unit, outside = false, kind, owner }: AddOptions, command: Command) => {
      const operation = async () => (await accounts()).accountAdd;
      const result = await invoke({
        command,
        connectors,
        operation,
        input: { name, unit, outside, kinds: kind, owner },
      });
      if (wantsJson(command)) return printJson(result);
      const lines = [
        `the account ${name} has the number ${result.number}`,
        ...(result.owner === null ? [] : [`${result.owner} owns it`]),
        ...(result.invited === null ? [] : [`an invitation goes to ${result.invited}`]),
        ...(result.getsMails === false
          ? [`no mails reach ${result.owner} before they name an address: headgate request mail subscribe`]
          : []),
        ...(result.database === null ? [] : [`it has the database ${result.database}`]),
      ];
      process.stdout.write(`${lines.join("\n")}\n`);
    });
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list").description("list the accounts").action(async (_options: object, command: Command) => {
    const operation = async () => (await accounts()).accountList;
    const result = await invoke({ command, connectors, operation, input: {} });
    if (wantsJson(command)) return printJson(result);
    printRows(
      result.accounts.map(({ name, number, unit, requiresCodes, outside, kinds, owner, removing }) => ({
        account: removing ? `${name} (being removed)` : name,
        number,
        unit,
        kind: kinds.join(", "),
        owner,
        outside,
        "requires codes": requiresCodes,
      })),
    );
  });
}
