/** `headgate source …`: connects databases and shows what they hold. The work is done in operations/sources.ts. */
import { formatSeconds, secondsOf } from "../../base/duration.ts";
import { Command, Option } from "commander";
import { namedVariable } from "../../config.ts";
import { HeadgateError } from "../../errors.ts";
import type { SourceTableState } from "../../operations/source-tables.ts";
import type { SourceChanged, SourceRemoved } from "../../operations/sources.ts";
import { unclassifiedMeanings, type Unclassified } from "../../db/pii-rows.ts";
import type { UnsignedBigint } from "../../db/tables.ts";
import { unsignedBigints } from "../../sync/settings/unsigned-bigint.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { askSecret } from "../output/ask-secret.ts";
import { printChecks } from "../output/checks.ts";
import { confirm } from "../output/confirm.ts";
import { printRecord } from "../output/record.ts";
import { printRows } from "../output/rows.ts";
import { colors } from "../output/terminal.ts";
import { sourceControllerCommand } from "./controller.ts";
import {
  glueTableOption,
  printDefined,
  readDescriptions,
  sourceDefineCommand,
  tableMappingOption,
  type DescriptionFiles,
} from "./source-define.ts";
import { readGiven } from "../read-given.ts";
import { wholeAddress } from "../whole-address.ts";

const sources = () => import("../../operations/sources.ts");

export function sourceCommand(parts: CliParts): Command {
  return new Command("source")
    .description("connect a database, test it, and see what it contains")
    .addCommand(addCommand(parts))
    .addCommand(testCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(showCommand(parts))
    .addCommand(discoverCommand(parts))
    .addCommand(setCommand(parts))
    .addCommand(sourceControllerCommand(parts))
    .addCommand(sourceDefineCommand(parts))
    .addCommand(removeCommand(parts));
}

function addCommand({ connectors }: CliParts): Command {
  return new Command("add")
    .description("connect a database as a source (mariadb://, mysql://, postgres://), or files that AWS DMS wrote")
    .argument("<name>", "the name of the source, and of its database in the lake")
    .argument("<url>", "for example mariadb://user@host:3306/database, or a directory with files of AWS DMS")
    .addOption(
      new Option("--password-env <name>", "take the password from this environment variable").conflicts("passwordFile"),
    )
    .option("--password-file <file>", "take the password from this file's first line")
    .addOption(newTablesOption().default("auto"))
    .option("--all-databases", "load every database of the server, if the address names none")
    .addOption(unsignedBigintOption().default("decimal"))
    .addOption(unclassifiedOption().default("ordinary"))
    .addOption(tableMappingOption())
    .addOption(glueTableOption())
    .action(async (name: string, address: string, options: GivenToAdd, command: Command) => {
      const url = await wholeAddress(address);
      const { newTables, allDatabases, unsignedBigint, unclassified } = options;
      const password = await readPassword(url, options);
      const described = await readDescriptions(options);
      const result = await invoke({
        command,
        connectors,
        operation: async () => (await sources()).sourceAdd,
        input: { name, url, password, newTables, allDatabases, unsignedBigint, unclassified, ...described },
      });
      if (wantsJson(command)) return printJson(result);
      const { source, server, defined } = result;
      process.stdout.write(`${source.name} is connected: ${server.product} ${server.version}\n`);
      if (defined !== undefined) printDefined(defined);
      process.stdout.write(`next: headgate sync ${source.name}\n`);
    });
}

function testCommand({ connectors }: CliParts): Command {
  return new Command("test")
    .description("check every precondition, and print the statement that fixes a missing one")
    .argument("<source>")
    .option("--exclude <pattern...>", "check all tables except these: exact names or globs, as table or schema.table")
    .action(async (name: string, { exclude = [] }: { exclude?: string[] }, command: Command) => {
      const result = await invoke({
        command,
        connectors,
        operation: async () => (await sources()).sourceTest,
        input: { name, exclude },
      });
      if (wantsJson(command)) printJson(result);
      else printChecks(result);
      if (result.checks.some(({ outcome }) => outcome === "failed")) process.exitCode = 1;
    });
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list").description("list the sources").action(async (_options: object, command: Command) => {
    const result = await invoke({
      command,
      connectors,
      operation: async () => (await sources()).sourceList,
      input: {},
    });
    if (wantsJson(command)) printJson(result);
    else
      printRows(
        result.sources.map(({ name, connector, url, createdAt }) => ({
          name,
          connector,
          address: url,
          added: createdAt,
        })),
      );
  });
}

function showCommand({ connectors }: CliParts): Command {
  return new Command("show")
    .description("show a source and the state of each of its tables")
    .argument("<source>")
    .action(async (name: string, _options: object, command: Command) => {
      const result = await invoke({
        command,
        connectors,
        operation: async () => (await sources()).sourceShow,
        input: { name },
      });
      if (wantsJson(command)) return printJson(result);
      printRecord({
        name: result.source.name,
        connector: result.source.connector,
        address: result.source.url,
        "new tables": result.source.newTables,
        "left out": result.source.exclude.length === 0 ? undefined : result.source.exclude.join(", "),
        "bigint unsigned": result.source.unsignedBigint,
        unclassified: result.source.unclassified,
        freshness: result.source.freshness === null ? undefined : formatSeconds(result.source.freshness),
        declared: result.source.origin ?? undefined,
        added: result.source.createdAt,
      });
      printRows(result.tables.map(tableRow), process.stdout, { none: "no table is loaded yet" });
    });
}

