/** Operations on people and their roles. */
import { z } from "zod";
import { addUser, changeUser, listUsers, removeUser, resetPassword } from "../identity/users.ts";
import { roles } from "../identity/principal.ts";
import { instant, list } from "./answers.ts";
import { operation } from "./operation.ts";

const name = z
  .string()
  .regex(/^[a-z][a-z0-9._-]{0,62}$/, "lower-case letters, digits and . _ -, beginning with a letter");
const named = z.strictObject({ name: z.string() });
const role = z.enum(roles);
const oneTime = z.strictObject({
  user: z.string(),
  oneTimePassword: z.string().describe("The user must replace it before anything else works."),
});

export const userAdd = operation({
  name: "user.add",
  summary: "Add a user; the answer has a one-time password",
  action: "administer",
  input: z.strictObject({ name, role: role.default("viewer") }),
  output: oneTime,
  errors: ["NAME_TAKEN"],
  resources: ({ name: user }) => [{ kind: "user", name: user }],
  run: ({ db }, user) => addUser(db, user),
});

export const userList = operation({
  name: "user.list",
  summary: "List the users and their roles",
  action: "administer",
  input: z.strictObject({}),
  output: z.strictObject({
    users: list(
      z.strictObject({
        name: z.string(),
        role,
        active: z.boolean(),
        mustChangePassword: z.boolean(),
        createdAt: instant,
      }),
    ),
  }),
  errors: [],
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
  summary: "Change a user's role, or keep a user from signing in",
  action: "administer",
  input: z.strictObject({ name: z.string(), role: role.optional(), active: z.boolean().optional() }),
  output: z.strictObject({ changed: z.string() }),
  errors: ["USER_NOT_FOUND", "LAST_ADMINISTRATOR"],
  resources: ({ name: user }) => [{ kind: "user", name: user }],
  async run({ db }, change) {
    await changeUser(db, change);
    return { changed: change.name };
  },
});

export const userReset = operation({
  name: "user.reset",
  summary: "Give a user a new one-time password, and end the user's sessions",
  action: "administer",
  input: named,
  output: oneTime,
  errors: ["USER_NOT_FOUND"],
  resources: ({ name: user }) => [{ kind: "user", name: user }],
  run: ({ db }, user) => resetPassword(db, user.name),
});

export const userRemove = operation({
  name: "user.remove",
  summary: "Remove a user",
  action: "administer",
  input: named,
  output: z.strictObject({ removed: z.string() }),
  errors: ["USER_NOT_FOUND", "LAST_ADMINISTRATOR"],
  resources: ({ name: user }) => [{ kind: "user", name: user }],
  async run({ db }, user) {
    await removeUser(db, user.name);
    return { removed: user.name };
  },
});
