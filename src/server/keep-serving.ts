/**
 * Keeps a server running when an event or a promise fails and nobody handles it, because others use the server. Every
 * such failure is a defect and is logged as `unhandled`. The storm (`npm run storm`) fails on such a line.
 */
import type { EventLog } from "../base/event-log.ts";
import { presentError } from "../base/present-error.ts";

export function keepServing(log: EventLog): void {
  const tell = (failure: unknown): void => {
    // The first line is left out: it is the message, which may quote a value of a row.
    const stack =
      failure instanceof Error ? failure.stack?.split("\n").filter((line) => /^\s+at /.test(line)) : undefined;
    log("unhandled", { error: presentError(failure), stack: stack?.join("\n") });
  };
  process.on("uncaughtException", tell);
  process.on("unhandledRejection", tell);
}
