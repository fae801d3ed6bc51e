/** Operations on accounts. */
import { z } from "zod";
import { organisation } from "../../governance/resource.ts";
import { addAccount, changeAccount, listAccounts, removeAccount, type Account } from "../../identity/accounts.ts";
import { authorOf } from "../../identity/principal.ts";
import { instant, list } from "../answers.ts";
import { operation } from "../operation.ts";
import { budgetsShown, shownBudget } from "./budgets.ts";
import { preview } from "../tags/preview.ts";
import { inMove, movePlan } from "./move.ts";
import { principalName, removal, unitPath } from "./people-schemas.ts";

const account = z
  .strictObject({
    name: z.string(),
    number: z.string().describe("Twelve digits that never change."),
    unit: z.string().nullable().describe("The path of the unit that it belongs to."),
    requiresCodes: z.boolean().describe("Whether its members must have an authenticator beside their password."),
    outside: z.boolean().describe("Whether it is not of the organisation."),
    createdAt: instant,
  })
  .meta({ title: "Account" });

export const accountAdd = operation({
  name: "account.add",
  summary: "Add an account; the answer has its number",
  action: "administer",
  input: z.strictObject({
    name: principalName,
    unit: unitPath.optional(),
    outside: z
      .boolean()
      .default(false)
      .describe("Not of the organisation: its administrators must accept what is shared with it."),
  }),
  output: account,
  errors: ["NAME_TAKEN", "UNIT_NOT_FOUND"],
  resources: () => [organisation],
  async run({ db }, { name, unit, outside }, { record }) {
    record({ about: [{ kind: "account", name }], unit, outside });
    return presented(await addAccount(db, { name, unit, isOutside: outside }));
  },
});

export const accountList = operation({
  name: "account.list",
  summary: "List the accounts, their numbers and their units",
  action: "administer",
  changes: false,
  input: z.strictObject({}),
  output: z.strictObject({
    accounts: list(account.extend({ budget: shownBudget.nullable().describe("Null: nothing is limited.") })),
  }),
  errors: [],
  resources: () => [organisation],
  async run({ db }) {
    const budgets = await budgetsShown(db);
    const accounts = await listAccounts(db);
    return { accounts: accounts.map((one) => ({ ...presented(one), budget: budgets.get(one.id) ?? null })) };
  },
});

function presented({ name, number, unit, requiresCodes, isOutside: outside, createdAt }: Account) {
  return { name, number, unit, requiresCodes, outside, createdAt: createdAt.toISOString() };
}

export const accountSet = operation({
  name: "account.set",
  summary: "Change an account's name or unit; a plan shows what the move opens and closes, and for whom",
  action: "administer",
  input: z.strictObject({
    name: z.string(),
    newName: principalName.optional(),
    unit: unitPath.nullable().optional().describe("Null for none."),
    requiresCodes: z
      .boolean()
      .optional()
      .describe("Members who sign in with a password and have no authenticator must then add one first."),
    outside: z.boolean().optional().describe("Whether it is not of the organisation."),
    plan: movePlan,
  }),
  output: z.strictObject({ changed: z.string().nullable().describe("Null if it was only planned."), ...preview }),
  errors: ["ACCOUNT_NOT_FOUND", "NAME_TAKEN", "UNIT_NOT_FOUND"],
  resources: () => [organisation],
  async run(context, { plan, outside, ...change }, { asking, record }) {
    const { name, ...said } = change;
    record({ about: [{ kind: "account", name }], ...said, outside, plan });
    const shown = await inMove(context, { asking, plan }, (transaction) =>
      changeAccount(transaction, { ...change, isOutside: outside }),
    );
    return { changed: plan ? null : (change.newName ?? name), ...shown };
  },
});

export const accountRemove = operation({
  name: "account.remove",
  summary: "Remove an account that has nothing and nobody in it, with the grants to it; its number is never used again",
  action: "administer",
  input: z.strictObject({
    name: z.string(),
    plan: z.boolean().default(false).describe("Only tell what would end with the account."),
  }),
  output: removal,
  errors: ["ACCOUNT_NOT_FOUND", "NOT_EMPTY"],
  resources: () => [organisation],
  async run({ db }, { name, plan }, { principal, record }) {
    record({ about: [{ kind: "account", name }], plan });
    const end = await removeAccount(db, name, { by: authorOf(principal), isPlan: plan });
    return plan ? { removed: null, falls: end } : { removed: name };
  },
});
