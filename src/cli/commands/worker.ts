/** `headgate worker`: does scheduled work when it is due, alongside other processes, without serving anybody. */
import { Command } from "commander";
import type { CliParts } from "../cli-parts.ts";
import { configOf, untilStopped } from "../invoke.ts";

export function workerCommand(parts: CliParts): Command {
  return new Command("worker")
    .description(
      "run schedules when they are due, without serving requests; any number of workers can share one metadata database (--database-url)",
    )
    .option("--account <account>", "work for this account only, with its credentials and keys alone")
    .action(async ({ account }: { account?: string }, command: Command) => {
      const config = configOf(command);
      const [{ runWorker }, { serverLog }] = await Promise.all([
        import("../../server/server.ts"),
        import("../output/server-log.ts"),
      ]);
      await runWorker({
        ...parts,
        ...serverLog(command, config),
        config,
        account,
        onUp: () => void process.stderr.write("working; stop with Ctrl-C\n"),
        untilStopped,
      });
    });
}
