/** The rows of budgets of accounts in the metadata database. tables.ts names the tables. */

export interface BudgetTables {
  readonly account_budgets: AccountBudgetRow;
  readonly account_usage: AccountUsageRow;
  readonly budget_alerts: BudgetAlertRow;
}

/** Null for no limit. */
interface AccountBudgetRow {
  readonly account_id: string;
  readonly max_bytes: bigint | null;
  readonly max_statements: bigint | null;
  readonly max_engine_ms: bigint | null;
  readonly warn_percent: number;
  readonly origin: string | null;
}

interface AccountUsageRow {
  readonly account_id: string;
  /** A day of UTC, as `2026-12-01`. */
  readonly day: string;
  readonly statements: bigint;
  readonly engine_ms: bigint;
}

export type BudgetMeasure = "bytes" | "statements" | "engine time";

export type BudgetLevel = "low" | "spent";

interface BudgetAlertRow {
  readonly channel: string;
  readonly account_id: string;
  readonly measure: BudgetMeasure;
  readonly level: BudgetLevel;
  readonly account: string;
  readonly used: bigint;
  readonly most: bigint;
  readonly noticed_at: Date;
  readonly told_at: Date | null;
  readonly over_at: Date | null;
}
