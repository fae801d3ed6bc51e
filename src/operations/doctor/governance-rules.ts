/**
 * One examination for each kind of rule: it makes the rule for a canary of its own, by the operations that people use,
 * and says what the canary may then learn, before and after the rule begins or ends.
 */
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Principal } from "../../identity/principal.ts";
import { askingLabel } from "../../identity/principal-name.ts";
import { filterAdd } from "../access/filters.ts";
import { grantAdd, grantRevoke } from "../access/grants.ts";
import { tagAdd } from "../tags/tag-keys.ts";
import { tagSet } from "../tags/tags.ts";
import { viewCreate } from "../views/view-create.ts";
import { everything, nothing, part, type Expected } from "./check-canary.ts";
import type { CanaryTable } from "./canary-table.ts";
import type { Canaries } from "./canary-people.ts";

/** Somebody at one moment, and what they may learn then. */
export interface Moment {
  /** The state of the rule: `before it ends`. */
  readonly when: string;
  readonly who: Principal;
  /** The one about whom an explanation is asked, if not they: a role that has been assumed has its rights, whoever is behind it. */
  readonly explained?: Principal;
  /** By default the table's name in its account. */
  readonly table?: string;
  readonly expected: Expected;
}

export interface RuleParts {
  readonly canaries: Canaries;
  readonly table: CanaryTable;
  /** Learns and compares at this moment. */
  at(moment: Moment): Promise<void>;
  /** The rows that somebody reads by a statement; undefined if it is refused. */
  rowsFor(who: Principal, statement: string): Promise<readonly (readonly unknown[])[] | undefined>;
  /** Notes whether something else holds. */
  judge(check: { readonly when: string; readonly way: string; readonly holds: boolean }): void;
}

type Rule = (parts: RuleParts) => Promise<void>;

