/**
 * A reader that takes nothing of what waits for it is hung up on: it holds memory and a place that others could have. One for whom
 * nothing waits may be silent for as long as its statement works.
 */
import type { ServerResponse } from "node:http";

const stalledMs = 120_000;

export function endWhenStalled(response: ServerResponse, milliseconds = stalledMs): void {
  response.setTimeout(milliseconds, () => {
    // Node counts as activity whatever the reader took: here it took nothing for all of the time.
    if (response.writableLength > 0 || (response.socket?.writableLength ?? 0) > 0) response.destroy();
    else response.setTimeout(milliseconds);
  });
  response.once("close", () => response.socket?.setTimeout(0));
}
