/**
 * "May they?" The one place that answers, asked by every door. Pure: who asks and what they ask for go in, the answer and its
 * reason come out. Default deny.
 */
import type { Role } from "../db/tables.ts";
import type { Principal } from "../identity/principal.ts";

/**
 * `watch`: see how the lake is doing, and what is in it by name. `read`: see rows. `operate`: let runs begin and end.
 * `administer`: say what is connected, how, when, and who may what.
 */
export type Action = "watch" | "read" | "operate" | "administer";

export interface Decision {
  readonly allowed: boolean;
  readonly because: string;
}

const actionsOf: Readonly<Record<Role, readonly Action[]>> = {
  viewer: ["watch"],
  analyst: ["watch", "read"],
  operator: ["watch", "operate"],
  administrator: ["watch", "read", "operate", "administer"],
};

export function decide({ name, role, mustChangePassword }: Principal, action: Action): Decision {
  if (mustChangePassword) return { allowed: false, because: `${name} has not changed the one-time password` };
  const allowed = actionsOf[role]?.includes(action) ?? false;
  return { allowed, because: `${name} is ${role}, who may ${allowed ? "" : "not "}${action}` };
}
