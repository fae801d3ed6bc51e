/**
 * A process in the words of people, as the API and headgate.yaml have it, and in those of src/sharing/process.ts, which
 * has ids in place of names.
 */
import { z } from "zod";
import type { Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import type { Approver } from "../../governance/approvers.ts";
import type { Policy } from "../../governance/policy.ts";
import { parseTerm } from "../../governance/tag-text.ts";
import { findPrincipal, parsePrincipalName, principalLabel } from "../../identity/principal-name.ts";
import { findHook } from "../../sharing/events/event-hooks.ts";
import { relations, usualHours, type Process, type ProcessRule, type ProcessStep } from "../../sharing/process.ts";
import { sensitivityClasses } from "../../stewardship/sensitivity.ts";
import { findProduct } from "./products/find-product.ts";

const approver = z
  .string()
  .min(1)
  .describe(
    "owner, steward, central, manager or manager:<attribute>, a user by name, group:<name>, role:<name>, or system:<hook>, which answers by itself.",
  );

const hours = z.int().min(1).max(87_600);

const step = z
  .strictObject({
    name: z.string().min(1).max(100),
    approvers: z.array(approver).min(1).max(50),
    quorum: z.int().min(1).max(50).default(1).describe("How many different people have to approve."),
    order: z
      .int()
      .min(1)
      .max(50)
      .optional()
      .describe("Steps of one order are open at the same time; by default one after the other."),
    within_hours: hours.default(usualHours.within).describe("After this, those of escalate_to may decide, too."),
    deputies: z.array(approver).max(50).default([]).describe("Those who decide where too few approvers are left."),
    escalate_to: z.array(approver).max(50).default([]),
  })
  .meta({ title: "ProcessStep" });

const rule = z
  .strictObject({
    when: z
      .strictObject({
        sensitivity: z.array(z.enum(sensitivityClasses)).min(1).optional(),
        relation: z.array(z.enum(relations)).min(1).optional(),
        tags: z.array(z.string()).min(1).optional().describe("key=value: one of the things has one of them."),
        products: z
          .array(z.string().min(1))
          .min(1)
          .optional()
          .describe("One of these products is asked for: customer360, or sales.customer360 of another account."),
      })
      .default({}),
    refuse: z.string().min(1).max(1_000).optional().describe("Why nobody may have this; in place of steps."),
    steps: z.array(step).max(20).default([]).describe("None: approved at once."),
    expires_after_hours: hours.default(usualHours.expires).describe("Undecided for so long, a request expires."),
  })
  .meta({ title: "ProcessRule" });

export const processWords = z
  .strictObject({ rules: z.array(rule).min(1).max(100).describe("The first one that fits decides.") })
  .meta({ title: "Process" });

export type ProcessWords = z.infer<typeof processWords>;
type StepWords = z.infer<typeof step>;

/** Throws PROCESS_INVALID, HOOK_NOT_FOUND, and what finding a principal or a product throws. */
export async function processOf(db: Kysely<Tables>, asking: Asking, { rules }: ProcessWords): Promise<Process> {
  const made: ProcessRule[] = [];
  for (const { when, refuse, steps, expires_after_hours: expiresAfterHours } of rules) {
    if (refuse !== undefined && steps.length > 0)
      throw invalid("a rule refuses and has steps, too", "leave out one of them");
    const built: ProcessStep[] = [];
    for (const [index, words] of steps.entries()) built.push(await stepOf(db, words, index));
    const tags = when.tags?.flatMap(termsOf);
    made.push({
      when: {
        ...when,
        ...(tags && { tags }),
        ...(when.products && { products: await idsOf(db, asking, when.products) }),
      },
      ...(refuse !== undefined && { refuse }),
      steps: built,
      expiresAfterHours,
    });
  }
  return { rules: made };
}

/** By their ids, so that a product that is renamed is still meant, and another one of its name is not. */
async function idsOf(db: Kysely<Tables>, asking: Asking, names: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const name of names) ids.push((await findProduct(db, asking, name)).id);
  return ids;
}

function termsOf(word: string): readonly string[] {
  const { key, values } = parseTerm(word);
  return values.map((value) => `${key}=${value}`);
}

async function stepOf(db: Kysely<Tables>, words: StepWords, index: number): Promise<ProcessStep> {
  const { name, quorum, order = index + 1, within_hours: withinHours } = words;
  const [deputies, escalateTo] = [
    await approversNamed(db, words.deputies),
    await approversNamed(db, words.escalate_to),
  ];
  if ([...deputies, ...escalateTo].some(({ kind }) => kind === "system"))
    throw invalid("a system outside stands in for nobody", "name people after deputies and escalate_to");
  return {
    name,
    order,
    quorum,
    withinHours,
    approvers: await approversNamed(db, words.approvers),
    deputies,
    escalateTo,
  };
}

async function approversNamed(db: Kysely<Tables>, texts: readonly string[]): Promise<readonly Approver[]> {
  const found: Approver[] = [];
  for (const text of texts) found.push(await approverNamed(db, text));
  return found;
}

async function approverNamed(db: Kysely<Tables>, text: string): Promise<Approver> {
  if (text === "owner" || text === "steward" || text === "central") return { kind: text };
  const [, attribute] = /^manager(?::(.+))?$/s.exec(text) ?? [];
  if (text.startsWith("manager") && (text === "manager" || attribute !== undefined))
    return { kind: "manager", attribute: attribute ?? "manager" };
  const [, hook] = /^system:(.+)$/s.exec(text) ?? [];
  if (hook !== undefined) return { kind: "system", id: (await findHook(db, hook)).id, name: hook };
  const name = parsePrincipalName(text);
  if (name.kind === "service")
    throw invalid(`${text} is a key, and only people decide`, "name people, groups or roles");
  return { kind: "principal", id: (await findPrincipal(db, name)).id };
}

function invalid(message: string, remedy: string): HeadgateError {
  return new HeadgateError("PROCESS_INVALID", { message, remedy });
}

export interface ProcessNames {
  readonly policy: Policy;
  productName(id: string): string;
}

/** Somebody who was removed since is named as that, and decides nothing. */
export function wordsOfProcess(
  { rules }: Process,
  { policy: { principals }, productName }: ProcessNames,
): ProcessWords {
  const word = (one: Approver): string => {
    if (one.kind === "principal") {
      const own = principals.get(one.id);
      return own === undefined ? "(removed)" : principalLabel(own);
    }
    if (one.kind === "system") return `system:${one.name}`;
    return one.kind === "manager" ? `manager:${one.attribute}` : one.kind;
  };
  return {
    rules: rules.map(({ when, refuse, steps, expiresAfterHours }) => ({
      when: {
        ...(when.sensitivity && { sensitivity: [...when.sensitivity] }),
        ...(when.relation && { relation: [...when.relation] }),
        ...(when.tags && { tags: [...when.tags] }),
        ...(when.products && { products: when.products.map(productName) }),
      },
      ...(refuse !== undefined && { refuse }),
      steps: steps.map(({ name, order, quorum, withinHours, approvers, deputies, escalateTo }) => ({
        name,
        approvers: approvers.map(word),
        quorum,
        order,
        within_hours: withinHours,
        deputies: deputies.map(word),
        escalate_to: escalateTo.map(word),
      })),
      expires_after_hours: expiresAfterHours,
    })),
  };
}
