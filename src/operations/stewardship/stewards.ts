/**
 * Operations that name the owners and stewards of databases and tables, and list them with the gaps that removed ones
 * have left. To name them is to give a right, so that it needs whoever administers the thing.
 */
import { z } from "zod";
import { mapLimit } from "../../base/limit.ts";
import { inPolicyChange } from "../../db/policy-change.ts";
import { stewardRoles } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { checkStillThere } from "../../governance/closed-tables.ts";
import { isSelf } from "../../governance/is-self.ts";
import { visible } from "../../governance/resource.ts";
import { addSteward, endStewards, stewardsOf } from "../../governance/stewards.ts";
import { authorOf } from "../../identity/principal.ts";
import {
  findMember,
  parsePrincipalName,
  principalLabel,
  principalMissingCodes,
} from "../../identity/principal-name.ts";
import { list } from "../answers.ts";
import { operation } from "../operation.ts";
import { labelOfThings } from "./attached-labels.ts";
import { findThing, thingMissingCodes, thingNamed } from "./described-thing.ts";

const named = z.strictObject({
  of: z.string().describe("shop for a database, shop.orders for a table."),
  who: z.string().describe("A user by name, or group:<name>, role:<name>, key:<name>."),
  as: z.enum(stewardRoles),
});

const changed = named.extend({ changed: z.boolean().describe("Whether it was otherwise before.") });

const missing = [...thingMissingCodes, ...principalMissingCodes] as const;

export const stewardAdd = operation({
  name: "steward.add",
  summary: "Name an owner or a steward of a database or a table, who may then change what is said of it",
  action: "administer",
  seesViews: true,
  input: named,
  output: changed,
  errors: missing,
  resources: ({ of }) => [thingNamed(of)],
  async run(context, { of, who, as: role }, { asking, principal, record }) {
    const thing = await findThing(context, asking, of);
    const { isAdded, id } = await inPolicyChange(context.db, async (transaction) => {
      const found = await findMember(transaction, parsePrincipalName(who));
      if (thing.kind === "table") await checkStillThere(transaction, thing);
      const steward = { of: thing, role, principalId: found.id };
      const author = { by: authorOf(principal), origin: null };
      return { isAdded: await addSteward(transaction, steward, author), id: found.id };
    });
    const about = [{ kind: thing.kind, name: thing.label, id: thing.id }];
    record({ who, as: role, plan: !isAdded, isSelfGrant: isAdded && isSelf(asking, id), about });
    return { of: thing.label, who, as: role, changed: isAdded };
  },
});

export const stewardRemove = operation({
  name: "steward.remove",
  summary: "Take the role of an owner or a steward from somebody, also from somebody who was removed",
  action: "administer",
  seesViews: true,
  input: named,
  output: changed,
  errors: missing,
  resources: ({ of }) => [thingNamed(of)],
  async run(context, { of, who, as: role }, { asking, record }) {
    const thing = await findThing(context, asking, of);
    const wanted = principalLabel(parsePrincipalName(who));
    const ended = await inPolicyChange(context.db, async (transaction) => {
      const open = await stewardsOf(transaction, { ids: [thing.id] });
      const going = open.filter((one) => one.role === role && principalLabel(one) === wanted);
      await endStewards(
        transaction,
        going.map(({ id }) => id),
      );
      return going.length;
    });
    if (ended === 0)
      throw new HeadgateError("USAGE", {
        place: `${role} of ${thing.label}`,
        message: `${who} is no ${role} of ${thing.label} itself`,
        remedy: `see \`headgate steward list ${thing.label}\` for those who are`,
      });
    const about = [{ kind: thing.kind, name: thing.label, id: thing.id }];
    record({ who, as: role, about });
    return { of: thing.label, who, as: role, changed: true };
  },
});

export const stewardList = operation({
  name: "steward.list",
  summary: "List the owners and stewards of what the caller may know, with the gaps that removed ones have left",
  action: "watch",
  seesViews: true,
  input: z.strictObject({
    of: z.string().optional().describe("Only those of this database or table itself."),
    gaps: z.boolean().default(false).describe("Only those who were removed."),
  }),
  output: z.strictObject({
    stewards: list(named.extend({ gone: z.boolean().describe("Whether they were removed.") })),
  }),
  errors: thingMissingCodes,
  resources: ({ of }) => [of === undefined ? visible : thingNamed(of)],
  async run(context, { of, gaps }, { asking }) {
    const thing = of === undefined ? undefined : await findThing(context, asking, of);
    const rows = await stewardsOf(context.db, thing === undefined ? {} : { ids: [thing.id] });
    const labelOf = await labelOfThings(context, asking);
    const shown = rows.filter(({ isGone }) => isGone || !gaps);
    const stewards = await mapLimit(shown, 16, async ({ thingKind, thingId, kind, name, role, isGone }) => {
      const label = await labelOf({ kind: thingKind, id: thingId });
      return label === undefined ? [] : [{ of: label, who: principalLabel({ kind, name }), as: role, gone: isGone }];
    });
    return { stewards: stewards.flat() };
  },
});
