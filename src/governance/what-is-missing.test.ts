/** Explanations of a refusal: the grants that would allow it if they were valid, and who could allow it. */
import { expect, test } from "vitest";
import type { Principal } from "../identity/principal.ts";
import { askingOf } from "./asking.ts";
import { policyOf, type GrantText, type PolicyText } from "./policy.fixture.ts";
import { mayAskAbout, nearMisses, whoCouldGrant } from "./what-is-missing.ts";

const ada: Principal = { kind: "user", id: "ada", name: "ada", role: "none", mustChangePassword: false };
const orders = { kind: "table", id: "orders", databaseId: "shop", accountId: "main" } as const;
const select = (id: string, more: Partial<GrantText> = {}): GrantText => ({
  id,
  to: "ada",
  on: "table orders",
  permissions: ["SELECT"],
  ...more,
});
const asking = (text: PolicyText) => askingOf(policyOf(text), ada, 5);
const missed = (text: PolicyText) =>
  nearMisses(asking(text), "read", orders).map(({ grant, membership }) => [grant.id, membership?.id]);

test("grants of oneself that are over, later or inactive, and of no other permission or thing", () => {
  const grants = [
    select("over", { until: 5 }),
    select("later", { from: 6 }),
    select("of all tables", { on: "tables shop", until: 1 }),
    select("valid"),
    select("described", { permissions: ["DESCRIBE"], until: 1 }),
    select("of staff", { on: "table staff", until: 1 }),
    select("of bob", { to: "bob", until: 1 }),
  ];
  expect(missed({ grants })).toEqual([
    ["over", undefined],
    ["later", undefined],
    ["of all tables", undefined],
  ]);
  expect(missed({ grants: [select("valid")], inactive: ["ada"] })).toEqual([["valid", undefined]]);
});

test("grants of groups in which the membership is not valid now", () => {
  const text = (until: number): PolicyText => ({
    grants: [select("the team's", { to: "team" })],
    groups: ["team"],
    members: [{ of: "team", member: "ada", until }],
  });
  expect(missed(text(5))).toEqual([["the team's", "team ada"]]);
  expect(missed(text(6))).toEqual([]);
});

test("people who administer the thing or may pass the permission on could grant it, and groups could not", () => {
  const who = (...grants: GrantText[]) =>
    whoCouldGrant(asking({ grants, groups: ["team"] }), "read", orders).map(({ id }) => id);
  expect(who()).toEqual([]);
  expect(who(select("own", { to: "bob" }))).toEqual([]);
  expect(who(select("own", { to: "bob", grantable: true }))).toEqual(["bob"]);
  expect(who(select("own", { to: "team", grantable: true }))).toEqual([]);
  expect(who({ to: "bob", on: "account main", permissions: ["ADMINISTER"] })).toEqual(["bob"]);
});

test("whoever administers a thing may ask about others", () => {
  const may = (...grants: GrantText[]) => mayAskAbout(asking({ grants }), orders);
  expect(may(select("own"))).toBe(false);
  expect(may({ to: "ada", on: "table orders", permissions: ["ADMINISTER"] })).toBe(true);
});
