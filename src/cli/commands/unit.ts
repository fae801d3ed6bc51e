/** `headgate unit …`: the units of the organisation, which say where accounts belong and hold grants. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { confirmMove } from "../output/confirm-move.ts";
import { printPreview } from "../output/preview-lines.ts";
import { removalCommand } from "./removal.ts";
import { colors } from "../output/terminal.ts";

const units = () => import("../../operations/people/units.ts");

export function unitCommand(parts: CliParts): Command {
  return new Command("unit")
    .description("manage the units of the organisation, which accounts can belong to")
    .addCommand(addCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(moveCommand(parts))
    .addCommand(
      removalCommand(parts, {
        kind: "unit",
        description: "remove a unit that has no units and no accounts in it, with the grants to it",
        operation: async () => (await units()).unitRemove,
        inputOf: (path, plan) => ({ path, plan }),
      }),
    );
}

function addCommand({ connectors }: CliParts): Command {
  return new Command("add")
    .description("add a unit, below one that exists or at the top")
    .argument("<unit>", "europe, or europe/romania for a unit of europe")
    .action(async (path: string, _options: object, command: Command) => {
      const operation = async () => (await units()).unitAdd;
      const result = await invoke({ command, connectors, operation, input: { path } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`the unit ${path} is added\n`);
    });
}

function listCommand({ connectors }: CliParts): Command {
  return new Command("list").description("list the units").action(async (_options: object, command: Command) => {
    const operation = async () => (await units()).unitList;
    const result = await invoke({ command, connectors, operation, input: {} });
    if (wantsJson(command)) return printJson(result);
    if (result.units.length === 0) process.stdout.write(`${colors.dim("there are no units")}\n`);
    for (const path of result.units) process.stdout.write(`${path}\n`);
  });
}

interface MoveOptions {
  readonly plan?: boolean;
  readonly yes?: boolean;
}

function moveCommand({ connectors }: CliParts): Command {
  return new Command("move")
    .description("give a unit another name or place, with everything below it")
    .argument("<unit>")
    .argument("<new-path>")
    .option("--plan", "only show what it would open and close, and for whom")
    .option("--yes", "do not ask")
    .action(async (path: string, to: string, { plan = false, yes = false }: MoveOptions, command: Command) => {
      const operation = async () => (await units()).unitMove;
      const ask = (isPlan: boolean) => invoke({ command, connectors, operation, input: { path, to, plan: isPlan } });
      if (!plan && !yes)
        await confirmMove(await ask(true), { question: `Move ${path}?`, place: `unit move ${path} ${to}` });
      const result = await ask(plan);
      if (wantsJson(command)) printJson(result);
      else if (plan) printPreview(result);
      else process.stdout.write(`${path} is now ${to}\n`);
    });
}
