/**
 * Ends every right in an account and to what it has, in one transaction: from its commit on, nobody acts in the account,
 * nobody reads what it has, and whoever shared or asked something with it is told. Its data is still there.
 * Invariant: it is the first step of a removal. Done twice, it does nothing the second time.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../../../db/tables.ts";
import { endGrants } from "../../../governance/grants.ts";
import { endPeopleOf, type RemovableAccount } from "../../../identity/account-end.ts";
import { listProviders, removeProvider } from "../../../identity/providers/providers.ts";
import { revokeShare } from "../../../sharing/change-share.ts";
import { endRequest } from "../../../sharing/request-store.ts";
import { listShares } from "../../../sharing/shares.ts";

export interface EndingAccount {
  readonly account: RemovableAccount;
  /** The principal who removes it; null for the owner of the data directory. */
  readonly by: string | null;
  readonly keepFiles: boolean;
}

/** The caller's transaction holds the lock of the policy. */
export async function endAccount(
  transaction: Kysely<Tables>,
  { account: { id, name, isBegun }, by, keepFiles }: EndingAccount,
): Promise<void> {
  const begun = isBegun ? {} : { removing_since: sql<Date>`clock_timestamp()` };
  await transaction
    .updateTable("accounts")
    .set({ ...begun, keeps_files: keepFiles })
    .where("id", "=", id)
    .execute();
  const ending = { id, by, reason: `the account ${name} was removed` };
  await endShares(transaction, ending);
  await endRequests(transaction, ending);
  await endThings(transaction, ending);
  for (const provider of await listProviders(transaction))
    if (provider.accountId === id) await removeProvider(transaction, provider.name);
  await endPeopleOf(transaction, ending);
  await sql`update products set ended_at = clock_timestamp() where account_id = ${id} and ended_at is null`.execute(
    transaction,
  );
  await transaction.deleteFrom("schedules").where("account_id", "=", id).execute();
  await transaction
    .updateTable("runs")
    .set({ cancel_requested: true })
    .where("account_id", "=", id)
    .where("state", "=", "running")
    .execute();
}

interface End {
  readonly id: string;
  readonly by: string | null;
  readonly reason: string;
}

async function endShares(transaction: Kysely<Tables>, { id, by, reason }: End): Promise<void> {
  for (const share of await listShares(transaction, Date.now())) {
    const { source_account_id: source, target_id: target, ended_at: end } = share.row;
    if (end === null && (source === id || target === id)) await revokeShare(transaction, share, { by, reason });
  }
}

async function endRequests(transaction: Kysely<Tables>, { id, reason }: End): Promise<void> {
  const open = await transaction
    .selectFrom("share_requests")
    .select("id")
    .where(sql<boolean>`${id} in (source_account_id, target_id, account_id)`)
    .where("state", "in", ["draft", "pending"])
    .execute();
  for (const request of open) await endRequest(transaction, request.id, { state: "withdrawn", reason });
  const ended = { ended_at: new Date() };
  await transaction
    .updateTable("share_processes")
    .set(ended)
    .where("account_id", "=", id)
    .where("ended_at", "is", null)
    .execute();
  await transaction
    .updateTable("event_hooks")
    .set(ended)
    .where("account_id", "=", id)
    .where("ended_at", "is", null)
    .execute();
}

/** Rights and tags on what the account has, and who answers for it. */
async function endThings(transaction: Kysely<Tables>, { id, by, reason }: End): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select ${id}::uuid as id
    union all select id from sources where account_id = ${id}
    union all select id from databases where account_id = ${id}
    union all select tables.id from tables join databases on databases.id = database_id where account_id = ${id}
    union all select views.id from views join databases on databases.id = database_id where account_id = ${id}
    union all select id from products where account_id = ${id}
    union all select id from tag_keys where account_id = ${id}
    union all select tag_values.id from tag_values join tag_keys on tag_keys.id = key_id where account_id = ${id}
    union all select id from tag_expressions where account_id = ${id}`.execute(transaction);
  const ids = rows.map((thing) => thing.id);
  const grants = await transaction
    .selectFrom("grants")
    .select("id")
    .where(sql<boolean>`resource_id = any(${ids}::uuid[])`)
    .where("ended_at", "is", null)
    .execute();
  await endGrants(
    transaction,
    grants.map((grant) => grant.id),
    { by, reason },
  );
  await sql`update stewards set ended_at = clock_timestamp()
    where thing_id = any(${ids}::uuid[]) and ended_at is null`.execute(transaction);
  await sql`update tag_assignments set ended_at = clock_timestamp(), ended_by = ${by}
    where (resource_id = any(${ids}::uuid[]) or key_id = any(${ids}::uuid[])) and ended_at is null`.execute(
    transaction,
  );
  await sql`update tag_values set ended_at = clock_timestamp()
    where key_id = any(${ids}::uuid[]) and ended_at is null`.execute(transaction);
  await sql`update tag_expressions set ended_at = clock_timestamp()
    where account_id = ${id} and ended_at is null`.execute(transaction);
  await sql`update tag_keys set ended_at = clock_timestamp()
    where account_id = ${id} and ended_at is null`.execute(transaction);
}
