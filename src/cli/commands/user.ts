/** `headgate user …`: who may sign in. */
import { Command, Option } from "commander";
import { colors } from "../output/terminal.ts";
import { HeadgateError } from "../../errors.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { roleOption, type Role } from "../output/role-option.ts";
import { printRows } from "../output/rows.ts";

const users = () => import("../../operations/users.ts");

export function userCommand(parts: CliParts): Command {
  return new Command("user")
    .description("manage who may sign in, and with which role")
    .addCommand(addCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(setCommand(parts))
    .addCommand(resetCommand(parts))
    .addCommand(removeCommand(parts));
}

function addCommand({ connectors }: CliParts): Command {
  return new Command("add")
    .description("add a user and print a one-time password")
    .argument("<name>")
    .addOption(roleOption().default("viewer"))
    .action(async (name: string, { role }: { role: Role }, command: Command) => {
      const operation = async () => (await users()).userAdd;
      const result = await invoke({ command, connectors, operation, input: { name, role } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${name} may sign in once with ${colors.bold(result.oneTimePassword)}\n`);
    });
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list").description("list the users").action(async (_options: object, command: Command) => {
    const operation = async () => (await users()).userList;
    const result = await invoke({ command, connectors, operation, input: {} });
    if (wantsJson(command)) return printJson(result);
    printRows(
      result.users.map(({ name, role, active, mustChangePassword }) => ({
        user: name,
        role,
        "may sign in": active,
        password: mustChangePassword ? "one-time" : "own",
      })),
    );
  });
}

function setCommand({ connectors }: CliParts): Command {
  return new Command("set")
    .description("change a user's role, or keep a user from signing in")
    .argument("<user>")
    .addOption(roleOption())
    .addOption(new Option("--active <answer>", "whether they may sign in").choices(["yes", "no"]))
    .action(async (name: string, { role, active }: { role?: Role; active?: string }, command: Command) => {
      if (role === undefined && active === undefined)
        throw new HeadgateError("USAGE", {
          place: "user set",
          message: "the command does not say what to change",
          remedy: "add --role or --active",
        });
      const operation = async () => (await users()).userSet;
      const input = { name, role, active: active === undefined ? undefined : active === "yes" };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${name} is changed\n`);
    });
}

function resetCommand({ connectors }: CliParts): Command {
  return new Command("reset")
    .description("give a user a new one-time password, and end the user's sessions")
    .argument("<user>")
    .action(async (name: string, _options: object, command: Command) => {
      const operation = async () => (await users()).userReset;
      const result = await invoke({ command, connectors, operation, input: { name } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${name} may sign in once with ${colors.bold(result.oneTimePassword)}\n`);
    });
}

function removeCommand({ connectors }: CliParts): Command {
  return new Command("remove")
    .description("remove a user")
    .argument("<user>")
    .action(async (name: string, _options: object, command: Command) => {
      const operation = async () => (await users()).userRemove;
      const result = await invoke({ command, connectors, operation, input: { name } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${name} is removed\n`);
    });
}
