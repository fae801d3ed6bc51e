/**
 * Ends an HTTP answer in progress when the right behind it ends.
 * Invariant: a caller who does not read receives nothing more either; data waiting to be sent is discarded.
 */
import type { ServerResponse } from "node:http";
import { TLSSocket } from "node:tls";
import type { Credential } from "../../identity/credential.ts";
import type { RightsWatch } from "../../identity/rights-watch.ts";

/** Time for the answer to end by itself, with a reason for the reader. */
const graceMs = 900;

/**
 * A signal that is aborted, with the reason to send, when the right has ended; the connection is closed soon after. An
 * undefined credential is a right that does not end.
 */
export function endWithRight(
  rights: RightsWatch,
  { credential, response }: { readonly credential: Credential | undefined; readonly response: ServerResponse },
): AbortSignal {
  const ended = new AbortController();
  if (credential === undefined) return ended.signal;
  const stop = rights.follow(credential, (reason) => {
    ended.abort(reason);
    hangUpSoon(response);
  });
  response.once("close", stop);
  return ended.signal;
}

/**
 * Megabytes may have been sent and not read. A caller who reads has the reason by now; a reset makes both systems
 * discard the rest. There is no reset over TLS. This connection is not used for another answer, although it may be a
 * proxy's that serves others.
 */
function hangUpSoon(response: ServerResponse): void {
  const { socket } = response;
  if (socket === null) return;
  response.once("finish", () => socket.end());
  const hangUp = (): void => void (socket instanceof TLSSocket ? socket.destroy() : socket.resetAndDestroy());
  const timer = setTimeout(() => socket.destroyed || hangUp(), graceMs).unref();
  socket.once("close", () => clearTimeout(timer));
}
