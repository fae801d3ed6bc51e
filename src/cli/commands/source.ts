/** The words of `headgate source …`: connect databases and look at them. What is done is in operations/sources.ts. */
import { readFile } from "node:fs/promises";
import { formatSeconds, secondsOf } from "../../base/duration.ts";
import { Command, Option } from "commander";
import { namedVariable } from "../../config.ts";
import type { CliParts } from "../cli.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { askSecret } from "../output/ask-secret.ts";
import { printChecks } from "../output/checks.ts";
import { printRecord } from "../output/record.ts";
import { printRows } from "../output/rows.ts";

const sources = () => import("../../operations/sources.ts");

/** `headgate source …`: connect databases and look at them. */
export function sourceCommand(parts: CliParts): Command {
  return new Command("source")
    .description("connect a database, test it, look at what it holds")
    .addCommand(addCommand(parts))
    .addCommand(testCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(showCommand(parts))
    .addCommand(discoverCommand(parts))
    .addCommand(setCommand(parts))
    .addCommand(removeCommand(parts));
}

function addCommand({ connectors }: CliParts): Command {
  return new Command("add")
    .description("connect a database as a source (mariadb://, mysql://, postgres://)")
    .argument("<name>", "what to call it; also the name of its database in the lake")
    .argument("<url>", "for example mariadb://user@host:3306/database")
    .addOption(
      new Option("--password-env <name>", "take the password from this environment variable").conflicts("passwordFile"),
    )
    .option("--password-file <file>", "take the password from this file's first line")
    .addOption(newTablesOption().default("auto"))
    .action(async (name: string, url: string, options: PasswordOptions & NewTablesOption, command: Command) => {
      const input = { name, url, password: await readPassword(url, options), newTables: options.newTables };
      const { source, server } = await invoke({
        command,
        connectors,
        operation: async () => (await sources()).sourceAdd,
        input,
      });
      if (wantsJson(command)) printJson({ source, server });
      else
        process.stdout.write(
          `${source.name} is connected: ${server.product} ${server.version}\nnext: headgate sync ${source.name}\n`,
        );
    });
}

function testCommand({ connectors }: CliParts): Command {
  return new Command("test")
    .description("check every precondition and print what mends it")
    .argument("<name>")
    .action(async (name: string, _options: object, command: Command) => {
      const result = await invoke({
        command,
        connectors,
        operation: async () => (await sources()).sourceTest,
        input: { name },
      });
      if (wantsJson(command)) printJson(result);
      else printChecks(result);
      if (result.checks.some(({ outcome }) => outcome === "failed")) process.exitCode = 1;
    });
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list").description("list the sources").action(async (_options: object, command: Command) => {
    const result = await invoke({
      command,
      connectors,
      operation: async () => (await sources()).sourceList,
      input: {},
    });
    if (wantsJson(command)) printJson(result);
    else
      printRows(
        result.sources.map(({ name, connector, url, createdAt }) => ({
          name,
          connector,
          address: url,
          added: createdAt,
        })),
      );
  });
}

function showCommand({ connectors }: CliParts): Command {
  return new Command("show")
    .description("show one source and the tables it feeds")
    .argument("<name>")
    .action(async (name: string, _options: object, command: Command) => {
      const result = await invoke({
        command,
        connectors,
        operation: async () => (await sources()).sourceShow,
        input: { name },
      });
      if (wantsJson(command)) return printJson(result);
      printRecord({
        name: result.source.name,
        connector: result.source.connector,
        address: result.source.url,
        "new tables": result.source.newTables,
        freshness: result.source.freshness === null ? undefined : formatSeconds(result.source.freshness),
        declared: result.source.origin ?? undefined,
        added: result.source.createdAt,
      });
      printRows(
        result.tables.map(({ sourceTable, lakeTable, rows, movedAt }) => ({
          "source table": sourceTable,
          "lake table": lakeTable,
          rows,
          "as of": movedAt,
        })),
      );
    });
}

function discoverCommand({ connectors }: CliParts): Command {
  return new Command("discover")
    .description("list what the source holds, without loading anything")
    .argument("<name>")
    .option("--table <pattern...>", "only these: exact names or globs")
    .action(async (name: string, options: { table?: string[] }, command: Command) => {
      const result = await invoke({
        command,
        connectors,
        operation: async () => (await sources()).sourceDiscover,
        input: { name, tables: options.table ?? [] },
      });
      if (wantsJson(command)) return printJson(result);
      printRows(
        result.objects.map((object) => ({
          schema: object.name.schema,
          name: object.name.name,
          kind: object.kind,
          "rows (about)": object.estimatedRows,
          "MB (about)":
            object.estimatedBytes === undefined ? undefined : Math.round(object.estimatedBytes / 104_857.6) / 10,
        })),
      );
    });
}

interface NewTablesOption {
  readonly newTables: "auto" | "ask" | "ignore";
}

function newTablesOption(): Option {
  return new Option(
    "--new-tables <policy>",
    "tables that appear: auto takes them in, ask shows them until `sync --table` names them, ignore leaves them",
  ).choices(["auto", "ask", "ignore"]);
}

function setCommand({ connectors }: CliParts): Command {
  return new Command("set")
    .description("say what becomes of new tables of a source, and how old its tables may be")
    .argument("<name>")
    .addOption(newTablesOption())
    .option("--freshness <duration>", "an alert tells when a table is older: 30m, 26h; none")
    .action(async (name: string, options: Partial<NewTablesOption> & { freshness?: string }, command: Command) => {
      const freshness = options.freshness && (options.freshness === "none" ? null : secondsOf(options.freshness));
      const result = await invoke({
        command,
        connectors,
        operation: async () => (await sources()).sourceSet,
        input: { name, newTables: options.newTables, freshness: freshness === "" ? undefined : freshness },
      });
      if (wantsJson(command)) return printJson(result);
      const { source } = result;
      const target = source.freshness === null ? "" : `; its tables may be ${formatSeconds(source.freshness)} old`;
      process.stdout.write(`${name}: new tables ${source.newTables}${target}\n`);
    });
}

function removeCommand({ connectors }: CliParts): Command {
  return new Command("remove")
    .description("forget a source; its tables stay in the lake")
    .argument("<name>")
    .action(async (name: string, _options: object, command: Command) => {
      const result = await invoke({
        command,
        connectors,
        operation: async () => (await sources()).sourceRemove,
        input: { name },
      });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${name} is forgotten; its tables stay in the lake\n`);
    });
}

interface PasswordOptions {
  readonly passwordEnv?: string;
  readonly passwordFile?: string;
}

/** From the named variable, the named file, the address, or a prompt when there is somebody to ask. */
async function readPassword(url: string, { passwordEnv, passwordFile }: PasswordOptions): Promise<string | undefined> {
  if (passwordEnv !== undefined) return namedVariable(passwordEnv);
  if (passwordFile !== undefined) return (await readFile(passwordFile, "utf8")).split(/\r?\n/, 1)[0];
  if (!process.stdin.isTTY || (URL.canParse(url) && new URL(url).password !== "")) return undefined;
  const answer = await askSecret("password (empty for none): ");
  return answer === "" ? undefined : answer;
}
