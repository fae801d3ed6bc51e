/** Operations on people: who may sign in, their roles in accounts, and what is known about them. */
import { z } from "zod";
import { authorOf } from "../../identity/principal.ts";
import { isNamed } from "../../identity/principal-name.ts";
import { listTombstones } from "../../identity/principals.ts";
import { addUser, changeUser, listUsers, removeUser, resetPassword, type UserChange } from "../../identity/users.ts";
import { instant, list, texts } from "../answers.ts";
import { operation } from "../operation.ts";
import { ownAccountName } from "../scope.ts";
import {
  attributeChanges,
  attributes,
  removal,
  inAccount,
  listedAccount,
  newUser,
  presentTombstone,
  role,
  tombstones,
} from "./people-schemas.ts";

const named = z.strictObject({ name: z.string() });
const oneTime = z.strictObject({
  user: z.string(),
  oneTimePassword: z.string().describe("The user must replace it before anything else works."),
});

export const userAdd = operation({
  name: "user.add",
  summary: "Add a user; the answer has a one-time password",
  action: "administer",
  input: newUser,
  output: oneTime,
  errors: ["NAME_TAKEN", "ACCOUNT_NOT_FOUND"],
  resources: ({ account }) => [inAccount(account)],
  run({ db }, user, { asking, principal, record }) {
    const { name, role: given, account = ownAccountName(asking) } = user;
    record({ about: [{ kind: "user", name }], role: given, account, attributes: user.attributes });
    return addUser(db, { ...user, account, by: authorOf(principal) });
  },
});

export const userList = operation({
  name: "user.list",
  summary: "List the users, their roles and their attributes",
  action: "administer",
  changes: false,
  input: z.strictObject({
    account: z.string().optional().describe("Only its members, with their roles in it."),
    removed: z.boolean().default(false).describe("Also name the users that were removed."),
  }),
  output: z.strictObject({
    users: list(
      z.strictObject({
        name: z.string(),
        role,
        active: z.boolean(),
        mustChangePassword: z.boolean(),
        createdAt: instant,
        accounts: texts,
        attributes,
      }),
    ),
    removed: tombstones.optional(),
  }),
  errors: ["ACCOUNT_NOT_FOUND"],
  resources: ({ account }) => [inAccount(account)],
  async run({ db }, { removed, ...asked }, { asking }) {
    const account = listedAccount(asking, asked.account);
    const users = await listUsers(db, account);
    return {
      users: users
        .filter(({ accounts }) => account === undefined || accounts.includes(account))
        .map((user) => ({
          name: user.name,
          role: user.role,
          active: user.active,
          mustChangePassword: user.mustChange,
          createdAt: user.createdAt.toISOString(),
          accounts: user.accounts,
          attributes: user.attributes,
        })),
      ...(removed ? { removed: (await listTombstones(db, { kind: "user", account })).map(presentTombstone) } : {}),
    };
  },
});

export const userSet = operation({
  name: "user.set",
  summary: "Change a user's role or attributes, or keep a user from signing in",
  action: "administer",
  input: z.strictObject({
    name: z.string(),
    role: role.optional(),
    account: z
      .string()
      .optional()
      .describe("The account that the role is for; by default the one in which the caller acts."),
    active: z.boolean().optional(),
    attributes: attributeChanges.optional(),
  }),
  output: z.strictObject({ changed: z.string() }),
  errors: ["USER_NOT_FOUND", "ACCOUNT_NOT_FOUND", "MEMBER_NOT_FOUND", "LAST_ADMINISTRATOR"],
  // A role is a matter of its account; everything else concerns the user wherever they act.
  resources: ({ name, account, role: given, active, attributes: about }) => [
    ...(given === undefined && account === undefined ? [] : [inAccount(account)]),
    ...(given !== undefined && active === undefined && about === undefined ? [] : [{ kind: "user", name } as const]),
  ],
  async run({ db }, change, { asking, principal, record }) {
    const { name, ...what } = change;
    record({ about: [{ kind: "user", name }], ...what, isSelfGrant: givesMore(what) && isNamed(principal, name) });
    const account = change.account ?? ownAccountName(asking);
    await changeUser(db, { ...change, account, by: authorOf(principal) });
    return { changed: name };
  },
});

/** A role gives rights, and the data filters of others compare attributes. */
function givesMore({ role: given, attributes: about }: Pick<UserChange, "role" | "attributes">): boolean {
  return (given !== undefined && given !== "none") || about !== undefined;
}

export const userReset = operation({
  name: "user.reset",
  summary: "Give a user a new one-time password, end the user's sessions, and the wait after failed sign-ins",
  action: "administer",
  input: named,
  output: oneTime,
  errors: ["USER_NOT_FOUND"],
  resources: ({ name }) => [{ kind: "user", name }],
  run: ({ db }, user) => resetPassword(db, user.name),
});

export const userRemove = operation({
  name: "user.remove",
  summary: "Remove a user, with their grants, memberships and sessions",
  action: "administer",
  input: named.extend({ plan: z.boolean().default(false).describe("Only tell what would end with the user.") }),
  output: removal,
  errors: ["USER_NOT_FOUND", "LAST_ADMINISTRATOR"],
  resources: ({ name }) => [{ kind: "user", name }],
  async run({ db }, { name, plan }, { principal, record }) {
    record({ plan });
    const end = await removeUser(db, { name, by: authorOf(principal), isPlan: plan });
    return plan ? { removed: null, falls: end } : { removed: name };
  },
});
