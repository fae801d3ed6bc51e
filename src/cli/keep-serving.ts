/**
 * What nobody awaited or listened to does not end a server that others use: it is told on stderr, one JSON line each, as the defect
 * that it is. The storm (`npm run storm`) fails on such a line.
 */
import { presentError } from "../base/present-error.ts";

export function keepServing(): void {
  const tell = (failure: unknown): void => {
    const stack = failure instanceof Error ? failure.stack : undefined;
    process.stderr.write(
      `${JSON.stringify({ at: new Date().toISOString(), unhandled: presentError(failure), stack })}\n`,
    );
  };
  process.on("uncaughtException", tell);
  process.on("unhandledRejection", tell);
}
