/** The one answer to "may they?": by role today, and no unless something says yes. */
import { expect, test } from "vitest";
import { localPrincipal, roles, type Principal } from "../identity/principal.ts";
import { decide, type Action } from "./decide.ts";
import { lake, machine, type Resource } from "./resource.ts";

const actions = ["watch", "read", "operate", "administer"] as const;
const as = (role: Principal["role"], more: Partial<Principal> = {}): Principal => ({
  kind: "user",
  id: "1",
  name: "ada",
  role,
  mustChangePassword: false,
  ...more,
});

test("a role allows what it says and no more", () => {
  const may = roles.map((role) => [role, actions.filter((action) => decide(as(role), action, [lake]).allowed)]);
  expect(Object.fromEntries(may)).toEqual({
    viewer: ["watch"],
    analyst: ["watch", "read"],
    operator: ["watch", "operate"],
    administrator: [...actions],
  });
});

test("the answer says why", () => {
  expect(decide(as("viewer"), "watch", [lake])).toEqual({
    allowed: true,
    because: "ada has the role viewer, which may watch",
  });
  expect(decide(as("viewer"), "read", [lake])).toEqual({
    allowed: false,
    because: "ada has the role viewer, which may not read",
    code: "NOT_ALLOWED",
  });
});

test("somebody with a one-time password may nothing", () => {
  const refused = { allowed: false, code: "PASSWORD_MUST_CHANGE", because: expect.stringContaining("one-time") };
  for (const action of actions)
    expect(decide(as("administrator", { mustChangePassword: true }), action, [lake])).toEqual(refused);
});

test("naming nothing is refused, and so is what is not known here", () => {
  const administrator = as("administrator");
  expect(decide(administrator, "watch", [])).toMatchObject({ allowed: false, code: "NOT_ALLOWED" });
  expect(decide(administrator, "destroy" as Action, [lake]).allowed).toBe(false);
  expect(decide(as("owner" as Principal["role"]), "watch", [lake]).allowed).toBe(false);
  expect(decide(administrator, "watch", [{ kind: "moon" } as unknown as Resource]).allowed).toBe(false);
});

test("one resource that is not allowed refuses them all", () => {
  const table: Resource = { kind: "table", name: "shop.orders" };
  expect(decide(as("administrator"), "read", [table]).allowed).toBe(true);
  expect(decide(as("administrator"), "read", [table, machine])).toMatchObject({
    allowed: false,
    because: expect.stringContaining("machine"),
  });
});

test("the machine is for whoever owns the data directory, not for an administrator from elsewhere", () => {
  expect(decide(localPrincipal, "read", [machine]).allowed).toBe(true);
  expect(decide(as("administrator", { kind: "service" }), "read", [machine]).allowed).toBe(false);
});
