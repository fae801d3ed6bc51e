/** How long to work on an answer: as long as somebody receives it and is allowed to. */
import type { ServerResponse } from "node:http";
import { HeadgateError } from "../../errors.ts";

/**
 * Work that has begun counts as cancelled in both cases; if the caller is no longer allowed to have the answer, that is
 * the cause.
 */
export function untilGone(response: ServerResponse, revoked: AbortSignal): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => gone.abort(new HeadgateError("CANCELLED")));
  revoked.addEventListener("abort", () => gone.abort(new HeadgateError("CANCELLED", { cause: revoked.reason })));
  return gone.signal;
}
