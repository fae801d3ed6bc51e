/**
 * The output of a server or worker on stderr while it runs: lines for people, or JSON for machines. It is a log, so it
 * contains no value of a row.
 */
import type { Command } from "commander";
import type { EventLog } from "../../base/event-log.ts";
import type { Config } from "../../config.ts";
import type { SchedulerNews } from "../../operations/scheduler.ts";
import { jsonLog } from "../../server/json-log.ts";
import { wantsJson } from "../invoke.ts";
import { printDueRun } from "./due-run.ts";
import { eventLines } from "./event-lines.ts";

export function serverLog(
  command: Command,
  { log: level }: Pick<Config, "log">,
): { readonly log: EventLog; readonly news: SchedulerNews } {
  const isForMachines = wantsJson(command);
  const log = isForMachines ? jsonLog(level) : eventLines(level);
  return {
    log,
    news: {
      onRun: (run) => (isForMachines ? log("schedules done", { run }) : printDueRun(run, process.stderr)),
      onTrouble: (error) => log("trouble", { error }),
    },
  };
}
