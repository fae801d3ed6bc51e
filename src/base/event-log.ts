/**
 * Events that the operator of a running server needs to know, under stable names. This is neither the progress of a
 * run, which is reported to whoever waits for it, nor the audit log.
 * Invariant: no event contains a value of a row or a password.
 */

/** Each event and its log level. */
export const eventLevels = {
  start: "info",
  stop: "info",
  "run begun": "info",
  "run ended": "info",
  "run failed": "error",
  "schedules done": "info",
  "sign-in": "info",
  "sign-in refused": "warn",
  "sign-in delayed": "warn",
  refusal: "warn",
  commit: "info",
  retry: "warn",
  "source lost": "warn",
  "operation failed": "error",
  trouble: "error",
  unhandled: "error",
} as const;

export type EventName = keyof typeof eventLevels;

/** Fields are plain JSON data with names in camel case. */
export type EventLog = (event: EventName, fields?: Readonly<Record<string, unknown>>) => void;

export const silentLog: EventLog = () => {};
