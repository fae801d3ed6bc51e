/**
 * Budgets of accounts: how many bytes their tables may keep, and how many statements and how much engine time they may
 * use in one day of UTC. Whoever administers the lake sets them.
 * Invariant: an account without a budget is not limited, and nothing of it is counted but its bytes.
 */
import { sql, type Kysely } from "kysely";
import type { BudgetLevel, BudgetMeasure } from "../../db/budget-rows.ts";
import { inPolicyChange } from "../../db/policy-change.ts";
import type { Tables } from "../../db/tables.ts";
import { dayOf } from "./utc-day.ts";

/** Null for no limit. */
export interface Budget {
  readonly maxBytes: number | null;
  readonly maxStatements: number | null;
  readonly maxEngineSeconds: number | null;
  /** From this part of a limit on, people are warned. */
  readonly warnPercent: number;
}

export const noBudget: Budget = { maxBytes: null, maxStatements: null, maxEngineSeconds: null, warnPercent: 80 };

/** One limit and what is used of it; engine time in milliseconds. */
export interface MeasuredUse {
  readonly accountId: string;
  readonly account: string;
  readonly measure: BudgetMeasure;
  readonly used: bigint;
  readonly most: bigint;
  readonly level: BudgetLevel | "fine";
}

interface BudgetParts {
  readonly accountId: string;
  readonly origin: string | null;
}

/** A limit that is not named stays. A budget without any limit is removed. */
export function setBudget(
  db: Kysely<Tables>,
  { accountId, origin }: BudgetParts,
  change: Partial<Budget>,
): Promise<Budget> {
  return inPolicyChange(db, async (transaction) => {
    const { budget: before = noBudget } = (await budgetOf(transaction, accountId)) ?? {};
    const budget = { ...before, ...change };
    const { maxBytes, maxStatements, maxEngineSeconds, warnPercent } = budget;
    if (maxBytes === null && maxStatements === null && maxEngineSeconds === null) {
      await transaction.deleteFrom("account_budgets").where("account_id", "=", accountId).execute();
      return budget;
    }
    const values = {
      max_bytes: maxBytes === null ? null : BigInt(maxBytes),
      max_statements: maxStatements === null ? null : BigInt(maxStatements),
      max_engine_ms: maxEngineSeconds === null ? null : BigInt(maxEngineSeconds) * 1_000n,
      warn_percent: warnPercent,
      origin,
    };
    await transaction
      .insertInto("account_budgets")
      .values({ account_id: accountId, ...values })
      .onConflict((conflict) => conflict.column("account_id").doUpdateSet(values))
      .execute();
    return budget;
  });
}

export async function budgetOf(
  db: Kysely<Tables>,
  accountId: string,
): Promise<{ readonly budget: Budget; readonly origin: string | null } | undefined> {
  const row = await db.selectFrom("account_budgets").selectAll().where("account_id", "=", accountId).executeTakeFirst();
  if (row === undefined) return undefined;
  const budget = {
    maxBytes: numberOf(row.max_bytes),
    maxStatements: numberOf(row.max_statements),
    maxEngineSeconds: row.max_engine_ms === null ? null : Number(row.max_engine_ms / 1_000n),
    warnPercent: row.warn_percent,
  };
  return { budget, origin: row.origin };
}

function numberOf(limit: bigint | null): number | null {
  return limit === null ? null : Number(limit);
}

/** Every limit of the accounts that exist, by their names. */
export async function budgetUse(db: Kysely<Tables>, now: Date): Promise<readonly MeasuredUse[]> {
  const { rows } = await sql<UseRow>`
    select budget.account_id as "accountId", account.name as account, measure, used, most, warn_percent as "warnPercent"
    from account_budgets budget
    join accounts account on account.id = budget.account_id and account.deleted_at is null
    left join account_usage day on day.account_id = budget.account_id and day.day = ${dayOf(now)}
    cross join lateral (values
      ('bytes', ${keptOf(sql.ref("budget.account_id"))}, max_bytes),
      ('statements', coalesce(day.statements, 0), max_statements),
      ('engine time', coalesce(day.engine_ms, 0), max_engine_ms)
    ) as one (measure, used, most)
    where most is not null
    order by account.name, measure`.execute(db);
  return rows.map(({ warnPercent, ...row }) => ({ ...row, level: levelOf(row, warnPercent) }));
}

interface UseRow extends Omit<MeasuredUse, "level"> {
  readonly warnPercent: number;
}

export function levelOf({ used, most }: Pick<MeasuredUse, "used" | "most">, warnPercent: number): MeasuredUse["level"] {
  if (used >= most) return "spent";
  return used * 100n >= most * BigInt(warnPercent) ? "low" : "fine";
}

/** Bytes that all tables of an account keep. */
export function keptOf(accountId: ReturnType<typeof sql.ref> | string) {
  return sql<bigint>`(select coalesce(sum(kept_bytes), 0)::bigint from tables
    join databases on databases.id = tables.database_id where databases.account_id = ${accountId})`;
}
