/**
 * Ends answers that are still being given when the right they were begun with ends: a key that was revoked, a session that was left,
 * a user who is not active any more, another role. Asked of the database for as long as something is open, so that it does not matter
 * which process a right was taken away by.
 * Invariant: whoever does not read gets nothing more either; what waits to be sent to them is thrown away.
 */
import type { ServerResponse } from "node:http";
import { TLSSocket } from "node:tls";
import type { Kysely } from "kysely";
import type { Role, Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { rolesOfKeys } from "../../identity/api-keys.ts";
import { rolesOfSessions } from "../../identity/sessions.ts";

/** The session or key that somebody showed to be let in. */
export interface Credential {
  readonly kind: "key" | "session";
  readonly digest: Buffer;
  /** As it was then. */
  readonly role: Role;
}

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

export function rightsWatch(db: Kysely<Tables>): RightsWatch {
  const open = new Set<Followed>();
  let timer: NodeJS.Timeout | undefined;
  let lookedAt = 0;
  const look = async (): Promise<void> => {
    try {
      const followed = [...open];
      const roles = await rolesNow(db, followed);
      lookedAt = performance.now();
      for (const one of followed) check(one, roles.get(keyOf(one)));
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

function check({ kind, role, end }: Followed, now: Role | undefined): void {
  if (now === undefined)
    end(new HeadgateError("UNAUTHENTICATED", { message: `the ${kind} was ended while this was answered` }));
  else if (now !== role)
    end(
      new HeadgateError("NOT_ALLOWED", {
        message: `the role was changed from ${role} to ${now} while this was answered`,
        remedy: "ask again, if the new role allows it",
      }),
    );
}

/** The roles of those that are good. */
async function rolesNow(db: Kysely<Tables>, open: readonly Credential[]): Promise<ReadonlyMap<string, Role>> {
  const digests = (kind: Credential["kind"]): Buffer[] =>
    open.filter((credential) => credential.kind === kind).map(({ digest }) => digest);
  const [keys, sessions] = await Promise.all([
    rolesOfKeys(db, digests("key")),
    rolesOfSessions(db, digests("session")),
  ]);
  return new Map([
    ...keys.map(({ digest, role }) => [keyOf({ kind: "key", digest }), role] as const),
    ...sessions.map(({ digest, role }) => [keyOf({ kind: "session", digest }), role] as const),
  ]);
}

function keyOf({ kind, digest }: Pick<Credential, "kind" | "digest">): string {
  return `${kind} ${digest.toString("hex")}`;
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
