/** The command that removes a user, a group, a role or a unit: shows what ends with it, then asks. */
import { Command } from "commander";
import type { Operation } from "../../operations/operation.ts";
import type { Removal } from "../../operations/people/people-schemas.ts";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { confirmRemoval, fallingLines } from "../output/confirm-removal.ts";

interface RemovalCommand<Input> {
  readonly kind: "user" | "group" | "role" | "unit";
  readonly description: string;
  readonly operation: () => Promise<Operation<Input, Removal>>;
  readonly inputOf: (name: string, plan: boolean) => Input;
}

interface RemoveOptions {
  readonly plan?: boolean;
  readonly yes?: boolean;
}

export function removalCommand<Input>(
  { connectors }: CliParts,
  { kind, description, operation, inputOf }: RemovalCommand<Input>,
): Command {
  return new Command("remove")
    .description(description)
    .argument(`<${kind}>`)
    .option("--plan", "only show what would end")
    .option("--yes", "do not ask")
    .action(async (name: string, { plan = false, yes = false }: RemoveOptions, command: Command) => {
      const ask = (isPlan: boolean): Promise<Removal> =>
        invoke({ command, connectors, operation, input: inputOf(name, isPlan) });
      if (plan) {
        const planned = await ask(true);
        if (wantsJson(command)) return printJson(planned);
        return void process.stdout.write(`${[`${name} would be removed`, ...fallingLines(planned)].join("\n")}\n`);
      }
      const what = `the ${kind} ${name}`;
      if (!yes) await confirmRemoval(await ask(true), { what, place: `${kind} remove ${name}` });
      const result = await ask(false);
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`${name} is removed\n`);
    });
}
