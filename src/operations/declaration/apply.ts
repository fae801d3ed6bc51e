/** The operation that makes everything as declared, in one transaction or not at all, and the one that reads it back. */
import { z } from "zod";
import { inTransaction } from "../../db/transaction.ts";
import { HeadgateError } from "../../errors.ts";
import { operation } from "../operation.ts";
import { planDeclaration } from "./plan-declaration.ts";
import { readDeclaration } from "./read-declaration.ts";
import type { Step } from "./step.ts";

export interface AppliedPlan {
  readonly steps: readonly Omit<Step, "apply">[];
  /** Sources that were declared before and are not any more; they stay. */
  readonly left: readonly string[];
  readonly applied: boolean;
}

export const declarationApply = operation({
  name: "declaration.apply",
  summary: "Make sources, table settings and schedules as headgate.yaml says, or show what would change",
  action: "administer",
  creates: true,
  input: z.strictObject({
    /** Of headgate.yaml. */
    text: z.string().max(4_000_000),
    /** Its name, for messages. */
    file: z.string().default("headgate.yaml"),
    /** By source: what its `password` stands for. */
    passwords: z.record(z.string(), z.string()).default({}),
    dryRun: z.boolean().default(false),
  }),
  async run(context, { text, file, passwords, dryRun }): Promise<AppliedPlan> {
    const declaration = readDeclaration(text, file);
    const steps = await planDeclaration({ context, declaration, passwords, origin: file });
    const left = (await context.sources.list())
      .filter(({ name, origin }) => origin !== undefined && declaration.sources[name] === undefined)
      .map(({ name }) => name);
    if (!dryRun)
      await inTransaction(context.db, async (transaction) => {
        for (const step of steps) await step.apply(transaction);
        await transaction.insertInto("declarations").values({ text }).execute();
      });
    const plan = steps.map(({ what, name, change, details }) => ({ what, name, change, details }));
    return { steps: plan, left, applied: !dryRun };
  },
});

export const declarationShow = operation({
  name: "declaration.show",
  summary: "Give back what was applied last, exactly as it was written",
  action: "administer",
  input: z.strictObject({}),
  async run({ db }) {
    const row = await db.selectFrom("declarations").selectAll().orderBy("id", "desc").limit(1).executeTakeFirst();
    if (row === undefined) throw new HeadgateError("DECLARATION_NOT_FOUND");
    return { text: row.text, appliedAt: row.applied_at.toISOString() };
  },
});
