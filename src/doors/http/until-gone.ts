/** Until when an answer is worked on: as long as somebody takes it and may have it. */
import type { ServerResponse } from "node:http";
import { HeadgateError } from "../../errors.ts";

/** Work that was begun counts as cancelled either way; why somebody may not have the answer any more is the cause. */
export function untilGone(response: ServerResponse, revoked: AbortSignal): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => gone.abort(new HeadgateError("CANCELLED")));
  revoked.addEventListener("abort", () => gone.abort(new HeadgateError("CANCELLED", { cause: revoked.reason })));
  return gone.signal;
}
