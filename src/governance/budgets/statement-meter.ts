/**
 * Counts a statement, and the time for which it occupies an engine, for the account that somebody acts in.
 * Invariants: a statement is counted before it runs. Its time is booked in pieces before they are used, so that a
 * killed process has used less than is booked, by at most one piece, and all processes together exceed a limit by at
 * most one piece each.
 */
import { sql, type Kysely } from "kysely";
import type { BudgetMeasure } from "../../db/budget-rows.ts";
import { tryingAgain } from "../../db/transaction.ts";
import type { Tables } from "../../db/tables.ts";
import { levelOf, type MeasuredUse } from "./budget.ts";
import { budgetSpent } from "./budget-spent.ts";
import { useText } from "./budget-text.ts";
import { dayOf } from "./utc-day.ts";

export interface StatementMeter {
  /** Warnings about limits of which little is left. */
  readonly warnings: readonly string[];
  /** Aborted with BUDGET_SPENT when the engine time of the day is spent while the statement runs. */
  readonly signal: AbortSignal;
  /** Gives back the time that was booked and not used. */
  end(): Promise<void>;
}

/** The time that is booked at once. */
export const pieceMs = 2_000;
const lookEveryMs = 500;

/** Returns undefined for an account without a budget of the day. Throws BUDGET_SPENT. */
export async function meterStatement(
  db: Kysely<Tables>,
  accountId: string | undefined,
): Promise<StatementMeter | undefined> {
  if (accountId === undefined || !(await hasBudgetOfDay(db, accountId))) return undefined;
  for (;;) {
    const now = new Date();
    const uses = await count(db, { accountId, now, statements: 1 });
    if (uses === undefined) return undefined;
    if (uses.some(({ isCounted }) => isCounted))
      return running(db, { accountId, day: dayOf(now), warnings: uses.filter(({ level }) => level !== "fine") });
    const spent = uses.find(({ level }) => level === "spent");
    if (spent !== undefined) throw budgetSpent(spent, now);
    // Others have spent the last of it after this count began, so the next one sees it.
  }
}

/** Most accounts have none, and then nothing is written. */
async function hasBudgetOfDay(db: Kysely<Tables>, accountId: string): Promise<boolean> {
  const found = await db
    .selectFrom("account_budgets")
    .select("account_id")
    .where("account_id", "=", accountId)
    .where(({ eb, or }) => or([eb("max_statements", "is not", null), eb("max_engine_ms", "is not", null)]))
    .executeTakeFirst();
  return found !== undefined;
}

interface Running {
  readonly accountId: string;
  readonly day: string;
  readonly warnings: readonly MeasuredUse[];
}

function running(db: Kysely<Tables>, { accountId, day: first, warnings }: Running): StatementMeter {
  const began = performance.now();
  const stop = new AbortController();
  let [booked, day] = [pieceMs, first];
  let booking: Promise<void> | undefined;
  const used = (): number => performance.now() - began;
  const bookMore = async (): Promise<void> => {
    const now = new Date();
    const counted = await count(db, { accountId, now, statements: 0 });
    const spent = counted?.find(({ isCounted, measure }) => !isCounted && measure === "engine time");
    if (spent !== undefined) return stop.abort(budgetSpent(spent, now));
    [booked, day] = [booked + pieceMs, dayOf(now)];
  };
  const look = (): void => {
    if (booking !== undefined || booked - used() > pieceMs / 2) return;
    // Whatever cannot be booked now is booked at the next look, or at the end.
    booking = bookMore()
      .catch(() => undefined)
      .finally(() => (booking = undefined));
  };
  const timer = setInterval(look, lookEveryMs).unref();
  return {
    warnings: warnings.map(useText),
    signal: stop.signal,
    async end() {
      clearInterval(timer);
      await booking;
      // If this fails, more is booked than was used, and the statement has ended all the same.
      await giveBack(db, { accountId, day, milliseconds: Math.round(booked - used()) }).catch(() => undefined);
    },
  };
}

interface Counting {
  readonly accountId: string;
  readonly now: Date;
  readonly statements: 0 | 1;
}

interface CountedUse extends MeasuredUse {
  readonly isCounted: boolean;
}

/**
 * Books a piece of time, and a statement unless it is one that runs already. Returns the limits of the day with what is
 * used of them now, or undefined if there are none. Nothing is booked if one of them is spent.
 */
async function count(
  db: Kysely<Tables>,
  { accountId, now, statements }: Counting,
): Promise<readonly CountedUse[] | undefined> {
  const day = dayOf(now);
  const { rows } = await tryingAgain(() =>
    sql<CountedRow>`
      with budget as (
        select accounts.name as account, max_statements, max_engine_ms, warn_percent
        from account_budgets join accounts on accounts.id = account_id
        where account_id = ${accountId} and (max_statements is not null or max_engine_ms is not null)
      ), counted as (
        insert into account_usage as usage (account_id, day, statements, engine_ms)
        select ${accountId}, ${day}, ${statements}, ${pieceMs} from budget
        on conflict (account_id, day) do update
        set statements = usage.statements + ${statements}, engine_ms = usage.engine_ms + ${pieceMs}
        where usage.engine_ms < coalesce((select max_engine_ms from budget), 9223372036854775807)
          and (${statements} = 0
            or usage.statements < coalesce((select max_statements from budget), 9223372036854775807))
        returning statements, engine_ms
      )
      select account, max_statements, max_engine_ms, warn_percent, counted.statements is not null as is_counted,
        coalesce(counted.statements, before.statements, 0) as statements,
        coalesce(counted.engine_ms, before.engine_ms, 0) as engine_ms
      from budget left join counted on true
      left join account_usage before on before.account_id = ${accountId} and before.day = ${day}`.execute(db),
  );
  const [row] = rows;
  return row === undefined ? undefined : usesOf(row, accountId);
}

interface CountedRow {
  readonly account: string;
  readonly max_statements: bigint | null;
  readonly max_engine_ms: bigint | null;
  readonly warn_percent: number;
  readonly is_counted: boolean;
  readonly statements: bigint;
  readonly engine_ms: bigint;
}

function usesOf(row: CountedRow, accountId: string): readonly CountedUse[] {
  const use = (measure: BudgetMeasure, used: bigint, most: bigint | null): readonly CountedUse[] => {
    if (most === null) return [];
    const level = levelOf({ used, most }, row.warn_percent);
    return [{ accountId, account: row.account, measure, used, most, level, isCounted: row.is_counted }];
  };
  return [
    ...use("statements", row.statements, row.max_statements),
    ...use("engine time", row.engine_ms, row.max_engine_ms),
  ];
}

interface Unused {
  readonly accountId: string;
  readonly day: string;
  /** Less than nothing if more was used than booked. */
  readonly milliseconds: number;
}

async function giveBack(db: Kysely<Tables>, { accountId, day, milliseconds }: Unused): Promise<void> {
  await db
    .updateTable("account_usage")
    .set({ engine_ms: sql<bigint>`greatest(0, engine_ms - ${milliseconds}::bigint)` })
    .where("account_id", "=", accountId)
    .where("day", "=", day)
    .execute();
}
