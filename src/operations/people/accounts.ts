/** Operations on accounts. */
import { z } from "zod";
import { organisation } from "../../governance/resource.ts";
import { addAccount, changeAccount, listAccounts, removeAccount, type AccountChange } from "../../identity/accounts.ts";
import { instant, list } from "../answers.ts";
import { operation } from "../operation.ts";
import { principalName, unitPath } from "./people-schemas.ts";

const account = z
  .strictObject({
    name: z.string(),
    number: z.string().describe("Twelve digits that never change."),
    unit: z.string().nullable().describe("The path of the unit that it belongs to."),
    requiresCodes: z.boolean().describe("Whether its members must have an authenticator beside their password."),
    createdAt: instant,
  })
  .meta({ title: "Account" });

export const accountAdd = operation({
  name: "account.add",
  summary: "Add an account; the answer has its number",
  action: "administer",
  input: z.strictObject({ name: principalName, unit: unitPath.optional() }),
  output: account,
  errors: ["NAME_TAKEN", "UNIT_NOT_FOUND"],
  resources: () => [organisation],
  async run({ db }, { name, unit }, { record }) {
    record({ about: [{ kind: "account", name }], unit });
    const { id: _id, origin: _origin, createdAt, ...added } = await addAccount(db, { name, unit });
    return { ...added, createdAt: createdAt.toISOString() };
  },
});

export const accountList = operation({
  name: "account.list",
  summary: "List the accounts, their numbers and their units",
  action: "administer",
  changes: false,
  input: z.strictObject({}),
  output: z.strictObject({ accounts: list(account) }),
  errors: [],
  resources: () => [organisation],
  async run({ db }) {
    const accounts = await listAccounts(db);
    return {
      accounts: accounts.map(({ id: _id, origin: _origin, createdAt, ...shown }) => ({
        ...shown,
        createdAt: createdAt.toISOString(),
      })),
    };
  },
});

export const accountSet = operation({
  name: "account.set",
  summary: "Change an account's name or unit; its number stays",
  action: "administer",
  input: z.strictObject({
    name: z.string(),
    newName: principalName.optional(),
    unit: unitPath.nullable().optional().describe("Null for none."),
    requiresCodes: z
      .boolean()
      .optional()
      .describe("Members who sign in with a password and have no authenticator must then add one first."),
  }),
  output: z.strictObject({ changed: z.string() }),
  errors: ["ACCOUNT_NOT_FOUND", "NAME_TAKEN", "UNIT_NOT_FOUND"],
  resources: () => [organisation],
  async run({ db }, change, { record }) {
    record({ about: [{ kind: "account", name: change.name }], ...without(change) });
    await changeAccount(db, change);
    return { changed: change.newName ?? change.name };
  },
});

/** The name is told as what the change is about. */
function without({ name: _name, ...change }: AccountChange): Omit<AccountChange, "name"> {
  return change;
}

export const accountRemove = operation({
  name: "account.remove",
  summary: "Remove an account that has nothing and nobody in it; its number is never used again",
  action: "administer",
  input: z.strictObject({ name: z.string() }),
  output: z.strictObject({ removed: z.string() }),
  errors: ["ACCOUNT_NOT_FOUND", "NOT_EMPTY"],
  resources: () => [organisation],
  async run({ db }, { name }, { record }) {
    record({ about: [{ kind: "account", name }] });
    await removeAccount(db, name);
    return { removed: name };
  },
});
