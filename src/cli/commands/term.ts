/** `headgate term …`: the glossary of an account. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { confirm } from "../output/confirm.ts";
import { printRecord } from "../output/record.ts";
import { printRows } from "../output/rows.ts";

const terms = () => import("../../operations/stewardship/terms.ts");

export function termCommand(parts: CliParts): Command {
  return new Command("term")
    .description("keep the glossary: terms with definitions, and what they are attached to")
    .addCommand(addCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(showCommand(parts))
    .addCommand(removeCommand(parts))
    .addCommand(attachCommand(parts))
    .addCommand(detachCommand(parts));
}

function addCommand({ connectors }: CliParts): Command {
  return new Command("add")
    .description("add a term with its definition")
    .argument("<name>")
    .argument("<definition>")
    .option("--replace", "give the term of this name another definition, wherever it is attached")
    .action(async (term: string, definition: string, { replace = false }: { replace?: boolean }, command: Command) => {
      const operation = async () => (await terms()).termAdd;
      const result = await invoke({ command, connectors, operation, input: { term, definition, replace } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`the term ${result.term} is ${result.change}\n`);
    });
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list").description("list the glossary").action(async (_options: object, command: Command) => {
    const operation = async () => (await terms()).termList;
    const result = await invoke({ command, connectors, operation, input: {} });
    if (wantsJson(command)) printJson(result);
    else printRows(result.terms, process.stdout, { none: "the glossary has no terms" });
  });
}

function showCommand({ connectors }: CliParts): Command {
  return new Command("show")
    .description("show a term, and what it is attached to")
    .argument("<term>")
    .action(async (term: string, _options: object, command: Command) => {
      const operation = async () => (await terms()).termShow;
      const result = await invoke({ command, connectors, operation, input: { term } });
      if (wantsJson(command)) return printJson(result);
      printRecord({ ...result, attached: result.attached.join(", ") || "to nothing" });
    });
}

function removeCommand({ connectors }: CliParts): Command {
  return new Command("remove")
    .description("remove a term from the glossary and from all that it is attached to")
    .argument("<term>")
    .option("--plan", "only show what it is attached to")
    .option("--yes", "do not ask")
    .action(
      async (term: string, { plan = false, yes = false }: { plan?: boolean; yes?: boolean }, command: Command) => {
        const operation = async () => (await terms()).termRemove;
        const ask = (isPlan: boolean) => invoke({ command, connectors, operation, input: { term, plan: isPlan } });
        const planned = await ask(true);
        const goes = planned.attached.map((on) => `it is attached to ${on}`);
        if (plan && wantsJson(command)) return printJson(planned);
        if (plan) return void process.stdout.write(`${[`${planned.term} would be removed`, ...goes].join("\n")}\n`);
        const question = `Remove the term ${planned.term}?`;
        if (goes.length > 0) await confirm({ goes, question, place: `term remove ${term}`, isGiven: yes });
        const result = await ask(false);
        if (wantsJson(command)) printJson(result);
        else
          process.stdout.write(
            `${[`${result.term} is removed`, ...goes.map((text) => text.replace("is", "was"))].join("\n")}\n`,
          );
      },
    );
}

interface ColumnOption {
  readonly column?: string;
}

function attachCommand({ connectors }: CliParts): Command {
  return new Command("attach")
    .description("attach a term to a database, a table or a column")
    .argument("<term>")
    .argument("<thing>", "shop for a database, shop.orders for a table")
    .option("--column <name>", "to this column of the table")
    .action(async (term: string, on: string, { column }: ColumnOption, command: Command) => {
      const operation = async () => (await terms()).termAttach;
      const result = await invoke({ command, connectors, operation, input: { term, on, column } });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(`${result.term} is ${result.changed ? "" : "already "}attached to ${placeOf(result)}\n`);
    });
}

function detachCommand({ connectors }: CliParts): Command {
  return new Command("detach")
    .description("detach a term from a database, a table or a column")
    .argument("<term>")
    .argument("<thing>", "shop for a database, shop.orders for a table")
    .option("--column <name>", "from this column of the table")
    .action(async (term: string, on: string, { column }: ColumnOption, command: Command) => {
      const operation = async () => (await terms()).termDetach;
      const result = await invoke({ command, connectors, operation, input: { term, on, column } });
      if (wantsJson(command)) return printJson(result);
      const text = result.changed ? "is no longer attached to" : "was not attached to";
      process.stdout.write(`${result.term} ${text} ${placeOf(result)}\n`);
    });
}

function placeOf({ on, column }: { readonly on: string; readonly column?: string | undefined }): string {
  return column === undefined ? on : `${on}, column ${column}`;
}
