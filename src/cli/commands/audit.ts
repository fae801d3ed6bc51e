/** `headgate audit …`: searches, proves and exports the log of what people did. */
import { once } from "node:events";
import { Command, Option } from "commander";
import { auditKinds } from "../../audit/audit-event.ts";
import { formatJson } from "../../base/json.ts";
import type { PresentedEvent } from "../../operations/audit/audit-answers.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { wholeNumber } from "../whole-number.ts";
import { momentWord } from "../moment-word.ts";
import { actorText, aboutEvent } from "../output/audit-lines.ts";
import { printRows } from "../output/rows.ts";
import { count } from "../output/table.ts";

const proof = () => import("../../operations/audit/audit-proof.ts");

export function auditCommand(parts: CliParts): Command {
  return new Command("audit")
    .description("search, prove and export the log of what people did")
    .addCommand(listCommand(parts))
    .addCommand(verifyCommand(parts))
    .addCommand(digestCommand(parts))
    .addCommand(exportCommand(parts))
    .addCommand(acceptRestoreCommand(parts));
}

interface ListOptions {
  readonly by?: string;
  readonly table?: string;
  readonly kind?: PresentedEvent["kind"];
  readonly operation?: string;
  readonly since?: string;
  readonly until?: string;
  readonly text?: string;
  readonly before?: number;
  readonly limit: number;
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list events, newest first; without the right to administer, only your own")
    .option("--by <name>", "only events of this user or key (key:<name>); local is the owner of the data directory")
    .option("--table <table>", "only events about this table, as database.table")
    .addOption(new Option("--kind <kind>", "only events of this kind").choices(auditKinds))
    .option("--operation <name>", "only events of this operation: user.add, sql, …")
    .option("--since <time>", "only events from this time on: 2026-11-30 or 2026-11-30T08:00:00Z")
    .option("--until <time>", "only events before this time")
    .option("--text <text>", "only events whose statement, reason, resources or changes contain this text")
    .option("--before <event>", "only events before this one, by its number", wholeNumber)
    .option("--limit <n>", "list at most this many events", wholeNumber, 50)
    .action(async (options: ListOptions, command: Command) => {
      const { by, table, kind, operation: performed, since, until, text, before, limit } = options;
      const input = {
        by,
        table,
        kind,
        operation: performed,
        text,
        since: since === undefined ? undefined : momentWord(since, "--since"),
        until: until === undefined ? undefined : momentWord(until, "--until"),
        before,
        limit,
      };
      const operation = async () => (await import("../../operations/audit/audit-list.ts")).auditList;
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) return printJson(result);
      const showsAccounts = new Set(result.events.map(({ account }) => account)).size > 1;
      const rows = result.events.map((event) => row(event, showsAccounts));
      printRows(rows, process.stdout, {
        whole: ["event", "time (UTC)", "kind"],
        below: ["about"],
        none: "no such event is recorded",
      });
      if (result.next !== null) process.stdout.write(`older events: --before ${result.next}\n`);
    });
}

type FoundEvent = PresentedEvent & { readonly isOpen: boolean; readonly account: string | null };

function row(event: FoundEvent, showsAccount: boolean): Record<string, unknown> {
  const { sequence, at, kind, account, operation, resources, outcome, isOpen } = event;
  return {
    event: String(sequence),
    "time (UTC)": at,
    who: actorText(event),
    ...(showsAccount ? { account } : {}),
    kind,
    operation,
    on: resources.map(({ kind: of, name }) => name ?? nameless(of, event)).join(", "),
    outcome: isOpen ? "no end recorded" : outcome,
    about: aboutEvent(event),
  };
}

/** An operation on whatever its caller may see records in its change what it was about. */
function nameless(kind: string, { details }: PresentedEvent): string {
  const { what } = (details ?? {}) as { readonly what?: Readonly<Record<string, unknown>> };
  const on = what?.["on"];
  if (kind !== "visible") return kind;
  return typeof on === "string" ? on : "";
}

function verifyCommand({ connectors }: CliParts): Command {
  return new Command("verify")
    .description("prove that no event was changed, removed or inserted; the exit code is 1 if one was")
    .option("--digest <digest>", "a digest that was kept elsewhere; it also shows an end that was cut off")
    .action(async ({ digest }: { digest?: string }, command: Command) => {
      const result = await invoke({
        command,
        connectors,
        operation: async () => (await proof()).auditVerify,
        input: { digest },
      });
      if (wantsJson(command)) return printJson(result);
      const { events, removedEvents, openQueries } = result;
      const removed = removedEvents === 0 ? "" : `, after ${count(removedEvents, "event")} of months that were removed`;
      process.stdout.write(`${count(events, "event")} as they were written${removed}\n`);
      if (openQueries > 0)
        process.stdout.write(`${openQueries} queries have no recorded end: they still run, or their process died\n`);
      process.stdout.write(`digest to keep elsewhere: ${result.digest}\n`);
    });
}

function digestCommand({ connectors }: CliParts): Command {
  return new Command("digest")
    .description("print the number and the hash of the last event, to keep them elsewhere")
    .action(async (_options: object, command: Command) => {
      const operation = async () => (await proof()).auditDigest;
      const result = await invoke({ command, connectors, operation, input: {} });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${result.digest}\n`);
    });
}

function exportCommand({ connectors }: CliParts): Command {
  return new Command("export")
    .description("write the events as JSON, one on each line, oldest first")
    .option("--after <event>", "only events after this one, by its number", "0")
    .action(async ({ after }: { after: string }, command: Command) => {
      const operation = async () => (await proof()).auditExport;
      const onItem = async (event: unknown): Promise<void> => {
        if (!process.stdout.write(`${formatJson(event)}\n`)) await once(process.stdout, "drain");
      };
      await invoke({ command, connectors, operation, input: { after: Number(after) }, onItem });
    });
}

function acceptRestoreCommand({ connectors }: CliParts): Command {
  return new Command("accept-restore")
    .description("take a metadata database that was restored from a backup into use")
    .option("--end-keys", "end every API key as well", false)
    .action(async ({ endKeys }: { endKeys: boolean }, command: Command) => {
      const operation = async () => (await import("../../operations/audit/accept-restore.ts")).auditAcceptRestore;
      const { rotated, ...ended } = await invoke({ command, connectors, operation, input: { endKeys } });
      if (wantsJson(command)) return printJson({ ...ended, rotated });
      const lines = [
        `${count(ended.sessions, "session")} and ${count(ended.keys, "API key")} ended`,
        `${count(ended.oneTimePasswords, "one-time password")}, ${count(ended.invitations, "invitation")} and ${count(ended.recoveryCodes, "recovery code")} ended`,
        `${count(ended.mailLinks, "link")} and ${count(ended.mailCodes, "code")} in mails ended`,
        ...rotated.map((name) => `the account ${name} has a new encryption key`),
        "grants, members and passwords are those of the backup: take away again what was taken away since then",
      ];
      process.stdout.write(`${lines.join("\n")}\n`);
    });
}
