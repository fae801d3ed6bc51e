/** Operations on people and their roles. */
import { z } from "zod";
import { addUser, changeUser, listUsers, removeUser, resetPassword } from "../identity/users.ts";
import { roles } from "../identity/principal.ts";
import { operation } from "./operation.ts";

const name = z
  .string()
  .regex(/^[a-z][a-z0-9._-]{0,62}$/, "lower-case letters, digits and . _ -, beginning with a letter");
const named = z.strictObject({ name: z.string() });
const role = z.enum(roles);

export const userAdd = operation({
  name: "user.add",
  summary: "Let somebody sign in; answers with a password for the first time",
  action: "administer",
  input: z.strictObject({ name, role: role.default("viewer") }),
  resources: ({ name: user }) => [{ kind: "user", name: user }],
  run: ({ db }, user) => addUser(db, user),
});

export const userList = operation({
  name: "user.list",
  summary: "List who may sign in, and as what",
  action: "administer",
  input: z.strictObject({}),
  async run({ db }) {
    const users = await listUsers(db);
    return {
      users: users.map((user) => ({
        name: user.name,
        role: user.role,
        active: user.active,
        mustChangePassword: user.must_change,
        createdAt: user.created_at.toISOString(),
      })),
    };
  },
});

export const userSet = operation({
  name: "user.set",
  summary: "Give somebody another role, or keep them from signing in",
  action: "administer",
  input: z.strictObject({ name: z.string(), role: role.optional(), active: z.boolean().optional() }),
  resources: ({ name: user }) => [{ kind: "user", name: user }],
  async run({ db }, change) {
    await changeUser(db, change);
    return { changed: change.name };
  },
});

export const userReset = operation({
  name: "user.reset",
  summary: "Give somebody a new one-time password and end their sessions",
  action: "administer",
  input: named,
  resources: ({ name: user }) => [{ kind: "user", name: user }],
  run: ({ db }, user) => resetPassword(db, user.name),
});

export const userRemove = operation({
  name: "user.remove",
  summary: "Forget somebody",
  action: "administer",
  input: named,
  resources: ({ name: user }) => [{ kind: "user", name: user }],
  async run({ db }, user) {
    await removeUser(db, user.name);
    return { removed: user.name };
  },
});
