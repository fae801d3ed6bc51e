/** The words of `headgate worker`: do what schedules say is due, beside other processes, without serving anybody. */
import { once } from "node:events";
import { Command } from "commander";
import { openCleanup } from "../../base/cleanup.ts";
import type { CliParts } from "../cli-parts.ts";
import { configOf, stopSignals } from "../invoke.ts";

export function workerCommand({ connectors }: CliParts): Command {
  return new Command("worker")
    .description("keep doing what schedules say is due; any number share one metadata database (--database-url)")
    .action(async (_options: object, command: Command) => {
      const [{ startScheduler }, { holdSession }, { schedulerNews }] = await Promise.all([
        import("../../operations/scheduler.ts"),
        import("../session.ts"),
        import("../output/scheduler-news.ts"),
      ]);
      const cleanup = openCleanup();
      try {
        const session = cleanup.use(await holdSession({ config: configOf(command), connectors, creates: false }));
        cleanup.use(startScheduler(session.context, schedulerNews(command)));
        process.stderr.write("working; stop with Ctrl-C\n");
        await Promise.race(stopSignals.map((name) => once(process, name)));
        process.stderr.write("stopping\n");
      } finally {
        await cleanup[Symbol.asyncDispose]();
      }
    });
}
