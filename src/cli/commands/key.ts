/** `headgate key …`: API keys, with which programs sign in. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { momentWord } from "../moment-word.ts";
import { attributeOption, attributesText, type AttributeChanges } from "../output/attribute-option.ts";
import { fallingLines } from "../output/confirm-removal.ts";
import { printRows } from "../output/rows.ts";
import { roleOption, type Role } from "../output/role-option.ts";

const keys = () => import("../../operations/people/keys.ts");

export function keyCommand(parts: CliParts): Command {
  return new Command("key")
    .description("create, list and revoke the API keys that programs use")
    .addCommand(createCommand(parts))
    .addCommand(keysCommand(parts))
    .addCommand(revokeCommand(parts));
}

interface CreateOptions {
  readonly role: Role;
  readonly expires?: string;
  readonly account?: string;
  readonly attribute?: AttributeChanges;
  readonly owner?: string;
  readonly provisions?: string;
}

function createCommand({ connectors }: CliParts): Command {
  return new Command("create")
    .description("create an API key and print it, this one time")
    .argument("<name>", "a name that says what the key is for")
    .addOption(roleOption().default("none"))
    .option("--expires <time>", "the time until which the key is valid: 2027-01-31, or with a time and a zone")
    .option("--account <account>", "the account that it belongs to (default: main)")
    .addOption(attributeOption())
    .option("--owner <user>", "the user with whom the key ends")
    .option("--provisions <provider>", "an identity provider whose people it may provision, and nothing else")
    .action(async (name: string, options: CreateOptions, command: Command) => {
      const { role, expires, account, attribute, owner, provisions } = options;
      const operation = async () => (await keys()).keyCreate;
      const input = {
        name,
        role,
        expiresAt: expires === undefined ? undefined : momentWord(expires, "--expires"),
        account,
        attributes: attribute,
        owner,
        provisions,
      };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.key}\n`);
    });
}

function keysCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the API keys")
    .option("--account <account>", "only the keys of this account")
    .action(async ({ account }: { account?: string }, command: Command) => {
      const operation = async () => (await keys()).keyList;
      const result = await invoke({ command, connectors, operation, input: { account } });
      if (wantsJson(command)) return printJson(result);
      printRows(
        result.keys.map(({ name, role, usedAt, expiresAt, account: of, attributes, owner, provisions }) => ({
          key: name,
          role,
          account: of,
          attributes: attributesText(attributes),
          owner: owner ?? "",
          provisions: provisions ?? "",
          "last used": usedAt ?? "never",
          ends: expiresAt ?? "never",
        })),
      );
    });
}

function revokeCommand({ connectors }: CliParts): Command {
  return new Command("revoke")
    .description("revoke an API key immediately")
    .argument("<key>")
    .option("--plan", "only show what would end")
    .action(async (name: string, { plan = false }: { plan?: boolean }, command: Command) => {
      const operation = async () => (await keys()).keyRevoke;
      const result = await invoke({ command, connectors, operation, input: { name, plan } });
      if (wantsJson(command)) return printJson(result);
      const lines = plan ? [`${name} would be revoked`, ...fallingLines(result)] : [`${name} is revoked`];
      process.stdout.write(lines.map((line) => `${line}\n`).join(""));
    });
}
