/**
 * Whether an account may keep more bytes. It is looked at before a load or an import writes anything, and again in the
 * transaction that makes the rows visible.
 * Invariant: no commit of a load or an import takes an account over its limit, however many processes commit at once.
 */
import { sql, type Kysely, type Transaction } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { budgetUse, keptOf, type MeasuredUse } from "./budget.ts";
import { budgetSpent } from "./budget-spent.ts";
import { useText } from "./budget-text.ts";

/** Returns a warning if little is left. Throws BUDGET_SPENT. */
export async function checkRoom(db: Kysely<Tables>, accountId: string | undefined): Promise<string | undefined> {
  const now = new Date();
  const all = await budgetUse(db, now);
  const use = all.find((one) => one.accountId === accountId && one.measure === "bytes");
  if (use?.level === "spent") throw budgetSpent(use, now);
  return use?.level === "low" ? useText(use) : undefined;
}

/** For tables that grow in this transaction, once they have grown. Throws BUDGET_SPENT. */
export async function checkGrowth(transaction: Transaction<Tables>, tableIds: readonly string[]): Promise<void> {
  if (tableIds.length === 0) return;
  const limits = await transaction
    .selectFrom("account_budgets")
    .innerJoin("accounts", "accounts.id", "account_budgets.account_id")
    .select(["accounts.id as accountId", "accounts.name as account", "max_bytes as most"])
    .where("max_bytes", "is not", null)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("tables")
          .innerJoin("databases", "databases.id", "tables.database_id")
          .select("tables.id")
          .whereRef("databases.account_id", "=", "account_budgets.account_id")
          .where("tables.id", "in", tableIds),
      ),
    )
    .orderBy("account_budgets.account_id")
    // Commits to one account wait for each other here, so that each sees what the others have added.
    .forUpdate("account_budgets")
    .execute();
  for (const { accountId, account, most } of limits) await checkLimit(transaction, { accountId, account, most });
}

interface Limit extends Pick<MeasuredUse, "accountId" | "account"> {
  readonly most: bigint | null;
}

async function checkLimit(db: Kysely<Tables>, { accountId, account, most }: Limit): Promise<void> {
  if (most === null) return;
  const { rows } = await sql<{ used: bigint }>`select ${keptOf(accountId)} as used`.execute(db);
  const used = rows[0]?.used ?? 0n;
  if (used > most) throw budgetSpent({ account, measure: "bytes", used, most }, new Date());
}
