/** `headgate sql`: runs one SELECT over the lake and writes its rows. */
import { resolve } from "node:path";
import { Command, Option } from "commander";
import type { SqlOutcome } from "../../operations/sql.ts";
import type { ExplainedFile } from "../../query/query.ts";
import { viewStatement, type ViewStatement } from "../../query/view-statement.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { wholeNumber } from "../whole-number.ts";
import { givenStatement } from "../given-statement.ts";
import { openResultWriter, resultFormats, writeItem, type ResultFormat } from "../output/result-writer.ts";
import { printRows } from "../output/rows.ts";
import { createdLine } from "../output/view-lines.ts";

interface SqlOptions {
  readonly asOf?: string;
  readonly format?: ResultFormat | "parquet";
  readonly output?: string;
  readonly file?: string;
  readonly limit?: number;
  readonly explain?: boolean;
}

const sql = async () => (await import("../../operations/sql.ts")).sql;

export function sqlCommand({ connectors }: CliParts): Command {
  return new Command("sql")
    .description("run a SELECT statement on the tables of the lake; also CREATE VIEW … AS and DROP VIEW")
    .argument("[statement]", "for example: select count(*) from shop.orders; without one it is read from a pipe")
    .option("--file <path>", "take the statement from this file")
    .option(
      "--as-of <moment>",
      "read the lake as it was: a time, `2 hours ago`, a snapshot or run id, a tag or branch, first, before-last",
    )
    .addOption(new Option("--format <format>", "how to write the result").choices([...resultFormats, "parquet"]))
    .option("--output <path>", "write the result to this file (Parquet, or CSV with --format csv)")
    .option("--limit <rows>", "stop after this many rows", wholeNumber)
    .option("--explain", "show which files would be read and skipped, and the engine's plan")
    .action(async (statement: string | undefined, options: SqlOptions, command: Command) => {
      const text = await givenStatement(statement, options);
      const view = viewStatement(text);
      if (view !== undefined) return changeView({ command, connectors }, view);
      const input = {
        sql: text,
        asOf: options.asOf,
        limit: options.limit,
        explain: options.explain ?? false,
        output: exportOf(options),
      };
      const started = performance.now();
      const writer = openResultWriter({ stream: process.stdout, format: formatOf(options, command) });
      const onItem = (item: unknown): Promise<void> => writeItem(writer, item);
      const outcome = await invoke({ command, connectors, operation: sql, input, onItem });
      for (const warning of wantsJson(command) ? [] : (outcome.warnings ?? []))
        process.stderr.write(`warning: ${warning}\n`);
      if (input.explain || input.output !== undefined) return showOutcome(outcome, { command, options });
      writer.end({
        ...readFiles(outcome.stats),
        seconds: (performance.now() - started) / 1000,
        warnings: outcome.warnings,
      });
    });
}

/** Nothing where every table may be read only in part: how many files were read would tell of the rest, and is not known here. */
function readFiles({ tables, filesRead, filesSkipped }: SqlOutcome["stats"]) {
  return tables.length === 0 ? {} : { filesRead, filesSkipped };
}

/** The same as `headgate view create` and `headgate view drop --yes`. */
async function changeView(
  { command, connectors }: Pick<CliParts, "connectors"> & { readonly command: Command },
  statement: ViewStatement,
): Promise<void> {
  const { view } = statement;
  if (statement.kind === "drop") {
    const operation = async () => (await import("../../operations/views/view-change.ts")).viewDrop;
    const result = await invoke({ command, connectors, operation, input: { view, plan: false } });
    return wantsJson(command) ? printJson(result) : void process.stdout.write(`${result.view} is dropped\n`);
  }
  const operation = async () => (await import("../../operations/views/view-create.ts")).viewCreate;
  const { sql: text, replace } = statement;
  const result = await invoke({ command, connectors, operation, input: { view, sql: text, replace } });
  return wantsJson(command) ? printJson(result) : void process.stdout.write(createdLine(result));
}

function exportOf({ format, output }: SqlOptions): { format: "parquet" | "csv"; path: string } | undefined {
  if (output === undefined) return undefined;
  return { format: format === "csv" ? "csv" : "parquet", path: resolve(output) };
}

function formatOf({ format }: SqlOptions, command: Command): ResultFormat {
  if (format === undefined || format === "parquet") return wantsJson(command) ? "json" : "table";
  return format;
}

function showOutcome(
  { rows, bytes, stats, files = [], plan, warnings }: SqlOutcome,
  { command, options }: { command: Command; options: SqlOptions },
): void {
  if (wantsJson(command)) return printJson({ rows, bytes, stats, files, plan, warnings });
  if (plan === undefined)
    return void process.stdout.write(
      `${rows.toLocaleString("en")} rows written to ${options.output ?? ""} (${(bytes ?? 0).toLocaleString("en")} bytes)\n`,
    );
  printRows(
    stats.tables.map((scan) => ({
      table: scan.table,
      "files read": scan.filesRead,
      "files skipped": scan.filesSkipped,
      rows: scan.rows,
      bytes: scan.bytes,
    })),
  );
  process.stdout.write("\n");
  printRows(files.slice(0, shownFiles).map(shownFile));
  if (files.length > shownFiles)
    process.stdout.write(`and ${files.length - shownFiles} files more (--json shows a thousand)\n`);
  process.stdout.write(`${plan}\n`);
}

const shownFiles = 20;

function shownFile({ table, location, rows, bytes, read }: ExplainedFile): Record<string, unknown> {
  return { "": read ? "read" : "skip", table, file: location.split("/").slice(-2).join("/"), rows, bytes };
}
