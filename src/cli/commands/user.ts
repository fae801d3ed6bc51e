/** `headgate user …`: who may sign in. */
import { Command, Option } from "commander";
import { colors } from "../output/terminal.ts";
import { HeadgateError } from "../../errors.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { attributeOption, attributesText, type AttributeChanges } from "../output/attribute-option.ts";
import { roleOption, type Role } from "../output/role-option.ts";
import { printRows } from "../output/rows.ts";
import { printTombstones } from "../output/tombstones.ts";
import { removalCommand } from "./removal.ts";
import { invitationsCommand, inviteAgainCommand, withdrawInvitationCommand } from "./user-invitation.ts";

const users = () => import("../../operations/people/users.ts");

export function userCommand(parts: CliParts): Command {
  return new Command("user")
    .description("manage who may sign in, and with which role")
    .addCommand(addCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(setCommand(parts))
    .addCommand(resetCommand(parts))
    .addCommand(inviteAgainCommand(parts))
    .addCommand(withdrawInvitationCommand(parts))
    .addCommand(invitationsCommand(parts))
    .addCommand(forgetCommand(parts))
    .addCommand(
      removalCommand(parts, {
        kind: "user",
        description: "remove a user, with their grants, memberships and sessions",
        operation: async () => (await users()).userRemove,
        inputOf: (name, plan) => ({ name, plan }),
      }),
    );
}

interface AddOptions {
  readonly role: Role;
  readonly account?: string;
  readonly attribute?: AttributeChanges;
  readonly invite?: string;
}

function addCommand({ connectors }: CliParts): Command {
  return new Command("add")
    .description("add a user and print a one-time password, or send it by e-mail")
    .argument("<name>")
    .addOption(roleOption().default("none"))
    .option("--account <account>", "the account that they become a member of (default: main)")
    .addOption(attributeOption())
    .option("--invite <address>", "send the one-time password to this e-mail address; it works for seven days")
    .action(async (name: string, { role, account, attribute, invite }: AddOptions, command: Command) => {
      const input = { name, role, account, attributes: attribute };
      if (invite !== undefined) return addInvited({ connectors, command, input: { ...input, address: invite } });
      const operation = async () => (await users()).userAdd;
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${name} may sign in once with ${colors.bold(result.oneTimePassword)}\n`);
    });
}

interface Inviting extends Pick<CliParts, "connectors"> {
  readonly command: Command;
  readonly input: Parameters<Awaited<ReturnType<typeof invited>>["run"]>[1];
}

const invited = async () => (await import("../../operations/people/invitations.ts")).userInvite;

async function addInvited({ connectors, command, input }: Inviting): Promise<void> {
  const result = await invoke({ command, connectors, operation: invited, input });
  if (wantsJson(command)) printJson(result);
  else process.stdout.write(`an invitation goes to ${result.address}\n`);
}

interface ListOptions {
  readonly account?: string;
  readonly removed?: boolean;
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the users")
    .option("--account <account>", "only its members, with their roles in it")
    .option("--removed", "also name the users that were removed")
    .action(async ({ account, removed = false }: ListOptions, command: Command) => {
      const operation = async () => (await users()).userList;
      const result = await invoke({ command, connectors, operation, input: { account, removed } });
      if (wantsJson(command)) return printJson(result);
      printRows(
        result.users.map(({ name, role, active, mustChangePassword, accounts, attributes }) => ({
          user: name,
          role,
          "may sign in": active,
          password: mustChangePassword ? "one-time" : "own",
          accounts: accounts.join(", "),
          attributes: attributesText(attributes),
        })),
      );
      printTombstones(result.removed);
    });
}

interface SetOptions {
  readonly role?: Role;
  readonly account?: string;
  readonly active?: string;
  readonly attribute?: AttributeChanges;
}

function setCommand({ connectors }: CliParts): Command {
  return new Command("set")
    .description("change a user's role or attributes, or keep a user from signing in")
    .argument("<user>")
    .addOption(roleOption())
    .option("--account <account>", "the account that the role is for (default: main)")
    .addOption(new Option("--active <answer>", "whether they may sign in").choices(["yes", "no"]))
    .addOption(attributeOption())
    .action(async (name: string, { role, account, active, attribute }: SetOptions, command: Command) => {
      if (role === undefined && active === undefined && attribute === undefined)
        throw new HeadgateError("USAGE", {
          place: "user set",
          message: "the command does not say what to change",
          remedy: "add --role, --active or --attribute",
        });
      const operation = async () => (await users()).userSet;
      const isActive = active === undefined ? undefined : active === "yes";
      const input = { name, role, account, active: isActive, attributes: attribute };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${name} is changed\n`);
    });
}

function forgetCommand({ connectors }: CliParts): Command {
  return new Command("forget-authenticator")
    .description("take the authenticator of somebody who has lost it away, with its recovery codes and their sessions")
    .argument("<user>")
    .action(async (user: string, _options: object, command: Command) => {
      const operation = async () => (await import("../../operations/people/identities.ts")).authenticatorForget;
      const result = await invoke({ command, connectors, operation, input: { user } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${user} signs in without an authenticator, and can add another one\n`);
    });
}

function resetCommand({ connectors }: CliParts): Command {
  return new Command("reset")
    .description("give a user a new one-time password, end their sessions, and the wait after failed sign-ins")
    .argument("<user>")
    .action(async (name: string, _options: object, command: Command) => {
      const operation = async () => (await users()).userReset;
      const result = await invoke({ command, connectors, operation, input: { name } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${name} may sign in once with ${colors.bold(result.oneTimePassword)}\n`);
    });
}
