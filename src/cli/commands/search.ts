/** `headgate search …`: finds databases, tables, columns and products. */
import { Command, Option } from "commander";
import { foundKinds, type FoundKind } from "../../db/search-rows.ts";
import { markNames, type MarkName } from "../../db/tables.ts";
import { sensitivityClasses, type SensitivityClass } from "../../stewardship/sensitivity.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { wholeNumber } from "../whole-number.ts";
import { printRecord } from "../output/record.ts";
import { printRows } from "../output/rows.ts";
import { knownStates, type KnownState } from "../../operations/finding/known-state.ts";

interface SearchOptions {
  readonly kind?: FoundKind;
  readonly of?: string;
  readonly database?: string;
  readonly owner?: string;
  readonly tag?: string;
  readonly sensitivity?: SensitivityClass;
  readonly mark?: MarkName;
  readonly state?: KnownState;
  readonly details: boolean;
  readonly limit: number;
}

export function searchCommand({ connectors }: CliParts): Command {
  return new Command("search")
    .description("find databases, tables, columns and products by name, owner, tag, term or description")
    .argument("[words...]", "all of them must be found; without any, everything is")
    .addOption(new Option("--kind <kind>", "only these").choices(foundKinds))
    .option("--of <account>", "only what belongs to this account")
    .option("--database <name>", "only what is in this database")
    .option("--owner <member>", "only what they own: ann, group:sales")
    .option("--tag <key=value>", "only what has this tag")
    .addOption(new Option("--sensitivity <class>", "only what is of this class").choices(sensitivityClasses))
    .addOption(new Option("--mark <mark>", "only what is marked so").choices(markNames))
    .addOption(new Option("--state <state>", "only what may be read now, or may be asked for").choices(knownStates))
    .option("--details", "show all columns of each, too", false)
    .option("--limit <number>", "how many to show", wholeNumber, 20)
    .action(async (words: readonly string[], { of, ...options }: SearchOptions, command: Command) => {
      const operation = async () => (await import("../../operations/finding/search.ts")).catalogSearch;
      const input = { text: words.join(" "), offset: 0, account: of, ...pick(options) };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) return printJson(result);
      const rows = result.results.map(({ kind, name, state, owners, tags, sensitivity, columns, description }) => ({
        name,
        kind,
        state,
        columns: columns.join(", "),
        owner: owners.join(", "),
        tags: tags.join(", "),
        sensitive: sensitivity === "none" ? "" : sensitivity,
        description: description ?? "",
      }));
      if (options.details) for (const one of result.results) printDetails(one);
      else printRows(rows.map(withoutEmpty(rows)), process.stdout, { whole: ["name"], none: "nothing found" });
      const shown = rows.length;
      if (result.total > shown)
        process.stdout.write(`${shown} of ${result.more ? "more than " : ""}${result.total}; --limit shows more\n`);
      if (!result.complete) process.stdout.write("some things that were changed just now are not in the search yet\n");
    });
}

interface Detailed {
  readonly kind: string;
  readonly name: string;
  readonly state: string;
  readonly description?: string | undefined;
  readonly owners: readonly string[];
  readonly details?: readonly Column[] | undefined;
}

interface Column {
  readonly column: string;
  readonly texts: readonly string[];
  readonly labels: readonly string[];
}

function printDetails({ kind, name, state, description, owners, details = [] }: Detailed): void {
  printRecord({ name, kind, state, description, owners: owners.join(", ") || undefined });
  if (details.length > 0)
    printRows(
      details.map(({ column, texts, labels }) => ({
        column,
        labels: labels.join(", "),
        description: texts.join("; "),
      })),
    );
}

/** The flags that the operation has. */
function pick({ kind, database, owner, tag, sensitivity, mark, state, details, limit }: SearchOptions) {
  return { kind, database, owner, tag, sensitivity, mark, state, details, limit };
}

/** Columns in which no row says anything are left out. */
function withoutEmpty(rows: readonly Readonly<Record<string, string>>[]) {
  return (row: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => rows.some((one) => one[name] !== "")));
}
