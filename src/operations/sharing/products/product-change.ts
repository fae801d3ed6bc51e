/** Operations that change a product: its settings, what is in it, and its end. */
import { z } from "zod";
import { must } from "../../../base/must.ts";
import { inPolicyChange } from "../../../db/policy-change.ts";
import type { Asking } from "../../../governance/asking.ts";
import { visible } from "../../../governance/resource.ts";
import { authorOf } from "../../../identity/principal.ts";
import { principalMissingCodes } from "../../../identity/principal-name.ts";
import { productById, productNamed, putItems, takeItems, type Product } from "../../../sharing/product-store.ts";
import { list, texts } from "../../answers.ts";
import type { Context } from "../../context.ts";
import { operation, type Call } from "../../operation.ts";
import { replaceAnswering } from "./answering.ts";
import { endWithAll } from "./end-product.ts";
import { checkMayChange, checkMayDescribe, checkMayRule, findProduct, productMissingCodes } from "./find-product.ts";
import { itemsToPut, itemsToTake, offeredMissingCodes } from "./offered-items.ts";
import { presentedProduct, presentProduct } from "./present-product.ts";
import { nameTaken } from "./product-add.ts";
import { givenSettings, isAboutTerms, productName, storeSettings } from "./product-settings.ts";
import { hanging, hangingOn } from "./product-show.ts";

const product = z.string().describe("customer360, or sales.customer360 for another account's.");

const people = z.array(z.string().min(1)).max(100).optional();

export const productSet = operation({
  name: "product.set",
  summary: "Change what is said of a product, its owners, terms, questions, times of access, or its name",
  action: "watch",
  seesViews: true,
  changes: true,
  input: z.strictObject({
    product,
    name: productName.optional().describe("Its new name."),
    owners: people.describe("All its owners."),
    stewards: people.describe("All its stewards."),
    ...givenSettings,
  }),
  output: z.strictObject({ product: presentedProduct, changed: texts }),
  errors: [...productMissingCodes, ...principalMissingCodes, "NAME_TAKEN"],
  resources: () => [visible],
  async run(context, { product: named, owners, stewards, name, ...given }, { asking, principal, record }) {
    const found = await findProduct(context.db, asking, named);
    if (owners !== undefined || stewards !== undefined || name !== undefined) checkMayRule(asking, found);
    if (isAboutTerms(given)) checkMayChange(asking, found);
    checkMayDescribe(asking, found);
    const author = { by: authorOf(principal), origin: null };
    const changed = await inPolicyChange(context.db, async (transaction) => {
      const before = must(await productById(transaction, found.id), "the product");
      if (name !== undefined && (await isTaken(transaction, before, name))) throw nameTaken(name);
      const roles = await replaceAnswering(transaction, { id: found.id, owners, stewards, author });
      return [...roles, ...(await storeSettings(transaction, before, { given: { name, ...given }, author }))];
    });
    record({ about: aboutOf(found), changed, plan: changed.length === 0 });
    return { product: await presented(context, asking, found.id), changed };
  },
});

async function isTaken(db: Context["db"], { id, accountId }: Product, name: string): Promise<boolean> {
  const other = await productNamed(db, { accountId, name });
  return other !== undefined && other.id !== id;
}

function aboutOf({ id, name }: Product) {
  return [{ kind: "product", name, id }];
}

async function presented(context: Context, asking: Asking, id: string) {
  return presentProduct(context, asking, must(await productById(context.db, id), "the product"));
}

const itemsInput = z.strictObject({
  product,
  on: z.array(z.string().min(1)).min(1).max(1_000).describe('shop.orders, "shop.*" or "database shop".'),
});

const itemsOutput = z.strictObject({ product: presentedProduct, changed: list(z.string()) });

export const productPut = operation({
  name: "product.put",
  summary: "Put databases and tables into a product; what was shared of it before does not cover them",
  action: "watch",
  seesViews: true,
  changes: true,
  input: itemsInput,
  output: itemsOutput,
  errors: [...productMissingCodes, ...offeredMissingCodes],
  resources: () => [visible],
  run: (context, input, call) => changeItems(context, input, { call, isPut: true }),
});

export const productTake = operation({
  name: "product.take",
  summary: "Take databases and tables out of a product; what was shared before stays shared",
  action: "watch",
  seesViews: true,
  changes: true,
  input: itemsInput,
  output: itemsOutput,
  errors: [...productMissingCodes, ...offeredMissingCodes],
  resources: () => [visible],
  run: (context, input, call) => changeItems(context, input, { call, isPut: false }),
});

interface Changing {
  readonly call: Call;
  readonly isPut: boolean;
}

async function changeItems(
  context: Context,
  { product: named, on }: z.infer<typeof itemsInput>,
  { call: { asking, principal, record }, isPut }: Changing,
): Promise<z.infer<typeof itemsOutput>> {
  const found = await findProduct(context.db, asking, named);
  checkMayChange(asking, found);
  const { accountId } = found;
  const items = await (isPut
    ? itemsToPut(context, asking, { on, accountId })
    : itemsToTake(context, asking, { product: found, on }));
  const changed = await inPolicyChange(context.db, async (transaction) => {
    const before = must(await productById(transaction, found.id), "the product");
    return isPut
      ? putItems(transaction, before, { items, by: authorOf(principal) })
      : takeItems(transaction, before, items);
  });
  const isChanged = (thingId: string, kind: string): boolean =>
    changed.some((one) => one.thingId === thingId && one.kind === kind);
  const labels = items.filter(({ thingId, kind }) => isChanged(thingId, kind)).map(({ label }) => label);
  record({ about: aboutOf(found), on: labels, plan: labels.length === 0 });
  return { product: await presented(context, asking, found.id), changed: labels };
}

export const productRemove = operation({
  name: "product.remove",
  summary:
    "Remove a product, which withdraws the requests for it that wait; what was shared stays shared until it is revoked",
  action: "watch",
  changes: true,
  input: z.strictObject({
    product,
    plan: z.boolean().default(false).describe("Only show which requests and shares hang on it."),
  }),
  output: z.strictObject({ product: z.string(), removed: z.boolean(), ...hangingOn }),
  errors: productMissingCodes,
  resources: () => [visible],
  async run(context, { product: named, plan }, { asking, principal, record }) {
    const found = await findProduct(context.db, asking, named);
    checkMayRule(asking, found);
    const hung = await hanging(context, asking, found);
    record({ about: aboutOf(found), plan, requests: hung.requests, shares: hung.shares.map(({ id }) => id) });
    if (!plan)
      await inPolicyChange(context.db, (transaction) => endWithAll(transaction, found, { by: authorOf(principal) }));
    return { product: found.name, removed: !plan, ...hung };
  },
});
