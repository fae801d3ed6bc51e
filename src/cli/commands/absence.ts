/** `headgate request absence …`: who decides while somebody is away. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { momentWord } from "../moment-word.ts";
import { printRows } from "../output/rows.ts";
import { shortInstant } from "../output/short-instant.ts";

const absences = () => import("../../operations/sharing/absences.ts");

export function absenceCommand(parts: CliParts): Command {
  return new Command("absence")
    .description("say who decides while you are away")
    .addCommand(setCommand(parts))
    .addCommand(endCommand(parts))
    .addCommand(listCommand(parts));
}

interface SetOptions {
  readonly deputy: string;
  readonly from?: string;
  readonly until: string;
  readonly who?: string;
}

function setCommand({ connectors }: CliParts): Command {
  return new Command("set")
    .description("name a deputy for some time")
    .requiredOption("--deputy <user>", "who decides in your place")
    .requiredOption("--until <time>", "when you are back; a date is the beginning of that day in UTC")
    .option("--from <time>", "when it begins (default: now)")
    .option("--who <user>", "somebody else, if you administer the lake")
    .action(async ({ deputy, from, until, who }: SetOptions, command: Command) => {
      const operation = async () => (await absences()).absenceSet;
      const times = {
        from: from === undefined ? undefined : momentWord(from, "--from"),
        until: momentWord(until, "--until"),
      };
      const result = await invoke({ command, connectors, operation, input: { deputy, who, ...times } });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(`${result.deputy} decides for ${result.who} until ${shortInstant(result.until)}\n`);
    });
}

function endCommand({ connectors }: CliParts): Command {
  return new Command("end")
    .description("say that you are back")
    .option("--who <user>", "somebody else, if you administer the lake")
    .action(async ({ who }: { who?: string }, command: Command) => {
      const operation = async () => (await absences()).absenceEnd;
      const result = await invoke({ command, connectors, operation, input: { who } });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(`${result.who} ${result.ended ? "is back" : "was not away"}\n`);
    });
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list").description("list who is away").action(async (_options: object, command: Command) => {
    const operation = async () => (await absences()).absenceList;
    const result = await invoke({ command, connectors, operation, input: {} });
    if (wantsJson(command)) printJson(result);
    else printRows(result.absences, process.stdout, { none: "nobody is away" });
  });
}
