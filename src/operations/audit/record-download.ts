/**
 * Puts into the audit log that something other than a query's result leaves as a stream: its begin before anything is
 * sent, and its end with what was sent. A download whose begin cannot be recorded does not happen.
 */
import { toHeadgateError } from "../../base/present-error.ts";
import { uuidv7 } from "../../base/uuid.ts";
import { actorOf } from "../../identity/principal.ts";
import type { Context } from "../context.ts";
import type { Call } from "../operation.ts";

interface Download {
  readonly call: Call;
  readonly operation: string;
  /** In words. */
  readonly what: string;
}

/** Throws AUDIT_UNWRITABLE, and what the work throws. */
export async function recordDownload<Answer>(
  { audit }: Pick<Context, "audit">,
  { call, operation, what }: Download,
  work: (call: Call) => Promise<Answer>,
): Promise<Answer> {
  const began = performance.now();
  const common = { actor: actorOf(call.principal), operation };
  const named = { download: uuidv7(), what };
  let items = 0;
  const end = (outcome: string): void => {
    const milliseconds = Math.round(performance.now() - began);
    const details = { ...named, items, bytes: call.sentBytes?.(), milliseconds };
    audit.noteLater({ ...common, kind: "download end", outcome, details });
  };
  await audit.record({ ...common, kind: "download", outcome: "begun", details: named });
  try {
    const answer = await work({ ...call, emit: (item) => call.emit(item).then(() => void items++) });
    end("done");
    return answer;
  } catch (failure) {
    end(toHeadgateError(call.signal.aborted ? call.signal.reason : failure).code);
    throw failure;
  }
}
