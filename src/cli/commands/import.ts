/** `headgate import`: imports files of others as a table, after approval. */
import { resolve } from "node:path";
import { Command } from "commander";
import { HeadgateError } from "../../errors.ts";
import type { Proposal } from "../../ingest/import/proposal.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printImported } from "../output/import-report.ts";
import { printRecord } from "../output/record.ts";
import { printRows } from "../output/rows.ts";

interface ImportOptions {
  readonly plan?: boolean;
  readonly approve?: string;
  readonly again?: boolean;
  readonly type: readonly string[];
  readonly rename: readonly string[];
  readonly header: boolean;
  readonly delimiter?: string;
  readonly comment?: string;
  readonly skipLines?: number;
}

export function importCommand({ connectors }: CliParts): Command {
  const gather = (value: string, before: readonly string[]): readonly string[] => [...before, value];
  return new Command("import")
    .description(
      "import Parquet, CSV and JSON files into a table after you approve the proposal; the files stay where they are",
    )
    .argument("<table>", "the name that it gets in the lake: database.table")
    .argument("[location]", "a directory or s3:// prefix, below one of HEADGATE_TABLE_ROOTS")
    .option("--plan", "only propose: show columns, types, files, and whatever is doubtful")
    .option("--approve <digest>", "import what was proposed under this digest")
    .option("--again", "import the files that are new since the last import, and no others")
    .option("--type <column=type>", "import a column as another type: amount=decimal(12,2)", gather, [])
    .option("--rename <column=name>", "give a column another name", gather, [])
    .option("--no-header", "the first line of CSV is a row, not the names of the columns")
    .option("--delimiter <text>", "the text between the fields of CSV (default: found for each file)")
    .option("--comment <character>", "the character that begins a comment in CSV, up to the end of the line")
    .option("--skip-lines <number>", "the number of CSV lines above the header (default: found for each file)", Number)
    .action(async (table: string, given: string | undefined, options: ImportOptions, command: Command) => {
      const { plan = false, approve, again = false, header, delimiter, comment, skipLines } = options;
      const csv = { delimiter: delimiter === "\\t" ? "\t" : delimiter, comment, skipLines };
      const location = given === undefined || /^[a-z0-9]+:/.test(given) ? given : resolve(given);
      const [types, names] = [pairs("--type", options.type), pairs("--rename", options.rename)];
      const operation = async () => (await import("../../operations/import.ts")).tableImport;
      const input = { table, location, plan, approve, again, types, names, header, csv };
      const { proposal, imported } = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) printJson(imported ?? proposal);
      else if (imported !== null) printImported(imported);
      else if (proposal !== null) printProposal(proposal);
      if (proposal !== null && !plan)
        throw new HeadgateError("IMPORT_NOT_APPROVED", {
          place: table,
          message: `nothing has been imported, because you have not yet approved the proposal ${proposal.digest}`,
          remedy: `check the proposal, then run the same command with --approve ${proposal.digest}; --type and --rename change columns`,
        });
      if (proposal !== null && !wantsJson(command))
        process.stdout.write(
          `to import it, run the same command with --approve ${proposal.digest} in place of --plan\n`,
        );
    });
}

function pairs(option: string, words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.lastIndexOf("=");
      if (at > 0 && at < word.length - 1) return [word.slice(0, at), word.slice(at + 1)];
      throw new HeadgateError("USAGE", {
        place: `${option} ${word}`,
        message: "this is not of the form <column>=<value>",
        remedy: `write the column, an equals sign, and what it should become: ${option} amount=${option === "--type" ? "string" : "total"}`,
      });
    }),
  );
}

function printProposal({ table, location, columns, files, bytes, rows, notes, digest }: Proposal): void {
  printRecord({ table, location, files: files.length, MB: Math.round(bytes / 104_857.6) / 10, rows, digest });
  process.stdout.write("\n");
  printRows(
    columns.map(({ name, type, notes: because }) => ({
      column: name,
      type,
      nullable: "yes",
      notes: because.join("; "),
    })),
  );
  for (const note of notes) process.stdout.write(`- ${note}\n`);
}
