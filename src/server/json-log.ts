/** Writes the events of a server to stderr for machines, one line of JSON per event. */
import { pino } from "pino";
import { eventLevels, type EventLog } from "../base/event-log.ts";
import { formatJson } from "../base/json.ts";
import { withoutRowValues } from "../base/row-values.ts";
import type { LogLevel } from "../config.ts";

export function jsonLog(level: LogLevel): EventLog {
  const lines = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: "event",
    },
    pino.destination({ fd: process.stderr.fd, sync: true }),
  );
  return (event, fields = {}) => lines[eventLevels[event]](plain(fields), event);
}

/** Converts 64-bit integers to what JSON can express. */
function plain(fields: Readonly<Record<string, unknown>>): object {
  return JSON.parse(formatJson(withoutRowValues(fields))) as object;
}
