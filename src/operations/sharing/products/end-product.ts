/** Ends a product with what is nothing without it: requests that wait, who answers for it, and grants on it. */
import type { Kysely } from "kysely";
import type { Tables } from "../../../db/tables.ts";
import { endGrants } from "../../../governance/grants.ts";
import { endStewards, stewardsOf } from "../../../governance/stewards.ts";
import { endProduct, type Product } from "../../../sharing/product-store.ts";
import { endRequest, openRequestsFor } from "../../../sharing/request-store.ts";

/** The caller holds the lock of the policy. Shares stay: people work with them. */
export async function endWithAll(
  transaction: Kysely<Tables>,
  { id }: Pick<Product, "id">,
  { by }: { readonly by: string | null },
): Promise<void> {
  const reason = "the product was removed";
  for (const request of await openRequestsFor(transaction, id))
    await endRequest(transaction, request.id, { state: "withdrawn", reason });
  const named = await stewardsOf(transaction, { ids: [id] });
  await endStewards(
    transaction,
    named.map((one) => one.id),
  );
  const on = transaction.selectFrom("grants").select("id").where("resource_kind", "=", "product");
  const open = await on.where("resource_id", "=", id).where("ended_at", "is", null).execute();
  const ids = open.map((grant) => grant.id);
  await endGrants(transaction, ids, { by, reason });
  await endProduct(transaction, id);
}
