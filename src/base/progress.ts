/**
 * Reports of long work for whoever waits for it: a terminal, an HTTP client, a test. Events are facts, not formatted
 * text. Reporting never fails and never blocks the work.
 */

export type ProgressEvent =
  /** One line for the log: a step has begun or ended. */
  | { readonly kind: "note"; readonly text: string }
  /** Something that a person should know although the work continues. */
  | { readonly kind: "warning"; readonly code: string; readonly text: string }
  /** Rows processed so far for one piece of work (a table, a file). `total` is an estimate, where one is known. */
  | {
      readonly kind: "rows";
      readonly task: string;
      readonly rows: number;
      readonly total?: number | undefined;
      readonly bytes?: number;
    }
  /** One piece of work ended. `error` is set if it failed while the rest continues. */
  | {
      readonly kind: "done";
      readonly task: string;
      readonly outcome: string;
      readonly rows?: number;
      readonly error?: { readonly code: string; readonly message: string };
    };

export type Report = (event: ProgressEvent) => void;

/** For callers that do not need progress. */
export const silent: Report = () => {};
