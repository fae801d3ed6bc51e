/** Writes what a scheduler did to stderr, one line each, for people or as JSON for machines. It is a log, so no value of a row is in it. */
import type { Command } from "commander";
import { errorColors } from "./terminal.ts";
import { formatJson } from "../../base/json.ts";
import { withoutRowValues } from "../../base/row-values.ts";
import type { SchedulerNews } from "../../operations/scheduler.ts";
import { wantsJson } from "../invoke.ts";
import { printDueRun } from "./due-run.ts";

export function schedulerNews(command: Command): SchedulerNews {
  const line = (news: object): void =>
    void process.stderr.write(`${formatJson({ at: new Date().toISOString(), ...withoutRowValues(news) })}\n`);
  if (wantsJson(command)) return { onRun: (run) => line({ run }), onTrouble: (error) => line({ error }) };
  return {
    onRun: (run) => printDueRun(run, process.stderr),
    onTrouble: ({ code, message }) => void process.stderr.write(`${errorColors.yellow("!")} ${code}: ${message}\n`),
  };
}
