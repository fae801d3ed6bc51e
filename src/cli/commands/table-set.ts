/** `headgate table set`: all settings of one table. */
import { Command, Option } from "commander";
import { formatSeconds, secondsOf } from "../../base/duration.ts";
import { formatName, parseName } from "../../catalog/table-name.ts";
import { captureModes, type CaptureModeName, type UnsignedBigint } from "../../db/tables.ts";
import { compressions, type Compression } from "../../engine/file-layout.ts";
import { HeadgateError } from "../../errors.ts";
import { formatVersions } from "../../iceberg/format-version.ts";
import type { SetOfTable } from "../../operations/table-set.ts";
import { unsignedBigints } from "../../sync/settings/unsigned-bigint.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRecord } from "../output/record.ts";
import { shellWord } from "../output/shell-word.ts";

interface SetOptions {
  readonly mode?: "auto" | CaptureModeName;
  readonly column?: string;
  readonly overlap?: string;
  readonly softDelete?: Answer;
  readonly history?: Answer;
  readonly partitionBy?: readonly string[];
  readonly sortBy?: readonly string[];
  readonly targetFileSize?: string;
  readonly compression?: Compression | "auto";
  readonly formatVersion?: string;
  readonly key?: readonly string[];
  readonly freshness?: string;
  readonly unsignedBigint?: UnsignedBigint | "auto";
  readonly reading?: string;
}

export function setCommand({ connectors }: CliParts): Command {
  return new Command("set")
    .description(
      "change the settings of a table that a source feeds (auto restores a default), or show them when no option is given",
    )
    .argument("<table>", "database.table in the lake; also one that no run has loaded yet")
    .addOption(
      new Option(
        "--mode <mode>",
        "how changes are found: diff compares the whole table (exact), cursor reads the rows whose value in a growing column is new (misses deletes), files reads new files (exact, and the only mode of tables that lie in files)",
      ).choices(["auto", ...captureModes]),
    )
    .option("--column <name>", "the growing column of a cursor: a number or a time")
    .option("--overlap <n>", "how far below its highest value a cursor starts reading: numbers, seconds or days")
    .addOption(
      new Option("--soft-delete <answer>", "keep rows that the source deletes, marked in _deleted_at").choices(answers),
    )
    .addOption(new Option("--history <answer>", "keep every change in <table>__history").choices(answers))
    .option(
      "--partition-by <term...>",
      "divide its files by columns or by transforms of them: city, day(created_at), bucket(16, id), truncate(4, name); none",
    )
    .option(
      "--sort-by <term...>",
      "sort the rows of a file, written like --partition-by with desc and nulls last: 'created_at desc'; none",
    )
    .option("--target-file-size <mb>", "write data files of about this many MB")
    .addOption(
      new Option("--compression <codec>", "compress data files with this codec").choices([...compressions, "auto"]),
    )
    .addOption(
      new Option(
        "--format-version <version>",
        "write this version of the Iceberg format; a table cannot go back from 3",
      ).choices([...formatVersions.map(String), "auto"]),
    )
    .option("--key <column...>", "identify a row by these columns where the source declares no key")
    .option("--freshness <duration>", "send an alert when the table is older than this: 30m, 26h")
    .addOption(
      new Option(
        "--unsigned-bigint <type>",
        "the type of bigint unsigned; auto uses the setting of the source",
      ).choices([...unsignedBigints, "auto"]),
    )
    .option("--reading <json>", "how the files of a source that is not a database are read; auto detects it")
    .action(async (table: string, options: SetOptions, command: Command) => {
      const operation = async () => (await import("../../operations/table-set.ts")).tableSet;
      const input = { table, ...settingsOf(options) };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) return printJson(result);
      printSettings(result);
      for (const line of remarks(input, result)) process.stdout.write(`${line}\n`);
    });
}

function printSettings({ table, mode, softDelete, history, freshness, ...set }: SetOfTable): void {
  const by = mode.mode === "cursor" ? ` on ${mode.column}, overlap ${mode.overlap}` : "";
  printRecord({
    table,
    mode: `${mode.mode}${by} (${mode.reason})`,
    "deleted rows": softDelete ? "kept, marked in _deleted_at" : "removed",
    "history of changes": history ? "kept in a table of its own" : "not kept",
    ...set,
    freshness: freshness === undefined ? undefined : formatSeconds(freshness),
  });
}

/** Consequences of the new settings that are not obvious. */
function remarks(asked: ReturnType<typeof settingsOf>, set: SetOfTable): readonly string[] {
  const { table, source, mode } = set;
  const { partitionBy, sortBy, targetFileSize, compression, formatVersion } = asked;
  const isLaidOut = [partitionBy, sortBy, targetFileSize, compression, formatVersion].some(
    (value) => value !== undefined,
  );
  const named = shellWord(formatName(parseName(table).slice(1)));
  const lines = isLaidOut ? [layoutRemark(set, `headgate sync ${shellWord(source)} --table ${named} --full`)] : [];
  if (asked.mode !== "cursor" || mode.mode !== "cursor") return lines;
  const schedule = `headgate schedule set find_deletes --source ${source} --table ${named} --cron '0 5 * * sun' --action repair`;
  return [...lines, `to find deletes every week: ${schedule}`];
}

/** A full load of a table that keeps old rows still compares, because the lake holds the only copy of them. */
function layoutRemark({ softDelete, history }: SetOfTable, fullLoad: string): string {
  const kept = "files that exist stay as they are";
  if (softDelete || history) return `${kept}, also in a full load, because the table keeps deleted rows or a history`;
  return `${kept}; \`${fullLoad}\` rewrites them`;
}

const answers = ["yes", "no"] as const;

type Answer = (typeof answers)[number];

function settingsOf(options: SetOptions) {
  const { targetFileSize, compression, formatVersion, freshness, unsignedBigint } = options;
  return {
    mode: options.mode,
    column: options.column,
    overlap: options.overlap === undefined ? undefined : wholeNumber(options.overlap),
    softDelete: options.softDelete && options.softDelete === "yes",
    history: options.history && options.history === "yes",
    partitionBy: listOf(options.partitionBy),
    sortBy: listOf(options.sortBy),
    targetFileSize:
      targetFileSize === "auto" ? null : targetFileSize === undefined ? undefined : Number(targetFileSize),
    compression: compression === "auto" ? null : compression,
    formatVersion: formatVersion === "auto" ? null : formatVersions.find((known) => String(known) === formatVersion),
    key: listOf(options.key),
    freshness: freshness === "auto" ? null : freshness === undefined ? undefined : secondsOf(freshness),
    unsignedBigint: unsignedBigint === "auto" ? null : unsignedBigint,
    reading: options.reading === "auto" ? null : options.reading,
  };
}

function listOf(words: readonly string[] | undefined): readonly string[] | null | undefined {
  if (words?.length !== 1) return words;
  return words[0] === "auto" ? null : words[0] === "none" ? [] : words;
}

function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new HeadgateError("USAGE", { place: "--overlap", message: `"${text}" is not a whole number` });
}
