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
 * A signal that is aborted, with the reason to send, when the right has ended; the connection is closed soon after.
 */
export function endWithRight(rights: RightsWatch, { credential, response, ended }: EndingAnswer): AbortSignal {
  const revoked = new AbortController();
  const either = AbortSignal.any([revoked.signal, ended]);
  either.addEventListener("abort", () => hangUpSoon(response), { once: true });
  if (credential !== undefined)
    response.once(
      "close",
      rights.follow(credential, (reason) => revoked.abort(reason)),
    );
  return either;
}

interface EndingAnswer {
  /** Undefined for a credential that does not end. */
  readonly credential: Credential | undefined;
  readonly response: ServerResponse;
  /** Aborted when the caller may no longer have this answer, whatever the credential. */
  readonly ended: AbortSignal;
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
