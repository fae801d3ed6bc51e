/** `headgate share …`: what accounts share with each other. */
import { Command } from "commander";
import type { PresentedShare } from "../../operations/sharing/present-share.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { momentWord } from "../moment-word.ts";
import { nameList } from "../name-list.ts";
import { printPreview } from "../output/preview-lines.ts";
import { printRows } from "../output/rows.ts";

const changes = () => import("../../operations/sharing/share-changes.ts");

export function shareCommand(parts: CliParts): Command {
  return new Command("share")
    .description("share tables with other accounts, and accept what they share")
    .addCommand(createCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(showCommand(parts))
    .addCommand(
      stepCommand(parts, "accept", "accept what is shared with the account", async () => (await changes()).shareAccept),
    )
    .addCommand(
      stepCommand(parts, "reject", "reject what is shared with the account", async () => (await changes()).shareReject),
    )
    .addCommand(
      stepCommand(parts, "suspend", "let nobody read by a share for now", async () => (await changes()).shareSuspend),
    )
    .addCommand(stepCommand(parts, "resume", "let people read by it again", async () => (await changes()).shareResume))
    .addCommand(
      stepCommand(parts, "invite", "offer a share again that nobody has accepted", async () => {
        return (await changes()).shareInvite;
      }),
    )
    .addCommand(extendCommand(parts))
    .addCommand(revokeCommand(parts));
}

interface CreateOptions {
  readonly to: string;
  readonly columns?: string;
  readonly except?: string;
  readonly filter?: string;
  readonly until?: string;
  readonly reshare?: boolean;
}

function createCommand({ connectors }: CliParts): Command {
  return new Command("create")
    .description("share tables or databases that you administer or own; nothing is copied")
    .argument("<things...>", 'crm.customers crm.orders; "crm.*" for all tables, future ones too; "database crm"')
    .requiredOption("--to <principal>", "account:<name>, unit:<path>, or somebody of the same account")
    .option("--columns <names>", "only these columns of the one table, with commas between them")
    .option("--except <names>", "all columns of the one table but these")
    .option("--filter <name>", "only what this data filter of the one table shows")
    .option("--until <time>", "over from this time on: 2027-01-31, or with a time and a zone")
    .option("--reshare", "it may be passed on to other accounts")
    .action(async (things: readonly string[], options: CreateOptions, command: Command) => {
      const operation = async () => (await import("../../operations/sharing/share-create.ts")).shareCreate;
      const { to, columns, except, filter, until, reshare = false } = options;
      const input = {
        on: [...things],
        to,
        columns: columns === undefined ? undefined : [...nameList(columns)],
        except: except === undefined ? undefined : [...nameList(except)],
        filter,
        until: until === undefined ? undefined : momentWord(until, "--until"),
        reshare,
      };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(
        result.state === "active"
          ? `the share ${result.id} is active: whoever administers ${to} can pass it on\n`
          : `the share ${result.id} waits until ${to} accepts it\n`,
      );
    });
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the shares that you give and receive")
    .option("--given", "only those that you give")
    .option("--received", "only those that you receive")
    .option("--ended", "also those that are over")
    .action(async (options: { given?: boolean; received?: boolean; ended?: boolean }, command: Command) => {
      const operation = async () => (await import("../../operations/sharing/share-list.ts")).shareList;
      const { given, received, ended = false } = options;
      const direction = given === received ? undefined : given === true ? ("given" as const) : ("received" as const);
      const result = await invoke({ command, connectors, operation, input: { direction, ended } });
      if (wantsJson(command)) return printJson(result);
      printRows(result.shares.map(shareRow), process.stdout, { whole: ["share"], none: "there are no shares" });
    });
}

function shareRow({ id, state, from, to, items, until }: PresentedShare) {
  const open = items.filter(({ ended }) => !ended).map(({ on, part }) => (part ? `${on} (a part)` : on));
  return { share: id, state: state.replaceAll("_", " "), from, to, of: open.join(", "), until: until ?? "" };
}

function showCommand({ connectors }: CliParts): Command {
  return new Command("show")
    .description("show a share, everybody who can read through it, and who has read")
    .argument("<share>", "its id")
    .action(async (id: string, _options: object, command: Command) => {
      const operation = async () => (await import("../../operations/sharing/share-list.ts")).shareShow;
      const result = await invoke({ command, connectors, operation, input: { id } });
      if (wantsJson(command)) return printJson(result);
      printRows([shareRow(result)], process.stdout, { whole: ["share"] });
      printCoverage(result);
      const rows = result.readers.map(({ principal, account, table, until }) => ({
        "can read": principal,
        in: account ?? "",
        table,
        until: until ?? "",
      }));
      printRows(rows, process.stdout, { none: "nobody can read through it" });
      const read = result.read.map(({ principal, table, reads, lastAt }) => ({
        "has read": principal,
        table,
        times: reads,
        last: lastAt,
      }));
      printRows(read, process.stdout, { none: "nobody has read through it" });
    });
}

interface Coverage {
  readonly covers: string;
  readonly closed: readonly {
    readonly on: string;
    readonly columns: number;
    readonly names: readonly string[] | null;
  }[];
}

function printCoverage({ covers, closed }: Coverage): void {
  process.stdout.write(`${covers}\n`);
  for (const { on, columns, names } of closed)
    process.stdout.write(`closed in ${on}: ${names?.join(", ") ?? `${columns} of its columns`}\n`);
}

type Step = Awaited<ReturnType<typeof changes>>["shareAccept" | "shareSuspend"];

function stepCommand(
  { connectors }: CliParts,
  name: string,
  description: string,
  operation: () => Promise<Step>,
): Command {
  return new Command(name)
    .description(description)
    .argument("<share>", "its id")
    .action(async (id: string, _options: object, command: Command) => {
      const result = await invoke({ command, connectors, operation, input: { id } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`the share is ${result.state.replaceAll("_", " ")}\n`);
    });
}

function extendCommand({ connectors }: CliParts): Command {
  return new Command("extend")
    .description("give a share another end")
    .argument("<share>", "its id")
    .requiredOption("--until <time>", "over from this time on, or none")
    .action(async (id: string, { until }: { until: string }, command: Command) => {
      const operation = async () => (await changes()).shareExtend;
      const end = until === "none" ? null : momentWord(until, "--until");
      const result = await invoke({ command, connectors, operation, input: { id, until: end } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`the share is ${result.state.replaceAll("_", " ")}, until ${end ?? "it is revoked"}\n`);
    });
}

function revokeCommand({ connectors }: CliParts): Command {
  return new Command("revoke")
    .description("take a share back, or some of its items, with everything that was passed on from them")
    .argument("<share>", "its id")
    .option("--on <things...>", "only these items, as share show writes them")
    .option("--reason <text>", "why, for the audit log and for those who lose it")
    .option("--plan", "only show what it would close, and for whom")
    .action(
      async (
        id: string,
        { on, reason, plan = false }: { on?: string[]; reason?: string; plan?: boolean },
        command: Command,
      ) => {
        const operation = async () => (await changes()).shareRevoke;
        const result = await invoke({ command, connectors, operation, input: { id, on, reason, plan } });
        if (wantsJson(command)) printJson(result);
        else if (plan) printPreview(result);
        else process.stdout.write(`the share is ${result.state}\n`);
      },
    );
}
