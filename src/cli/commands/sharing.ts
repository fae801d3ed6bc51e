/** `headgate sharing …`: what would happen to a request for data. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRecord } from "../output/record.ts";

export function sharingCommand(parts: CliParts): Command {
  return new Command("sharing").description("look ahead at what is shared").addCommand(simulateCommand(parts));
}

function simulateCommand({ connectors }: CliParts): Command {
  return new Command("simulate")
    .description("say what would happen to a request, and why, without making it")
    .argument("<things...>", 'as in request create: shop.orders, "shop.*", "database shop"')
    .option("--for <whom>", "self, account for the one in which you act, or the name of an account")
    .action(async (things: string[], { for: target = "account" }: { for?: string }, command: Command) => {
      const operation = async () => (await import("../../operations/sharing/simulate.ts")).sharingSimulate;
      const input = { items: things.map((on) => ({ on })), for: target };
      const result = await invoke({ command, connectors, operation, input });
      if (wantsJson(command)) return printJson(result);
      printRecord({
        outcome: result.outcome,
        why: result.why ?? undefined,
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
