/** `headgate tag …`: tag keys, what has which tag, and saved expressions over tags. */
import { Command } from "commander";
import { HeadgateError } from "../../errors.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { nameList } from "../name-list.ts";
import { printPreview } from "../output/preview-lines.ts";
import { printRows } from "../output/rows.ts";
import { tagExpressionCommand } from "./tag-expression.ts";

const keys = () => import("../../operations/tags/tag-keys.ts");
const tags = () => import("../../operations/tags/tags.ts");

export function tagCommand(parts: CliParts): Command {
  return new Command("tag")
    .description("define tags, give them to databases, tables and columns, and see what has which")
    .addCommand(addCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(changeCommand(parts))
    .addCommand(renameCommand(parts))
    .addCommand(removeCommand(parts))
    .addCommand(setCommand(parts))
    .addCommand(unsetCommand(parts))
    .addCommand(showCommand(parts))
    .addCommand(tagExpressionCommand(parts));
}

interface AddOptions {
  readonly sensitive?: string;
  readonly multiple?: boolean;
  readonly description?: string;
}

function addCommand({ connectors }: CliParts): Command {
  return new Command("add")
    .description("define a tag key with its values, in the account in which you act")
    .argument("<tag-key>", "the key: sensitivity")
    .argument("<values...>", "its values: public internal secret")
    .option("--sensitive <values>", "values of which every grant that covers them says so, with commas between them")
    .option("--multiple", "one thing may have several of the values")
    .option("--description <text>", "what the key is for")
    .action(async (key: string, values: readonly string[], options: AddOptions, command: Command) => {
      const operation = async () => (await keys()).tagAdd;
      const { sensitive, multiple = false, description } = options;
      const input = { key, values: [...values], sensitive: listOf(sensitive), multiple, description };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(`the tag ${result.key} is added: ${valuesText(result.values)}\n`);
    });
}

function listOf(text: string | undefined): string[] {
  return text === undefined ? [] : [...nameList(text)];
}

interface ShownValue {
  readonly value: string;
  readonly sensitive: boolean;
}

function valuesText(values: readonly ShownValue[]): string {
  return values.map(({ value, sensitive }) => (sensitive ? `${value} (sensitive)` : value)).join(", ");
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the tag keys with their values")
    .action(async (_options: object, command: Command) => {
      const operation = async () => (await keys()).tagList;
      const result = await invoke({ command, connectors, operation, input: {} });
      if (wantsJson(command)) return printJson(result);
      const rows = result.keys.map(({ key, values, multiple, description }) => ({
        key,
        values: valuesText(values),
        "per thing": multiple ? "several" : "one",
        things: values.reduce<number | null>((sum, { things }) => (things === null ? sum : (sum ?? 0) + things), null),
        description: description ?? "",
      }));
      printRows(rows, process.stdout, { none: "there are no tags" });
    });
}

interface ChangeOptions {
  readonly add?: string;
  readonly remove?: string;
  readonly sensitive?: string;
  readonly ordinary?: string;
  readonly multiple?: boolean;
  readonly single?: boolean;
  readonly description?: string;
}

function changeCommand({ connectors }: CliParts): Command {
  return new Command("change")
    .description("change a tag key: its values, and what they mean")
    .argument("<tag-key>", "the key: sensitivity")
    .option("--add <values>", "further values, with commas between them")
    .option("--remove <values>", "values that nothing has and no expression names")
    .option("--sensitive <values>", "values of which every grant that covers them says so from now on")
    .option("--ordinary <values>", "values of which grants no longer say so")
    .option("--multiple", "one thing may have several of the values")
    .option("--single", "one thing has at most one of the values")
    .option("--description <text>", "what the key is for")
    .action(async (key: string, options: ChangeOptions, command: Command) => {
      const operation = async () => (await keys()).tagChange;
      const { multiple, single, description } = options;
      const input = {
        key,
        add: listOf(options.add),
        remove: listOf(options.remove),
        sensitive: listOf(options.sensitive),
        ordinary: listOf(options.ordinary),
        multiple: multiple === true ? true : single === true ? false : undefined,
        description,
      };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(`the tag ${result.key} has ${valuesText(result.values)}\n`);
    });
}

function renameCommand({ connectors }: CliParts): Command {
  return new Command("rename")
    .description(
      "rename a tag key, or one of its values; everything that has it and every grant by it stay as they are",
    )
    .argument("<tag>", "the key, or key=value: domain, domain=sales")
    .argument("<new-name>", "the new name of the key, or of the value: commerce")
    .action(async (tag: string, name: string, _options: object, command: Command) => {
      const operation = async () => (await keys()).tagRename;
      const result = await invoke({ command, connectors, operation, input: { tag, name } });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(`${tag} is now ${result.renamed}\n`);
    });
}

function removeCommand({ connectors }: CliParts): Command {
  return new Command("remove")
    .description("remove a tag key that nothing has and no expression names")
    .argument("<tag-key>", "the key: sensitivity")
    .action(async (key: string, _options: object, command: Command) => {
      const operation = async () => (await keys()).tagRemove;
      const result = await invoke({ command, connectors, operation, input: { key } });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(`the tag ${result.removed} is removed\n`);
    });
}

interface AssignOptions {
  readonly column?: string;
  readonly plan?: boolean;
}

function setCommand({ connectors }: CliParts): Command {
  return assigning(new Command("set"))
    .description(
      "give a thing tags, in place of those of the same keys; --plan shows what this opens and closes, for whom",
    )
    .argument("<words...>", "shop.orders domain=sales sensitivity=public; database shop domain=sales")
    .action(async (words: readonly string[], options: AssignOptions, command: Command) => {
      const operation = async () => (await tags()).tagSet;
      const input = { ...resourceAndRest(words, "set"), ...assigned(options) };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) printJson(result);
      else printChange(result);
    });
}

