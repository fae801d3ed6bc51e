/** The words of `headgate table …`: where single tables of a source stand, pause, resume, begin again. */
import { Command, Option } from "commander";
import { formatSeconds, secondsOf } from "../../base/duration.ts";
import { compressions, type Compression } from "../../engine/file-layout.ts";
import { formatVersions } from "../../iceberg/format-version.ts";
import type { UnsignedBigint } from "../../db/tables.ts";
import { unsignedBigints } from "../../sync/settings/unsigned-bigint.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import type { Dropped } from "../../operations/table-drop.ts";
import type { DropPlan } from "../../sync/settings/drop-tables.ts";
import { confirm } from "../output/confirm.ts";
import { printRecord } from "../output/record.ts";
import { printRows } from "../output/rows.ts";
import { count } from "../output/table.ts";
import { sourceTable } from "../source-table.ts";

const control = () => import("../../operations/table-control.ts");

export function tableCommand(parts: CliParts): Command {
  return new Command("table")
    .description(
      "see where the tables of a source stand; pause, resume, reset, lay out or drop one; register tables of others",
    )
    .addCommand(listCommand(parts))
    .addCommand(pauseCommand(parts, { word: "pause", paused: true, description: "leave a table out of every run" }))
    .addCommand(pauseCommand(parts, { word: "resume", paused: false, description: "take a paused table in again" }))
    .addCommand(resetCommand(parts))
    .addCommand(setCommand(parts))
    .addCommand(dropCommand(parts))
    .addCommand(registerCommand(parts))
    .addCommand(unregisterCommand(parts));
}

const register = () => import("../../operations/register.ts");

function registerCommand({ connectors }: CliParts): Command {
  return new Command("register")
    .description("take an Iceberg table of another writer into the catalog, or move on to its newer metadata")
    .argument("<database.table>", "what it is called here")
    .argument("<location>", "of the table or of a metadata file, below one of HEADGATE_TABLE_ROOTS")
    .action(async (table: string, location: string, _options: object, command: Command) => {
      const operation = async () => (await register()).tableRegister;
      const result = await invoke({ command, connectors, operation, input: { table, location } });
      if (wantsJson(command)) return printJson(result);
      const { metadataLocation, formatVersion, snapshots, isNew } = result;
      printRecord({ table: result.table, metadata: metadataLocation, format: `Iceberg v${formatVersion}`, snapshots });
      process.stdout.write(isNew ? "registered\n" : "moved on to this metadata\n");
    });
}

function unregisterCommand({ connectors }: CliParts): Command {
  return new Command("unregister")
    .description("forget a table that was registered; its files stay")
    .argument("<database.table>")
    .action(async (table: string, _options: object, command: Command) => {
      const operation = async () => (await register()).tableUnregister;
      const result = await invoke({ command, connectors, operation, input: { table } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.unregistered} is forgotten\n`);
    });
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the tables of a source: active, mode, rows, how fresh, position")
    .argument("<source>")
    .action(async (source: string, _options: object, command: Command) => {
      const operation = async () => (await control()).controlList;
      const result = await invoke({ command, connectors, operation, input: { source } });
      if (wantsJson(command)) return printJson(result);
      printRows(
        result.tables.map(({ keepsDeleted, keepsHistory, freshAt, active, ...rest }) => ({
          table: rest.table,
          active: active ? "yes" : "paused",
          mode: rest.mode,
          partitions: rest.partitionBy?.join(", "),
          keeps: [...(keepsDeleted ? ["deleted"] : []), ...(keepsHistory ? ["history"] : [])].join(", "),
          rows: rest.rows,
          "loaded (UTC)": rest.fullLoadAt,
          "fresh (UTC)": freshAt,
          position: shownPosition(rest.position),
          declared: rest.origin,
        })),
      );
    });
}

/** A position is its connector's own; of what is in it, the part that the server's own tools show. The whole is in --json. */
function shownPosition(position: string): string | undefined {
  const { lsn, gtid, file, offset } = JSON.parse(position) as Readonly<Record<string, unknown>>;
  const place = file === undefined ? undefined : `${String(file)}:${String(offset)}`;
  const shown = [lsn, gtid, place].find((part) => typeof part === "string" && part !== "");
  return shown === undefined ? undefined : String(shown);
}

function pauseCommand(
  { connectors }: CliParts,
  { word, paused, description }: { word: string; paused: boolean; description: string },
): Command {
  return new Command(word)
    .description(description)
    .argument("<source.table>")
    .action(async (target: string, _options: object, command: Command) => {
      const operation = async () => (await control()).tablePause;
      const result = await invoke({ command, connectors, operation, input: { ...sourceTable(target), paused } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.table} is ${paused ? "paused" : "taken in again"}\n`);
    });
}

