/** Decisions that are broken in one way or another, as a fault in them might: the examination of rules finds each. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { resourceKey, type Grant, type Policy } from "../../src/governance/policy.ts";
import type { Context } from "../../src/operations/context.ts";
import { examineGovernance } from "../../src/operations/doctor/examine-governance.ts";
import { openPlainLake, type PlainLake } from "../world/plain-lake.ts";

let lake: PlainLake;
beforeAll(async () => (lake = await openPlainLake()));
afterAll(() => lake[Symbol.asyncDispose]());

/** The rules that are found not to hold when every policy is changed so before decisions see it. */
async function brokenWhen(change: (policy: Policy) => Policy): Promise<readonly string[]> {
  const { policies } = lake.context;
  const context: Context = { ...lake.context, policies: { current: async () => change(await policies.current()) } };
  const { signal } = new AbortController();
  const { holds, rules } = await examineGovernance(context, { report: silent, signal });
  const found = rules.filter((rule) => !rule.holds);
  expect(holds).toBe(found.length === 0);
  return found.map(({ rule }) => rule);
}

function withGrants(policy: Policy, change: (grant: Grant) => Grant): Policy {
  const grants = new Map([...policy.grants].map(([id, grant]) => [id, change(grant)]));
  const grantsTo = Map.groupBy(grants.values(), ({ principalId }) => principalId);
  return {
    ...policy,
    grants,
    grantsTo: new Map([...grantsTo].map(([id, held]) => [id, Map.groupBy(held, ({ on }) => resourceKey(on))])),
  };
}

const always = { from: undefined, until: undefined };

const breaks: readonly [what: string, change: (policy: Policy) => Policy, rules: readonly string[]][] = [
  [
    "limits to columns are lost",
    (policy) => withGrants(policy, (grant) => ({ ...grant, columns: { mode: "all" } })),
    ["column grant", "except", "chain", "view"],
  ],
  [
    "data filters are lost",
    (policy) => withGrants(policy, (grant) => ({ ...grant, filterId: undefined })),
    ["row filter", "mask"],
  ],
  ["masks are lost", (policy) => withoutMasks(policy), ["mask"]],
  ["validity is ignored", (policy) => withGrants(policy, (grant) => ({ ...grant, valid: always })), ["expiry"]],
  [
    "a right on an account is one on the lake",
    (policy) =>
      withGrants(policy, (grant) => (grant.on.kind === "account" ? { ...grant, on: { kind: "lake" } } : grant)),
    ["account boundary"],
  ],
  ["tags of columns are not seen", (policy) => withoutColumnTags(policy), ["tags"]],
  [
    "nothing is granted at all",
    (policy) => ({ ...policy, grants: new Map(), grantsTo: new Map() }),
    ["column grant", "except", "row filter", "mask", "group", "role", "chain", "account boundary", "tags", "view"],
  ],
];

function withoutMasks(policy: Policy): Policy {
  const filters = [...policy.filters].map(([id, filter]) => [id, { ...filter, masks: new Map() }] as const);
  return { ...policy, filters: new Map(filters) };
}

function withoutColumnTags(policy: Policy): Policy {
  const assigned = [...policy.tags.assigned].map(
    ([id, all]) => [id, all.filter(({ fieldId }) => fieldId === undefined)] as const,
  );
  return { ...policy, tags: { ...policy.tags, assigned: new Map(assigned) } };
}

test.each(breaks)("%s", async (_what, change, rules) => {
  expect(await brokenWhen(change)).toEqual(rules);
});
