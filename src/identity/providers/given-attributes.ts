/**
 * Attributes that people have because a provider says them, by its claims or by provisioning, when its settings change.
 * Invariant: an attribute that the provider gave and that its settings no longer name ends at once.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { changeAttributes } from "../attributes.ts";
import { saidAttributes } from "../provisioning/said-attributes.ts";
import type { ProviderSettings } from "./settings.ts";

type Mappings = Pick<ProviderSettings, "attributes" | "provisionedAttributes">;

interface Named extends Mappings {
  readonly id: string;
  readonly issuer: string;
}

/** Somebody who has never signed in with the provider has nothing by its claims. */
export async function endAttributes(transaction: Kysely<Tables>, before: Named, after: Mappings): Promise<void> {
  const claims = namesGone(before.attributes, after.attributes);
  const provisioned = namesGone(before.provisionedAttributes, after.provisionedAttributes);
  const signedIn = transaction
    .selectFrom("identities")
    .select("user_id")
    .where("issuer", "=", before.issuer)
    .where("used_at", "is not", null);
  const known = transaction.selectFrom("provisioned").select("id").where("provider_id", "=", before.id);
  for (const [names, people] of [
    [claims, signedIn],
    [provisioned, known],
  ] as const) {
    if (names.length === 0) continue;
    await transaction
      .updateTable("principals")
      .set({ attributes: sql<string>`attributes - ${names}::text[]` })
      .where("id", "in", people)
      .where(sql<boolean>`attributes ?| ${names}::text[]`)
      .execute();
  }
}

function namesGone(before: Mappings["attributes"], after: Mappings["attributes"]): readonly string[] {
  return Object.keys(before).filter((name) => !Object.hasOwn(after, name));
}

/** Everybody whom the provider has provisioned gets what its settings say now. */
export async function refreshProvisioned(
  transaction: Kysely<Tables>,
  { id, provisionedAttributes }: Pick<Named, "id" | "provisionedAttributes">,
): Promise<void> {
  if (Object.keys(provisionedAttributes).length === 0) return;
  const people = await transaction
    .selectFrom("provisioned")
    .select(["id", "name", "external_id as externalId", "document"])
    .where("provider_id", "=", id)
    .where("kind", "=", "user")
    .where("deleted_at", "is", null)
    .execute();
  for (const person of people)
    await changeAttributes(transaction, { id: person.id, changes: saidAttributes(provisionedAttributes, person) });
}
