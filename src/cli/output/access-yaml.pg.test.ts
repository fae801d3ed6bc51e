/** Declared people and rights are read back as they were written, and nothing changes when that is applied again. */
import { assert, asyncProperty, boolean, constant, constantFrom, oneof, option, record, uniqueArray } from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import type { PlainLake } from "../../../test/world/plain-lake.ts";
import { singleGrants } from "../../operations/access/declared-grant.ts";
import { accessYaml } from "./access-yaml.ts";
import {
  declaredPeople as people,
  declaredFilters as filters,
  declaredRights as rights,
  openAccessLake,
  type AccessLake,
} from "../../operations/declaration/access-lake.fixture.ts";
import type { DeclaredAccess } from "../../operations/declaration/declared-access.ts";
import { accessExport } from "../../operations/declaration/export-access.ts";
import { readDeclaration } from "../../operations/declaration/read-declaration.ts";

let at: AccessLake;
let lake: PlainLake;
beforeAll(async () => {
  at = await openAccessLake();
  ({ lake } = at);
});
afterAll(() => at[Symbol.asyncDispose]());
beforeEach(() => at.reset());

const apply: AccessLake["apply"] = (...asked) => at.apply(...asked);
const steps: AccessLake["steps"] = (...asked) => at.steps(...asked);
const declared = () => lake.ask(accessExport, { declared: true });

describe("what is declared", () => {
  test("is read back as it was written, and printed as it would be written", async () => {
    await apply(people + filters + rights);
    const text = accessYaml(await declared());
    expect(parse(text)).toEqual({
      organisation: { units: ["europe", "europe/romania"], accounts: { sales: { unit: "europe/romania" } } },
      groups: {
        analysts: { attributes: { country: "DE" }, members: ["ann", { member: "bob", until: "2099-06-30" }] },
        sellers: { account: "sales", members: ["group:analysts"] },
      },
      filters: {
        "shop.orders": {
          masked: { masks: { label: { "fixed-value": "hidden" } } },
          some: { rows: "id < 3", except: ["label"] },
        },
      },
      grants: [
        { to: "ann", describe: ["shop.*", "source shop"] },
        { to: "ann", operate: "source shop" },
        { to: "ann", select: "shop.orders", filter: "some", until: "2099-01-31" },
        { to: "group:analysts", select: "shop.orders", columns: ["id"] },
        { to: "group:sellers", describe: ["shop.*", "source shop"] },
        { to: "group:sellers", operate: "source shop" },
      ],
    });
    expect(await steps(text)).toEqual([]);
  });

  test(
    "comes back from any declaration, and changes nothing when it is applied again",
    { timeout: 300_000 },
    async () => {
      await assert(
        asyncProperty(anyAccess, async (access) => {
          const text = stringify(access);
          await apply(text);
          const { epoch } = await at.state();
          expect(normal(await declared())).toEqual(normal(readDeclaration(text, "headgate.yaml")));
          expect(await steps(accessYaml(await declared()))).toEqual([]);
          expect(await at.state()).toMatchObject({ epoch });
        }),
        { numRuns: 15 },
      );
    },
  );
});

const groupNames = ["g0", "g1", "g2"];
const unitPaths = ["a", "a/b", "c"];
const moment = option(constantFrom("2098-01-01", "2098-06-01T10:30:00Z", "2098-06-01T12:30:00+02:00"), {
  nil: undefined,
});
const late = option(constantFrom("2099-01-01", "2099-06-01T10:30:00.5Z"), { nil: undefined });
const member = oneof(
  constantFrom("ann", "bob", "carl"),
  record({ member: constantFrom("ann", "user:bob", "carl"), from: moment, until: late }),
);
const nameOfMember = (one: string | { member: string }): string =>
  (typeof one === "string" ? one : one.member).replace("user:", "");
const anyFilter = oneof(
  record({ rows: constantFrom("id < 3", "label = 'x'  and ID in (1, 2)", "label = principal.country") }),
  record({ except: constant(["label"]), masks: constantFrom({}, { id: "replace-with-null" }) }),
  record({ masks: constantFrom({ label: "sha-256-global" }, { label: { "fixed-value": "x" } }) }),
);
const holder = constantFrom("ann", "bob", "group:g0", "carl");
const anyGrant = oneof(
  record({
    to: uniqueArray(holder, { minLength: 1, maxLength: 3 }),
    select: constantFrom("shop.orders", "shop.*", "lake", "account main"),
    describe: option(constantFrom("source shop", "database shop", "account main"), { nil: undefined }),
    administer: option(constantFrom("shop.staff", "lake"), { nil: undefined }),
    data_location_access: option(constant("location s3://b/x"), { nil: undefined }),
    until: late,
    grantable: option(boolean(), { nil: undefined }),
  }),
  record({ to: holder, select: constant("shop.staff"), columns: constantFrom(["id"], ["LABEL", "id"]) }),
  record({ to: holder, select: constant("shop.staff"), except: constant(["label"]), from: moment }),
  record({ to: holder, select: constant("shop.orders"), filter: constant("f0"), until: late }),
);
const anyAccess = record({
  organisation: record({
    units: constantFrom(unitPaths, ["a"], [...unitPaths].toReversed()),
    accounts: constantFrom({}, { x: { unit: "a" } }, { x: {}, y: {} }),
  }),
  groups: record({
    g0: record({ members: uniqueArray(member, { selector: nameOfMember }) }),
    g1: record({
      attributes: constantFrom({}, { country: "DE" }, { team: "bi", country: "RO" }),
      members: constantFrom(["group:g0"], []),
    }),
  }).map((groups) => ({ ...groups, [groupNames[2] as string]: {} })),
  filters: record({ "shop.orders": record({ f0: anyFilter, f1: anyFilter }) }),
  grants: uniqueArray(anyGrant, { maxLength: 6, selector: ({ to, select }) => `${String(to)} ${select}` }),
}).filter(({ grants: list }) => isOnce(list));

/** Each grant once: a grant that is declared twice is refused. */
function isOnce(list: readonly object[]): boolean {
  const keys = (list as DeclaredAccess["grants"]).flatMap(singleGrants).map(keyOf);
  return new Set(keys).size === keys.length;
}

function keyOf({ to, permission, on, columns, except, filter }: ReturnType<typeof singleGrants>[number]): string {
  return JSON.stringify([to, permission, on, columns?.length, except, filter]);
}

/** The same for two declarations that mean the same, however they are written. */
function normal({ organisation, groups, filters: byTable, grants: list }: DeclaredAccess): object {
  const singles = list.flatMap(singleGrants).map((grant) => ({
    ...grant,
    columns: grant.columns?.map((name) => name.toLowerCase()).toSorted(),
    from: instant(grant.from),
    until: instant(grant.until),
    grantable: grant.grantable ?? false,
  }));
  return {
    units: organisation.units.toSorted(),
    accounts: organisation.accounts,
    filters: byTable,
    grants: singles.map((grant) => JSON.stringify(grant, Object.keys(grant).toSorted())).toSorted(),
    groups: Object.fromEntries(
      Object.entries(groups).map(([name, { members, ...group }]) => [
        name,
        {
          ...group,
          members: members
            .map((one) => (typeof one === "string" ? { member: one, from: undefined, until: undefined } : one))
            .map((one) => `${nameOfMember(one)} ${instant(one.from)} ${instant(one.until)}`)
            .toSorted(),
        },
      ]),
    ),
  };
}

function instant(text: string | undefined): string {
  return text === undefined ? "" : new Date(text).toISOString();
}
