/** `headgate sharing …`: what would happen to a request for data, and what happens to requests and shares. */
import { Command } from "commander";
import { formatJson } from "../../base/json.ts";
import type { CloudEvent } from "../../operations/sharing/events/present-event.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRecord } from "../output/record.ts";

export function sharingCommand(parts: CliParts): Command {
  return new Command("sharing")
    .description("look ahead at what is shared, and watch it")
    .addCommand(simulateCommand(parts))
    .addCommand(watchCommand(parts));
}

function simulateCommand({ connectors }: CliParts): Command {
  return new Command("simulate")
    .description("say what would happen to a request, and why, without making it")
    .argument("[things...]", 'as in request create: shop.orders, "shop.*", "database shop"')
    .option("--product <name>", "a product as a whole, in place of things")
    .option("--for <whom>", "self, account for the one in which you act (the default), or the name of an account")
    .action(async (things: string[], { for: target = "account", product }: SimulateOptions, command: Command) => {
      const operation = async () => (await import("../../operations/sharing/simulate.ts")).sharingSimulate;
      const input = { items: things.map((on) => ({ on })), product, for: target };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) return printJson(result);
      printRecord({
        outcome: result.outcome,
        why: result.why ?? undefined,
        for: whomText(target),
        sensitivity: result.class,
        relation: result.relation.replace("_", " "),
        because: result.because.join("; "),
        tables: result.tables,
        steps:
          result.steps.map(({ name, approvers }) => `${name} (${approvers.join(" or ")})`).join(", then ") || undefined,
        acceptance: result.acceptance ? "the consumer has to accept before anybody reads" : undefined,
      });
    });
}

function whomText(target: string): string {
  if (target === "self") return "yourself";
  return target === "account" ? "the account in which you act" : `account:${target}`;
}

interface SimulateOptions {
  readonly for?: string;
  readonly product?: string;
}

interface WatchOptions {
  readonly all?: true;
  readonly once?: true;
}

function watchCommand({ connectors }: CliParts): Command {
  return new Command("watch")
    .description("print each step of requests, shares and invitations as it happens, until Ctrl-C")
    .option("--all", "begin with all earlier steps")
    .option("--once", "end when there is nothing more")
    .action(async ({ all, once }: WatchOptions, command: Command) => {
      const operation = async () => (await import("../../operations/sharing/events/sharing-watch.ts")).sharingWatch;
      const print = wantsJson(command) ? formatJson : lineOf;
      const onItem = (item: unknown): void => void process.stdout.write(`${print(item as CloudEvent)}\n`);
      await invoke({
        command,
        connectors,
        operation,
        input: { after: all === true ? "0" : undefined, once: once === true },
        onItem,
      });
    });
}

function lineOf({ time, type, subject, data }: CloudEvent): string {
  const { from, for: target, by, verdict, reason, until } = data;
  const more = [
    by === undefined ? undefined : `${verdict ?? "decided"} by ${by}`,
    reason,
    until === undefined ? undefined : `until ${until.slice(0, 16).replace("T", " ")}`,
  ].filter((text) => text !== undefined);
  const what = type.replace("headgate.", "").replace(".", " ").replaceAll("-", " ");
  return [time.slice(0, 19).replace("T", " "), what, subject.split("/")[1], `${from} → ${target}`, ...more].join("  ");
}
