/**
 * A random walk over grants, data filters, owners, people, tags and moves in the organisation: at each step, what is read
 * through tables and views is compared with rules that are written down here without any of the code that decides, and
 * what a plan of a tag or a move says with what then happens.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openPlainLake, memberOf, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { openRandom } from "../../../test/soak/random.ts";
import { must } from "../../base/must.ts";
import { mainAccount } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { createKey, principalOfKey } from "../../identity/api-keys.ts";
import type { Principal } from "../../identity/principal.ts";
import { filterAdd } from "../access/filters.ts";
import { grantAdd, grantRevoke } from "../access/grants.ts";
import { accountAdd, accountSet } from "../people/accounts.ts";
import { unitAdd } from "../people/units.ts";
import { sql } from "../sql.ts";
import type { PresentedDifference } from "../tags/preview.ts";
import { tagAdd } from "../tags/tag-keys.ts";
import { tagSet } from "../tags/tags.ts";
import { viewCreate } from "./view-create.ts";
import { viewSet } from "./view-change.ts";

const size = 12;
const filters: Readonly<Record<string, (id: number) => boolean>> = {
  low: (id) => id <= 6,
  high: (id) => id >= 5,
  few: (id) => [2, 3, 7].includes(id),
};
const texts: Readonly<Record<string, string>> = { low: "id <= 6", high: "id >= 5", few: "id in (2, 3, 7)" };
const things = ["t", "v", "w"] as const;
type Thing = (typeof things)[number];
const names = ["ada", "ben", "cy"] as const;
type Name = (typeof names)[number];

let lake: PlainLake;
const people = new Map<Name, Principal>();
beforeAll(async () => {
  lake = await openPlainLake();
  await (await lake.connect("shop", { t: labelledTable(size) })).sync();
  for (const name of names) people.set(name, await memberOf(lake, name));
  await lake.ask(viewCreate, { view: "shop.v", sql: "select id, label from shop.t where id <> 9" });
  await lake.ask(viewCreate, { view: "shop.w", sql: "select v.id from shop.v v where v.id <> 3" });
  for (const on of things)
    for (const [name, rows] of Object.entries(texts)) await lake.ask(filterAdd, { name, on: `shop.${on}`, rows });
  await lake.ask(tagAdd, { key: "band", values: ["open", "shut"] });
  await lake.ask(grantAdd, { permissions: ["SELECT"], on: "tags band=open", to: tagReader });
  await lake.ask(unitAdd, { path: "north" });
  await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.t", to: "unit:north", filter: "few" });
});
beforeEach(async () => {
  await lake.ask(accountSet, { name: "main", unit: null });
  for (const on of things) await lake.ask(tagSet, { on: `shop.${on}`, tags: ["band=shut"] });
  for (const name of names) {
    const { id } = must(people.get(name), name);
    await lake.context.db.updateTable("principals").set({ active: true }).where("id", "=", id).execute();
    for (const on of things)
      await lake.ask(grantRevoke, { permissions: ["SELECT"], on: `shop.${on}`, from: name }).catch(() => undefined);
  }
  await lake.context.db.updateTable("views").set({ owner_id: null, owner_account_id: mainAccount }).execute();
});
afterAll(() => lake[Symbol.asyncDispose]());

/** The ids that somebody reads, or the code of the refusal. */
async function read(name: Name, thing: Thing): Promise<readonly number[] | string> {
  const rows: number[] = [];
  const emit = async (item: unknown): Promise<void> => {
    const { rows: some = [] } = item as { readonly rows?: readonly (readonly number[])[] };
    rows.push(...some.map(([id]) => must(id, "an id")));
  };
  try {
    await lake.ask(
      sql,
      { sql: `select id from shop.${thing} order by id` },
      { principal: must(people.get(name), name), emit },
    );
    return rows;
  } catch (failure) {
    if (!(failure instanceof HeadgateError)) throw failure;
    return failure.code === "TABLE_NOT_FOUND" ? "NOT_ALLOWED" : failure.code;
  }
}

/** Whoever reads what is tagged open. */
const tagReader = "ben" satisfies Name;

/** The rules in their simplest form. */
interface Model {
  /** Things that are tagged open. */
  readonly open: Set<Thing>;
  /** Whether main is in the unit that has a right to some rows of the table. */
  isNorth: boolean;
  /** By person and thing: `whole`, or names of filters. */
  readonly granted: Map<string, Set<string>>;
  /** Undefined for the owner of the data directory. */
  readonly owners: Map<Thing, Name | undefined>;
  readonly inactive: Set<Name>;
}

const all = Array.from({ length: size }, (_none, index) => index + 1);
const bodies: Readonly<Record<"v" | "w", { readonly base: Thing; readonly has: (id: number) => boolean }>> = {
  v: { base: "t", has: (id) => id !== 9 },
  w: { base: "v", has: (id) => id !== 3 },
};

