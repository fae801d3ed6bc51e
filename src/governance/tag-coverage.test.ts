/** Grants by tags in single cases: what they reach, and what those that were passed on from them are worth. */
import { describe, expect, test } from "vitest";
import type { Principal } from "../identity/principal.ts";
import { accessDifferences, mayDiffer } from "./access-difference.ts";
import { askingOf } from "./asking.ts";
import { decideFor, holds } from "./decide.ts";
import { policyOf, type GrantText } from "./policy.fixture.ts";
import type { DataFilter, Policy } from "./policy.ts";
import { securableTable } from "./securable.ts";
import { showsColumn } from "./table-access.ts";
import type { Alternatives, TagAssignment, TagPolicy } from "./tag-policy.ts";
import { alternativesText, inOrder, parseAlternatives, writtenExpressionId } from "./tag-text.ts";

const orders = securableTable({ id: "orders", databaseId: "shop", accountId: "main" });
const ada: Principal = {
  kind: "user",
  id: "ada",
  name: "ada",
  role: "none",
  accountId: "main",
  mustChangePassword: false,
};

/** `shop`, `orders` or `orders.2`, each with the values of their keys: `sales` of domain, `public` of class. */
function tagsOf(
  given: Readonly<Record<string, readonly string[]>>,
  expressions: Readonly<Record<string, Alternatives>>,
) {
  const keyOf = (value: string): string => (value === "sales" || value === "hr" ? "domain" : "class");
  const assigned = Object.entries(given).flatMap(([place, values]) => {
    const [resourceId = "", column] = place.split(".");
    return values.map((valueId): TagAssignment => ({
      id: `${place} ${valueId}`,
      resourceId,
      fieldId: column === undefined ? undefined : Number(column),
      keyId: keyOf(valueId),
      valueId,
      origin: undefined,
      assignedBy: undefined,
    }));
  });
  const values = ["sales", "hr", "public", "secret"];
  const tags: TagPolicy = {
    keys: new Map(
      ["domain", "class"].map((id) => [
        id,
        { id, accountId: "main", name: id, description: undefined, isMultiple: true, origin: undefined },
      ]),
    ),
    values: new Map(values.map((id) => [id, { id, keyId: keyOf(id), name: id, isSensitive: id === "secret" }])),
    expressions: new Map(
      Object.entries(expressions).map(([id, alternatives]) => [
        id,
        { id, accountId: "main", name: id, alternatives, origin: undefined },
      ]),
    ),
    assigned: Map.groupBy(assigned, ({ resourceId }) => resourceId),
  };
  return tags;
}

const term = (keyId: string, ...valueIds: string[]) => ({ keyId, valueIds });
const open = [[term("domain", "sales"), term("class", "public")]];

function policy(
  given: Readonly<Record<string, readonly string[]>>,
  grants: readonly GrantText[],
  filters: readonly DataFilter[] = [],
): Policy {
  return policyOf({ grants, filters, tags: tagsOf(given, { open, none: [[]], sales: [[term("domain", "sales")]] }) });
}

const toAda: GrantText = { id: "byTag", to: "ada", on: "expression open", permissions: ["SELECT"] };
const columns = (of: Policy): readonly number[] => {
  const decision = decideFor(askingOf(of, ada, 0), "read", orders);
  return decision.allowed ? [1, 2, 3].filter((id) => showsColumn(decision.access, id)) : [];
};

