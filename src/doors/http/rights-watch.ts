/**
 * Ends answers that are still being given when the right they were begun with ends: a key that was revoked, a session that was left,
 * a user who is not active any more, another role. Asked of the database for as long as something is open, so that it does not matter
 * which process a right was taken away by.
 * Invariant: whoever does not read gets nothing more either; what waits to be sent to them is thrown away.
 */
import type { ServerResponse } from "node:http";
import { TLSSocket } from "node:tls";
import { HeadgateError } from "../../errors.ts";
import { endedCredentials, type Credential } from "../../identity/credential.ts";
import type { Context } from "../../operations/context.ts";

export interface RightsWatch {
  /** Aborted, with what to tell, when the right has ended; the connection is closed soon after. Undefined: a right that does not end. */
  follow(credential: Credential | undefined, response: ServerResponse): AbortSignal;
}

interface Followed extends Credential {
  end(reason: HeadgateError): void;
}

const lookEveryMs = 500;
/** For the answer to end by itself, with a reason for whoever reads it. */
const graceMs = 500;
/** A database that is away says nothing; for longer than this, a right that cannot be looked up is none. */
const blindMs = 15_000;

export function rightsWatch({ db }: Pick<Context, "db">): RightsWatch {
  const open = new Set<Followed>();
  let timer: NodeJS.Timeout | undefined;
  let lookedAt = 0;
  const look = async (): Promise<void> => {
    try {
      const ended = await endedCredentials(db, [...open]);
      lookedAt = performance.now();
      for (const [one, reason] of ended) one.end(reason);
    } catch (cause) {
      if (performance.now() - lookedAt < blindMs) return;
      for (const one of open) one.end(new HeadgateError("METADATA_UNREACHABLE", { cause }));
    }
  };
  const lookAgain = (): void => {
    timer = setTimeout(
      () => void look().finally(() => (open.size > 0 ? lookAgain() : (timer = undefined))),
      lookEveryMs,
    );
    timer.unref();
  };
  return {
    follow(credential, response) {
      const ended = new AbortController();
      if (credential === undefined) return ended.signal;
      const followed: Followed = {
        ...credential,
        end(reason) {
          if (!open.delete(followed)) return;
          ended.abort(reason);
          hangUpSoon(response);
        },
      };
      open.add(followed);
      response.once("close", () => open.delete(followed));
      if (timer === undefined) {
        lookedAt = performance.now();
        lookAgain();
      }
      return ended.signal;
    },
  };
}

/**
 * Megabytes may have left us and not been read. Whoever reads has the reason by then; a reset makes both systems throw away the rest.
 * Over TLS there is none. Nobody is answered on this connection again, which may be a proxy's and serve others.
 */
function hangUpSoon(response: ServerResponse): void {
  const { socket } = response;
  if (socket === null) return;
  response.once("finish", () => socket.end());
  const hangUp = (): void => void (socket instanceof TLSSocket ? socket.destroy() : socket.resetAndDestroy());
  const timer = setTimeout(() => socket.destroyed || hangUp(), graceMs).unref();
  socket.once("close", () => clearTimeout(timer));
}