function unsetCommand({ connectors }: CliParts): Command {
  return assigning(new Command("unset"))
    .description(
      "take tags from a thing, which then has what it inherits; --plan shows what this opens and closes, for whom",
    )
    .argument("<words...>", "shop.orders sensitivity; database shop domain=sales")
    .action(async (words: readonly string[], options: AssignOptions, command: Command) => {
      const operation = async () => (await tags()).tagUnset;
      const input = { ...resourceAndRest(words, "unset"), ...assigned(options) };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) printJson(result);
      else printChange(result);
    });
}

function assigning(command: Command): Command {
  return command
    .option("--column <name>", "one column of the table")
    .option("--plan", "only show what would change, and for whom");
}

function assigned({ column, plan = false }: AssignOptions) {
  return { column, plan };
}

interface ResourceAndRest {
  readonly on: string;
  readonly tags: string[];
}

/** `database shop domain=sales`: the thing, and then its tags. Throws USAGE. */
function resourceAndRest(words: readonly string[], subcommand: string): ResourceAndRest {
  const length = ["database", "source", "table"].includes(words[0] ?? "") ? 2 : 1;
  const [on, rest] = [words.slice(0, length).join(" "), words.slice(length)];
  if (rest.length > 0) return { on, tags: [...rest] };
  throw new HeadgateError("USAGE", {
    place: `tag ${subcommand} ${words.join(" ")}`,
    message: "this names a thing and no tag",
    remedy: "write the thing first, and then its tags: shop.orders sensitivity=public",
  });
}

type Changed = Parameters<typeof printPreview>[0] & {
  readonly on: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: boolean;
};

function printChange({ on, added, removed, changed, ...shown }: Changed): void {
  if (added.length + removed.length === 0)
    return void process.stdout.write(`nothing was changed: ${on} has this already\n`);
  const verb = changed ? ["has", "no longer has"] : ["would have", "would no longer have"];
  if (added.length > 0) process.stdout.write(`${on} ${verb[0]} ${added.join(" ")}\n`);
  if (removed.length > 0) process.stdout.write(`${on} ${verb[1]} ${removed.join(" ")} of its own\n`);
  printPreview(shown);
}

function showCommand({ connectors }: CliParts): Command {
  return new Command("show")
    .description("show the tags of a thing and its columns: their own, and those that they inherit")
    .argument("<words...>", "shop.orders; database shop")
    .action(async (words: readonly string[], _options: object, command: Command) => {
      const operation = async () => (await tags()).tagShow;
      const result = await invoke({ command, connectors, operation, input: { on: words.join(" ") } });
      if (wantsJson(command)) return printJson(result);
      const things = [
        { thing: result.on, tags: result.tags },
        ...result.columns.map(({ column, tags: of }) => ({ thing: `  ${column}`, tags: of })),
      ];
      printRows(
        things.map(({ thing, tags: of }) => ({
          thing,
          own: textOf(of.filter(({ inherited }) => !inherited)),
          inherited: textOf(of.filter(({ inherited }) => inherited)),
        })),
      );
    });
}

function textOf(of: readonly { readonly tag: string; readonly from: string; readonly inherited: boolean }[]): string {
  return of.map(({ tag, from, inherited }) => (inherited ? `${tag} (${from})` : tag)).join(" ");
}
