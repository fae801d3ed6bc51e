/**
 * The scope of a key for provisioning: the users and groups that its provider has provisioned in the account of the
 * key. Another key of the same provider and account sees the same, so that keys can be replaced.
 */
import type { Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import type { Principal } from "../principal.ts";
import { providerById, type Provider } from "../providers/providers.ts";

export interface Scope {
  readonly provider: Provider;
  readonly account: { readonly id: string; readonly name: string };
}

/** Throws PROVIDER_NOT_FOUND if the provider was removed. */
export async function scopeOf(db: Kysely<Tables>, { provisions, accountId, name }: Principal): Promise<Scope> {
  if (provisions === undefined || accountId === undefined)
    throw new HeadgateError("NOT_ALLOWED", { message: `${name} is not a key for provisioning` });
  const provider = await providerById(db, provisions);
  if (provider === undefined) throw new HeadgateError("PROVIDER_NOT_FOUND", { place: name });
  const account = await db
    .selectFrom("accounts")
    .select(["id", "name"])
    .where("id", "=", accountId)
    .executeTakeFirstOrThrow();
  return { provider, account };
}