function partsOf(model: Model, who: Name | undefined, thing: Thing): ReadonlySet<string> {
  if (who === undefined) return new Set(["whole"]);
  const byTag = who === tagReader && model.open.has(thing) ? ["whole"] : [];
  const byUnit = model.isNorth && thing === "t" ? ["few"] : [];
  return new Set([...(model.granted.get(`${who} ${thing}`) ?? []), ...byTag, ...byUnit]);
}

function expected(model: Model, who: Name | undefined, thing: Thing): readonly number[] | string {
  const parts = partsOf(model, who, thing);
  if (who !== undefined && (model.inactive.has(who) || parts.size === 0)) return "NOT_ALLOWED";
  const body = thing === "t" ? undefined : bodies[thing];
  const rows = body === undefined ? all : expected(model, model.owners.get(thing), body.base);
  if (typeof rows === "string") return "VIEW_CLOSED";
  const isShown = (id: number): boolean => [...parts].some((part) => filters[part]?.(id) ?? true);
  return rows.filter((id) => isShown(id) && (body?.has(id) ?? true));
}

/** Who has a right to rows of what; whether a view then shows any is another question. */
function readersOf(model: Model): ReadonlySet<string> {
  const active = names.filter((name) => !model.inactive.has(name));
  return new Set(
    active.flatMap((name) =>
      things.filter((thing) => partsOf(model, name, thing).size > 0).map((thing) => `${name} shop.${thing}`),
    ),
  );
}

function differences(before: ReadonlySet<string>, after: ReadonlySet<string>): readonly string[] {
  const gained = [...after].filter((one) => !before.has(one)).map((one) => `+ ${one}`);
  const lost = [...before].filter((one) => !after.has(one)).map((one) => `- ${one}`);
  return [...gained, ...lost].toSorted();
}

/** The same, as a plan says it. */
function toldReaders(access: readonly PresentedDifference[]): readonly string[] {
  const isRead = (permission: string): boolean => permission === "SELECT";
  return access
    .flatMap(({ principal, on, gains, loses }) => [
      ...gains.filter(isRead).map(() => `+ ${principal} ${on}`),
      ...loses.filter(isRead).map(() => `- ${principal} ${on}`),
    ])
    .toSorted();
}

/** The different answers of all walks. */
const [closed, shown] = [new Set<string>(), new Set<string>()];

test.each([1, 2, 3, 4])("what is read is what the rules say, on the walk %i", async (seed) => {
  const random = openRandom(seed);
  const model: Model = {
    granted: new Map(),
    owners: new Map(),
    inactive: new Set(),
    open: new Set(),
    isNorth: false,
  };
  const said: string[] = [];
  const steps = {
    async grant() {
      const [name, thing, part] = [
        random.pick(names),
        random.pick(things),
        random.pick(["whole", ...Object.keys(filters)]),
      ];
      const filter = part === "whole" ? undefined : part;
      await lake.ask(grantAdd, { permissions: ["SELECT"], on: `shop.${thing}`, to: name, filter });
      const key = `${name} ${thing}`;
      model.granted.set(key, new Set([...(model.granted.get(key) ?? []), part]));
      return `grant ${part} of ${thing} to ${name}`;
    },
    async revoke() {
      const [key] = random.pick([...model.granted.entries(), ["", new Set()] as const]);
      const [name, thing] = key.split(" ");
      if (name === undefined || thing === undefined) return "revoke nothing";
      await lake.ask(grantRevoke, { permissions: ["SELECT"], on: `shop.${thing}`, from: name });
      model.granted.delete(key);
      return `revoke ${thing} from ${name}`;
    },
    /** The owner of a view loses what it reads. */
    async strip() {
      const thing = random.pick(["v", "w"] as const);
      const [owner, { base }] = [model.owners.get(thing), bodies[thing]];
      if (owner === undefined || !model.granted.has(`${owner} ${base}`)) return `strip nobody of ${thing}`;
      await lake.ask(grantRevoke, { permissions: ["SELECT"], on: `shop.${base}`, from: owner });
      model.granted.delete(`${owner} ${base}`);
      return `strip ${owner} of ${base}`;
    },
    async own() {
      const [name, thing] = [random.pick(names), random.pick(["v", "w"] as const)];
      const may = typeof expected(model, name, bodies[thing].base) !== "string";
      const done = await lake.ask(viewSet, { view: `shop.${thing}`, owner: name }).then(
        () => true,
        (failure: HeadgateError) => failure.code !== "VIEW_CLOSED",
      );
      expect(done, `${said.join("\n")}\n${name} owns ${thing}`).toBe(may);
      if (!may) return `${name} may not own ${thing}`;
      model.owners.set(thing, name);
      model.granted.set(`${name} ${thing}`, new Set([...(model.granted.get(`${name} ${thing}`) ?? []), "whole"]));
      return `${name} owns ${thing}`;
    },
    async tag() {
      const thing = random.pick(things);
      const isOpen = random.chance(0.5);
      const change = { on: `shop.${thing}`, tags: [`band=${isOpen ? "open" : "shut"}`] };
      const { access } = await lake.ask(tagSet, { ...change, plan: true });
      const before = readersOf(model);
      await lake.ask(tagSet, change);
      if (isOpen) model.open.add(thing);
      else model.open.delete(thing);
      expect(toldReaders(access), said.join("\n")).toEqual(differences(before, readersOf(model)));
      return `${thing} is ${isOpen ? "open" : "shut"}`;
    },
    async move() {
      const change = { name: "main", unit: model.isNorth ? null : "north" };
      const { access } = await lake.ask(accountSet, { ...change, plan: true });
      const before = readersOf(model);
      await lake.ask(accountSet, change);
      model.isNorth = !model.isNorth;
      expect(toldReaders(access), said.join("\n")).toEqual(differences(before, readersOf(model)));
      return `main is ${model.isNorth ? "in the north" : "in no unit"}`;
    },
    async turn() {
      const name = random.pick(names);
      const active = model.inactive.delete(name);
      if (!active) model.inactive.add(name);
      const { id } = must(people.get(name), name);
      await lake.context.db.updateTable("principals").set({ active }).where("id", "=", id).execute();
      return `${name} is ${active ? "active" : "not active"}`;
    },
  };
  const { grant, revoke, strip, own, tag, move, turn } = steps;
  const kinds = [grant, grant, grant, grant, revoke, strip, strip, own, own, own, tag, tag, move, turn, turn];
  for (let step = 0; step < 40; step++) {
    said.push(await random.pick(kinds)());
    for (let question = 0; question < 5; question++) {
      const [name, thing] = [random.pick(names), random.pick(things)];
      const answer = await read(name, thing);
      expect(answer, `${said.join("\n")}\n${name} reads ${thing}`).toEqual(expected(model, name, thing));
      (answer === "VIEW_CLOSED" ? closed : shown).add(`${name} ${thing} ${JSON.stringify(answer)}`);
    }
  }
});

