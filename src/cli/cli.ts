/**
 * The command line, with one file per command under commands/. It parses words, calls an operation and shows its
 * result; it decides nothing. With --json, the result is one JSON document on stdout, and an error is one on stderr.
 * The exit code is 0, 1, 2 if only some tables failed, or 130 for a command that was stopped.
 */
import { Command, CommanderError } from "commander";
import { errorColors } from "./output/terminal.ts";
import { formatJson } from "../base/json.ts";
import { isDebugging, settings, type SettingName } from "../config.ts";
import { presentError, toHeadgateError, wordsOf } from "../base/present-error.ts";
import { withRowValues } from "../base/row-values.ts";
import type { CliParts } from "./cli-parts.ts";
import { accessCommand } from "./commands/access.ts";
import { auditCommand } from "./commands/audit.ts";
import { applyCommand } from "./commands/apply.ts";
import { completeCommand, completionCommand } from "./commands/completion.ts";
import { databaseCommand } from "./commands/database.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { describeCommand } from "./commands/describe.ts";
import { stewardCommand } from "./commands/steward.ts";
import { termCommand } from "./commands/term.ts";
import { filterCommand } from "./commands/filter.ts";
import { grantCommand } from "./commands/grant.ts";
import { tagCommand } from "./commands/tag.ts";
import { importCommand } from "./commands/import.ts";
import { maintainCommand } from "./commands/maintain.ts";
import { piiCommand } from "./commands/pii.ts";
import { queryCommand } from "./commands/query.ts";
import { reconcileCommand } from "./commands/reconcile.ts";
import { processCommand } from "./commands/process.ts";
import { requestCommand } from "./commands/request.ts";
import { hookCommand } from "./commands/hook.ts";
import { signInCommand, signOutCommand, whoAmICommand } from "./commands/sign-in.ts";
import { sharingCommand } from "./commands/sharing.ts";
import { revokeCommand } from "./commands/revoke.ts";
import { runCommand } from "./commands/run.ts";
import { searchCommand } from "./commands/search.ts";
import { scheduleCommand } from "./commands/schedule.ts";
import { boardCommand } from "./commands/board.ts";
import { linkCommand } from "./commands/link.ts";
import { productCommand } from "./commands/product.ts";
import { shareCommand } from "./commands/share.ts";
import { sourceCommand } from "./commands/source.ts";
import { statusCommand } from "./commands/status.ts";
import { sqlCommand } from "./commands/sql.ts";
import { syncCommand } from "./commands/sync.ts";
import { tableCommand } from "./commands/table.ts";
import { viewCommand } from "./commands/view.ts";
import { workerCommand } from "./commands/worker.ts";
import { upCommand } from "./commands/up.ts";
import { accountCommand } from "./commands/account.ts";
import { groupCommand, roleCommand } from "./commands/group.ts";
import { identityCommand } from "./commands/identity.ts";
import { identityProviderCommand } from "./commands/identity-provider.ts";
import { sessionCommand } from "./commands/session.ts";
import { unitCommand } from "./commands/unit.ts";
import { keyCommand } from "./commands/key.ts";
import { userCommand } from "./commands/user.ts";
import { examples } from "./examples.ts";
import { commandNamed, groups, leaves, pathOf } from "./command-tree.ts";
import { misused, withHelpOfCommand } from "./misused.ts";
import { settingOption } from "./setting-option.ts";

/** Flags that only `up` has. */
const serverSettings: ReadonlySet<string> = new Set<SettingName>([
  "host",
  "port",
  "tlsCertificate",
  "tlsKey",
  "trustProxy",
  "rateLimit",
]);

/** Some commands have a flag of this name themselves, to say what an account is named for. */
const accountFlag = "--account";

/** Commands that serve all accounts, or none. */
const serving: ReadonlySet<string> = new Set(["up", "worker", "completion"]);

/** Commands that are about a session at a server, so not about an account in the data directory. */
const signing: ReadonlySet<string> = new Set(["sign-in", "sign-out", "whoami"]);

/** The code with which shells report a program that was ended by Ctrl-C. */
const cancelledExitCode = 130;

/** Runs one command line (without the program's name) and returns its exit code. */
export async function runCli(words: readonly string[], parts: CliParts): Promise<number> {
  const program = buildProgram(parts);
  try {
    await program.parseAsync(asFlag(program, words), { from: "user" });
    return 0;
  } catch (failure) {
    // A command group without a subcommand shows its help, which counts as success.
    if (failure instanceof CommanderError && (failure.exitCode === 0 || failure.code === "commander.help")) return 0;
    const known =
      failure instanceof CommanderError
        ? misused(failure, program, asFlag(program, words))
        : withHelpOfCommand(toHeadgateError(failure), program, words);
    showError(known, words.includes("--json"));
    return toHeadgateError(failure).code === "CANCELLED" ? cancelledExitCode : 1;
  }
}

/**
 * Turns `help table set` into `table set --help`, because the library's help command handles only one word. Words that
 * name no command stay as they are, so that the library refuses them.
 */
