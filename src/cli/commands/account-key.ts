/** `headgate account key …`: the keys that encrypt the files of an account. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { variable } from "./account-set.ts";

export function accountKeyCommand(parts: CliParts): Command {
  return new Command("key")
    .description("manage the keys that encrypt an account's files")
    .addCommand(rotateCommand(parts))
    .addCommand(workerCommand(parts));
}

function rotateCommand({ connectors }: CliParts): Command {
  return new Command("rotate")
    .description("encrypt what is written from now on with a new key; older files stay readable")
    .argument("<account>")
    .option("--key-env <name>", "the environment variable with the new key; by default Headgate makes one")
    .action(async (name: string, { keyEnv }: { keyEnv?: string }, command: Command) => {
      const operation = async () => (await import("../../operations/people/account-lakes.ts")).accountRotateKey;
      const key = keyEnv === undefined ? undefined : variable("--key-env", keyEnv);
      const result = await invoke({ command, connectors, operation, input: { name, key } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(`the account ${name} has a new key; it has ${result.keys} now\n`);
    });
}

function workerCommand({ connectors }: CliParts): Command {
  return new Command("worker")
    .description("print the key file of a worker that works for this account only (HEADGATE_KEY_FILE)")
    .argument("<account>")
    .action(async (name: string, _options: object, command: Command) => {
      const operation = async () => (await import("../../operations/people/account-lakes.ts")).accountWorkerKey;
      const result = await invoke({ command, connectors, operation, input: { name } });
      if (wantsJson(command)) printJson(result);
      else process.stdout.write(result.key);
    });
}