test("the walks came to views that were closed, and to many different answers", () => {
  expect([closed.size >= 3, shown.size >= 30]).toEqual([true, true]);
});

describe("answers in progress", () => {
  test("end when the owner of the view loses the right", async () => {
    const [ada, ben] = names;
    await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.t", to: ada });
    await lake.ask(viewSet, { view: "shop.v", owner: ada });
    await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.v", to: ben });
    let batches = 0;
    const emit = async (): Promise<void> => {
      batches++;
      if (batches === 2) await lake.ask(grantRevoke, { permissions: ["SELECT"], on: "shop.t", from: ada });
      if (batches > 2) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    const endless = { sql: "select v.id, r.range from shop.v v, range(100000000) r" };
    const ended = lake.ask(sql, endless, { principal: must(people.get(ben), ben), emit });
    await expect(ended).rejects.toMatchObject({
      code: "NOT_ALLOWED",
      message: expect.stringContaining("what the owner of shop.v may read was changed"),
    });
  }, 60_000);
});

describe("rows that were granted to another account", () => {
  test("reach nobody outside of it through a view, unless its owner may pass them on", async () => {
    const { db } = lake.context;
    const inAccount = async (account: string, role: "none" | "administrator"): Promise<Principal> => {
      const key = await createKey(db, { name: `${account}-${role}`, role, account, expiresAt: undefined, by: null });
      return must(await principalOfKey(db, key), "a key");
    };
    for (const name of ["partner", "stranger"]) await lake.ask(accountAdd, { name });
    const lead = await inAccount("partner", "administrator");
    const inside = await inAccount("partner", "none");
    const outside = await inAccount("stranger", "none");
    await lake.ask(grantAdd, { permissions: ["SELECT"], on: "shop.t", to: `key:${lead.name}`, filter: "few" });
    await lake.ask(viewCreate, { view: "own.v", sql: "select id from main.shop.t" }, { principal: lead });
    for (const to of [inside, outside])
      await lake.ask(grantAdd, { permissions: ["SELECT"], on: "own.v", to: `key:${to.name}` }, { principal: lead });
    const idsOf = async (principal: Principal, from: string): Promise<readonly unknown[]> => {
      const rows: unknown[] = [];
      const emit = async (item: unknown): Promise<void> =>
        void rows.push(...((item as { rows?: readonly unknown[][] }).rows ?? []).flat());
      await lake.ask(sql, { sql: `select id from ${from} order by id` }, { principal, emit });
      return rows;
    };
    expect(await idsOf(inside, "own.v")).toEqual([2, 3, 7]);
    await expect(idsOf(outside, "partner.own.v")).rejects.toMatchObject({ code: "VIEW_CLOSED" });
    await lake.ask(grantAdd, {
      permissions: ["SELECT"],
      on: "shop.t",
      to: `key:${lead.name}`,
      filter: "few",
      grantable: true,
    });
    expect(await idsOf(outside, "partner.own.v")).toEqual([2, 3, 7]);
  });
});
