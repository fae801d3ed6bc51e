/**
 * What an operator of a server needs to know while it runs, as events with names that stay. Not the progress of a run, which those who
 * wait for it are told, nor the audit.
 * Invariant: no value of a row and no password is in an event.
 */

/** Each event and how much it matters. */
export const eventLevels = {
  start: "info",
  stop: "info",
  "run begun": "info",
  "run ended": "info",
  "run failed": "error",
  "schedules done": "info",
  "sign-in": "info",
  "sign-in refused": "warn",
  refusal: "warn",
  commit: "info",
  retry: "warn",
  "source lost": "warn",
  "operation failed": "error",
  trouble: "error",
  unhandled: "error",
} as const;

export type EventName = keyof typeof eventLevels;

/** Fields are plain JSON data, named in camel case. */
export type EventLog = (event: EventName, fields?: Readonly<Record<string, unknown>>) => void;

export const silentLog: EventLog = () => {};
