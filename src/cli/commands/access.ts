/** `headgate access …`: who may see what, and why. */
import { Command } from "commander";
import type { PresentedWay } from "../../operations/access/present-way.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { earlierGrantsLine } from "../output/earlier-grants.ts";
import { partOf, permissionFor, timeOf, wayLine, originText } from "../output/grant-lines.ts";
import { colors } from "../output/terminal.ts";
import { printRows } from "../output/rows.ts";

const reach = () => import("../../operations/access/reach.ts");

export function accessCommand(parts: CliParts): Command {
  return new Command("access")
    .description("see who may do what, and why")
    .addCommand(explainCommand(parts))
    .addCommand(toCommand(parts))
    .addCommand(ofCommand(parts))
    .addCommand(mineCommand(parts))
    .addCommand(grantsCommand(parts))
    .addCommand(exportCommand(parts));
}

function explainCommand({ connectors }: CliParts): Command {
  return new Command("explain")
    .description("explain what somebody may do with a thing, what is missing, and who could grant it")
    .argument("<principal>", "a user by name, or group:<name>, role:<name>, key:<name>, account:<name>, unit:<path>")
    .argument("<resource...>", 'shop.orders, "shop.*", database shop, source shop, account main')
    .action(async (principal: string, resource: readonly string[], _options: object, command: Command) => {
      const operation = async () => (await import("../../operations/access/explain.ts")).accessExplain;
      const words = resource[0] === "on" && resource.length > 1 ? resource.slice(1) : resource;
      const input = { principal, resource: words.join(" ") };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) return printJson(result);
      const { actions, columns, obstacles } = result;
      const lines = actions.flatMap(({ action, allowed, because, ways, missing, couldGrant }) => [
        `${(allowed ? colors.green : colors.red)(allowed ? "yes" : "no ")} ${colors.bold(permissionFor[action].padEnd(10))} ${because}`,
        ...ways.map((way) => `      ${wayLine(way)}`),
        ...missing.map((text) => `      ${text}`),
        ...(couldGrant.length === 0 ? [] : [`      could be granted by ${couldGrant.join(", ")}`]),
      ]);
      const seen = columns === null ? [] : [`columns    ${columns.shown.join(", ") || "none"}`];
      const hidden = columns === null || columns.hidden.length === 0 ? [] : [`hidden     ${columns.hidden.join(", ")}`];
      const held = obstacles.map((obstacle) => `but        ${obstacle}`);
      process.stdout.write([...lines, ...seen, ...hidden, ...held].map((line) => `${line}\n`).join(""));
    });
}

function toCommand({ connectors }: CliParts): Command {
  return new Command("to")
    .description("list everybody who may read a table: which columns, which rows, and why")
    .argument("<table>", "database.table")
    .action(async (table: string, _options: object, command: Command) => {
      const operation = async () => (await reach()).accessTo;
      const result = await invoke({ command, connectors, operation, input: { table } });
      if (wantsJson(command)) return printJson(result);
      const showsAccounts = new Set(result.readers.map(({ account }) => account)).size > 1;
      printRows(
        result.readers.map(({ principal, account, columns, hidden, ways }) => ({
          reader: principal,
          ...(showsAccounts ? { "acting in": account } : {}),
          columns: hidden.length === 0 ? "all" : columns.join(", "),
          hidden: hidden.join(", "),
          rows: rowsOf(ways),
          why: ways.map(wayLine).join("; "),
        })),
        process.stdout,
        { none: "only the owner of the data directory may read it", below: ["why"] },
      );
      if (result.earlierGrants > 0) process.stdout.write(`${earlierGrantsLine(result.table, result.earlierGrants)}\n`);
    });
}

function rowsOf(ways: readonly PresentedWay[]): string {
  return ways.some(({ rows }) => rows === null) ? "all" : conditionsOf(ways).join(" or ") || "none";
}

/** Without those that are never true. */
function conditionsOf(ways: readonly PresentedWay[]): readonly string[] {
  return ways.flatMap(({ rows }) => (rows === null || rows === "NULL" ? [] : [rows]));
}

function ofCommand({ connectors }: CliParts): Command {
  return new Command("of")
    .description("list everything that somebody may reach, why, and until when")
    .argument("<principal>", "a user by name, or group:<name>, role:<name>, key:<name>, account:<name>, unit:<path>")
    .action(async (principal: string, _options: object, command: Command) => {
      const operation = async () => (await reach()).accessOf;
      const result = await invoke({ command, connectors, operation, input: { principal } });
      if (wantsJson(command)) printJson(result);
      else printReach(result);
    });
}

function mineCommand({ connectors }: CliParts): Command {
  return new Command("mine")
    .description("list everything that you may reach, why, and until when")
    .action(async (_options: object, command: Command) => {
      const operation = async () => (await reach()).accessMine;
      const result = await invoke({ command, connectors, operation, input: {} });
      if (wantsJson(command)) return printJson(result);
      if (result.everything) process.stdout.write("you own the data directory and may do everything\n");
      else printReach(result);
    });
}

function exportCommand({ connectors }: CliParts): Command {
  return new Command("export")
    .description("print units, accounts, groups, data filters and grants in the form of headgate.yaml")
    .option("--declared", "only what an apply has made")
    .action(async ({ declared = false }: { declared?: boolean }, command: Command) => {
      const operation = async () => (await import("../../operations/declaration/export-access.ts")).accessExport;
      const access = await invoke({ command, connectors, operation, input: { declared } });
      if (wantsJson(command)) return printJson(access);
      const { accessYaml } = await import("../output/access-yaml.ts");
      process.stdout.write(accessYaml(access));
    });
}

interface Reach {
  readonly reached: readonly {
    readonly resource: string;
    readonly actions: readonly (keyof typeof permissionFor)[];
    readonly reads: string;
    readonly columns: readonly string[] | null;
    readonly ways: readonly PresentedWay[];
  }[];
}

function printReach({ reached }: Reach): void {
  const rows = reached.map(({ resource, actions, reads, columns, ways }) => ({
    resource,
    may: actions.map((action) => permissionFor[action]).join(", "),
    reads: columns === null ? reads : `${reads}: ${columns.join(", ")}`,
    why: ways.map(wayLine).join("; "),
  }));
  printRows(rows, process.stdout, { none: "nothing can be reached", below: ["why"] });
}

function grantsCommand({ connectors }: CliParts): Command {
  return new Command("grants")
    .description("list the grants as they were made")
    .option(
      "--to <principal>",
      "only those to this user, group:<name>, role:<name>, key:<name>, account:<name> or unit:<path>",
    )
    .option("--on <resource>", 'only those on exactly this: shop.orders, "shop.*", account main')
    .action(async (options: { to?: string; on?: string }, command: Command) => {
      const operation = async () => (await import("../../operations/access/grants.ts")).grantList;
      const { to, on } = options;
      const { grants } = await invoke({ command, connectors, operation, input: { to, on } });
      if (wantsJson(command)) return printJson({ grants });
      printRows(
        grants.map((grant) => ({
          to: grant.to,
          permissions: grant.permissions.join(", "),
          on: grant.on,
          part: partOf(grant),
          valid: timeOf(grant),
          "granted by": grant.origin === null ? grant.grantedBy : originText(grant.origin),
          state: grant.why === undefined ? grant.state : `${grant.state}: ${grant.why}`,
        })),
        process.stdout,
        { none: "there are no grants", below: ["part"] },
      );
    });
}