function tableRow(table: SourceTableState): Record<string, unknown> {
  const { softDelete, history } = table;
  return {
    "source table": table.sourceTable,
    "lake table": table.lakeTable,
    active: table.active ? "yes" : "paused",
    mode: table.mode,
    partitions: table.partitionBy?.join(", "),
    keeps: [...(softDelete ? ["deleted"] : []), ...(history ? ["history"] : [])].join(", "),
    rows: table.rows,
    "loaded (UTC)": table.fullLoadAt,
    "fresh (UTC)": table.freshAt,
    position: shownPosition(table.position),
    declared: table.origin,
  };
}

/**
 * Only the connector understands a position; this shows the part that the server's own tools also show. --json has all
 * of it.
 */
function shownPosition(position: string): string | undefined {
  const { lsn, gtid, file, offset } = JSON.parse(position) as Readonly<Record<string, unknown>>;
  const place = offset === undefined ? file : `${String(file)}:${String(offset)}`;
  const shown = [lsn, gtid, place].find((part) => typeof part === "string" && part !== "");
  return shown === undefined ? undefined : String(shown);
}

function discoverCommand({ connectors }: CliParts): Command {
  return new Command("discover")
    .description("list what a source contains, without loading anything")
    .argument("<source>")
    .option("--table <pattern...>", "list only these: exact names or globs")
    .action(async (name: string, options: { table?: string[] }, command: Command) => {
      const result = await invoke({
        command,
        connectors,
        operation: async () => (await sources()).sourceDiscover,
        input: { name, tables: options.table ?? [] },
      });
      if (wantsJson(command)) return printJson(result);
      printRows(
        result.objects.map((object) => ({
          schema: object.name.schema,
          name: object.name.name,
          kind: object.kind,
          "rows (about)": object.estimatedRows,
          "MB (about)":
            object.estimatedBytes === undefined ? undefined : Math.round(object.estimatedBytes / 104_857.6) / 10,
        })),
      );
    });
}

interface NewTablesOption {
  readonly newTables: "auto" | "ask" | "ignore";
}

type GivenToAdd = PasswordOptions & AddOptions & DescriptionFiles;

interface AddOptions extends NewTablesOption {
  readonly allDatabases?: boolean;
  readonly unsignedBigint: UnsignedBigint;
  readonly unclassified: Unclassified;
}

function unsignedBigintOption(): Option {
  return new Option(
    "--unsigned-bigint <type>",
    "the type of bigint unsigned: decimal(20,0), or long, in which every value is checked",
  ).choices(unsignedBigints);
}

function unclassifiedOption(): Option {
  return new Option(
    "--unclassified <meaning>",
    "how columns count about which nobody has decided whether they are personal data: ordinary or sensitive",
  ).choices(unclassifiedMeanings);
}

function newTablesOption(): Option {
  return new Option(
    "--new-tables <policy>",
    "what happens to new tables of the source: auto loads them, ask shows them until `sync --table` names them, ignore leaves them out",
  ).choices(["auto", "ask", "ignore"]);
}

interface SetOptions extends Partial<AddOptions>, PasswordOptions {
  readonly url?: string;
  readonly askPassword?: boolean;
  readonly freshness?: string;
  /** True for the flag without patterns. */
  readonly exclude?: true | string[];
}

function setCommand({ connectors }: CliParts): Command {
  return new Command("set")
    .description(
      "change the address or password of a source, which tables are left out, what happens to new tables, the type of bigint unsigned, how old tables may be, or whether unclassified columns are sensitive",
    )
    .argument("<source>")
    .option("--url <url>", "another address; it is tried first, and tables are then compared, not loaded again")
    .addOption(
      new Option("--password-env <name>", "take a new password from this environment variable").conflicts([
        "passwordFile",
        "askPassword",
      ]),
    )
    .addOption(
      new Option("--password-file <file>", "take a new password from this file's first line").conflicts("askPassword"),
    )
    .option("--ask-password", "ask for a new password on the terminal")
    .option("--all-databases", "load every database of the server, if the address names none")
    .addOption(newTablesOption())
    .option(
      "--exclude [pattern...]",
      "leave these tables out of every run instead of those that were left out before: exact names or globs; without any, none is left out",
    )
    .option("--freshness <duration>", "send an alert when a table is older than this: 30m, 26h; none sends no alerts")
    .addOption(unsignedBigintOption())
    .addOption(unclassifiedOption())
    .action(async (name: string, options: SetOptions, command: Command) => {
      checkAsked(options);
      const input = {
        name,
        url: options.url && (await wholeAddress(options.url)),
        password: await newPassword(options),
        allDatabases: options.allDatabases,
        newTables: options.newTables,
        exclude: options.exclude === true ? [] : options.exclude,
        freshness: freshnessOf(options),
        unsignedBigint: options.unsignedBigint,
        unclassified: options.unclassified,
      };
      const operation = async () => (await sources()).sourceSet;
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) printJson(result);
      else printChanged(result);
    });
}

