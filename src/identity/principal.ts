/** The person or program who asks, as every door passes it on. What they may do is decided in governance/decide.ts. */
import type { Role } from "../db/tables.ts";

export const roles = ["viewer", "analyst", "operator", "administrator"] as const satisfies readonly Role[];

export interface Principal {
  readonly kind: "user" | "service" | "local";
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Whether they signed in with a password that somebody else chose. */
  readonly mustChangePassword: boolean;
}

/** Whoever runs commands on the data directory, which only its owner can reach. */
export const localPrincipal: Principal = {
  kind: "local",
  id: "00000000-0000-0000-0000-000000000000",
  name: "local",
  role: "administrator",
  mustChangePassword: false,
};

/** The facts that people may know about themselves. */
export function presentPrincipal({ kind, name, role, mustChangePassword }: Principal): Omit<Principal, "id"> {
  return { kind, name, role, mustChangePassword };
}

/** The subject and the rules that apply to it, as two texts. Principals for whom both are equal see the same. */
export function rulesOf({ kind, id, role }: Principal): { readonly subject: string; readonly rules: string } {
  return { subject: `${kind} ${id}`, rules: role };
}
