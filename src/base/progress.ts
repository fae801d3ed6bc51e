/**
 * What long work tells whoever waits for it: a terminal, an HTTP client, a test. Events are facts, not formatting.
 * Reporting never fails and never blocks the work.
 */

export type ProgressEvent =
  /** One line for the log: a step was begun or done. */
  | { readonly kind: "note"; readonly text: string }
  /** Something a person should know although the work goes on. */
  | { readonly kind: "warning"; readonly code: string; readonly text: string }
  /** Rows moved for one piece of work (a table, a file). `total` is an estimate where known. */
  | {
      readonly kind: "rows";
      readonly task: string;
      readonly rows: number;
      readonly total?: number | undefined;
      readonly bytes?: number;
    }
  /** One piece of work ended; `error` where it failed and the rest goes on. */
  | {
      readonly kind: "done";
      readonly task: string;
      readonly outcome: string;
      readonly rows?: number;
      readonly error?: { readonly code: string; readonly message: string };
    };

export type Report = (event: ProgressEvent) => void;

/** For callers that do not want to know. */
export const silent: Report = () => {};
