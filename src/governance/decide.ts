/**
 * The one place that answers "may they?". Pure: from a principal, an action and resources it gives the answer and the
 * reason.
 * Invariant: the answer is no unless a rule here says yes, also for an unknown action, role or resource.
 */
import type { Role } from "../db/tables.ts";
import type { ErrorCode } from "../errors.ts";
import type { Principal } from "../identity/principal.ts";
import type { Resource } from "./resource.ts";

/**
 * `watch`: see how the lake is doing and the names of what is in it. `read`: see rows. `operate`: begin and end runs.
 * `administer`: decide what is connected, how and when, and what people may do.
 */
export type Action = "watch" | "read" | "operate" | "administer";

export type Decision =
  | { readonly allowed: true; readonly because: string }
  | { readonly allowed: false; readonly because: string; readonly code: ErrorCode };

const actionsOf: Readonly<Record<Role, readonly Action[]>> = {
  viewer: ["watch"],
  analyst: ["watch", "read"],
  operator: ["watch", "operate"],
  administrator: ["watch", "read", "operate", "administer"],
};

/** Every resource must be allowed; a request without resources is refused. */
export function decide(principal: Principal, action: Action, resources: readonly Resource[]): Decision {
  const { name, role, mustChangePassword } = principal;
  if (mustChangePassword)
    return { ...refused(`${name} has not changed the one-time password`), code: "PASSWORD_MUST_CHANGE" };
  if (actionsOf[role]?.includes(action) !== true)
    return refused(`${name} has the role ${role}, which may not ${action}`);
  if (resources.length === 0) return refused(`the request names nothing that ${name} wants to ${action}`);
  const beyond = resources.find((resource) => !isWithinReach(principal, resource));
  if (beyond !== undefined)
    return refused(`${name} does not own the data directory, and only its owner may use the ${beyond.kind}`);
  return { allowed: true, because: `${name} has the role ${role}, which may ${action}` };
}

/** Whether somebody's role decides about a kind of resource, or only the owner of the data directory may use it. */
const reach: Readonly<Record<Resource["kind"], "role" | "owner">> = {
  lake: "role",
  source: "role",
  database: "role",
  table: "role",
  run: "role",
  schedule: "role",
  user: "role",
  key: "role",
  machine: "owner",
};

function isWithinReach(principal: Principal, { kind }: Resource): boolean {
  return reach[kind] === "role" || (reach[kind] === "owner" && principal.kind === "local");
}

function refused(because: string): Extract<Decision, { allowed: false }> {
  return { allowed: false, because, code: "NOT_ALLOWED" };
}
