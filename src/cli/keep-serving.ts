/**
 * What nobody awaited or listened to does not end a server that others use: it is told on stderr, one JSON line each, as the defect
 * that it is. The storm (`npm run storm`) fails on such a line.
 */
import { presentError } from "../base/present-error.ts";
import { withoutRowValues } from "../base/row-values.ts";

export function keepServing(): void {
  const tell = (failure: unknown): void => {
    // Its first line is the message, which may quote a value of a row.
    const stack =
      failure instanceof Error ? failure.stack?.split("\n").filter((line) => /^\s+at /.test(line)) : undefined;
    process.stderr.write(
      `${JSON.stringify({ at: new Date().toISOString(), unhandled: withoutRowValues(presentError(failure)), stack: stack?.join("\n") })}\n`,
    );
  };
  process.on("uncaughtException", tell);
  process.on("unhandledRejection", tell);
}
