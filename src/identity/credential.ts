/**
 * The session or key with which somebody was admitted, and whether it is still valid with the same role. What it allows
 * is decided in governance/decide.ts.
 */
import type { Kysely } from "kysely";
import type { Role, Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { rolesOfKeys } from "./api-keys.ts";
import type { Principal } from "./principal.ts";
import { rolesOfSessions } from "./sessions.ts";
import { digestOf } from "./token.ts";

export interface Credential {
  readonly kind: "key" | "session";
  readonly digest: Buffer;
  /** The role at the time of admission. */
  readonly role: Role;
}

interface Shown {
  readonly kind: Credential["kind"];
  readonly token: string;
  /** The principal that the token stood for. */
  readonly principal: Principal;
}

export function credentialOf({ kind, token, principal }: Shown): Credential {
  return { kind, digest: digestOf(token), role: principal.role };
}

/** The credentials that are no longer valid, with the reason: they ended, or their role was changed. */
export async function endedCredentials<Held extends Credential>(
  db: Kysely<Tables>,
  held: readonly Held[],
): Promise<ReadonlyMap<Held, HeadgateError>> {
  const roles = await rolesNow(db, held);
  return new Map(
    held.flatMap((credential) => {
      const reason = endOf(credential, roles.get(keyOf(credential)));
      return reason === undefined ? [] : [[credential, reason] as const];
    }),
  );
}

function endOf({ kind, role }: Credential, now: Role | undefined): HeadgateError | undefined {
  if (now === undefined)
    return new HeadgateError("UNAUTHENTICATED", { message: `the ${kind} was ended while the answer was being sent` });
  if (now === role) return undefined;
  return new HeadgateError("NOT_ALLOWED", {
    message: `the role was changed from ${role} to ${now} while the answer was being sent`,
    remedy: "send the request again if the new role allows it",
  });
}

/** The roles of the credentials that are still valid. */
async function rolesNow(db: Kysely<Tables>, held: readonly Credential[]): Promise<ReadonlyMap<string, Role>> {
  const digests = (kind: Credential["kind"]): Buffer[] =>
    held.filter((credential) => credential.kind === kind).map(({ digest }) => digest);
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
