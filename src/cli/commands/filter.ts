/** `headgate filter …`: named parts of tables that can be granted. */
import { Command } from "commander";
import { HeadgateError } from "../../errors.ts";
import { maskActions } from "../../governance/mask.ts";
import type { PresentedFilter } from "../../operations/access/filter-content.ts";
import type { CliParts } from "../cli-parts.ts";
import { maskWord } from "../mask-word.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { nameList } from "../name-list.ts";
import { grantedLine, grantLine, partOf } from "../output/grant-lines.ts";
import { printRecord } from "../output/record.ts";
import { printRows } from "../output/rows.ts";

const filters = () => import("../../operations/access/filters.ts");

export function filterCommand(parts: CliParts): Command {
  return new Command("filter")
    .description("make, list and remove data filters: named parts of tables that can be granted")
    .addCommand(addCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(showCommand(parts))
    .addCommand(removeCommand(parts));
}

interface AddOptions {
  readonly rows?: string;
  readonly columns?: string;
  readonly except?: string;
  readonly mask?: readonly string[];
  readonly replace?: boolean;
}

function addCommand({ connectors }: CliParts): Command {
  return new Command("add")
    .description("make a data filter of a table: <name> on <table>")
    .argument("<words...>", "germans on shop.customers")
    .option("--rows <condition>", "which rows are shown: country = 'DE' AND amount >= 100, country = principal.country")
    .option("--columns <names>", "only these columns, with commas between them")
    .option("--except <names>", "all columns but these")
    .option(
      "--mask <column=mask...>",
      `show a column masked; the masks are ${maskActions.join(", ")} (name=fixed-value=text)`,
    )
    .option("--replace", "change the filter of this name, and with it what its grants show")
    .action(async (words: readonly string[], options: AddOptions, command: Command) => {
      const operation = async () => (await filters()).filterAdd;
      const { rows, columns, except, mask = [], replace = false } = options;
      const input = {
        ...nameOnTable(words, "add"),
        rows,
        columns: columns === undefined ? undefined : [...nameList(columns)],
        except: except === undefined ? undefined : [...nameList(except)],
        masks: mask.map(maskWord),
        replace,
      };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(`the data filter ${result.name} of ${result.table} is ${result.change}\n`);
    });
}

/** Throws USAGE. */
function nameOnTable(words: readonly string[], subcommand: string): { readonly name: string; readonly on: string } {
  const [name, on, table, ...more] = words;
  if (name !== undefined && on === "on" && table !== undefined && more.length === 0) return { name, on: table };
  throw new HeadgateError("USAGE", {
    place: `filter ${subcommand} ${words.join(" ")}`,
    message: "a data filter has a name and is on a table",
    remedy: "name the filter first, and then its table: germans on shop.customers",
  });
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list data filters, and say which of them no longer work")
    .argument("[table]", "only those of this table")
    .action(async (table: string | undefined, _options: object, command: Command) => {
      const operation = async () => (await filters()).filterList;
      const result = await invoke({ command, connectors, operation, input: { on: table } });
      if (wantsJson(command)) return printJson(result);
      printRows(result.filters.map(linesOf), process.stdout, { none: "there are no data filters" });
    });
}

function linesOf(filter: PresentedFilter) {
  const { name, table, rows, columns, masks, state, why } = filter;
  return {
    filter: name,
    table,
    rows: rows ?? "all",
    columns: partOf({ columns, filter: null }) || "all",
    masks: masks
      .map(({ column, mask, value }) => [column, mask, value].filter((part) => part !== undefined).join("="))
      .join(", "),
    state: why === undefined ? state : `${state}: ${why}`,
  };
}

function showCommand({ connectors }: CliParts): Command {
  return new Command("show")
    .description("show a data filter and the grants that use it: <name> on <table>")
    .argument("<words...>", "germans on shop.customers")
    .action(async (words: readonly string[], _options: object, command: Command) => {
      const operation = async () => (await filters()).filterShow;
      const result = await invoke({ command, connectors, operation, input: nameOnTable(words, "show") });
      if (wantsJson(command)) return printJson(result);
      printRecord(linesOf(result));
      process.stdout.write(result.grants.map((grant) => `${grantLine(grant)}\n`).join(""));
    });
}

function removeCommand({ connectors }: CliParts): Command {
  return new Command("remove")
    .description("remove a data filter that no grant uses: <name> on <table>")
    .argument("<words...>", "germans on shop.customers")
    .option("--force", "end the grants that use it, too")
    .action(async (words: readonly string[], { force = false }: { force?: boolean }, command: Command) => {
      const operation = async () => (await filters()).filterRemove;
      const result = await invoke({
        command,
        connectors,
        operation,
        input: { ...nameOnTable(words, "remove"), force },
      });
      if (wantsJson(command)) return printJson(result);
      const lines = result.ended.map((grant) => `${grant.to} no longer has ${grantedLine(grant)}\n`);
      process.stdout.write(`${result.removed} is removed\n${lines.join("")}`);
    });
}