export const governanceRules: Readonly<Record<string, Rule>> = {
  "no grant": async ({ canaries, at }) => at({ when: "always", who: await canaries.key("nobody"), expected: nothing }),

  "column grant": async ({ canaries, table, at }) => {
    const who = await canaries.key("columns");
    await select(canaries, { on: table.name, to: askingLabel(who), columns: ["id", "country"] });
    await at({ when: "granted two columns", who, expected: part(table, ["id", "country"]) });
  },

  except: async ({ canaries, table, at }) => {
    const who = await canaries.key("except");
    await select(canaries, { on: table.name, to: askingLabel(who), except: ["secret"] });
    await at({ when: "granted all but one column", who, expected: part(table, ["id", "country", "amount"]) });
  },

  "row filter": async ({ canaries, table, at }) => {
    const who = await canaries.key("rows");
    await canaries.own(filterAdd, { name: "some-rows", on: table.name, rows: "country = 'DE' AND amount < 40" });
    await select(canaries, { on: table.name, to: askingLabel(who), filter: "some-rows" });
    const isShown = (id: number): boolean => id === 1 || id === 3;
    await at({ when: "granted some rows", who, expected: part(table, all, { isShown }) });
  },

  mask: async ({ canaries, table, at }) => {
    const who = await canaries.key("mask");
    const masks = [{ column: "secret", mask: "fixed-value", value: "masked" }];
    await canaries.own(filterAdd, { name: "masked", on: table.name, masks });
    await select(canaries, { on: table.name, to: askingLabel(who), filter: "masked" });
    await at({ when: "granted a masked column", who, expected: part(table, all, { secret: "masked" }) });
  },

  expiry: async ({ canaries, table, at }) => {
    const [past, future] = [await canaries.key("expired"), await canaries.key("not-yet")];
    const until = Date.now() + lifetimeMs;
    await select(canaries, { on: table.name, to: askingLabel(past), until: new Date(until).toISOString() });
    const from = new Date(until + 3_600_000).toISOString();
    await select(canaries, { on: table.name, to: askingLabel(future), from });
    await at({ when: "before it begins", who: future, expected: nothing });
    await delay(Math.max(0, until - Date.now()) + 1);
    await at({ when: "after it has ended", who: past, expected: nothing });
  },

  group: async ({ canaries, table, at }) => {
    const [who, other] = [await canaries.key("member"), await canaries.key("stranger")];
    const group = await canaries.group("group");
    await canaries.join("group", group, who);
    await select(canaries, { on: table.name, to: `group:${group}` });
    await at({ when: "as a member", who, expected: everything(table) });
    await at({ when: "as no member", who: other, expected: nothing });
    await canaries.leave("group", group, who);
    await at({ when: "after leaving", who, expected: nothing });
  },

  role: async ({ canaries, table, at }) => {
    const who = await canaries.key("actor");
    const role = await canaries.role("role");
    await canaries.join("role", role, who);
    await select(canaries, { on: table.name, to: `role:${role}` });
    await at({ when: "without assuming it", who, expected: nothing });
    const assumed = await canaries.assume(who, role);
    await at({ when: "assumed", who: assumed, expected: everything(table) });
    await canaries.leave("role", role, who);
    const when = "assumed by somebody who is no member any more";
    await at({ when, who: assumed, explained: who, expected: nothing });
  },

  chain: async ({ canaries, table, at }) => {
    const [first, second] = [await canaries.key("first"), await canaries.key("second")];
    const own = { on: table.name, to: askingLabel(first), columns: ["id", "amount"], grantable: true };
    await select(canaries, own);
    await canaries.as(first, grantAdd, {
      permissions: ["SELECT"],
      on: table.name,
      to: askingLabel(second),
      columns: ["id", "amount"],
    });
    await at({ when: "passed on", who: second, expected: part(table, ["id", "amount"]) });
    await canaries.own(grantRevoke, { permissions: ["SELECT"], on: table.name, from: askingLabel(first) });
    await at({ when: "after the grant above it was revoked", who: second, expected: nothing });
  },

  "account boundary": async ({ canaries, table, at }) => {
    const inside = await canaries.key("inside");
    await select(canaries, { on: `account ${canaries.account.name}`, to: askingLabel(inside) });
    await at({ when: "inside, with a right on the account", who: inside, expected: everything(table) });
    const outside = await canaries.key("outside", { inMain: true, role: "analyst" });
    const there = `${canaries.account.name}.${table.name}`;
    await at({ when: "outside, with a right on another account", who: outside, table: there, expected: nothing });
  },

  tags: async ({ canaries, table, at }) => {
    const who = await canaries.key("tags");
    await canaries.own(tagAdd, { key: "canary", values: ["open", "closed"] });
    await canaries.own(tagSet, { on: table.name, tags: ["canary=open"] });
    await canaries.own(tagSet, { on: table.name, column: "secret", tags: ["canary=closed"] });
    await select(canaries, { on: "tags canary=open", to: askingLabel(who) });
    await at({ when: "granted what is tagged open", who, expected: part(table, ["id", "country", "amount"]) });
    await canaries.own(tagSet, { on: table.name, tags: ["canary=closed"] });
    await at({ when: "after the tag was changed", who, expected: nothing });
  },

  // The last of all, because whoever has a right on the account sees its view, too.
  view: async ({ canaries, table, at, rowsFor, judge }) => {
    const [definer, who] = [await canaries.key("definer"), await canaries.key("reader")];
    const view = `${table.name}_seen`;
    const statement = `select seen.* from ${view} seen order by id`;
    await select(canaries, { on: table.name, to: askingLabel(definer), columns: ["id", "country"] });
    const text = `select seen.* from ${table.name} seen`;
    await canaries.own(viewCreate, { view, sql: text, owner: askingLabel(definer) });
    await at({ when: "without a right on the view", who, expected: nothing });
    judge({ when: "without a right on the view", way: "sql", holds: (await rowsFor(who, statement)) === undefined });
    await select(canaries, { on: view, to: askingLabel(who) });
    const { rows } = part(table, ["id", "country"]);
    const shown = await rowsFor(who, statement);
    judge({ when: "with a right on the view", way: "sql", holds: isDeepStrictEqual(shown, rows) });
    await canaries.own(grantRevoke, { permissions: ["SELECT"], on: table.name, from: askingLabel(definer) });
    const when = "after the view's owner has lost the right";
    judge({ when, way: "sql", holds: (await rowsFor(who, statement)) === undefined });
  },
};

const all = ["id", "country", "amount", "secret"] as const;

/** Long enough to be granted, and over soon. */
const lifetimeMs = 1_500;

function select(canaries: Canaries, grant: object): Promise<unknown> {
  return canaries.own(grantAdd, { permissions: ["SELECT"], ...grant });
}
