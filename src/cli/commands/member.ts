/** `headgate group member …`, `role member …`, `account member …`: who belongs to it, and from when until when. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { momentWord } from "../moment-word.ts";
import { roleOption, type Role } from "../output/role-option.ts";
import { printRows } from "../output/rows.ts";
import { shortInstant } from "../output/short-instant.ts";

const members = () => import("../../operations/people/members.ts");

type Kind = "group" | "role" | "account";

export function memberCommand(parts: CliParts, kind: Kind): Command {
  return new Command("member")
    .description(`manage the members of ${kind === "account" ? "an account" : `a ${kind}`}`)
    .addCommand(addCommand(parts, kind))
    .addCommand(removeCommand(parts, kind))
    .addCommand(listCommand(parts, kind));
}

/** Only users are members of accounts. */
function memberArgument(kind: Kind): readonly [string, string] {
  return kind === "account" ? ["<user>", ""] : ["<member>", "a user, group:<name> or key:<name>"];
}

interface AddOptions {
  readonly from?: string;
  readonly until?: string;
  readonly role?: Role;
}

function addCommand({ connectors }: CliParts, kind: Kind): Command {
  const command = new Command("add")
    .description("add a member, or change from when until when they are one")
    .argument(`<${kind}>`)
    .argument(...memberArgument(kind))
    .option("--from <time>", "from when on they are a member: 2027-01-31, or with a time and a zone (default: now)")
    .option(
      "--until <time>",
      "until when they are a member; a date is the beginning of that day in UTC (default: until they are removed)",
    )
    .action(async (name: string, member: string, options: AddOptions, leaf: Command) => {
      const operation = async () => (await members()).memberAdd;
      const { role } = options;
      const from = options.from === undefined ? undefined : momentWord(options.from, "--from");
      const until = options.until === undefined ? undefined : momentWord(options.until, "--until");
      const input = { kind, name, member, from, until, role };
      const result = await invoke({ command: leaf, connectors, operation, input });
      if (wantsJson(leaf)) printJson(result);
      else
        process.stdout.write(
          `${member} is a member of ${name}${until === undefined ? "" : ` until ${shortInstant(until)}`}\n`,
        );
    });
  return kind === "account" ? command.addOption(roleOption()) : command;
}

function removeCommand({ connectors }: CliParts, kind: Kind): Command {
  return new Command("remove")
    .description("remove a member")
    .argument(`<${kind}>`)
    .argument(...memberArgument(kind))
    .action(async (name: string, member: string, _options: object, command: Command) => {
      const operation = async () => (await members()).memberRemove;
      const result = await invoke({ command, connectors, operation, input: { kind, name, member } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${member} is no longer a member of ${name}\n`);
    });
}

function listCommand({ connectors }: CliParts, kind: Kind): Command {
  return new Command("list")
    .description("list the members")
    .argument(`<${kind}>`)
    .action(async (name: string, _options: object, command: Command) => {
      const operation = async () => (await members()).memberList;
      const result = await invoke({ command, connectors, operation, input: { kind, name } });
      if (wantsJson(command)) printJson(result);
      else
        printRows(
          result.members.map(({ member, from, until, valid }) => ({ member, from, until, "member now": valid })),
          process.stdout,
          { none: `${name} has no members` },
        );
    });
}
