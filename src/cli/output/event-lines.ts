/** Writes the events of a server to stderr for people, one short line each. due-run.ts reports what schedules did. */
import { eventLevels, type EventLog, type EventName } from "../../base/event-log.ts";
import { withoutRowValues } from "../../base/row-values.ts";
import type { LogLevel } from "../../config.ts";
import { escapeControls } from "./display-text.ts";
import { errorColors } from "./terminal.ts";

/** The greeting, the farewell and due-run.ts report these. */
const toldOtherwise: ReadonlySet<EventName> = new Set<EventName>(["start", "stop", "run begun", "run ended"]);

export function eventLines(level: LogLevel): EventLog {
  return (event, fields = {}) => {
    const severity = eventLevels[event];
    if (toldOtherwise.has(event) || (level === "error" && severity === "info")) return;
    const words = Object.entries(withoutRowValues(fields)).map(([name, value]) => `${name} ${textOf(value)}`);
    const time = errorColors.dim(new Date().toISOString());
    process.stderr.write(`${marks[severity]} ${time} ${event}  ${escapeControls(words.join(", "))}\n`);
  };
}

const marks = { info: errorColors.dim("·"), warn: errorColors.yellow("!"), error: errorColors.red("✗") };

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
