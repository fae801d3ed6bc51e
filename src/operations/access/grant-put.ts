/** The operation that makes a named set of grants exactly as it is given, all together or not at all. */
import { z } from "zod";
import { rehearse } from "../../db/rehearse.ts";
import { inTransaction } from "../../db/transaction.ts";
import { visible } from "../../governance/resource.ts";
import { list } from "../answers.ts";
import { ofTable } from "../failures.ts";
import { operation } from "../operation.ts";
import { presentChange, presentedChange, recordChanges } from "./access-change.ts";
import { beginAccess } from "./access-work.ts";
import { declaredGrant } from "./declared-grant.ts";
import { ofGrants } from "./of-access.ts";
import { putGrants } from "./put-grants.ts";

export const grantPut = operation({
  name: "grant.put",
  summary:
    "Make a named set of grants exactly the given ones, all together or not at all: grants that the set no longer has end, and all others stay",
  action: "watch",
  seesViews: true,
  changes: true,
  input: z.strictObject({
    set: z
      .string()
      .regex(
        /^[a-z][a-z0-9._-]{0,62}$/,
        "the name of a set has lower-case letters, digits and . _ -, and begins with a letter",
      ),
    grants: z.array(declaredGrant).max(10_000).describe("As in headgate.yaml: { to: ann, select: shop.orders }."),
    plan: z.boolean().default(false).describe("Only show what would change."),
  }),
  output: z.strictObject({ changes: list(presentedChange), put: z.boolean() }),
  errors: [...ofTable, ...ofGrants, "DECLARATION_INVALID"],
  resources: () => [visible],
  async run(context, { set, grants, plan }, { asking, principal, record }) {
    record({ set, plan });
    const origin = `set:${set}`;
    const parts = { context, asking, origin, entries: await context.catalog.entries() };
    const placedGrants = grants.map((grant, index) => ({ grant, at: `grants[${index}]` }));
    const changes = await (plan ? rehearse : inTransaction)(context.db, async (transaction) => {
      const made = await putGrants(await beginAccess(transaction, parts), placedGrants);
      await recordChanges(transaction, made, { principal, origin });
      return made;
    });
    record({ plan: plan || changes.length === 0 });
    return { changes: changes.map(presentChange), put: !plan };
  },
});
