/**
 * Gives an account a name of its own for everything that a share gives it, when the share becomes active. What has a name
 * there already keeps it, and says from then on that it is of this share.
 * Invariant: nothing that the account has loses its name; a taken one gets a number.
 */
import { sql, type Kysely } from "kysely";
import { formatName } from "../catalog/table-name.ts";
import type { Tables } from "../db/tables.ts";
import { freeName, insertLink } from "./resource-links.ts";

interface Shared {
  readonly targetId: string;
  readonly account: string;
  readonly database: string;
  /** Null for all tables of a database. */
  readonly name: string | null;
}

/** For a share with an account; org units and people have no names of their own. The caller holds the lock of the policy. */
export async function makeLinks(transaction: Kysely<Tables>, shareId: string): Promise<void> {
  const share = await transaction
    .selectFrom("shares")
    .select(["target_id as accountId", "target_kind as kind", "made_by as by"])
    .where("id", "=", shareId)
    .executeTakeFirstOrThrow();
  if (share.kind !== "account") return;
  const { accountId, by } = share;
  for (const { targetId, account, database, name } of await itemsOf(transaction, shareId)) {
    const isKnown = await renewed(transaction, { accountId, targetId, shareId });
    if (isKnown) continue;
    const free = await freeName(transaction, { accountId, database, name: name ?? undefined });
    const targetLabel = formatName([account, database, ...(name === null ? [] : [name])]);
    await insertLink(transaction, { ...free, targetId, targetLabel, shareId, by, origin: "share" });
  }
}

async function itemsOf(transaction: Kysely<Tables>, shareId: string): Promise<readonly Shared[]> {
  const { rows } = await sql<Shared>`
    select distinct item.resource_id as "targetId", accounts.name as account, home.name as database, relation.name
    from share_items item
      left join (select id, name, database_id from tables union all select id, name, database_id from views) relation
        on item.resource_kind = 'table' and relation.id = item.resource_id
      join databases home
        on home.id = case item.resource_kind when 'table' then relation.database_id else item.resource_id end
      join accounts on accounts.id = home.account_id
    where item.share_id = ${shareId} and item.ended_at is null and item.resource_kind <> 'database'
    order by database, name nulls first`.execute(transaction);
  return rows;
}

interface Known {
  readonly accountId: string;
  readonly targetId: string;
  readonly shareId: string;
}

async function renewed(transaction: Kysely<Tables>, { accountId, targetId, shareId }: Known): Promise<boolean> {
  const { numUpdatedRows: changed } = await transaction
    .updateTable("resource_links")
    .set({ share_id: shareId })
    .where("account_id", "=", accountId)
    .where("target_id", "=", targetId)
    .where("ended_at", "is", null)
    .executeTakeFirstOrThrow();
  return changed > 0n;
}
