/** `headgate doctor …`: proofs about this installation. The exit code is 1 if something does not hold. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { invoke, printJson, wantsJson } from "../invoke.ts";
import { printRows } from "../output/rows.ts";

export function doctorCommand({ connectors }: CliParts): Command {
  const governance = new Command("governance")
    .description("prove that the rules of access hold here, with canaries that try to get around each kind of rule")
    .action(async (_options: object, command: Command) => {
      const operation = async () => (await import("../../operations/doctor/doctor-governance.ts")).doctorGovernance;
      const result = await invoke({ command, connectors, operation, input: {} });
      if (!result.holds) process.exitCode = 1;
      if (wantsJson(command)) return printJson(result);
      printRows(
        result.rules.map(({ rule, holds, checks, failures }) => ({
          rule,
          holds: holds ? "yes" : "NO",
          checks,
          failures: failures.map(({ when, way, found }) => `${when}, ${way}: ${found}`).join("; "),
        })),
        process.stdout,
        { below: ["failures"] },
      );
      process.stdout.write(
        result.holds ? "every rule holds\n" : "not every rule holds: keep people out until this is mended\n",
      );
    });
  return new Command("doctor").description("prove that this installation does what it should").addCommand(governance);
}
