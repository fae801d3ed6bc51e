/**
 * The operation that applies a declaration in one transaction or not at all, and the one that exports the current state
 * as a declaration.
 */
import { z } from "zod";
import { inTransaction } from "../../db/transaction.ts";
import { HeadgateError } from "../../errors.ts";
import { ofSource, ofTable } from "../failures.ts";
import { instant, list, texts } from "../answers.ts";
import { operation } from "../operation.ts";
import { planDeclaration } from "./plan-declaration.ts";
import { readDeclaration } from "./read-declaration.ts";

const applied = z.strictObject({
  steps: list(
    z.strictObject({
      what: z.enum(["lake", "source", "table", "schedule"]),
      name: z.string(),
      change: z.enum(["add", "change", "remove"]),
      details: texts,
    }),
  ),
  left: texts.describe("Sources that an earlier file declared and this one does not; they are kept."),
  applied: z.boolean(),
});

export type AppliedPlan = z.infer<typeof applied>;

export const declarationApply = operation({
  name: "declaration.apply",
  summary:
    "Create or change sources, table settings and schedules as headgate.yaml declares them, or show what would change",
  action: "administer",
  creates: true,
  input: z.strictObject({
    /** Text of headgate.yaml. */
    text: z.string().max(4_000_000),
    /** The file's name, for messages. */
    file: z.string().default("headgate.yaml"),
    /** By source: the value of its `password`. */
    passwords: z.record(z.string(), z.string()).default({}),
    dryRun: z.boolean().default(false),
  }),
  output: applied,
  errors: [...ofSource, ...ofTable, "DECLARATION_INVALID", "SCHEDULE_INVALID", "SETTING_INVALID", "LAKE_NAME_TAKEN"],
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
  summary: "Return the headgate.yaml that was applied last, exactly as it was written",
  action: "administer",
  input: z.strictObject({}),
  output: z.strictObject({ text: z.string(), appliedAt: instant }),
  errors: ["DECLARATION_NOT_FOUND"],
  async run({ db }) {
    const row = await db.selectFrom("declarations").selectAll().orderBy("id", "desc").limit(1).executeTakeFirst();
    if (row === undefined) throw new HeadgateError("DECLARATION_NOT_FOUND");
    return { text: row.text, appliedAt: row.applied_at.toISOString() };
  },
});
