/** The operation that says which steps a share request would have, and why, without making it. */
import { z } from "zod";
import { HeadgateError } from "../../errors.ts";
import { decideFor } from "../../governance/decide.ts";
import { visible } from "../../governance/resource.ts";
import { judge } from "../../sharing/judge.ts";
import { processesFor } from "../../sharing/process-store.ts";
import { relations } from "../../sharing/process.ts";
import { sensitivityClasses } from "../../stewardship/sensitivity.ts";
import { count, texts } from "../answers.ts";
import { operation } from "../operation.ts";
import { itemMissingCodes } from "./asked-items.ts";
import { askedInput, askedThings } from "./asked-things.ts";
import { productMissingCodes } from "./products/find-product.ts";
import { processWords, wordsOfProcess } from "./process-words.ts";

const onlyForAccounts = "what belongs to another account is asked for by an account: --for account";

const words = processWords.shape.rules.element.shape.steps.unwrap();

export const sharingSimulate = operation({
  name: "sharing.simulate",
  summary: "Say what would happen to a share request, and why: its sensitivity, the rules that fit, and its steps",
  action: "watch",
  seesBrowsable: true,
  seesViews: true,
  input: z.strictObject({
    ...askedInput,
    for: z
      .string()
      .default("account")
      .describe("self, account for that in which the caller acts, or the name of an account."),
  }),
  output: z.strictObject({
    outcome: z.enum(["approved at once", "decided in steps", "refused"]),
    why: z.string().nullable().describe("Why it would be refused."),
    class: z.enum(sensitivityClasses),
    relation: z.enum(relations),
    because: texts,
    tables: count,
    steps: words,
    acceptance: z.boolean().describe("Whether the consumer has to accept before anybody reads."),
  }),
  errors: [...itemMissingCodes, ...productMissingCodes, "ACCOUNT_NOT_FOUND"],
  resources: () => [visible],
  async run(context, { for: target, ...asked }, { asking }) {
    const { items: found, sourceAccountId, product } = await askedThings(context, asking, asked);
    const { policy, accountId } = asking;
    const named = [...policy.accounts.values()].find(
      ({ id, name }) => name === target && decideFor(asking, "watch", { kind: "account", id }).allowed,
    );
    const consumerId = target === "account" || target === "self" ? accountId : named?.id;
    if (consumerId === undefined) throw new HeadgateError("ACCOUNT_NOT_FOUND", { place: target });
    const isOfOthers = target === "self" && consumerId !== sourceAccountId;
    const processes = await processesFor(context.db, sourceAccountId);
    const numbered = found.map((item, index) => ({ ...item, id: String(index) }));
    const request = {
      sourceAccountId,
      target: { kind: "account", id: consumerId },
      accountId,
      productId: product?.id,
      items: numbered,
    } as const;
    const parts = { db: context.db, catalog: context.catalog.everything().withViews(), policy, processes };
    const { judgement, plan, tables } = await judge(parts, request);
    const { class: sensitivity, relation, because } = judgement;
    const steps = wordsOfProcess(
      { rules: [{ when: {}, steps: plan.steps, expiresAfterHours: plan.expiresAfterHours }] },
      { policy, productName: () => "" },
    );
    return {
      outcome:
        isOfOthers || plan.refuse !== undefined
          ? "refused"
          : plan.steps.length === 0
            ? "approved at once"
            : "decided in steps",
      why: isOfOthers ? onlyForAccounts : (plan.refuse ?? null),
      class: sensitivity,
      relation,
      because,
      tables: [...tables.values()].flat().length,
      steps: steps.rules[0]?.steps ?? [],
      acceptance: relation === "outside",
    } as const;
  },
});
