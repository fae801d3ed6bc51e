/** The person or program who asks, as every door passes it on. What they may do is decided in governance/decide.ts. */
import { mainAccount, type Role } from "../db/tables.ts";

export const roles = ["none", "viewer", "analyst", "operator", "administrator"] as const satisfies readonly Role[];

export interface Principal {
  readonly kind: "user" | "service" | "role" | "local";
  readonly id: string;
  readonly name: string;
  /** The role in the account that they act in. */
  readonly role: Role;
  /** The account that they act in; undefined for a user who is a member of none. */
  readonly accountId?: string | undefined;
  /** Whether they signed in with a password that somebody else chose. */
  readonly mustChangePassword: boolean;
  /** Whether they signed in with a password alone, although their account requires a second factor. */
  readonly lacksAuthenticator?: boolean | undefined;
  /** For a key that may do nothing but provision people: for this provider, in the account of the key. */
  readonly provisions?: string | undefined;
  /** For a role: the user or the key that has assumed it. */
  readonly behind?: Person | undefined;
}

export interface Person extends Pick<Principal, "id" | "name"> {
  readonly kind: Exclude<Principal["kind"], "role">;
}

/** Whoever runs commands on the data directory, which only its owner can reach. */
export const localPrincipal: Principal = {
  kind: "local",
  id: "00000000-0000-0000-0000-000000000000",
  name: "local",
  role: "administrator",
  accountId: mainAccount,
  mustChangePassword: false,
};

/** Who somebody is in the rows of what they granted or ended; null for the owner of the data directory. */
export function authorOf({ kind, id }: Principal): string | null {
  return kind === "local" ? null : id;
}

/** The user or the key that is really there, also behind an assumed role. */
export function personOf({ kind, id, name, behind }: Principal): Person {
  if (behind !== undefined) return behind;
  if (kind === "role") throw new TypeError(`nobody is behind the role ${name}`);
  return { kind, id, name };
}

/** A text that is different for every person, whatever role they have assumed. */
export function subjectOf(principal: Principal): string {
  const { kind, id } = personOf(principal);
  return `${kind} ${id}`;
}

export interface ActingPerson extends Person {
  readonly accountId?: string | undefined;
  readonly assumedRole?: Pick<Principal, "id" | "name"> | undefined;
}

/** Who answers for what is done, in the audit log: the person, also behind a role that they have assumed. */
export function actorOf(principal: Principal): ActingPerson {
  const { accountId, behind, id, name } = principal;
  return { ...personOf(principal), accountId, assumedRole: behind === undefined ? undefined : { id, name } };
}

export interface PresentedPrincipal extends Pick<Principal, "kind" | "name" | "role" | "mustChangePassword"> {
  /** The name of the user or the key that has assumed the role. */
  readonly behind?: string;
  /** They must add an authenticator before anything else. */
  readonly lacksAuthenticator?: true;
}

/** The facts that people may know about themselves. */
export function presentPrincipal(principal: Principal): PresentedPrincipal {
  const { kind, name, role, mustChangePassword, lacksAuthenticator, behind } = principal;
  return {
    kind,
    name,
    role,
    mustChangePassword,
    ...(lacksAuthenticator === true ? { lacksAuthenticator } : {}),
    ...(behind === undefined ? {} : { behind: behind.name }),
  };
}

/** A text that changes when somebody acts as another, in another account or with another role. */
export function standingOf({ kind, id, accountId = "", role, lacksAuthenticator = false }: Principal): string {
  return [kind, id, accountId, role, lacksAuthenticator].join(" ");
}
