/** `headgate account show`: an account, its lake, its keys and its budget. */
import { Command } from "commander";
import { formatSeconds } from "../../base/duration.ts";
import { aboutSize, sizeText } from "../../governance/budgets/budget-text.ts";
import type { ShownBudget } from "../../operations/people/budgets.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";

export function accountShowCommand({ connectors }: CliParts): Command {
  return new Command("show")
    .description("show an account, its lake if it has one of its own, and its budget")
    .argument("<account>")
    .action(async (name: string, _options: object, command: Command) => {
      const operation = async () => (await import("../../operations/people/account-lakes.ts")).accountShow;
      const result = await invoke({ command, connectors, operation, input: { name } });
      if (wantsJson(command)) return printJson(result);
      const { number, unit, kinds, owner, outside, lake, budget } = result;
      const lines = [
        ["number", number],
        ["unit", unit ?? "none"],
        ["kind", kinds.join(", ")],
        ["owner", owner ?? "nobody"],
        ["outside", outside ? "yes, not of the organisation" : "no"],
        ["lake", lake?.location ?? "the common lake"],
        ...(lake?.accessKey == null ? [] : [["access key", lake.accessKey]]),
        ...(lake === null ? [] : [["encrypted", lake.encrypted ? `yes, keys: ${lake.keys.length}` : "no"]]),
        ...(budget === null ? [] : budgetLines(budget)),
      ];
      printRows(lines.map(([what, is]) => ({ account: what, [name]: is })));
    });
}

/** The use of each limit, and which of them are nearly or wholly used. */
function budgetLines({ used, warnPercent, low, spent, ...most }: ShownBudget): readonly (readonly string[])[] {
  const line = (measure: string, limit: string | undefined, is: string): readonly (readonly string[])[] => {
    if (limit === undefined) return [];
    const state = spent.includes(measure) ? ": nothing is left" : low.includes(measure) ? ": little is left" : "";
    return [[measure, `${is} of ${limit}${state}`]];
  };
  const { maxBytes, maxStatements, maxEngineSeconds } = most;
  return [
    ...line("bytes", maxBytes === null ? undefined : sizeText(maxBytes), aboutSize(used.bytes)),
    ...line("statements", maxStatements === null ? undefined : `${maxStatements}/day`, String(used.statements)),
    ...line(
      "engine time",
      maxEngineSeconds === null ? undefined : `${formatSeconds(maxEngineSeconds)}/day`,
      formatSeconds(Math.round(used.engineSeconds)),
    ),
    ["warning from", `${warnPercent} %`],
  ];
}
