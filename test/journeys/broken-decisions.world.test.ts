/** Decisions that are broken in one way or another, as a fault in them might: the examination of rules finds each. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { silent } from "../../src/base/progress.ts";
import { askingOf } from "../../src/governance/asking.ts";
import { localPrincipal } from "../../src/identity/principal.ts";
import type { Operation } from "../../src/operations/operation.ts";
import { sql } from "../../src/operations/sql.ts";
import { descriptionExport } from "../../src/operations/stewardship/documents.ts";
import { tableList } from "../../src/operations/tables.ts";
import { resourceKey, type Grant, type Policy } from "../../src/governance/policy.ts";
import type { Context } from "../../src/operations/context.ts";
import { examineGovernance } from "../../src/operations/doctor/examine-governance.ts";
import { openPlainLake, type PlainLake } from "../world/plain-lake.ts";

let lake: PlainLake;
beforeAll(async () => (lake = await openPlainLake()));
afterAll(() => lake[Symbol.asyncDispose]());

type Change = (policy: Policy) => Policy;

/** The rules that are found not to hold when every policy is changed so before decisions see it. */
async function brokenWhen(change: Change = (policy) => policy): Promise<readonly string[]> {
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

/** Once somebody has a right or a membership, it never ends. */
function remembering<T extends { readonly id: string }>(all: (policy: Policy) => Iterable<T>): (policy: Policy) => T[] {
  const seen = new Map<string, T>();
  return (policy) => {
    for (const one of all(policy)) seen.set(one.id, one);
    return [...seen.values()];
  };
}

function policyOfGrants(policy: Policy, all: readonly Grant[]): Policy {
  return withGrants({ ...policy, grants: new Map(all.map((grant) => [grant.id, grant])) }, (grant) => grant);
}

function revokedStays(): Change {
  const grants = remembering((policy) => policy.grants.values());
  return (policy) => policyOfGrants(policy, grants(policy));
}

function memberStays(): Change {
  const members = remembering((policy) => [...policy.memberships.values()].flat());
  return (policy) => ({ ...policy, memberships: Map.groupBy(members(policy), ({ memberId }) => memberId) });
}

/** Tags are those that things had first. */
function tagStays(): Change {
  const first = new Map<string, Policy["tags"]["assigned"] extends ReadonlyMap<string, infer Tags> ? Tags : never>();
  return (policy) => {
    for (const [id, tags] of policy.tags.assigned) if (tags.length > 1 && !first.has(id)) first.set(id, tags);
    return { ...policy, tags: { ...policy.tags, assigned: new Map([...policy.tags.assigned, ...first]) } };
  };
}

function rolesAsGroups(policy: Policy): Policy {
  const principals = [...policy.principals].map(
    ([id, one]) => [id, one.kind === "role" ? { ...one, kind: "group" as const } : one] as const,
  );
  return { ...policy, principals: new Map(principals) };
}

/** Everybody has each right that somebody has. */
function everybodysRights(policy: Policy): Policy {
  const copies = [...policy.grants.values()].flatMap((grant) =>
    [...policy.principals.keys()].map((principalId) => ({ ...grant, id: `${grant.id} ${principalId}`, principalId })),
  );
  return policyOfGrants(policy, [...policy.grants.values(), ...copies]);
}

const breaks: readonly [what: string, change: Change, rules: readonly string[]][] = [
  ["a revoked grant stays", revokedStays(), ["chain", "view"]],
  ["a member who has left stays", memberStays(), ["group", "role"]],
  ["a tag that was changed stays", tagStays(), ["tags"]],
  ["a role counts without being assumed", rolesAsGroups, ["role"]],
  [
    "everybody has everybody's rights",
    everybodysRights,
    ["row filter", "mask", "expiry", "group", "role", "chain", "account boundary", "tags", "view"],
  ],
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

/** Makes an operation decide nothing any more once it runs, as a door would that forgets whom it serves; returns its repair. */
function makeCareless<Input, Output>(operation: Operation<Input, Output>): () => void {
  const { run } = operation;
  const careless: Operation<Input, Output>["run"] = (context, input, call) => {
    const { policy, accountId, now } = call.asking;
    const principal = { ...localPrincipal, ...(accountId === undefined ? {} : { accountId }) };
    return run(context, input, { ...call, principal, asking: askingOf(policy, principal, now) });
  };
  Object.assign(operation, { run: careless });
  return () => void Object.assign(operation, { run });
}

test.each([
  ["sql", () => makeCareless(sql), ["row filter", "mask"]],
  ["table.list", () => makeCareless(tableList), ["row filter", "mask"]],
  ["description.export", () => makeCareless(descriptionExport), []],
])("%s answers everybody as if they were the owner", async (_name, spoil, rules) => {
  const repair = spoil();
  const found = await brokenWhen().finally(repair);
  expect(found).toEqual(expect.arrayContaining(["column grant", "except", "chain", "tags", ...rules]));
});
