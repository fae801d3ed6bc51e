/** `headgate view …`: statements that have a name in the lake and show what their owner may see. */
import { Command } from "commander";
import { HeadgateError } from "../../errors.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { confirm } from "../output/confirm.ts";
import { printRecord } from "../output/record.ts";
import { printRows } from "../output/rows.ts";
import { count } from "../output/table.ts";
import { readGiven } from "../read-given.ts";
import { createdLine, ownerWords, printLineage, whatEndsWith } from "../output/view-lines.ts";

const changes = () => import("../../operations/views/view-change.ts");
const views = () => import("../../operations/views/views.ts");

export function viewCommand(parts: CliParts): Command {
  return new Command("view")
    .description(
      "make, list, show, change and drop views: statements that have a name and show what their owner may see",
    )
    .addCommand(createCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(showCommand(parts))
    .addCommand(historyCommand(parts))
    .addCommand(restoreCommand(parts))
    .addCommand(setCommand(parts))
    .addCommand(dropCommand(parts));
}

interface CreateOptions {
  readonly sql?: string;
  readonly file?: string;
  readonly replace?: boolean;
  readonly owner?: string;
}

function createCommand({ connectors }: CliParts): Command {
  return new Command("create")
    .description(
      "make a view; whoever may read it sees what its owner may see of what it reads, and nothing else of that",
    )
    .argument("<view>", "database.view")
    .option("--sql <statement>", "the SELECT that the view stands for")
    .option("--file <path>", "read the SELECT from this file")
    .option("--replace", "give an existing view this statement, as its next version; grants on its columns stay")
    .option("--owner <principal>", "by whose rights it is read: ann, group:analysts, role:steward; by default yours")
    .action(async (view: string, options: CreateOptions, command: Command) => {
      const { replace = false, owner } = options;
      const result = await invoke({
        command,
        connectors,
        operation: async () => (await import("../../operations/views/view-create.ts")).viewCreate,
        input: { view, sql: await statementOf(options), replace, owner },
      });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(createdLine(result));
    });
}

/** Throws USAGE. */
async function statementOf({ sql, file }: CreateOptions): Promise<string> {
  if (sql !== undefined && file === undefined) return sql;
  if (file !== undefined && sql === undefined) return readGiven(file, "--file");
  throw new HeadgateError("USAGE", {
    place: "view create",
    message: "the statement of the view is needed once",
    remedy: 'write it after --sql, or name a file that has it: --sql "select …" or --file report.sql',
  });
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list views, by whose rights they are read, and whether they can be read now")
    .argument("[database]", "only this one")
    .action(async (database: string | undefined, _options: object, command: Command) => {
      const operation = async () => (await views()).viewList;
      const result = await invoke({ command, connectors, operation, input: { database } });
      if (wantsJson(command)) return printJson(result);
      printRows(
        result.views.map(({ database: within, name, owner, version, columns, state, why, changedAt }) => ({
          database: within,
          view: name,
          owner,
          version,
          columns,
          state: why === undefined ? state : `${state}: ${why}`,
          "changed (UTC)": changedAt,
        })),
        process.stdout,
        { none: "no view yet" },
      );
    });
}

interface ShowOptions {
  readonly lineage?: boolean;
}

function showCommand({ connectors }: CliParts): Command {
  return new Command("show")
    .description(
      "show a view: its columns, its owner and whether it can be read now; its statement, for those who may change it",
    )
    .argument("<view>", "database.view")
    .option("--lineage", "show which columns of which tables its columns come from")
    .action(async (view: string, { lineage = false }: ShowOptions, command: Command) => {
      const operation = async () => (await views()).viewShow;
      const shown = await invoke({ command, connectors, operation, input: { view } });
      if (wantsJson(command)) return printJson(shown);
      const { columns, lineage: lines, sql, reads, usedBy, ...rest } = shown;
      printRecord({ ...rest, reads: reads?.join(", "), "used by": usedBy.join(", ") || undefined });
      if (sql !== undefined) process.stdout.write(`\n${sql.trim()}\n\n`);
      printRows(columns.map(({ id, name, type }) => ({ id, column: name, type })));
      if (lineage) printLineage(lines);
    });
}

function historyCommand({ connectors }: CliParts): Command {
  return new Command("history")
    .description("list the versions of a view, newest first")
    .argument("<view>", "database.view")
    .action(async (view: string, _options: object, command: Command) => {
      const operation = async () => (await views()).viewHistory;
      const result = await invoke({ command, connectors, operation, input: { view } });
      if (wantsJson(command)) return printJson(result);
      printRows(
        result.versions.map(({ version, madeAt, madeBy, restored, isCurrent, sql }) => ({
          version,
          "made (UTC)": madeAt,
          by: madeBy,
          note: isCurrent ? "current" : restored === null ? "" : `from ${restored}`,
          statement: sql.replace(/\s+/g, " ").trim().slice(0, 80),
        })),
      );
    });
}

function restoreCommand({ connectors }: CliParts): Command {
  return new Command("restore")
    .description("give a view the statement of an earlier version, with the tables and columns that it meant then")
    .argument("<view>", "database.view")
    .requiredOption("--version <number>", "see headgate view history")
    .action(async (view: string, { version }: { readonly version: string }, command: Command) => {
      const operation = async () => (await changes()).viewRestore;
      const result = await invoke({ command, connectors, operation, input: { view, version: Number(version) } });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(
        `${result.view} has its version ${result.version}, as version ${version}; ${ownerWords(result.owner)}\n`,
      );
    });
}

function setCommand({ connectors }: CliParts): Command {
  return new Command("set")
    .description("let a view be read by the rights of another owner, who must be able to read all that it reads")
    .argument("<view>", "database.view")
    .requiredOption("--owner <principal>", "ann, group:analysts, role:steward, key:nightly")
    .action(async (view: string, { owner }: { readonly owner: string }, command: Command) => {
      const operation = async () => (await changes()).viewSet;
      const result = await invoke({ command, connectors, operation, input: { view, owner } });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(`${result.view}: ${ownerWords(result.owner)}\n`);
    });
}

interface DropOptions {
  readonly plan?: boolean;
  readonly yes?: boolean;
}

function dropCommand({ connectors }: CliParts): Command {
  return new Command("drop")
    .description(
      "remove a view with its versions, grants and data filters, after asking; the tables that it reads stay",
    )
    .argument("<view>", "database.view")
    .option("--plan", "only show what would end")
    .option("--yes", "do not ask")
    .action(async (view: string, { plan = false, yes = false }: DropOptions, command: Command) => {
      const operation = async () => (await changes()).viewDrop;
      const ask = (isPlan: boolean) => invoke({ command, connectors, operation, input: { view, plan: isPlan } });
      if (plan) {
        const planned = await ask(true);
        if (wantsJson(command)) return printJson(planned);
        return void process.stdout.write(`${whatEndsWith(planned).join("\n")}\n`);
      }
      if (!yes) {
        const goes = whatEndsWith(await ask(true));
        await confirm({ goes, question: `Drop ${view} for good?`, place: `view drop ${view}`, isGiven: yes });
      }
      const result = await ask(false);
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(`${result.view} is dropped; ${count(result.grants, "grant")} ended\n`);
    });
}
