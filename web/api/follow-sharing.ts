/** Follows the steps of requests, shares and invitations as long as the session lasts, and begins again when the server was away. */
import { askOver } from "../../src/client/ask.ts";
import { fetchTransport } from "../../src/client/fetch-transport.ts";
import { HeadgateError } from "../../src/errors.ts";

const retryMs = 5_000;

/** Returns a function that stops. */
export function followSharing(hear: () => void): () => void {
  const stopping = new AbortController();
  void follow(hear, stopping.signal);
  return () => stopping.abort();
}

async function follow(hear: () => void, signal: AbortSignal): Promise<void> {
  const ask = askOver(fetchTransport({}));
  while (!signal.aborted) {
    const failure: unknown = await ask("sharing.watch", {}, { onItem: hear, signal }).catch(
      (thrown: unknown) => thrown,
    );
    // Whoever signs in again begins another stream.
    if (failure instanceof HeadgateError && failure.code !== "SERVER_LOST") return;
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, retryMs));
    // Something may have happened while nobody listened.
    if (!signal.aborted) hear();
  }
}
