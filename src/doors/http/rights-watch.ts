/**
 * Ends answers in progress when the right behind them ends: a revoked key, a closed session, a deactivated user, a
 * changed role. Polls the database while any answer is open, so it does not matter which process removed the right.
 * Invariant: a caller who does not read receives nothing more either; data waiting to be sent is discarded.
 */
import type { ServerResponse } from "node:http";
import { TLSSocket } from "node:tls";
import { HeadgateError } from "../../errors.ts";
import { endedCredentials, type Credential } from "../../identity/credential.ts";
import type { Context } from "../../operations/context.ts";

export interface RightsWatch {
  /**
   * A signal that is aborted, with the reason to send, when the right has ended; the connection is closed soon after.
   * An undefined credential is a right that does not end.
   */
  follow(credential: Credential | undefined, response: ServerResponse): AbortSignal;
}

interface Followed extends Credential {
  end(reason: HeadgateError): void;
}

const lookEveryMs = 500;
/** Time for the answer to end by itself, with a reason for the reader. */
const graceMs = 900;
/** A database that cannot be reached gives no answer; after this time, a right that cannot be checked has ended. */
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
