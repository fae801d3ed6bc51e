/**
 * The person who answers for an account: they are a member of it and administer it. Somebody who no longer is the owner
 * keeps these rights until they are taken away.
 */
import type { Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import { addMember } from "./memberships.ts";
import { setRole } from "./role-grants.ts";

export interface Ownership {
  readonly account: { readonly id: string; readonly name: string };
  readonly owner: { readonly id: string; readonly name: string };
  /** The principal who says so; null for the owner of the data directory. */
  readonly by: string | null;
}

/** The caller's transaction holds the lock of the policy. */
export async function setOwner(transaction: Kysely<Tables>, { account, owner, by }: Ownership): Promise<void> {
  await addMember(transaction, { container: { kind: "account", ...account }, member: { kind: "user", ...owner } });
  await setRole(transaction, { principalId: owner.id, accountId: account.id, role: "administrator", by });
  await transaction.updateTable("accounts").set({ owner_id: owner.id }).where("id", "=", account.id).execute();
}
