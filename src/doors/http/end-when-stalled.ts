/**
 * Disconnects a reader who accepts none of the data waiting for it, because it occupies memory and a place that others
 * need. A reader for whom no data waits may stay silent as long as its statement runs.
 */
import type { ServerResponse } from "node:http";

const stalledMs = 120_000;

export function endWhenStalled(response: ServerResponse, milliseconds = stalledMs): void {
  response.setTimeout(milliseconds, () => {
    // Node counts any accepted data as activity, so here the reader accepted nothing for the whole time.
    if (response.writableLength > 0 || (response.socket?.writableLength ?? 0) > 0) response.destroy();
    else response.setTimeout(milliseconds);
  });
  response.once("close", () => response.socket?.setTimeout(0));
}
