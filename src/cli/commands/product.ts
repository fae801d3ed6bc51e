/** `headgate product …`: databases and tables that are offered together. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { nameList } from "../name-list.ts";
import { confirm } from "../output/confirm.ts";
import { hangingLines, printProduct, printProducts } from "../output/product-lines.ts";
import { wholeNumber } from "../whole-number.ts";

const adding = () => import("../../operations/sharing/products/product-add.ts");
const changing = () => import("../../operations/sharing/products/product-change.ts");
const showing = () => import("../../operations/sharing/products/product-show.ts");

export function productCommand(parts: CliParts): Command {
  return new Command("product")
    .description("offer databases and tables together, with owners, terms and questions")
    .addCommand(addCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(showCommand(parts))
    .addCommand(setCommand(parts))
    .addCommand(itemsCommand(parts, "put"))
    .addCommand(itemsCommand(parts, "take"))
    .addCommand(removeCommand(parts));
}

const thingWords = 'shop.orders, "shop.*" for all tables of a database, "database shop"';

interface SettingOptions {
  readonly description?: string;
  readonly dataOwner?: string;
  readonly dataOwnerName?: string;
  readonly owner?: string[];
  readonly steward?: string[];
  readonly question?: string[];
  readonly terms?: string;
  readonly defaultDays?: string;
  readonly longestDays?: string;
  readonly freshness?: string;
}

function withSettings(command: Command): Command {
  return command
    .option("--description <text>", "what it is")
    .option("--data-owner <text>", "whom to write to, as the parameter data_owner")
    .option("--data-owner-name <text>", "their name, as the parameter data_owner_name")
    .option("--owner <member...>", "who decides on requests: ann, group:sales")
    .option("--steward <member...>", "who looks after what is said of it")
    .option("--question <text...>", "what everybody who asks has to answer")
    .option("--terms <text>", "what everybody who asks has to accept; a change makes a new version")
    .option("--default-days <days>", "how long access lasts if the request does not say; none for no end")
    .option("--longest-days <days>", "how long access lasts at most; none for as long as is asked for")
    .option("--freshness <duration>", "how old its data should be at most: 26h; none for no promise");
}

function settingsOf(options: SettingOptions) {
  const { description, dataOwner, dataOwnerName, question: questions, terms, freshness } = options;
  return {
    description,
    dataOwner,
    dataOwnerName,
    questions: withoutEmpty(questions),
    terms,
    defaultDays: daysOf(options.defaultDays),
    longestDays: daysOf(options.longestDays),
    freshness: freshness === "none" ? null : freshness,
  };
}

/** An empty text alone stands for none. */
function withoutEmpty(texts: string[] | undefined): string[] | undefined {
  return texts?.filter((text) => text !== "");
}

function daysOf(text: string | undefined): number | null | undefined {
  return text === undefined ? undefined : text === "none" ? null : Number(text);
}

function addCommand({ connectors }: CliParts): Command {
  const command = new Command("add")
    .description("make a product of databases and tables of your account")
    .argument("<name>")
    .argument("[things...]", thingWords);
  return withSettings(command).action(
    async (name: string, on: readonly string[], options: SettingOptions, self: Command) => {
      const operation = async () => (await adding()).productAdd;
      const { owner: owners = [], steward: stewards = [] } = options;
      const input = { name, on: [...on], owners, stewards, ...settingsOf(options) };
      const result = await invoke({ command: self, connectors, operation, input });
      if (wantsJson(self)) printJson(result);
      else printProduct(result);
    },
  );
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the products that you may find")
    .option("--of <account>", "only those of this account")
    .option("--limit <number>", "how many to show", wholeNumber, 1_000)
    .action(async ({ of: account, limit }: { of?: string; limit: number }, command: Command) => {
      const operation = async () => (await showing()).productList;
      const result = await invoke({ command, connectors, operation, input: { account, limit } });
      if (wantsJson(command)) return printJson(result);
      printProducts(result.products);
      if (result.more)
        process.stdout.write(
          `there are more than ${limit}; --limit shows more, and so does a search: headgate search --kind product\n`,
        );
    });
}