describe("a grant by tags", () => {
  test("reaches what has all of its keys, of its own or inherited, and columns that differ for themselves", () => {
    expect(columns(policy({ shop: ["sales"] }, [toAda]))).toEqual([]);
    expect(columns(policy({ shop: ["sales"], orders: ["public"] }, [toAda]))).toEqual([1, 2, 3]);
    expect(columns(policy({ shop: ["sales"], orders: ["public"], "orders.2": ["secret"] }, [toAda]))).toEqual([1, 3]);
    expect(columns(policy({ shop: ["sales"], orders: ["secret"], "orders.2": ["public"] }, [toAda]))).toEqual([2]);
    expect(columns(policy({ shop: ["sales", "public"], orders: ["hr"] }, [toAda]))).toEqual([]);
    expect(columns(policy({ shop: ["sales", "public"] }, [{ ...toAda, on: "expression none" }]))).toEqual([]);
  });

  test("gives nothing but columns where it reaches only some of them, and no figures", () => {
    const partly = { shop: ["sales", "public"], "orders.2": ["secret"] };
    const all: GrantText = { ...toAda, permissions: ["ALL"] };
    const asking = askingOf(policy(partly, [all]), ada, 0);
    expect((["DROP", "ALTER", "INSERT", "OPERATE"] as const).filter((one) => holds(asking, one, orders))).toEqual([]);
    expect(decideFor(asking, "watch", orders)).toMatchObject({ allowed: true, statistics: false });
    const whole = askingOf(policy({ shop: ["sales", "public"] }, [all]), ada, 0);
    expect(holds(whole, "DROP", orders)).toBe(true);
    expect(decideFor(whole, "watch", orders)).toMatchObject({ allowed: true, statistics: true });
  });

  test("gives no right on tags, and ALL does not either", () => {
    const tag = { kind: "tag", id: "domain", accountId: "main" } as const;
    const asking = askingOf(policy({}, [{ ...toAda, on: "account main", permissions: ["ALL"] }]), ada, 0);
    expect([
      holds(asking, "ALTER", tag),
      holds(asking, "ASSOCIATE", tag),
      holds(asking, "GRANT_WITH_TAG", tag),
    ]).toEqual([true, false, false]);
  });
});

describe("a grant that was passed on", () => {
  const child = (more: Partial<GrantText>): GrantText[] => [
    { ...toAda, to: "bob", on: "tag-value sales", permissions: ["GRANT_WITH_TAG"], id: "bobs" },
    { to: "ada", on: "table orders", permissions: ["SELECT"], parent: "bobs", ...more },
  ];

  test("reaches no further than the tag by which it was granted", () => {
    expect(columns(policy({ shop: ["sales"] }, child({})))).toEqual([1, 2, 3]);
    expect(columns(policy({ shop: ["sales"], "orders.3": ["hr"] }, child({})))).toEqual([1, 2]);
    expect(columns(policy({ shop: ["hr"] }, child({})))).toEqual([]);
  });

  test("shows no rows by a condition on a column that the tag does not reach", () => {
    const rows = { op: "is-null", column: { fieldId: 3, type: "string" } } as const;
    const filter: DataFilter = {
      id: "f",
      tableId: "orders",
      name: "f",
      columns: { mode: "all" },
      rows,
      masks: new Map(),
    };
    expect(columns(policy({ shop: ["sales"] }, child({ filter: "f" }), [filter]))).toEqual([1, 2, 3]);
    expect(columns(policy({ shop: ["sales"], "orders.3": ["hr"] }, child({ filter: "f" }), [filter]))).toEqual([]);
  });

  test("is in the preview of a change of that tag", () => {
    const grants = child({});
    const before = policy({ shop: ["sales"] }, grants);
    const after = { ...before, tags: tagsOf({ shop: ["sales"], "orders.3": ["hr"] }, {}) };
    const step = { before: { ...before, tags: tagsOf({ shop: ["sales"] }, {}) }, after, now: 0 };
    expect(mayDiffer(step, orders)).toBe(true);
    expect(accessDifferences(step, [{ resource: orders, fieldIds: [1, 2, 3] }])).toMatchObject([
      { principal: { id: "ada" }, columns: { opened: [], closed: [3] }, gained: [], lost: [] },
    ]);
  });
});

describe("an expression", () => {
  test("is read back as it was written, and is the same in any order", () => {
    const tags = tagsOf({}, {});
    const parsed = (text: string): Alternatives =>
      parseAlternatives(text).map((terms) => terms.map(({ key, values }) => term(key, ...values)));
    const text = "class=public,secret domain=sales or domain=hr";
    expect(alternativesText(tags, parsed(text))).toBe(text);
    const other = "domain=hr or domain=sales class=secret,public,secret";
    expect(inOrder(parsed(other))).toEqual(inOrder(parsed(text)));
    expect(writtenExpressionId("main", parsed(other))).toBe(writtenExpressionId("main", parsed(text)));
    expect(writtenExpressionId("other", parsed(text))).not.toBe(writtenExpressionId("main", parsed(text)));
  });

  test.each(["", "domain", "domain=", "domain=a or", "or domain=a", "Domain=a", "domain=a domain=b", "domain=a'b"])(
    "cannot be %j",
    (text) => expect(() => parseAlternatives(text)).toThrow(expect.objectContaining({ code: "USAGE" })),
  );
});
