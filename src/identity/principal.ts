/** Who asks: what every door hands on about them. Not what they may do; see governance/decide.ts. */
import type { Role } from "../db/tables.ts";

export const roles = ["viewer", "analyst", "operator", "administrator"] as const satisfies readonly Role[];

export interface Principal {
  readonly kind: "user" | "service" | "local";
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Signed in with a password that somebody else chose. */
  readonly mustChangePassword: boolean;
}

/** Who runs commands on the data directory, which only its owner can reach. */
export const localPrincipal: Principal = {
  kind: "local",
  id: "00000000-0000-0000-0000-000000000000",
  name: "local",
  role: "administrator",
  mustChangePassword: false,
};

/** What somebody is told of themselves. */
export function presentPrincipal({ kind, name, role, mustChangePassword }: Principal): Omit<Principal, "id"> {
  return { kind, name, role, mustChangePassword };
}

/** By whom and under which rules something is done, as two texts: whoever has both alike sees the same. */
export function rulesOf({ kind, id, role }: Principal): { readonly subject: string; readonly rules: string } {
  return { subject: `${kind} ${id}`, rules: role };
}
