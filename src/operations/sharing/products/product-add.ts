/** The operation that makes a product. */
import { z } from "zod";
import { must } from "../../../base/must.ts";
import { inPolicyChange } from "../../../db/policy-change.ts";
import { HeadgateError } from "../../../errors.ts";
import type { Asking } from "../../../governance/asking.ts";
import { decideFor } from "../../../governance/decide.ts";
import { visible } from "../../../governance/resource.ts";
import { authorOf } from "../../../identity/principal.ts";
import { principalMissingCodes } from "../../../identity/principal-name.ts";
import { insertProduct, productById, productNamed, putItems } from "../../../sharing/product-store.ts";
import { operation } from "../../operation.ts";
import { personIdOf } from "../known-request.ts";
import { itemsToPut, offeredMissingCodes } from "./offered-items.ts";
import { givenSettings, productName, storeSettings } from "./product-settings.ts";
import { presentedProduct, presentProduct } from "./present-product.ts";
import { addAnswering, answering } from "./answering.ts";

export const productAdd = operation({
  name: "product.add",
  summary: "Offer databases and tables of the account together, with owners, terms and questions",
  action: "watch",
  seesViews: true,
  changes: true,
  input: z.strictObject({
    name: productName,
    on: z.array(z.string().min(1)).max(1_000).default([]).describe('shop.orders, "shop.*" or "database shop".'),
    ...answering,
    ...givenSettings,
  }),
  output: presentedProduct,
  errors: [...offeredMissingCodes, ...principalMissingCodes, "NAME_TAKEN"],
  resources: () => [visible],
  async run(context, { name, on, owners, stewards, ...given }, { asking, principal, record }) {
    record({ name, on, owners, stewards });
    const accountId = accountOf(asking);
    const items = await itemsToPut(context, asking, { on, accountId });
    if (items.length === 0) checkAdministers(asking, accountId);
    const author = { by: authorOf(principal), origin: null };
    const id = await inPolicyChange(context.db, async (transaction) => {
      if ((await productNamed(transaction, { accountId, name })) !== undefined) throw nameTaken(name);
      const made = await insertProduct(transaction, { accountId, name, ...author });
      const product = must(await productById(transaction, made), "the new product");
      await putItems(transaction, product, { items, by: author.by });
      await storeSettings(transaction, product, { given, author });
      const maker = personIdOf(asking);
      await addAnswering(transaction, { id: made, owners, stewards, author });
      if (owners.length === 0 && maker !== undefined) await addAnswering(transaction, { id: made, maker, author });
      return made;
    });
    record({ about: [{ kind: "product", name, id }] });
    return presentProduct(context, asking, must(await productById(context.db, id), "the new product"));
  },
});

/** Throws ACCOUNT_NOT_FOUND for somebody who acts in no account. */
function accountOf({ accountId }: Asking): string {
  if (accountId !== undefined) return accountId;
  throw new HeadgateError("ACCOUNT_NOT_FOUND", { message: "a product belongs to the account in which somebody acts" });
}

function checkAdministers(asking: Asking, id: string): void {
  if (decideFor(asking, "administer", { kind: "account", id }).allowed) return;
  throw new HeadgateError("NOT_ALLOWED", {
    message: `${asking.principal.name} does not administer the account`,
    remedy: "name tables that you own or administer, or ask an administrator of the account",
  });
}

export function nameTaken(place: string): HeadgateError {
  return new HeadgateError("NAME_TAKEN", { place, message: "the account has a product of this name" });
}