function showCommand({ connectors }: CliParts): Command {
  return new Command("show")
    .description("show a product: what is in it, its terms and questions, and what was shared of it")
    .argument("<product>", "customer360, or sales.customer360 for another account's")
    .option("--history", "also earlier versions of its terms")
    .action(async (product: string, { history = false }: { history?: boolean }, command: Command) => {
      const operation = async () => (await showing()).productShow;
      const result = await invoke({ command, connectors, operation, input: { product, history } });
      if (wantsJson(command)) return printJson(result);
      printProduct(result);
      const lines = hangingLines(result);
      for (const { version, text } of result.earlierTerms) lines.push(`terms of version ${version}: ${text ?? "none"}`);
      if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
    });
}

function setCommand({ connectors }: CliParts): Command {
  const command = new Command("set")
    .description('change a product; an empty text ("") takes a text away')
    .argument("<product>")
    .option("--name <name>", "its new name")
    .option("--owners <members>", "all its owners, with commas between them")
    .option("--stewards <members>", "all its stewards, with commas between them");
  return withSettings(command).action(async (product: string, options: SettingOptions & SetOptions, self: Command) => {
    const operation = async () => (await changing()).productSet;
    const owners = options.owner ?? listOf(options.owners);
    const stewards = options.steward ?? listOf(options.stewards);
    const input = { product, name: options.name, owners, stewards, ...settingsOf(options) };
    const result = await invoke({ command: self, connectors, operation, input });
    if (wantsJson(self)) return printJson(result);
    const what = result.changed.length === 0 ? "nothing has changed" : `changed: ${result.changed.join(", ")}`;
    process.stdout.write(`${result.product.name}: ${what}\n`);
  });
}

interface SetOptions {
  readonly name?: string;
  readonly owners?: string;
  readonly stewards?: string;
}

function listOf(text: string | undefined): string[] | undefined {
  return text === undefined ? undefined : [...nameList(text)];
}

function itemsCommand({ connectors }: CliParts, name: "put" | "take"): Command {
  const words = {
    put: ["put databases and tables into a product; what was shared before does not cover them", "is in"],
    take: ["take databases and tables out of a product; what was shared stays shared", "is no longer in"],
  } as const;
  const [description, done] = words[name];
  return new Command(name)
    .description(description)
    .argument("<product>")
    .argument("<things...>", thingWords)
    .action(async (product: string, on: readonly string[], _options: object, command: Command) => {
      const operation = async () => (name === "put" ? (await changing()).productPut : (await changing()).productTake);
      const result = await invoke({ command, connectors, operation, input: { product, on: [...on] } });
      if (wantsJson(command)) return printJson(result);
      const lines = result.changed.map((label) => `${label} ${done} ${result.product.name}`);
      process.stdout.write(lines.length === 0 ? "nothing has changed\n" : `${lines.join("\n")}\n`);
    });
}

interface RemoveOptions {
  readonly plan?: boolean;
  readonly yes?: boolean;
}

function removeCommand({ connectors }: CliParts): Command {
  return new Command("remove")
    .description("remove a product; requests that wait are withdrawn, and what was shared stays shared")
    .argument("<product>")
    .option("--plan", "only show which requests and shares hang on it")
    .option("--yes", "do not ask")
    .action(async (product: string, { plan = false, yes = false }: RemoveOptions, command: Command) => {
      const operation = async () => (await changing()).productRemove;
      const ask = (isPlan: boolean) => invoke({ command, connectors, operation, input: { product, plan: isPlan } });
      const planned = await ask(true);
      const goes = hangingLines(planned);
      if (plan && wantsJson(command)) return printJson(planned);
      if (plan) return void process.stdout.write(`${[`${planned.product} would be removed`, ...goes].join("\n")}\n`);
      const question = `Remove the product ${planned.product}?`;
      if (goes.length > 0) await confirm({ goes, question, place: `product remove ${product}`, isGiven: yes });
      const result = await ask(false);
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${[`${result.product} is removed`, ...goes].join("\n")}\n`);
    });
}
