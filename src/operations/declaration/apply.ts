/**
 * The operation that applies a declaration in one transaction or not at all, and the one that exports the current state
 * as a declaration.
 */
import { z } from "zod";
import type { Kysely } from "kysely";
import { rehearse } from "../../db/rehearse.ts";
import type { Tables } from "../../db/tables.ts";
import { inTransaction } from "../../db/transaction.ts";
import { HeadgateError } from "../../errors.ts";
import { ofSource, ofTable } from "../failures.ts";
import { ofAccess } from "../access/of-access.ts";
import { instant, list, texts } from "../answers.ts";
import { operation } from "../operation.ts";
import { changeAccess } from "./access-changes.ts";
import { ofMakingViews } from "../views/of-views.ts";
import { readAhead } from "./later-views.ts";
import { planDeclaration } from "./plan-declaration.ts";
import { placesIn, readDeclaration } from "./read-declaration.ts";
import { accountLakeSteps } from "./account-lake-steps.ts";
import { appliedStep, type AnyStep } from "./applied-step.ts";

const applied = z.strictObject({
  steps: list(appliedStep),
  left: texts.describe("Sources that an earlier file declared and this one does not; they are kept."),
  applied: z.boolean(),
});

export type AppliedPlan = z.infer<typeof applied>;

export const declarationApply = operation({
  name: "declaration.apply",
  summary:
    "Make sources, table settings, schedules, views, people and rights as headgate.yaml declares them, or show what would change",
  action: "administer",
  creates: true,
  input: z.strictObject({
    /** Text of headgate.yaml. */
    text: z.string().max(4_000_000),
    /** The file's name, for messages. */
    file: z.string().default("headgate.yaml"),
    /** By source: the value of its `password`. */
    passwords: z.record(z.string(), z.string()).default({}),
    /** By identity provider: the value of its `client_secret`. */
    clientSecrets: z.record(z.string(), z.string()).optional(),
    /** By account: the secret of its lake's access key. */
    accountSecrets: z.record(z.string(), z.string()).optional(),
    dryRun: z.boolean().default(false),
  }),
  output: applied,
  errors: [
    ...ofSource,
    ...ofTable,
    ...ofAccess,
    ...ofMakingViews,
    "VIEW_BROKEN",
    "VIEW_CLOSED",
    "ACCOUNT_LAKE_TAKEN",
    "ACCOUNT_LAKE_IN_USE",
    "DECLARATION_INVALID",
    "PROVIDER_INVALID",
    "SCHEDULE_INVALID",
    "LAKE_NAME_TAKEN",
  ],
  async run(
    context,
    { text, file, passwords, clientSecrets = {}, accountSecrets: secrets = {}, dryRun },
    call,
  ): Promise<AppliedPlan> {
    const { asking, record } = call;
    record({ file, plan: dryRun });
    const declaration = readDeclaration(text, file);
    const steps = await planDeclaration({ context, declaration, passwords, origin: file });
    const placeOf = placesIn(text, file);
    const catalog = context.catalog.withViews();
    const entries = await catalog.entries();
    const providers = { secrets: context.secrets, clientSecrets };
    const maker = { context, call };
    const people = { context: { catalog }, asking, entries, placeOf, declared: declaration, providers, maker };
    const { accounts } = declaration.organisation;
    const lakes = await accountLakeSteps(context, { accounts, secrets, placeOf });
    const left = (await context.sources.list())
      .filter(({ name, origin }) => origin !== undefined && declaration.sources[name] === undefined)
      .map(({ name }) => name);
    if (Object.keys(declaration.views).length > 0) await readAhead(maker, declaration.views, placeOf);
    const work = dryRun ? rehearse : inTransaction;
    const changes = await work(context.db, async (transaction) => {
      for (const step of steps) if (!dryRun || step.what === "source") await step.apply(transaction);
      const changed = await changeAccess(transaction, people);
      for (const step of lakes) if (!dryRun) await step.apply(transaction);
      await keepText(transaction, text);
      return changed;
    });
    const isUnchanged = steps.length + changes.length + lakes.length === 0;
    record({ plan: dryRun || isUnchanged, steps: [...steps, ...changes, ...lakes].map(recorded) });
    return { steps: [...steps, ...changes, ...lakes].map(presented), left, applied: !dryRun };
  },
});

function presented({ what, name, change, details, falls = [] }: AnyStep): z.infer<typeof appliedStep> {
  return { what, name, change, details, falls };
}

/** For the audit log. The details of sources and of the lake are left out, because they are about how to reach them. */
function recorded({ what, name, change, details }: AnyStep): object {
  return what === "source" || what === "lake" ? { what, name, change } : { what, name, change, details };
}

/** Nothing is stored for a text that was applied last. */
async function keepText(transaction: Kysely<Tables>, text: string): Promise<void> {
  const last = await transaction.selectFrom("declarations").select("text").orderBy("id", "desc").executeTakeFirst();
  if (last?.text !== text) await transaction.insertInto("declarations").values({ text }).execute();
}

export const declarationShow = operation({
  name: "declaration.show",
  summary: "Return the headgate.yaml that was applied last, exactly as it was written",
  action: "administer",
  changes: false,
  input: z.strictObject({}),
  output: z.strictObject({ text: z.string(), appliedAt: instant }),
  errors: ["DECLARATION_NOT_FOUND"],
  async run({ db }) {
    const row = await db.selectFrom("declarations").selectAll().orderBy("id", "desc").limit(1).executeTakeFirst();
    if (row === undefined) throw new HeadgateError("DECLARATION_NOT_FOUND");
    return { text: row.text, appliedAt: row.applied_at.toISOString() };
  },
});
