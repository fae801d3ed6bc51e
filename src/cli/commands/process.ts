/** `headgate process …`: who decides on share requests; and `headgate sharing simulate`. */
import { Command } from "commander";
import { parse } from "yaml";
import { HeadgateError } from "../../errors.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";
import { readGiven } from "../read-given.ts";

const processes = () => import("../../operations/sharing/processes.ts");

export function processCommand(parts: CliParts): Command {
  return new Command("process")
    .description("say who decides on requests for data, in which steps")
    .addCommand(setCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(removeCommand(parts));
}

const ofWords = "lake for the one that comes first for everybody, or an account, whose process adds steps to it";

function setCommand({ connectors }: CliParts): Command {
  return new Command("set")
    .description("make a new version of a process from a YAML file; running requests keep theirs")
    .argument("<file>", "a file with rules, as `process list --json` shows them")
    .option("--of <lake-or-account>", ofWords)
    .option("--plan", "only check it")
    .action(async (file: string, { of = "lake", plan = false }: { of?: string; plan?: boolean }, command: Command) => {
      const operation = async () => (await processes()).processSet;
      const process_ = parsed(await readGiven(file, "process set"), file);
      const result = await invoke({ command, connectors, operation, input: { of, process: process_, plan } });
      if (wantsJson(command)) return printJson(result);
      const what = result.changed ? "is version" : "is unchanged: version";
      process.stdout.write(
        `the process of ${result.of} ${plan ? "can be used: it would be" : what} ${result.version}\n`,
      );
    });
}

/** The operation checks the document. Throws USAGE for a text that is not YAML. */
function parsed(text: string, file: string): never {
  try {
    return parse(text) as never;
  } catch (cause) {
    throw new HeadgateError("USAGE", { place: file, message: "this file is not a YAML document", cause });
  }
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list")
    .description("show the processes that decide now")
    .option("--history", "also earlier versions")
    .action(async ({ history = false }: { history?: boolean }, command: Command) => {
      const operation = async () => (await processes()).processList;
      const result = await invoke({ command, connectors, operation, input: { history } });
      if (wantsJson(command)) return printJson(result);
      const rows = result.processes.flatMap(({ of, version, process: { rules } }) =>
        rules.map(({ when, refuse, steps }, index) => ({
          of,
          version,
          rule: index + 1,
          when: whenText(when),
          outcome:
            refuse === undefined ? steps.map(stepText).join(", then ") || "approved at once" : `refused: ${refuse}`,
        })),
      );
      printRows(rows, process.stdout, { below: ["outcome"] });
    });
}

function whenText(when: Readonly<Record<string, readonly string[] | undefined>>): string {
  const words = Object.entries(when).map(([name, values = []]) => `${name} ${values.join(" or ")}`);
  return words.join(", ") || "everything else";
}

interface ShownStep {
  readonly name: string;
  readonly approvers: readonly string[];
  readonly quorum: number;
}

function stepText({ name, approvers, quorum }: ShownStep): string {
  return `${name} (${quorum > 1 ? `${quorum} of ` : ""}${approvers.join(" or ")})`;
}

function removeCommand({ connectors }: CliParts): Command {
  return new Command("remove")
    .description("end a process, so that the usual one decides")
    .option("--of <lake-or-account>", ofWords)
    .action(async ({ of = "lake" }: { of?: string }, command: Command) => {
      const operation = async () => (await processes()).processRemove;
      const result = await invoke({ command, connectors, operation, input: { of } });
      if (wantsJson(command)) return printJson(result);
      process.stdout.write(
        result.removed ? `the process of ${result.of} is ended\n` : `${result.of} has no process of its own\n`,
      );
    });
}
