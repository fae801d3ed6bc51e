/** `headgate pii …`: columns that look like personal data, and what people decide about them. */
import { Command, Option } from "commander";
import { HeadgateError } from "../../errors.ts";
import type { PresentedProposal } from "../../operations/pii/known-proposals.ts";
import { piiClasses, type PiiClass } from "../../stewardship/classify/pii-class.ts";
import { proposalStates, type ProposalState } from "../../db/pii-rows.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";
import { shellWord } from "../output/shell-word.ts";
import { count } from "../output/table.ts";

const pii = () => import("../../operations/pii/pii.ts");

export function piiCommand(parts: CliParts): Command {
  return new Command("pii")
    .description("see which columns look like personal data, and confirm or reject it")
    .addCommand(listCommand(parts))
    .addCommand(decideCommand(parts, "confirm"))
    .addCommand(decideCommand(parts, "reject"))
    .addCommand(scanCommand(parts));
}

interface FilterOptions {
  readonly database?: string;
  readonly column?: string[];
  readonly class?: PiiClass[];
  readonly confidence?: string;
  readonly state?: ProposalState;
}

function withFilters(command: Command): Command {
  return command
    .argument("[table...]", "database.table; without a name, all tables that you may change")
    .option("--database <database>", "only tables of this database")
    .option("--column <name...>", "only columns of these names")
    .addOption(new Option("--class <class...>", "only these classes").choices(piiClasses))
    .option("--confidence <percent>", "only proposals that are at least as sure: 90");
}

function inputOf(tables: readonly string[], options: FilterOptions) {
  const { database, column: columns = [], class: classes = [], confidence, state } = options;
  return { tables: [...tables], database, columns, classes, atLeast: shareOf(confidence), state };
}

/** Throws USAGE. */
function shareOf(text: string | undefined): number {
  const share = Number(text ?? "0") / 100;
  if (share >= 0 && share <= 1) return share;
  throw new HeadgateError("USAGE", { place: "--confidence", message: "a confidence is a number from 0 to 100" });
}

function stateOption(): Option {
  return new Option("--state <state>", "only proposals in this state").choices(proposalStates);
}

function listCommand({ connectors }: CliParts): Command {
  return withFilters(new Command("list"))
    .description("list the columns that look like personal data, with the evidence")
    .addOption(stateOption())
    .action(async (tables: readonly string[], options: FilterOptions, command: Command) => {
      const operation = async () => (await pii()).piiList;
      const { proposals } = await invoke({ command, connectors, operation, input: inputOf(tables, options) });
      if (wantsJson(command)) return printJson({ proposals });
      printRows(proposals.map(row), process.stdout, { below: ["because"], none: "no column looks like personal data" });
    });
}

function row(proposal: PresentedProposal): Record<string, unknown> {
  const { table, column, class: found, confidence, state } = proposal;
  return {
    table,
    column,
    class: found,
    confidence: percent(confidence),
    state,
    because: because(proposal),
  };
}

/** The evidence in one line. */
function because({ evidence, reason }: PresentedProposal): string {
  const { name, values, rates, notes } = evidence;
  const looked = Object.entries(rates).map(([what, share]) => `${what} ${percent(share)}`);
  return [
    ...(reason === null ? [] : [reason]),
    ...(name.length === 0 ? [] : [`its name has ${name.join(", ")}`]),
    ...(values === 0 ? [] : [`${count(values, "value")}: ${looked.join(", ")}`]),
    ...notes,
  ].join("; ");
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

interface DecideOptions extends FilterOptions {
  readonly all?: boolean;
  readonly plan?: boolean;
}

const decided = { confirm: "confirmed", reject: "rejected" } as const;

function decideCommand({ connectors }: CliParts, decision: "confirm" | "reject"): Command {
  const description =
    decision === "confirm"
      ? "say that columns hold personal data: they get the parameters pii_flag and pii_class"
      : "say that columns hold no such data: it is proposed again only when the values change in kind";
  return withFilters(new Command(decision))
    .description(description)
    .addOption(stateOption().default("open"))
    .option("--all", "all proposals that you may decide on")
    .option("--plan", "only show what would be decided")
    .action(async (tables: readonly string[], options: DecideOptions, command: Command) => {
      const { all = false, plan = false } = options;
      const operation = async () => (await pii()).piiDecide;
      const input = { ...inputOf(tables, options), decision, all, plan };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) return printJson(result);
      const none = `there is no such proposal whose state is ${options.state}`;
      printRows(result.decided.map(row), process.stdout, { below: ["because"], none });
      const verb = plan ? `would be ${decided[decision]}` : decided[decision];
      if (result.decided.length > 0) process.stdout.write(`${count(result.decided.length, "proposal")} ${verb}\n`);
      const missed = (options.column ?? []).filter((name) => !result.decided.some(({ column }) => column === name));
      if (missed.length > 0) process.stdout.write(`${withoutProposal(missed, tables, decision)}\n`);
    });
}

/** Columns that were named and not decided on: without this line, people would take them for flagged. */
function withoutProposal(
  columns: readonly string[],
  [table = "<table>"]: readonly string[],
  decision: "confirm" | "reject",
): string {
  const flag = `pii_flag=${decision === "confirm"}`;
  return columns
    .map(
      (name) =>
        `nothing was decided on the column ${name}; to say it anyway: headgate table describe ${shellWord(table)} --column ${shellWord(name)} --set ${flag}`,
    )
    .join("\n");
}

function scanCommand({ connectors }: CliParts): Command {
  return new Command("scan")
    .description("look at some rows of tables for personal data; the values stay on this machine and are not kept")
    .argument("[table...]", "database.table; without a name, all tables that you may change")
    .option("--database <database>", "only tables of this database")
    .action(async (tables: readonly string[], { database }: { database?: string }, command: Command) => {
      const operation = async () => (await pii()).piiScan;
      const result = await invoke({ command, connectors, operation, input: { tables: [...tables], database } });
      if (wantsJson(command)) printJson(result);
      else
        printRows(
          result.tables.map(({ error, ...table }) => ({ ...table, error: error?.code })),
          process.stdout,
          { none: "there is no table that you may change" },
        );
      if (result.tables.some(({ error }) => error !== undefined)) process.exitCode = 1;
    });
}
