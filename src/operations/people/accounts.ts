/** Operations on accounts. */
import type { Kysely } from "kysely";
import { z } from "zod";
import { uuidv7 } from "../../base/uuid.ts";
import { inPolicyChange } from "../../db/policy-change.ts";
import type { Tables } from "../../db/tables.ts";
import { organisation } from "../../governance/resource.ts";
import { accountKinds } from "../../identity/account-kinds.ts";
import { setOwner } from "../../identity/account-owner.ts";
import { accountIdOf, addAccount, changeAccount, listAccounts, type Account } from "../../identity/accounts.ts";
import { authorOf } from "../../identity/principal.ts";
import { count, instant, list } from "../answers.ts";
import { ofCommit } from "../failures.ts";
import { operation } from "../operation.ts";
import { mailSettings } from "../send-mail.ts";
import { hasAddress } from "../../identity/person-invitations.ts";
import { findOwner } from "./find-owner.ts";
import { budgetsShown, shownBudget } from "./budgets.ts";
import { preview } from "../tags/preview.ts";
import { inMove, movePlan } from "./move.ts";
import { principalName, removal, unitPath } from "./people-schemas.ts";
import { contents } from "./removal/account-contents.ts";
import { planRemoval, removeAccount } from "./removal/remove-account.ts";

const account = z
  .strictObject({
    name: z.string(),
    number: z.string().describe("Twelve digits that never change."),
    unit: z.string().nullable().describe("The path of the unit that it belongs to."),
    requiresCodes: z.boolean().describe("Whether its members must have an authenticator beside their password."),
    outside: z.boolean().describe("Whether it is not of the organisation."),
    kinds: list(z.enum(accountKinds)).describe("A producer offers data to others, a consumer receives it."),
    owner: z.string().nullable().describe("The user who answers for it; null for nobody."),
    removing: z.boolean().describe("Whether its removal has begun, and is finished by removing it again."),
    createdAt: instant,
  })
  .meta({ title: "Account" });

const kinds = z.array(z.enum(accountKinds)).min(1).max(2);
const owner = z.string().min(1).max(400).describe("A user by name, or an e-mail address, to which an invitation goes.");

export const accountAdd = operation({
  name: "account.add",
  summary: "Add an account, perhaps with its kinds, its owner and a first database; the answer has its number",
  action: "administer",
  input: z.strictObject({
    name: principalName,
    unit: unitPath.optional(),
    outside: z
      .boolean()
      .default(false)
      .describe("Not of the organisation: its administrators must accept what is shared with it."),
    kinds: kinds
      .optional()
      .describe("By default both. A producer that is named as one gets a database of the account's name."),
    owner: owner.optional().describe("They become a member and administer the account."),
  }),
  output: account.extend({
    database: z.string().nullable().describe("The database that was made for it."),
    invited: z.string().nullable().describe("The address to which the owner's invitation goes."),
    getsMails: z
      .boolean()
      .nullable()
      .describe("Whether mails about requests reach the owner, now or once they accept; null without an owner."),
  }),
  errors: ["NAME_TAKEN", "UNIT_NOT_FOUND", "USER_NOT_FOUND", "SETTING_INVALID"],
  resources: () => [organisation],
  async run({ db, config }, { name, unit, outside, kinds: given, owner: wanted }, { principal, record }) {
    record({ about: [{ kind: "account", name }], unit, outside, kinds: given, owner: wanted });
    const by = authorOf(principal);
    return inPolicyChange(db, async (transaction) => {
      const made = await addAccount(transaction, { name, unit, isOutside: outside, kinds: given });
      const database = given?.includes("producer") === true ? await addDatabase(transaction, made) : null;
      const checkMail = () => mailSettings(config);
      const found = wanted && (await findOwner(transaction, { account: name, owner: wanted, by, checkMail }));
      if (!found) return { ...presented(made), database, invited: null, getsMails: null };
      await setOwner(transaction, { account: made, owner: found, by });
      const getsMails = await hasAddress(transaction, found.id);
      return { ...presented({ ...made, owner: found.name }), database, invited: found.invited ?? null, getsMails };
    });
  },
});

/** A name that needs no quotes in SQL. */
async function addDatabase(transaction: Kysely<Tables>, { id, name }: Account): Promise<string> {
  const database = name.replaceAll(/[^a-z0-9_]/g, "_");
  await transaction.insertInto("databases").values({ id: uuidv7(), name: database, account_id: id }).execute();
  return database;
}

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

function presented({ isOutside: outside, isBeingRemoved: removing, createdAt, kinds: own, ...one }: Account) {
  const { name, number, unit, requiresCodes, owner: who } = one;
  const people = { outside, kinds: [...own], owner: who, removing };
  return { name, number, unit, requiresCodes, ...people, createdAt: createdAt.toISOString() };
}

export const accountSet = operation({
  name: "account.set",
  summary: "Change an account's name, unit, kinds or owner; a plan shows what the move opens and closes, and for whom",
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
    kinds: kinds.optional().describe("Refused while shares or requests are open that it could no longer have."),
    owner: owner.optional().describe("They become a member and administer the account; an earlier owner keeps that."),
    plan: movePlan,
  }),
  output: z.strictObject({ changed: z.string().nullable().describe("Null if it was only planned."), ...preview }),
  errors: ["ACCOUNT_NOT_FOUND", "ACCOUNT_KIND", "NAME_TAKEN", "UNIT_NOT_FOUND", "USER_NOT_FOUND", "SETTING_INVALID"],
  resources: () => [organisation],
  async run(context, { plan, outside, owner: wanted, ...change }, { asking, principal, record }) {
    const { name, ...said } = change;
    record({ about: [{ kind: "account", name }], ...said, outside, owner: wanted, plan });
    const by = authorOf(principal);
    const shown = await inMove(context, { asking, plan }, async (transaction) => {
      const owned = { id: await accountIdOf(transaction, name), name: change.newName ?? name };
      await changeAccount(transaction, { ...change, isOutside: outside });
      if (wanted === undefined) return;
      const checkMail = () => mailSettings(context.config);
      const found = await findOwner(transaction, { account: owned.name, owner: wanted, by, checkMail });
      await setOwner(transaction, { account: owned, owner: found, by });
    });
    return { changed: plan ? null : (change.newName ?? name), ...shown };
  },
});

export const accountRemove = operation({
  name: "account.remove",
  summary:
    "Remove an account with everything in it: data, people's rights, shares and requests; its number is never used again",
  action: "administer",
  input: z.strictObject({
    name: z.string(),
    keepFiles: z.boolean().default(false).describe("Leave the files of its tables where they are."),
    plan: z.boolean().default(false).describe("Only tell what would go with the account."),
  }),
  output: removal.extend({
    contents: contents.optional().describe("Given if it was only planned: everything that would go with it."),
    filesDeleted: count,
  }),
  errors: [...ofCommit, "ACCOUNT_NOT_FOUND"],
  resources: () => [organisation],
  async run(context, { name, keepFiles, plan }, { principal, record, report }) {
    record({ about: [{ kind: "account", name }], keepFiles, plan });
    if (plan) return { removed: null, filesDeleted: 0, ...(await planRemoval(context.db, name)) };
    const removing = { name, by: authorOf(principal), keepFiles, report };
    return { removed: name, filesDeleted: await removeAccount(context, removing) };
  },
});
