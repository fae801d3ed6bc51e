/** `headgate account remove`: shows everything that goes with an account, asks, and removes it whole. */
import { Command } from "commander";
import type { Removal } from "../../operations/people/people-schemas.ts";
import type { Contents } from "../../operations/people/removal/account-contents.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { confirm } from "../output/confirm.ts";
import { fallingLines } from "../output/confirm-removal.ts";

interface RemoveOptions {
  readonly plan?: boolean;
  readonly yes?: boolean;
  readonly keepFiles?: boolean;
}

export function accountRemoveCommand({ connectors }: CliParts): Command {
  return new Command("remove")
    .description("remove an account with everything in it; run it again to finish a removal that was interrupted")
    .argument("<account>")
    .option("--plan", "only show what would go")
    .option("--keep-files", "leave the files of its tables where they are")
    .option("--yes", "do not ask")
    .action(async (name: string, options: RemoveOptions, command: Command) => {
      const { plan: isPlan = false, yes = false, keepFiles = false } = options;
      const operation = async () => (await import("../../operations/people/accounts.ts")).accountRemove;
      const ask = (plan: boolean) => invoke({ command, connectors, operation, input: { name, keepFiles, plan } });
      if (isPlan) {
        const planned = await ask(true);
        if (wantsJson(command)) return printJson(planned);
        return void process.stdout.write(`${[`${name} would be removed`, ...goingLines(planned)].join("\n")}\n`);
      }
      const place = `account remove ${name}`;
      const goes = yes ? [] : goingLines(await ask(true));
      if (goes.length > 0) await confirm({ goes, question: `Remove the account ${name}?`, place, isGiven: false });
      const result = await ask(false);
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${name} is removed, with ${result.filesDeleted} files\n`);
    });
}

interface Planned extends Pick<Removal, "falls"> {
  readonly contents?: Contents | undefined;
}

function goingLines(planned: Planned): readonly string[] {
  const { contents = [] } = planned;
  const lineOf = ({ what, name }: Contents[number]): string => {
    if (what === "files") return `all files below this place are deleted: ${name}`;
    return what === "member" ? `a membership ends: ${name}` : `this goes: ${what} ${name}`;
  };
  return [...contents.map(lineOf), ...fallingLines(planned)];
}
