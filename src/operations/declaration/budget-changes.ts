/**
 * Changes that give accounts their declared budgets. A declared one replaces what a command has set; one that was
 * declared and is not any more is taken away, and what a command has set otherwise stays.
 */
import { formatSeconds } from "../../base/duration.ts";
import { budgetOf, noBudget, setBudget, type Budget } from "../../governance/budgets/budget.ts";
import { bytesOf, engineSecondsOf, percentOf, sizeText, statementsOf } from "../../governance/budgets/budget-text.ts";
import { accountIdOf } from "../../identity/accounts.ts";
import type { AccessChange } from "../access/access-change.ts";
import { checkAdministers, type AccessWork } from "../access/access-work.ts";
import type { DeclaredBudget } from "./declared-access.ts";
import { changed } from "./step.ts";

interface WantedBudget {
  readonly name: string;
  readonly declared: DeclaredBudget | undefined;
}

/** Throws USAGE for a limit that is none, NOT_ALLOWED. */
export async function makeBudget(work: AccessWork, { name, declared }: WantedBudget): Promise<readonly AccessChange[]> {
  const { transaction, origin } = work;
  const accountId = await accountIdOf(transaction, name);
  const known = await budgetOf(transaction, accountId);
  if (declared === undefined && known?.origin !== origin) return [];
  const wanted = declared === undefined ? noBudget : budgetFrom(declared);
  const details = differences(known?.budget ?? noBudget, wanted);
  if (details.length === 0 && known?.origin === origin) return [];
  checkAdministers(work, { kind: "lake" });
  await setBudget(transaction, { accountId, origin }, wanted);
  if (details.length === 0) return [];
  const about = [{ kind: "account", name }] as const;
  return [{ what: "account", name, change: "change", details, falls: [], about }];
}

function budgetFrom({
  max_bytes: bytes,
  max_statements: statements,
  max_engine_time: time,
  warn_at: warn,
}: DeclaredBudget): Budget {
  return {
    maxBytes: bytes === undefined ? null : bytesOf(bytes),
    maxStatements: statements === undefined ? null : statementsOf(statements),
    maxEngineSeconds: time === undefined ? null : engineSecondsOf(time),
    warnPercent: percentOf(warn),
  };
}

export function declaredBudgetOf({ maxBytes, maxStatements, maxEngineSeconds, warnPercent }: Budget): DeclaredBudget {
  return {
    ...(maxBytes === null ? {} : { max_bytes: sizeText(maxBytes) }),
    ...(maxStatements === null ? {} : { max_statements: `${maxStatements}/day` }),
    ...(maxEngineSeconds === null ? {} : { max_engine_time: `${formatSeconds(maxEngineSeconds)}/day` }),
    warn_at: `${warnPercent}%`,
  };
}

function differences(before: Budget, after: Budget): readonly string[] {
  const [from, to] = [declaredBudgetOf(before), declaredBudgetOf(after)];
  const names = ["max_bytes", "max_statements", "max_engine_time", "warn_at"] as const;
  return names.flatMap((name) => changed(name.replaceAll("_", " "), from[name] ?? "", to[name] ?? ""));
}
