/** Operations on processes, which say who decides on share requests, and the simulation of a request. */
import { z } from "zod";
import { inPolicyChange } from "../../db/policy-change.ts";
import { rehearse } from "../../db/rehearse.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { visible } from "../../governance/resource.ts";
import { authorOf } from "../../identity/principal.ts";
import { principalMissingCodes } from "../../identity/principal-name.ts";
import { usualProcess } from "../../sharing/process.ts";
import { listProcesses, putProcess } from "../../sharing/process-store.ts";
import { count, instant, list } from "../answers.ts";
import { operation } from "../operation.ts";
import { processOf, processWords, wordsOfProcess } from "./process-words.ts";
import { productNames } from "./products/product-names.ts";

const of = z
  .string()
  .default("lake")
  .describe("lake for the process that comes first for everybody, or the account whose process adds steps to it.");

const presentedProcess = z.strictObject({
  of: z.string().describe("lake, or the name of an account."),
  version: count.describe("0 for the usual process, which decides where the lake has none of its own."),
  process: processWords,
  origin: z.string().nullable().describe("The declaration that made it."),
  madeAt: instant.nullable(),
});

export const processSet = operation({
  name: "process.set",
  summary: "Make a new version of the process that decides on share requests; running requests keep theirs",
  action: "watch",
  changes: true,
  input: z.strictObject({ of, process: processWords, plan: z.boolean().default(false).describe("Only check it.") }),
  output: z.strictObject({ of: z.string(), version: count, changed: z.boolean() }),
  errors: ["PROCESS_INVALID", "HOOK_NOT_FOUND", "ACCOUNT_NOT_FOUND", "PRODUCT_NOT_FOUND", ...principalMissingCodes],
  resources: () => [visible],
  async run({ db }, { of: name, process, plan }, { asking, principal, record }) {
    const accountId = placeOf(asking, name);
    record({ of: name, plan });
    const { version = 0, isChanged } = await (plan ? rehearse : inPolicyChange)(db, async (transaction) => {
      const put = {
        accountId,
        process: await processOf(transaction, asking, process),
        by: authorOf(principal),
        origin: null,
      };
      return putProcess(transaction, put);
    });
    record({ version });
    return { of: name, version, changed: isChanged };
  },
});

export const processRemove = operation({
  name: "process.remove",
  summary: "End the process of an account, or that of the lake, so that the usual one decides",
  action: "watch",
  changes: true,
  input: z.strictObject({ of }),
  output: z.strictObject({ of: z.string(), removed: z.boolean() }),
  errors: ["ACCOUNT_NOT_FOUND"],
  resources: () => [visible],
  async run({ db }, { of: name }, { asking, principal, record }) {
    const accountId = placeOf(asking, name);
    record({ of: name });
    const put = { accountId, process: undefined, by: authorOf(principal), origin: null };
    const { isChanged } = await inPolicyChange(db, (transaction) => putProcess(transaction, put));
    return { of: name, removed: isChanged };
  },
});

/** Undefined for the lake. Throws ACCOUNT_NOT_FOUND, NOT_ALLOWED. */
function placeOf(asking: Asking, name: string): string | undefined {
  const account = name === "lake" ? undefined : [...asking.policy.accounts.values()].find((one) => one.name === name);
  const isKnown = account !== undefined && decideFor(asking, "watch", { kind: "account", id: account.id }).allowed;
  if (name !== "lake" && !isKnown) throw new HeadgateError("ACCOUNT_NOT_FOUND", { place: name });
  const place = account === undefined ? ({ kind: "lake" } as const) : ({ kind: "account", id: account.id } as const);
  const decision = decideFor(asking, "administer", place);
  if (!decision.allowed) throw new HeadgateError(decision.code, { place: name, message: decision.because });
  return account?.id;
}

export const processList = operation({
  name: "process.list",
  summary: "Show the processes that decide now: that of the lake, and those of the accounts that the caller may know",
  action: "watch",
  input: z.strictObject({ history: z.boolean().default(false).describe("Also earlier versions.") }),
  output: z.strictObject({ processes: list(presentedProcess) }),
  errors: [],
  resources: () => [visible],
  async run({ db }, { history }, { asking }) {
    const { policy } = asking;
    const stored = await listProcesses(db, { withEnded: history });
    const names = { policy, productName: await productNames(db, asking) };
    const mayKnow = (id: string | undefined): boolean =>
      id === undefined || decideFor(asking, "watch", { kind: "account", id }).allowed;
    const shown = stored
      .filter(({ accountId }) => mayKnow(accountId))
      .map(({ accountId, version, process, origin = null, madeAt }) => ({
        of: accountId === undefined ? "lake" : (policy.accounts.get(accountId)?.name ?? "(removed)"),
        version,
        process: wordsOfProcess(process, names),
        origin,
        madeAt: madeAt.toISOString(),
      }));
    const isUsual = !stored.some(({ accountId, endedAt }) => accountId === undefined && endedAt === undefined);
    const usual = { of: "lake", version: 0, process: wordsOfProcess(usualProcess, names), origin: null, madeAt: null };
    return { processes: isUsual ? [usual, ...shown] : shown };
  },
});
