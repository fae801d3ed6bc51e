/** Tests the part of a table that a statement may read, and that it ends when that changes, and only then. */
import { expect, test } from "vitest";
import { askingOf, type Asking } from "../governance/asking.ts";
import { policyOf, type GrantText } from "../governance/policy.fixture.ts";
import type { Principal } from "../identity/principal.ts";
import type { AccessCheck } from "./access-watch.ts";
import { tableRights } from "./table-rights.ts";

const ada: Principal = { kind: "user", id: "ada", name: "ada", role: "none", mustChangePassword: false };
const orders = { id: "orders", database: "shop", name: "orders", databaseId: "shop", accountId: "main" };
const entry = { ...orders, location: "memory://t", places: [], metadataLocation: "memory://t/0.json" };

const select: GrantText = { to: "ada", on: "table orders", permissions: ["SELECT"], include: [1, 2] };
const describe: GrantText = { to: "ada", on: "table orders", permissions: ["DESCRIBE"] };
const asking = (...grants: GrantText[]): Asking => askingOf(policyOf({ grants }), ada, 0);

/** Reads the table under one policy, and returns what is said of it under another one later. */
function saidLater(before: Asking, after: Asking): string | undefined {
  const checks: AccessCheck[] = [];
  const accessTo = tableRights({ asking: before, follow: (check) => void checks.push(check) });
  accessTo(entry);
  return checks.map((check) => check(after)?.message)[0];
}

test("somebody reads what a grant shows, nothing of what they may only know of, and knows of nothing else", () => {
  const access = (given: Asking) => tableRights({ asking: given, follow: () => {} })(entry);
  expect(access(asking(select))?.parts).toHaveLength(1);
  expect(access(asking(describe))).toEqual({ parts: [] });
  expect(access(asking())).toBeUndefined();
});

test("a statement ends when less, more or nothing of its table may be read, and goes on when that stays the same", () => {
  const changed =
    "the right to this answer ended while it was being sent: what you may read of shop.orders was changed";
  expect(saidLater(asking(select), asking(select))).toBeUndefined();
  expect(saidLater(asking(select), asking(select, { ...select, to: "bob" }))).toBeUndefined();
  expect(saidLater(asking(select), asking({ ...select, include: [1] }))).toBe(changed);
  expect(saidLater(asking(select), asking({ ...select, include: [1, 2, 3] }))).toBe(changed);
  expect(saidLater(asking(select), asking(describe))).toBe(changed);
  expect(saidLater(asking(select), asking())).toBe(changed);
  expect(saidLater(asking(), asking(select))).toBeUndefined();
});
