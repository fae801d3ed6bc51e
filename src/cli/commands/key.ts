/** `headgate key …`: API keys, with which programs sign in. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";
import { roleOption, type Role } from "../output/role-option.ts";

const keys = () => import("../../operations/keys.ts");

export function keyCommand(parts: CliParts): Command {
  return new Command("key")
    .description("create, list and revoke the API keys that programs use")
    .addCommand(createCommand(parts))
    .addCommand(keysCommand(parts))
    .addCommand(revokeCommand(parts));
}

function createCommand({ connectors }: CliParts): Command {
  return new Command("create")
    .description("create an API key and print it, this one time")
    .argument("<name>", "a name that says what the key is for")
    .addOption(roleOption().default("viewer"))
    .option("--expires <time>", "the time until which the key is valid: 2027-01-31T00:00:00Z")
    .action(async (name: string, { role, expires }: { role: Role; expires?: string }, command: Command) => {
      const operation = async () => (await keys()).keyCreate;
      const result = await invoke({ command, connectors, operation, input: { name, role, expiresAt: expires } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.key}\n`);
    });
}

function keysCommand({ connectors }: CliParts): Command {
  return new Command("list").description("list the API keys").action(async (_options: object, command: Command) => {
    const operation = async () => (await keys()).keyList;
    const result = await invoke({ command, connectors, operation, input: {} });
    if (wantsJson(command)) return printJson(result);
    printRows(
      result.keys.map(({ name, role, usedAt, expiresAt }) => ({
        key: name,
        role,
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
    .action(async (name: string, _options: object, command: Command) => {
      const operation = async () => (await keys()).keyRevoke;
      const result = await invoke({ command, connectors, operation, input: { name } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${name} is revoked\n`);
    });
}
