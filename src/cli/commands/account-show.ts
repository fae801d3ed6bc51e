/** `headgate account show`: an account, its lake and its keys. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";

export function accountShowCommand({ connectors }: CliParts): Command {
  return new Command("show")
    .description("show an account, and its lake if it has one of its own")
    .argument("<account>")
    .action(async (name: string, _options: object, command: Command) => {
      const operation = async () => (await import("../../operations/people/account-lakes.ts")).accountShow;
      const result = await invoke({ command, connectors, operation, input: { name } });
      if (wantsJson(command)) return printJson(result);
      const { number, unit, outside, lake } = result;
      const lines = [
        ["number", number],
        ["unit", unit ?? "none"],
        ["outside", outside ? "yes, not of the organisation" : "no"],
        ["lake", lake?.location ?? "the common lake"],
        ...(lake?.accessKey == null ? [] : [["access key", lake.accessKey]]),
        ...(lake === null ? [] : [["encrypted", lake.encrypted ? `yes, keys: ${lake.keys.length}` : "no"]]),
      ];
      printRows(lines.map(([what, is]) => ({ account: what, [name]: is })));
    });
}
