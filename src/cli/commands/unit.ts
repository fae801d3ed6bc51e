/** `headgate unit …`: the units of the organisation, which say where accounts belong. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { colors } from "../output/terminal.ts";

const units = () => import("../../operations/people/units.ts");

export function unitCommand(parts: CliParts): Command {
  return new Command("unit")
    .description("manage the units of the organisation, which accounts can belong to")
    .addCommand(addCommand(parts))
    .addCommand(listCommand(parts))
    .addCommand(moveCommand(parts))
    .addCommand(removeCommand(parts));
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

function moveCommand({ connectors }: CliParts): Command {
  return new Command("move")
    .description("give a unit another name or place, with everything below it")
    .argument("<unit>")
    .argument("<new-path>")
    .action(async (path: string, to: string, _options: object, command: Command) => {
      const operation = async () => (await units()).unitMove;
      const result = await invoke({ command, connectors, operation, input: { path, to } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${path} is now ${to}\n`);
    });
}

function removeCommand({ connectors }: CliParts): Command {
  return new Command("remove")
    .description("remove a unit that has no units and no accounts in it")
    .argument("<unit>")
    .action(async (path: string, _options: object, command: Command) => {
      const operation = async () => (await units()).unitRemove;
      const result = await invoke({ command, connectors, operation, input: { path } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${path} is removed\n`);
    });
}