function resetCommand({ connectors }: CliParts): Command {
  return new Command("reset")
    .description("forget how a table was known to be equal: the next run reads it whole and compares")
    .argument("<source.table>")
    .action(async (target: string, _options: object, command: Command) => {
      const operation = async () => (await control()).tableReset;
      const result = await invoke({ command, connectors, operation, input: sourceTable(target) });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.table} is read whole by the next run\n`);
    });
}

interface DropOptions {
  readonly keepFiles?: boolean;
  readonly yes?: boolean;
}

function dropCommand({ connectors }: CliParts): Command {
  return new Command("drop")
    .description(
      "take a table out of the lake for good, after asking, with its history, settings, tags and files; the source's table is not loaded again until `headgate sync <source> --table <name>` names it",
    )
    .argument("<database.table>")
    .option("--keep-files", "the files stay, and `headgate table register` can take them in again")
    .option("--yes", "do not ask")
    .action(async (table: string, { keepFiles = false, yes = false }: DropOptions, command: Command) => {
      const operation = async () => (await import("../../operations/table-drop.ts")).tableDrop;
      const input = { table, keepFiles };
      if (!yes) {
        const plan = await invoke({ command, connectors, operation, input: { ...input, plan: true } });
        const question = `Drop ${plan.table} for good?`;
        await confirm({ goes: whatGoes(plan), question, place: `table drop ${table}`, isGiven: yes });
      }
      const result = await invoke({ command, connectors, operation, input: { ...input, plan: false } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(droppedLines(result));
    });
}

function whatGoes(plan: DropPlan): readonly string[] {
  const rows = plan.rows === null ? "whose metadata cannot be read" : `of ${count(plan.rows, "row")}`;
  return [
    `${plan.table}, a table ${rows}, goes from the lake with all its earlier states`,
    ...(plan.history === null ? [] : [`the history of its changes, ${plan.history}, goes too`]),
    ...(plan.references.length === 0 ? [] : [`tags and branches that go: ${plan.references.join(", ")}`]),
    ...(plan.isSet ? ["what was set for it goes"] : []),
    ...(plan.declaredIn === null ? [] : [`it is declared in ${plan.declaredIn}: take it out there too`]),
    ...(plan.schedules.length === 0 ? [] : [`schedules that name it leave it out: ${plan.schedules.join(", ")}`]),
    plan.filesStay ? `its files stay at ${plan.location}` : `its files are deleted from ${plan.location}`,
    ...(plan.source === null ? [] : [`${plan.sourceTable ?? ""} stays as it is in the source ${plan.source}`]),
  ];
}

function droppedLines(dropped: Dropped): string {
  const { table, source, filesStay, filesDeleted, metadataLocation } = dropped;
  const files = filesStay ? `its files stay: ${metadataLocation}` : `${count(filesDeleted, "file")} deleted`;
  const again =
    source === null
      ? ""
      : `to load it again: headgate sync ${source} --table ${shellWord(dropped.sourceTable ?? "")}\n`;
  return `${table} is dropped; ${files}\n${again}`;
}

function shellWord(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

interface SetOptions {
  readonly partition?: readonly string[];
  readonly sort?: readonly string[];
  readonly fileSize?: string;
  readonly compression?: Compression | "auto";
  readonly formatVersion?: string;
  readonly key?: readonly string[];
  readonly freshness?: string;
  readonly unsignedBigint?: UnsignedBigint | "auto";
}

function setCommand({ connectors }: CliParts): Command {
  return new Command("set")
    .description(
      "say how a table's files are laid out, what identifies its rows, how old it may be, what bigint unsigned becomes",
    )
    .argument("<source.table>")
    .option("--partition <term...>", "city, day(created_at), bucket(16, id), truncate(4, name); none; auto")
    .option("--sort <term...>", "like partitions, with desc and nulls last: 'created_at desc'; none; auto")
    .option("--file-size <mb>", "of a data file, about; or auto")
    .addOption(new Option("--compression <codec>", "of data files").choices([...compressions, "auto"]))
    .addOption(
      new Option("--format-version <version>", "of Iceberg, never back from 3").choices([
        ...formatVersions.map(String),
        "auto",
      ]),
    )
    .option("--key <column...>", "columns that identify a row where the source declares no key; or auto")
    .option("--freshness <duration>", "an alert tells when the table is older: 30m, 26h; or auto")
    .addOption(
      new Option("--unsigned-bigint <type>", "what bigint unsigned becomes; auto: as the source").choices([
        ...unsignedBigints,
        "auto",
      ]),
    )
    .action(async (target: string, options: SetOptions, command: Command) => {
      const operation = async () => (await import("../../operations/table-set.ts")).tableSet;
      const input = { ...sourceTable(target), ...settingsOf(options) };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) return printJson(result);
      const { table, freshness, ...set } = result;
      printRecord({ table, ...set, freshness: freshness === undefined ? undefined : formatSeconds(freshness) });
      process.stdout.write("new files are laid out so; `headgate sync <source> --full --table <table>` rewrites all\n");
    });
}

function settingsOf(options: SetOptions) {
  const { fileSize, compression, formatVersion, freshness, unsignedBigint } = options;
  return {
    partitionBy: listOf(options.partition),
    sortBy: listOf(options.sort),
    targetFileSize: fileSize === "auto" ? null : fileSize === undefined ? undefined : Number(fileSize),
    compression: compression === "auto" ? null : compression,
    formatVersion: formatVersion === "auto" ? null : formatVersions.find((known) => String(known) === formatVersion),
    key: listOf(options.key),
    freshness: freshness === "auto" ? null : freshness === undefined ? undefined : secondsOf(freshness),
    unsignedBigint: unsignedBigint === "auto" ? null : unsignedBigint,
  };
}

function listOf(words: readonly string[] | undefined): readonly string[] | null | undefined {
  if (words?.length !== 1) return words;
  return words[0] === "auto" ? null : words[0] === "none" ? [] : words;
}
