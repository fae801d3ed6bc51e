/** Whether the account may still keep more, before anything is written for it: at the beginning of a load or an import. */
import type { Report } from "../../base/progress.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import { measureKept } from "../../catalog/measure-kept.ts";
import { checkRoom } from "../../governance/budgets/check-room.ts";
import { budgetOf } from "../../governance/budgets/budget.ts";

interface Checking {
  readonly accountId: string | undefined;
  readonly report: Report;
}

/** Says so if little is left. Throws BUDGET_SPENT. */
export async function checkBudget(
  { catalog }: { readonly catalog: Catalog },
  { accountId, report }: Checking,
): Promise<void> {
  if (accountId === undefined) return;
  const known = await budgetOf(catalog.db, accountId);
  if (known === undefined || known.budget.maxBytes === null) return;
  await measureKept(catalog, accountId);
  const warning = await checkRoom(catalog.db, accountId);
  if (warning !== undefined) report({ kind: "note", text: warning });
}
