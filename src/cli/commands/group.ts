/** `headgate group …`, whose members have its rights, and `headgate role …`, which members may assume. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { attributeOption, attributesText, type AttributeChanges } from "../output/attribute-option.ts";
import { grantedLine, timeOf } from "../output/grant-lines.ts";
import { printRecord } from "../output/record.ts";
import { printRows } from "../output/rows.ts";
import { shortInstant } from "../output/short-instant.ts";
import { printTombstones } from "../output/tombstones.ts";
import { memberCommand } from "./member.ts";
import { removalCommand } from "./removal.ts";

const groups = () => import("../../operations/people/groups.ts");

export function groupCommand(parts: CliParts): Command {
  return new Command("group")
    .description("manage groups, whose members have what the group is granted")
    .addCommand(addCommand(parts, "group"))
    .addCommand(listCommand(parts, "group"))
    .addCommand(showCommand(parts, "group"))
    .addCommand(setCommand(parts, "group"))
    .addCommand(memberCommand(parts, "group"))
    .addCommand(
      removalCommand(parts, {
        kind: "group",
        description: "remove a group, with its grants and memberships",
        operation: async () => (await groups()).groupRemove,
        inputOf: (name, plan) => ({ name, plan }),
      }),
    );
}

export function roleCommand(parts: CliParts): Command {
  return new Command("role")
    .description("manage roles, which their members may assume to act with the rights of the role alone")
    .addCommand(addCommand(parts, "role"))
    .addCommand(listCommand(parts, "role"))
    .addCommand(showCommand(parts, "role"))
    .addCommand(setCommand(parts, "role"))
    .addCommand(memberCommand(parts, "role"))
    .addCommand(
      removalCommand(parts, {
        kind: "role",
        description: "remove a role, with its grants and memberships",
        operation: async () => (await groups()).roleRemove,
        inputOf: (name, plan) => ({ name, plan }),
      }),
    );
}

type Kind = "group" | "role";

interface AddOptions {
  readonly account?: string;
  readonly attribute?: AttributeChanges;
}

function addCommand({ connectors }: CliParts, kind: Kind): Command {
  return new Command("add")
    .description(`add a ${kind}`)
    .argument("<name>")
    .option("--account <account>", "the account that it belongs to (default: main)")
    .addOption(attributeOption())
    .action(async (name: string, { account, attribute }: AddOptions, command: Command) => {
      const operation = async () => (kind === "group" ? (await groups()).groupAdd : (await groups()).roleAdd);
      const result = await invoke({ command, connectors, operation, input: { name, account, attributes: attribute } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`the ${kind} ${name} is added\n`);
    });
}

interface ListOptions {
  readonly account?: string;
  readonly removed?: boolean;
}

function listCommand({ connectors }: CliParts, kind: Kind): Command {
  return new Command("list")
    .description(`list the ${kind}s`)
    .option("--account <account>", `only the ${kind}s of this account`)
    .option("--removed", `also name the ${kind}s that were removed`)
    .action(async ({ account, removed = false }: ListOptions, command: Command) => {
      const operation = async () => (kind === "group" ? (await groups()).groupList : (await groups()).roleList);
      const result = await invoke({ command, connectors, operation, input: { account, removed } });
      if (wantsJson(command)) return printJson(result);
      printRows(
        result.groups.map(({ name, account: of, attributes }) => ({
          [kind]: name,
          account: of,
          attributes: attributesText(attributes),
        })),
        process.stdout,
        { none: `there are no ${kind}s` },
      );
      printTombstones(result.removed);
    });
}

function showCommand({ connectors }: CliParts, kind: Kind): Command {
  return new Command("show")
    .description(`show a ${kind}: its members, what it belongs to, and what it is granted`)
    .argument(`<${kind}>`)
    .action(async (name: string, _options: object, command: Command) => {
      const operation = async () => (kind === "group" ? (await groups()).groupShow : (await groups()).roleShow);
      const result = await invoke({ command, connectors, operation, input: { name } });
      if (wantsJson(command)) return printJson(result);
      const { account, attributes, createdAt, members, memberOf, grants } = result;
      printRecord({
        [kind]: name,
        account,
        attributes: attributesText(attributes) || undefined,
        added: shortInstant(createdAt),
        members: members.map(memberLine).join("; ") || "none",
        "member of": memberOf.join(", ") || undefined,
        granted: grants.map(grantedLine).join("; ") || "nothing",
      });
    });
}

function memberLine({ member, from, until }: { member: string; from: string | null; until: string | null }): string {
  return [member, timeOf({ from, until })].filter((text) => text !== "").join(" ");
}

function setCommand({ connectors }: CliParts, kind: Kind): Command {
  return new Command("set")
    .description(`change the attributes of a ${kind}`)
    .argument(`<${kind}>`)
    .addOption(attributeOption().makeOptionMandatory())
    .action(async (name: string, { attribute }: { attribute: AttributeChanges }, command: Command) => {
      const operation = async () => (kind === "group" ? (await groups()).groupSet : (await groups()).roleSet);
      const result = await invoke({ command, connectors, operation, input: { name, attributes: attribute } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${name} is changed\n`);
    });
}
