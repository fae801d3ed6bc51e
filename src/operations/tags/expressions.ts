/** Operations on saved tag expressions, on which can be granted by their names. */
import { z } from "zod";
import { uuidv7 } from "../../base/uuid.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import type { Policy } from "../../governance/policy.ts";
import { visible } from "../../governance/resource.ts";
import type { TagExpression } from "../../governance/tag-policy.ts";
import { changeExpression, endExpression, insertExpression } from "../../governance/tag-store.ts";
import { alternativesText, inOrder } from "../../governance/tag-text.ts";
import { authorOf } from "../../identity/principal.ts";
import { count, list } from "../answers.ts";
import { principalText } from "../access/present-grant.ts";
import { ofTable } from "../failures.ts";
import { operation } from "../operation.ts";
import { nameInLists } from "../scope.ts";
import { findAlternatives, findExpression, mayKnow, securableExpression } from "./find-tag.ts";
import { preview, previewOf } from "./preview.ts";
import { inTagChange, type TagWork } from "./tag-change.ts";
import { tagName } from "./tag-keys.ts";

const presentedExpression = z
  .strictObject({
    name: z.string(),
    tags: z.string().describe("As key=value,value key=value, with or between alternatives."),
    grants: count.describe("How many grants are on it."),
    origin: z.string().nullable().describe("yaml for headgate.yaml; null for a command."),
  })
  .meta({ title: "TagExpression" });

export const expressionSet = operation({
  name: "expression.set",
  summary:
    "Save a tag expression under a name, or change it and with it all grants on it; a plan shows what that opens and closes, and for whom",
  action: "watch",
  changes: true,
  input: z.strictObject({
    name: tagName,
    tags: z.string().min(1).max(10_000).describe("domain=sales sensitivity=public,internal or domain=shared"),
    replace: z.boolean().default(false).describe("Change the expression of this name."),
    plan: z.boolean().default(false).describe("Only show what would change, and for whom."),
  }),
  output: presentedExpression.extend({
    change: z.enum(["added", "changed", "unchanged"]),
    ...preview,
    saved: z.boolean(),
  }),
  errors: [...ofTable, "TAG_NOT_FOUND", "NAME_TAKEN", "ACCOUNT_NOT_FOUND"],
  resources: () => [visible],
  async run(context, input, { asking, record }) {
    const { name, tags, replace, plan } = input;
    record({ ...input });
    const { made, step } = await inTagChange(context, { asking, plan }, (work) =>
      save(work, { name, tags, replace, origin: null }),
    );
    const { opensToSelf, ...shown } = await previewOf(context, asking, step);
    record({ plan: plan || made.change === "unchanged", isSelfGrant: opensToSelf });
    const after = step.after.tags.expressions.get(made.id);
    if (after === undefined) throw new TypeError("the expression was not stored");
    return {
      ...presentExpression({ ...asking, policy: step.after }, after),
      change: made.change,
      ...shown,
      saved: !plan,
    };
  },
});

export interface SavedExpression {
  readonly name: string;
  readonly tags: string;
  readonly replace: boolean;
  readonly origin: string | null;
}

interface Saved {
  readonly id: string;
  readonly change: "added" | "changed" | "unchanged";
}

/** Throws NOT_ALLOWED, TAG_NOT_FOUND, NAME_TAKEN, USAGE. */
export async function save({ transaction, asking }: TagWork, wanted: SavedExpression): Promise<Saved> {
  const accountId = checkMaySave(asking);
  const alternatives = inOrder(findAlternatives(asking, accountId, wanted.tags));
  const had = namedExpression(asking.policy, accountId, wanted.name);
  if (had === undefined) {
    const id = uuidv7();
    const { name, origin } = wanted;
    await insertExpression(transaction, { id, accountId, name, alternatives, origin, by: authorOf(asking.principal) });
    return { id, change: "added" };
  }
  if (JSON.stringify(inOrder(had.alternatives)) === JSON.stringify(alternatives))
    return { id: had.id, change: "unchanged" };
  if (!wanted.replace)
    throw new HeadgateError("NAME_TAKEN", {
      place: wanted.name,
      message: "the account has another expression of this name",
      remedy: "choose another name, or change the expression, and with it all grants on it: --replace",
    });
  await changeExpression(transaction, had.id, alternatives);
  return { id: had.id, change: "changed" };
}

export function namedExpression(policy: Policy, accountId: string, name: string): TagExpression | undefined {
  return [...policy.tags.expressions.values()].find((one) => one.accountId === accountId && one.name === name);
}

/** Throws NOT_ALLOWED. A saved expression changes the grants of many, so it is the administrators'. */
export function checkMaySave(asking: Asking): string {
  const { accountId, principal } = asking;
  if (accountId === undefined)
    throw new HeadgateError("ACCOUNT_NOT_FOUND", {
      message: "a tag expression belongs to the account in which somebody acts",
    });
  if (decideFor(asking, "administer", { kind: "account", id: accountId }).allowed) return accountId;
  throw new HeadgateError("NOT_ALLOWED", {
    message: `${principal.name} does not administer the account`,
    remedy: 'ask an administrator of the account, or write the tags in the grant: on "tags domain=sales"',
  });
}

function presentExpression(asking: Asking, one: TagExpression): z.infer<typeof presentedExpression> {
  const { policy } = asking;
  return {
    name: nameInLists(asking, { name: one.name ?? "", accountId: one.accountId }),
    tags: alternativesText(policy.tags, one.alternatives),
    grants: grantsOn(policy, one.id).length,
    origin: one.origin ?? null,
  };
}

function grantsOn(policy: Policy, id: string) {
  return [...policy.grants.values()].filter(({ on }) => on.kind === "expression" && on.id === id);
}

export const expressionList = operation({
  name: "expression.list",
  summary: "List the saved tag expressions that the caller may know",
  action: "watch",
  input: z.strictObject({}),
  output: z.strictObject({ expressions: list(presentedExpression) }),
  errors: [],
  resources: () => [visible],
  async run(_context, _input, { asking }) {
    const known = [...asking.policy.tags.expressions.values()].filter(
      (one) => one.name !== undefined && mayKnow(asking, securableExpression(one)),
    );
    const expressions = known.map((one) => presentExpression(asking, one));
    return { expressions: expressions.toSorted((one, other) => one.name.localeCompare(other.name)) };
  },
});

export const expressionRemove = operation({
  name: "expression.remove",
  summary: "Remove a saved tag expression on which nothing is granted",
  action: "watch",
  changes: true,
  input: z.strictObject({ name: tagName }),
  output: z.strictObject({ removed: z.string() }),
  errors: ["EXPRESSION_NOT_FOUND", "EXPRESSION_IN_USE", "ACCOUNT_NOT_FOUND"],
  resources: () => [visible],
  async run(context, { name }, { asking, record }) {
    record({ name });
    await inTagChange(context, { asking, plan: false }, async ({ transaction, asking: now }) => {
      const found = findExpression(now, checkMaySave(now), name);
      checkNotGranted(now, found);
      await endExpression(transaction, found.id);
    });
    return { removed: name };
  },
});

/** Throws EXPRESSION_IN_USE. */
export function checkNotGranted(asking: Asking, { id, name = "" }: TagExpression): void {
  const holders = new Set(grantsOn(asking.policy, id).map(({ principalId }) => principalText(asking, principalId)));
  if (holders.size > 0)
    throw new HeadgateError("EXPRESSION_IN_USE", { place: name, message: `granted to ${[...holders].join(", ")}` });
}
