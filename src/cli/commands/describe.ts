/** `headgate describe …`, `table describe`, `database describe`: what people say of databases, tables and columns. */
import { Command } from "commander";
import { writeFile } from "node:fs/promises";
import { formatJson } from "../../base/json.ts";
import { HeadgateError } from "../../errors.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { readGiven } from "../read-given.ts";

const documents = () => import("../../operations/stewardship/documents.ts");
const describing = () => import("../../operations/stewardship/describe.ts");

export function describeCommand(parts: CliParts): Command {
  return new Command("describe")
    .description("write down what people say of databases and tables, and read it again after it was edited")
    .addCommand(exportCommand(parts))
    .addCommand(importCommand(parts));
}

function exportCommand({ connectors }: CliParts): Command {
  return new Command("export")
    .description("print what people say of a database with its tables, or of one table, as a JSON document to edit")
    .argument("<thing>", "shop for a database with its tables, shop.orders for a table")
    .option("--output <path>", "write it to this file")
    .action(async (on: string, { output }: { output?: string }, command: Command) => {
      const operation = async () => (await documents()).descriptionExport;
      const { document } = await invoke({ command, connectors, operation, input: { on } });
      const text = `${formatJson(document, 2)}\n`;
      if (output === undefined) return void process.stdout.write(text);
      await writeFile(output, text);
      if (wantsJson(command)) printJson({ output });
      else process.stdout.write(`written to ${output}\n`);
    });
}

function importCommand({ connectors }: CliParts): Command {
  return new Command("import")
    .description("make what is said as an edited document says it; refused if somebody has changed it meanwhile")
    .argument("<file>", "what `describe export` has written")
    .option("--plan", "only show what would change")
    .action(async (file: string, { plan = false }: { plan?: boolean }, command: Command) => {
      const operation = async () => (await documents()).descriptionImport;
      const document = parsed(await readGiven(file, "describe import"), file);
      const result = await invoke({ command, connectors, operation, input: { document, plan } });
      if (wantsJson(command)) return printJson(result);
      const { changes, imported } = result;
      if (changes.length === 0) return void process.stdout.write("everything is said as the document says it\n");
      const lines = changes.flatMap(({ on, details }) => [on, ...details.map((detail) => `  ${detail}`)]);
      process.stdout.write(`${lines.join("\n")}\n${imported ? "" : "nothing was changed, because of --plan\n"}`);
    });
}

/** The operation checks the document. Throws USAGE for a text that is not JSON. */
function parsed(text: string, file: string): never {
  try {
    return JSON.parse(text) as never;
  } catch (cause) {
    throw new HeadgateError("USAGE", { place: file, message: "this file is not a JSON document", cause });
  }
}

interface DescribeOptions {
  readonly set?: readonly string[];
  readonly unset?: readonly string[];
  readonly column?: string;
}

const setHelp = "a text by its key: description, data_owner, pii_flag, or any other";

export function tableDescribeCommand({ connectors }: CliParts): Command {
  return new Command("describe")
    .description("set or remove what is said of a table or of one of its columns")
    .argument("<table>", "database.table")
    .option("--column <name>", "of this column")
    .option("--set <key=value...>", setHelp)
    .option("--unset <key...>", "remove these")
    .action(async (table: string, options: DescribeOptions, command: Command) => {
      const operation = async () => (await describing()).tableDescribe;
      const input = { table, column: options.column, ...changesOf(options) };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) return printJson(result);
      const { on, column, changed } = result;
      printChanged(column === undefined ? on : `${on}, column ${column}`, changed);
    });
}

export function databaseDescribeCommand({ connectors }: CliParts): Command {
  return new Command("describe")
    .description("set or remove what is said of a database")
    .argument("<database>")
    .option("--set <key=value...>", setHelp)
    .option("--unset <key...>", "remove these")
    .action(async (database: string, options: DescribeOptions, command: Command) => {
      const operation = async () => (await describing()).databaseDescribe;
      const input = { database, ...changesOf(options) };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) printJson(result);
      else printChanged(result.on, result.changed);
    });
}

/** Throws USAGE for a word without `=`, and if there is nothing to do. */
function changesOf({ set = [], unset = [] }: DescribeOptions) {
  if (set.length + unset.length === 0)
    throw new HeadgateError("USAGE", {
      place: "describe",
      message: "this says neither what to set nor what to unset",
      remedy: "write --set key=value or --unset key; `headgate table show` shows what is said now",
    });
  const pairs = set.map((word): readonly [string, string] => {
    const at = word.indexOf("=");
    if (at > 0) return [word.slice(0, at), word.slice(at + 1)];
    throw new HeadgateError("USAGE", { place: `--set ${word}`, message: "this is not key=value" });
  });
  return { set: Object.fromEntries(pairs), unset: [...unset] };
}

function printChanged(on: string, changed: readonly string[]): void {
  const text = changed.length === 0 ? "nothing changed" : `changed: ${changed.join(", ")}`;
  process.stdout.write(`${on}: ${text}\n`);
}