function checkAsked(options: SetOptions): void {
  const { url, passwordEnv, passwordFile, askPassword, newTables, exclude } = options;
  const { freshness, unsignedBigint, unclassified } = options;
  const others = [newTables, exclude, freshness, unsignedBigint, unclassified];
  const asked = [url, passwordEnv, passwordFile, askPassword, ...others];
  if (asked.some((option) => option !== undefined)) return;
  throw new HeadgateError("USAGE", {
    place: "source set",
    message: "the command does not say what to change",
    remedy:
      "add one or more of --url, --password-env, --password-file, --ask-password, --exclude, --new-tables, --freshness, --unsigned-bigint and --unclassified",
  });
}

function freshnessOf({ freshness }: SetOptions): number | null | undefined {
  if (freshness === undefined) return undefined;
  return freshness === "none" ? null : secondsOf(freshness);
}

function printChanged({ source, server, notes }: SourceChanged): void {
  const target = source.freshness === null ? "" : `; its tables may be ${formatSeconds(source.freshness)} old`;
  const at = server === undefined ? "" : `${server.product} ${server.version} at ${source.url}; `;
  const judged = source.unclassified === "sensitive" ? "; columns that nobody has judged count as sensitive" : "";
  process.stdout.write(`${source.name}: ${at}new tables ${source.newTables}${target}${judged}\n`);
  for (const note of notes) process.stdout.write(`${colors.yellow("!")} ${note}\n`);
}

interface RemoveOptions {
  readonly dropTables?: boolean;
  readonly yes?: boolean;
}

function removeCommand({ connectors }: CliParts): Command {
  return new Command("remove")
    .description(
      "remove a source, its schedules and its settings, after asking; its tables stay in the lake, and are used again when you add the source again",
    )
    .argument("<source>")
    .option("--drop-tables", "remove its tables, their histories and their files too")
    .option("--yes", "do not ask")
    .action(async (name: string, { dropTables = false, yes = false }: RemoveOptions, command: Command) => {
      const operation = async () => (await sources()).sourceRemove;
      const input = { name, dropTables };
      if (!yes) {
        const plan = await invoke({ command, connectors, operation, input: { ...input, plan: true } });
        const question = `Forget ${name}${dropTables ? " and drop its tables" : ""}?`;
        await confirm({ goes: whatGoes(plan, dropTables), question, place: `source remove ${name}`, isGiven: yes });
      }
      const result = await invoke({ command, connectors, operation, input: { ...input, plan: false } });
      if (wantsJson(command)) return printJson(result);
      const left = dropTables ? "its tables are dropped" : "its tables stay in the lake as they are";
      process.stdout.write(`${name} is forgotten; ${left}\n`);
    });
}

function whatGoes({ tables, schedules, settings, declaredIn }: SourceRemoved, dropTables: boolean): readonly string[] {
  const list = (names: readonly string[]): string =>
    names.length === 0
      ? "none"
      : names.slice(0, 20).join(", ") + (names.length > 20 ? ` and ${names.length - 20} more` : "");
  return [
    "its address and password go",
    `schedules that go: ${list(schedules)}`,
    `tables whose settings go: ${list(settings)}`,
    dropTables
      ? `tables that go, with their rows, states, files, grants and data filters: ${list(tables)}`
      : `tables that stay in the lake, no longer brought to now: ${list(tables)}`,
    ...(declaredIn === null ? [] : [`it is declared in ${declaredIn}: the next apply connects it again`]),
    "(a changed password or host needs none of this: headgate source set)",
  ];
}

/** Undefined: the stored password stays. */
async function newPassword({ askPassword, ...options }: SetOptions): Promise<string | undefined> {
  if (askPassword === true) return askSecret("new password: ");
  return givenPassword(options);
}

interface PasswordOptions {
  readonly passwordEnv?: string;
  readonly passwordFile?: string;
}

async function givenPassword({ passwordEnv, passwordFile }: PasswordOptions): Promise<string | undefined> {
  if (passwordEnv !== undefined) return namedVariable(passwordEnv, "--password-env");
  return passwordFile === undefined
    ? undefined
    : (await readGiven(passwordFile, "--password-file")).split(/\r?\n/, 1)[0];
}

/** From the named variable, the named file, the address, or a prompt if there is a terminal. */
async function readPassword(url: string, options: PasswordOptions): Promise<string | undefined> {
  const given = await givenPassword(options);
  if (given !== undefined) return given;
  if (!process.stdin.isTTY || (URL.canParse(url) && new URL(url).password !== "")) return undefined;
  const answer = await askSecret("password (empty for none): ");
  return answer === "" ? undefined : answer;
}
