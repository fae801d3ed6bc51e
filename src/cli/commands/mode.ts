/** The words of `headgate mode`: choose how the changes of a table are found. */
import { Argument, Command } from "commander";
import { HeadgateError } from "../../errors.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { sourceTable } from "../source-table.ts";

const tableMode = async () => (await import("../../operations/modes.ts")).tableMode;

interface ModeOptions {
  readonly column?: string;
  readonly overlap?: string;
}

export function modeCommand({ connectors }: CliParts): Command {
  return new Command("mode")
    .description("choose how the changes of a table are found: by comparing it whole, or by a growing column")
    .argument("<source.table>")
    .addArgument(
      new Argument("<mode>", "auto, diff (exact) or cursor (sees no deletes)").choices(["auto", "diff", "cursor"]),
    )
    .option("--column <name>", "the growing column of a cursor: a number or a time")
    .option("--overlap <n>", "how far below its highest value reading begins: numbers, seconds or days")
    .action(async (target: string, mode: "auto" | "diff" | "cursor", options: ModeOptions, command: Command) => {
      const overlap = options.overlap === undefined ? undefined : wholeNumber(options.overlap);
      const input = { ...sourceTable(target), mode, column: options.column, overlap };
      const result = await invoke({ command, connectors, operation: tableMode, input });
      if (wantsJson(command)) return printJson(result);
      const by = result.mode.mode === "cursor" ? ` on ${result.mode.column}, overlap ${result.mode.overlap}` : "";
      process.stdout.write(`${result.table}: ${result.mode.mode}${by} (${result.mode.reason})\n`);
      if (result.mode.mode === "cursor") process.stdout.write(findDeletes(input.source, result.table));
    });
}

/** What a cursor does not see, and how it is found now and then. */
function findDeletes(source: string, table: string): string {
  const schedule = `headgate schedule set find_deletes --source ${source} --table ${table} --cron '0 5 * * sun' --action repair`;
  return `to find deletes every week: ${schedule}\n`;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw new HeadgateError("USAGE", { place: "--overlap", message: `expected a whole number, not ${text}` });
  return Number(text);
}
