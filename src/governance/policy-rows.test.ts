/** Rows of rights that cannot be understood give no right, and rows that are over take it away. */
import { expect, test } from "vitest";
import { emptyPolicy } from "./policy.ts";
import { withRows, type PolicyRows } from "./policy-rows.ts";

type GrantRow = PolicyRows["grants"][number];
type FilterRow = PolicyRows["filters"][number];

const made = { created_at: new Date(0), epoch: 1n, ended_at: null, origin: null };
const grant: GrantRow = {
  ...made,
  id: "g",
  principal_id: "ada",
  resource_kind: "table",
  resource_id: "orders",
  location: null,
  columns: null,
  filter_id: null,
  permissions: ["SELECT"],
  grantable: [],
  valid_from: null,
  valid_until: null,
  parent_id: null,
  granted_by: null,
  ended_by: null,
  end_reason: null,
  share_id: null,
  account_id: null,
};
const filter: FilterRow = {
  ...made,
  id: "f",
  table_id: "orders",
  name: "few",
  columns: null,
  row_text: null,
  row_predicate: null,
  masks: [],
};
const none = {
  epoch: 1n,
  accounts: [],
  units: [],
  principals: [],
  memberships: [],
  filters: [],
  grants: [],
  shares: [],
  sensitivity: [],
  stewards: [],
  tagKeys: [],
  tagValues: [],
  tagAssignments: [],
  tagExpressions: [],
};
const grantsOf = (row: Partial<GrantRow>) => [
  ...withRows(emptyPolicy, { ...none, grants: [{ ...grant, ...row }] }).grants.values(),
];
const filtersOf = (row: Partial<FilterRow>) => [
  ...withRows(emptyPolicy, { ...none, filters: [{ ...filter, ...row }] }).filters.values(),
];

test("a grant whose columns or thing cannot be understood is none", () => {
  expect(grantsOf({})).toMatchObject([{ id: "g", columns: { mode: "all" }, on: { kind: "table", id: "orders" } }]);
  expect(grantsOf({ columns: { mode: "include", fieldIds: [1] } })).toHaveLength(1);
  for (const columns of [
    { mode: "some", fieldIds: [1] },
    { mode: "include" },
    { mode: "include", fieldIds: ["1"] },
    "all",
  ])
    expect(grantsOf({ columns })).toEqual([]);
  expect(grantsOf({ resource_id: null })).toEqual([]);
  expect(grantsOf({ resource_kind: "location", resource_id: null })).toEqual([]);
  expect(grantsOf({ resource_kind: "location", resource_id: null, location: "s3://a" })).toHaveLength(1);
  expect(grantsOf({ resource_kind: "lake", resource_id: null })).toMatchObject([{ on: { kind: "lake" } }]);
});

test("permissions that are not known are left out", () => {
  const [found] = grantsOf({ permissions: ["SELECT", "FLY"], grantable: ["FLY"] } as unknown as Partial<GrantRow>);
  expect([[...(found?.permissions ?? [])], [...(found?.grantable ?? [])]]).toEqual([["SELECT"], []]);
});

test("a filter whose columns or masks cannot be understood is none, so its grants give nothing", () => {
  expect(filtersOf({ masks: [{ fieldId: 1, mask: "show-last-4" }] })).toHaveLength(1);
  expect(filtersOf({ masks: [{ fieldId: 1, mask: "show-everything" }] })).toEqual([]);
  expect(filtersOf({ masks: {} })).toEqual([]);
  expect(filtersOf({ columns: { mode: "include" } })).toEqual([]);
});

test("what has ended is taken out of the earlier policy, everywhere it was", () => {
  const before = withRows(emptyPolicy, { ...none, grants: [grant], filters: [filter] });
  expect(before.grantsTo.get("ada")?.get("table orders")).toHaveLength(1);
  const over = { ended_at: new Date(1), epoch: 2n };
  const after = withRows(before, {
    ...none,
    epoch: 2n,
    grants: [{ ...grant, ...over }],
    filters: [{ ...filter, ...over }],
  });
  expect([after.epoch, after.grants.size, after.filters.size]).toEqual([2n, 0, 0]);
  expect(after.grantsTo.get("ada")?.get("table orders") ?? []).toEqual([]);
  expect(before.grants.size).toBe(1);
});
