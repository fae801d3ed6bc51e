/** `headgate tag expression …`: saved tag expressions, on which can be granted by name. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printPreview } from "../output/preview-lines.ts";
import { printRows } from "../output/rows.ts";

const expressions = () => import("../../operations/tags/expressions.ts");

export function tagExpressionCommand(parts: CliParts): Command {
  return new Command("expression")
    .description("save, list and remove tag expressions, on which can be granted by name")
    .addCommand(setCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(removeCommand(parts));
}

interface SetOptions {
  readonly replace?: boolean;
  readonly plan?: boolean;
}

function setCommand({ connectors }: CliParts): Command {
  return new Command("set")
    .description("save an expression: all keys must fit, with one of the values of each; or between alternatives")
    .argument("<expression>", "its name: open_sales")
    .argument("<tags...>", "domain=sales sensitivity=public,internal or domain=shared")
    .option("--replace", "change the expression of this name, and with it all grants on it")
    .option("--plan", "only show what would change, and for whom")
    .action(async (name: string, words: readonly string[], options: SetOptions, command: Command) => {
      const { replace = false, plan = false } = options;
      const operation = async () => (await expressions()).expressionSet;
      const input = { name, tags: words.join(" "), replace, plan };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) return printJson(result);
      const { change, tags, saved } = result;
      process.stdout.write(`the expression ${result.name} ${saved ? "is" : "would be"} ${change}: ${tags}\n`);
      if (change === "changed") printPreview(result);
    });
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the saved tag expressions")
    .action(async (_options: object, command: Command) => {
      const operation = async () => (await expressions()).expressionList;
      const result = await invoke({ command, connectors, operation, input: {} });
      if (wantsJson(command)) return printJson(result);
      const rows = result.expressions.map(({ name, tags, grants }) => ({ expression: name, tags, grants }));
      printRows(rows, process.stdout, { none: "there are no tag expressions" });
    });
}

function removeCommand({ connectors }: CliParts): Command {
  return new Command("remove")
    .description("remove a tag expression on which nothing is granted")
    .argument("<expression>", "its name: open_sales")
    .action(async (name: string, _options: object, command: Command) => {
      const operation = async () => (await expressions()).expressionRemove;
      const result = await invoke({ command, connectors, operation, input: { name } });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(`the expression ${result.removed} is removed\n`);
    });
}
