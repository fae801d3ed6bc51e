/** `headgate hook …`: addresses that are told of every step of requests, shares and invitations. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";

const hooks = () => import("../../operations/sharing/events/hooks.ts");

export function hookCommand(parts: CliParts): Command {
  return new Command("hook")
    .description("tell other systems of every step of requests, shares and invitations")
    .addCommand(addCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(retryCommand(parts))
    .addCommand(removeCommand(parts));
}

interface AddOptions {
  readonly for?: string;
  readonly type: readonly string[];
}

function addCommand({ connectors }: CliParts): Command {
  return new Command("add")
    .description("have an address told of events from now on, and print the secret that signs them, this one time")
    .argument("<name>", "a name for the hook")
    .argument("<url>", "the address that receives them by POST, as CloudEvents in JSON")
    .option("--for <account>", "only events of things of this account or for it (default: of all accounts)")
    .option("--type <type>", "only these events, such as share.revoked or request.*; can be repeated", collect, [])
    .action(async (name: string, url: string, { for: account, type: types }: AddOptions, command: Command) => {
      const operation = async () => (await hooks()).hookAdd;
      const result = await invoke({ command, connectors, operation, input: { name, url, account, types: [...types] } });
      if (wantsJson(command)) printJson(result);
      else {
        process.stderr.write(`${name} is told of events from now on; this secret signs them and is shown only now:\n`);
        process.stdout.write(`${result.secret}\n`);
      }
    });
}

function collect(one: string, before: readonly string[]): readonly string[] {
  return [...before, one];
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("list the hooks, with what could not be delivered")
    .action(async (_options: unknown, command: Command) => {
      const operation = async () => (await hooks()).hookList;
      const result = await invoke({ command, connectors, operation, input: {} });
      if (wantsJson(command)) return printJson(result);
      const rows = result.hooks.map(({ name, url, account, types, deliveredAt, failure, nextAt, givenUp }) => ({
        hook: name,
        url,
        account: account ?? "all",
        events: types.length === 0 ? "all" : types.join(", "),
        "delivered (UTC)": deliveredAt,
        "given up": givenUp.length === 0 ? undefined : givenUp.length,
        "next (UTC)": nextAt,
        failure,
      }));
      printRows(rows, process.stdout, { whole: ["hook"], below: ["failure"], none: "there are no hooks" });
    });
}

function retryCommand({ connectors }: CliParts): Command {
  return new Command("retry")
    .description("send at once what waits, and again what was given up")
    .argument("<name>", "the hook")
    .action(async (name: string, _options: unknown, command: Command) => {
      const operation = async () => (await hooks()).hookRetry;
      const result = await invoke({ command, connectors, operation, input: { name } });
      if (wantsJson(command)) return printJson(result);
      const { accepted, left } = result;
      process.stdout.write(`${accepted} of ${accepted + left} that had been given up are accepted; the rest follows\n`);
    });
}

function removeCommand({ connectors }: CliParts): Command {
  return new Command("remove")
    .description("tell an address nothing any more")
    .argument("<name>", "the hook")
    .action(async (name: string, _options: unknown, command: Command) => {
      const operation = async () => (await hooks()).hookRemove;
      const result = await invoke({ command, connectors, operation, input: { name } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${name} is told nothing any more\n`);
    });
}
