/**
 * Keeps a server going when an event or a promise fails and nobody listened to it, because others use the server. Each such failure is a
 * defect, and is written to stderr as one JSON line. The storm (`npm run storm`) fails on such a line.
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
