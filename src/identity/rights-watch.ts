/**
 * Watches the rights behind work in progress: a revoked key, a closed session, a deactivated user, a changed role. It
 * polls the database while anything is followed, so it does not matter which process removed the right. Every door uses
 * it; how an answer then ends is the door's own business.
 * Invariant: a right that can no longer be checked ends after a while, too.
 */
import type { Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { endedCredentials, type Credential } from "./credential.ts";

export interface RightsWatch {
  /**
   * Calls `onEnd` once, with the reason to send, when the right has ended. Returns the function that stops following.
   */
  follow(credential: Credential, onEnd: (reason: HeadgateError) => void): () => void;
}

interface Followed extends Credential {
  end(reason: HeadgateError): void;
}

const lookEveryMs = 500;
/** A database that cannot be reached gives no answer; after this time, a right that cannot be checked has ended. */
const blindMs = 15_000;

export function rightsWatch({ db }: { readonly db: Kysely<Tables> }): RightsWatch {
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
    follow(credential, onEnd) {
      const followed: Followed = { ...credential, end: (reason) => open.delete(followed) && onEnd(reason) };
      open.add(followed);
      if (timer === undefined) {
        lookedAt = performance.now();
        lookAgain();
      }
      return () => void open.delete(followed);
    },
  };
}
