/** Budgets of accounts as operations show and set them. */
import { z } from "zod";
import { catalogIn } from "../../catalog/catalog.ts";
import { measureKept } from "../../catalog/measure-kept.ts";
import { budgetOf, budgetUse, setBudget, type Budget, type MeasuredUse } from "../../governance/budgets/budget.ts";
import { organisation } from "../../governance/resource.ts";
import { accountIdOf } from "../../identity/accounts.ts";
import { count } from "../answers.ts";
import type { Context } from "../context.ts";
import { ofTable } from "../failures.ts";
import { operation } from "../operation.ts";

const limit = (what: string) => z.number().int().positive().max(Number.MAX_SAFE_INTEGER).nullable().describe(what);

const limits = {
  maxBytes: limit("Bytes that the files of its tables may have, their histories included; null for no limit."),
  maxStatements: limit("Statements that may run in it in one day of UTC; null for no limit."),
  maxEngineSeconds: limit("Seconds for which its statements may occupy engines in one day of UTC; null for no limit."),
  warnPercent: z.number().int().min(1).max(100).describe("From this part of a limit on, people are warned."),
};

export const shownBudget = z
  .strictObject({
    ...limits,
    used: z
      .strictObject({
        bytes: count,
        statements: count.describe("Today, in UTC; counted while there is a limit of the day."),
        engineSeconds: z.number().describe("Today, in UTC; counted like statements."),
      })
      .describe("The use of each limit; 0 where there is none."),
    low: z.array(z.string()).describe("The limits of which little is left: bytes, statements, engine time."),
    spent: z.array(z.string()).describe("The limits of which nothing is left."),
  })
  .meta({ title: "AccountBudget" });

export type ShownBudget = z.infer<typeof shownBudget>;

export const accountSetBudget = operation({
  name: "account.set-budget",
  summary: "Limit the bytes, the statements and the engine time of an account; what is not named stays",
  action: "administer",
  input: z.strictObject({
    name: z.string(),
    maxBytes: limits.maxBytes.optional(),
    maxStatements: limits.maxStatements.optional(),
    maxEngineSeconds: limits.maxEngineSeconds.optional(),
    warnPercent: limits.warnPercent.optional(),
  }),
  output: z.strictObject({ budget: shownBudget.nullable() }),
  errors: [...ofTable, "ACCOUNT_NOT_FOUND"],
  resources: () => [organisation],
  async run(context, { name, ...change }, { record }) {
    const { db } = context;
    record({ about: [{ kind: "account", name }], ...change });
    const accountId = await accountIdOf(db, name);
    await setBudget(db, { accountId, origin: null }, givenOnly(change));
    await measureForBudget(context, accountId);
    return { budget: (await budgetsShown(db)).get(accountId) ?? null };
  },
});

function givenOnly(change: { readonly [Key in keyof Budget]?: Budget[Key] | undefined }): Partial<Budget> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

/** Tables whose size nobody has needed so far are measured before the first load asks for it. */
export async function measureForBudget({ db, catalog }: Pick<Context, "db" | "catalog">, accountId: string) {
  const known = await budgetOf(db, accountId);
  if (known !== undefined && known.budget.maxBytes !== null)
    await measureKept(catalogIn(catalog, accountId), accountId);
}

/** By account. */
export async function budgetsShown(db: Context["db"]): Promise<ReadonlyMap<string, ShownBudget>> {
  const uses = Map.groupBy(await budgetUse(db, new Date()), ({ accountId }) => accountId);
  const shown = new Map<string, ShownBudget>();
  for (const [id, own] of uses) {
    const known = await budgetOf(db, id);
    if (known !== undefined) shown.set(id, presented(known.budget, own));
  }
  return shown;
}

function presented(budget: Budget, uses: readonly MeasuredUse[]): ShownBudget {
  const used = (measure: MeasuredUse["measure"]): number =>
    Number(uses.find((use) => use.measure === measure)?.used ?? 0);
  const at = (level: MeasuredUse["level"]): string[] =>
    uses.filter((use) => use.level === level).map(({ measure }) => measure);
  return {
    ...budget,
    used: { bytes: used("bytes"), statements: used("statements"), engineSeconds: used("engine time") / 1_000 },
    low: at("low"),
    spent: at("spent"),
  };
}