function asFlag(program: Command, words: readonly string[]): readonly string[] {
  const [first, ...asked] = words;
  if (first !== "help" || asked.length === 0) return words;
  const { command, rest } = commandNamed(program, asked);
  const isKnown = rest.length === 0 || command.commands.length === 0 || rest[0]?.startsWith("-") === true;
  return isKnown ? [...asked, "--help"] : asked;
}

/** The whole command tree; docs/reference/commands.md is generated from it. */
export function buildProgram(parts: CliParts): Command {
  const program = new Command("headgate")
    .description("An open, self-hosted lake formation: databases flow into a governed Iceberg lake")
    .version(parts.version)
    .showHelpAfterError(false)
    .enablePositionalOptions();
  for (const [heading, commands] of Object.entries(commandGroups))
    for (const command of commands) program.addCommand(command(parts).helpGroup(`${heading}:`));
  program.addHelpCommand(
    new Command("help")
      .argument("[command...]")
      .description("show the arguments and flags of a command")
      .helpGroup("Run the server:"),
  );
  program.addCommand(completeCommand(parts), { hidden: true });
  for (const group of groups(program))
    group.exitOverride().configureOutput({ outputError: () => {}, writeErr: (text) => process.stdout.write(text) });
  program.addHelpText("after", toBegin);
  for (const leaf of leaves(program)) {
    for (const [name, setting] of Object.entries(settings)) {
      if (serverSettings.has(name) && leaf.name() !== "up") continue;
      if (name === "server" && serving.has(leaf.name())) continue;
      const option = settingOption(leaf, setting);
      if (option !== undefined) leaf.addOption(option.hideHelp(isSecondary(name, leaf)));
    }
    const isOfAccount =
      ![...serving, ...signing].includes(leaf.name()) && !leaf.options.some(({ long }) => long === accountFlag);
    if (isOfAccount) leaf.option(`${accountFlag} <account>`, "act in this account (default: main)");
    leaf
      .option("--json", "print the result as JSON")
      .exitOverride()
      .configureOutput({ outputError: () => {} });
    const example = examples[pathOf(leaf)];
    if (example !== undefined) leaf.addHelpText("after", `\nExample:\n  ${example}`);
  }
  return program;
}

/** Whether the flag of a setting is left out of a command's help, because few people need it there. */
function isSecondary(name: string, leaf: Command): boolean {
  if (leaf.name() === "up") return false;
  return name !== (signing.has(leaf.name()) ? "server" : "data");
}

/** Groups by task; --help shows the commands in this order. */
const commandGroups: Readonly<Record<string, readonly ((parts: CliParts) => Command)[]>> = {
  "Bring data in": [sourceCommand, syncCommand, importCommand, scheduleCommand, applyCommand],
  "Look at it": [
    statusCommand,
    searchCommand,
    sqlCommand,
    queryCommand,
    boardCommand,
    tableCommand,
    viewCommand,
    databaseCommand,
    runCommand,
  ],
  "Keep it": [reconcileCommand, maintainCommand],
  "Say what it is": [describeCommand, termCommand, stewardCommand],
  "Let people in": [
    userCommand,
    keyCommand,
    groupCommand,
    roleCommand,
    sessionCommand,
    accountCommand,
    unitCommand,
    identityProviderCommand,
    identityCommand,
  ],
  "Say who may what": [
    grantCommand,
    revokeCommand,
    filterCommand,
    tagCommand,
    piiCommand,
    accessCommand,
    doctorCommand,
    auditCommand,
  ],
  "Share it": [productCommand, requestCommand, shareCommand, linkCommand, processCommand, sharingCommand, hookCommand],
  "Work at a server": [signInCommand, signOutCommand, whoAmICommand],
  "Run the server": [upCommand, workerCommand, completionCommand],
};

const toBegin = `
To begin:
  headgate source add shop postgres://user@host:5432/database    connect a database, below the current directory
  headgate sync shop                                             bring its tables into the lake
  headgate sql "select count(*) from shop.orders"                read them
`;

/**
 * Prints an error as text or as JSON, for the owner of the data directory; with its causes when the log level is
 * `debug`.
 */
export function showError(failure: unknown, json: boolean): void {
  const known = toHeadgateError(failure);
  if (json) {
    process.stderr.write(`${formatJson({ error: withRowValues(presentError(known)) })}\n`);
    return;
  }
  if (known.code === "CANCELLED" && known.place === undefined) return void process.stderr.write(`${known.message}\n`);
  const place = known.place === undefined ? "" : `${errorColors.dim("  where   ")}${known.place}\n`;
  process.stderr.write(
    `${errorColors.red("error")} ${errorColors.bold(known.code)}  ${wordsOf(known)}\n${place}${errorColors.dim("  remedy  ")}${known.remedy}\n`,
  );
  if (isDebugging()) process.stderr.write(`${stackOf(known)}\n`);
}

function stackOf(failure: Error): string {
  const cause = failure.cause instanceof Error ? `\ncaused by ${stackOf(failure.cause)}` : "";
  return `${failure.stack ?? failure.message}${cause}`;
}
