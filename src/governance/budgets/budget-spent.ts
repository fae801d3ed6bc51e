/** The refusal of what a budget does not allow any more: what was spent, when it begins anew, and whom to ask. */
import { HeadgateError } from "../../errors.ts";
import type { MeasuredUse } from "./budget.ts";
import { useText } from "./budget-text.ts";
import { nextDay } from "./utc-day.ts";

export function budgetSpent(use: Omit<MeasuredUse, "level" | "accountId">, now: Date): HeadgateError {
  return new HeadgateError("BUDGET_SPENT", {
    place: `account ${use.account}`,
    message: useText(use),
    remedy:
      use.measure === "bytes"
        ? `drop tables or let \`headgate maintain\` expire old states, or ask whoever administers the lake for more`
        : `it begins anew at ${nextDay(now)}; whoever administers the lake can allow more`,
  });
}
