/**
 * Grants to accounts and org units: whoever acts there has them, and nobody else. Moving an account or a unit opens and
 * closes what a plan of the move has said, also to those who are reading.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCleanup } from "../../src/base/cleanup.ts";
import { askCommand, refusedCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { lakeOf } from "../world/lake.ts";
import { openAnswer } from "../world/open-answer.ts";
import { personOf, type Person } from "../world/person.ts";
import { startPostgres } from "../world/postgres-server.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";
import { newUser } from "../world/signed-in.ts";

const cleanup = openCleanup();
let home: string;
let at: CommandOptions;
let served: ServedHeadgate;
/** A key of the account bucharest, one of paris, and a user who is a member of no account but main. */
let ion: Person;
let jean: Person;
let maria: Person;

const run = <T = unknown>(line: string): Promise<T> => askCommand<T>(line.split(" "), at);
const orders = "select count(*) as rows from main.shop.orders";
const nothing = /^NOT_ALLOWED: no grant allows \w+ to read anything/;
const isRefused = (who: Person) => who.refusal("sql", { sql: orders });

interface Listed {
  readonly grants: readonly { readonly to: string; readonly on: string }[];
}

interface Readers {
  readonly readers: readonly { readonly principal: string; readonly ways: readonly object[] }[];
}

async function wayOf(reader: string): Promise<readonly object[]> {
  const { readers } = await run<Readers>("access to shop.orders");
  return readers.find(({ principal }) => principal === reader)?.ways ?? [];
}

interface Planned {
  readonly access: readonly { readonly principal: string; readonly on: string; readonly gains: readonly string[] }[];
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-units-"));
  cleanup.defer(() => rm(home, { recursive: true, force: true }));
  const source = cleanup.use(await startPostgres());
  await source.createDatabase("shop");
  await source.query("create table orders as select generate_series(1, 3) as id", [], { database: "shop" });
  at = { data: join(home, "data"), environment: { HEADGATE_LAKE: lakeOf(home) } };
  served = await serveHeadgate(at);
  cleanup.defer(() => served.stop());
  await run(`source add shop ${source.url("shop")}`);
  await run("sync shop");
  for (const unit of ["europe", "europe/romania", "europe/france", "asia"]) await run(`unit add ${unit}`);
  await run("account add bucharest --unit europe/romania");
  await run("account add paris --unit europe/france");
  [ion, jean, maria] = await Promise.all([
    personOf(served, at, "ion", { account: "bucharest" }),
    personOf(served, at, "jean", { account: "paris" }),
    newUser(served, at, "maria"),
  ]);
}, 120_000);
afterAll(() => cleanup[Symbol.asyncDispose]());

describe("a grant to an account", () => {
  beforeAll(() => run("grant select on shop.orders to account:bucharest"));

  test("is everybody's who acts in it, and nobody else's", async () => {
    expect(await ion.rows(orders)).toEqual([[3]]);
    for (const other of [jean, maria]) expect(await isRefused(other)).toMatch(nothing);
  });

  test("is nobody's membership: it lets nobody act in the account", async () => {
    const { members } = await run<{ members: readonly unknown[] }>("account member list bucharest");
    expect(members).toEqual([]);
    await run("group add team");
    for (const words of ["account member add bucharest account:paris", "group member add team unit:asia"])
      expect(await refusedCommand(words.split(" "), at)).toMatchObject({ code: "USAGE" });
  });

  test("is a member's of several accounts only while they act in it", async () => {
    await run("account member add bucharest maria --role none");
    expect(await isRefused(maria)).toMatch(nothing);
    await served.post("/api/act", JSON.stringify({ account: "bucharest" }), maria.headers);
    expect(await maria.rows(orders)).toEqual([[3]]);
    await served.post("/api/act", JSON.stringify({ account: "main" }), maria.headers);
    await run("account member remove bucharest maria");
  });

  test("is listed, explained and taken back under its name", async () => {
    const { grants } = await run<Listed>("access grants --to account:bucharest");
    expect(grants).toMatchObject([{ to: "account:bucharest", on: "shop.orders" }]);
    expect((await wayOf("key:ion"))[0]).toMatchObject({ to: "account:bucharest", through: ["account:bucharest"] });
    const { reached } = await run<{ reached: readonly object[] }>("access of account:bucharest");
    expect(reached).toMatchObject([{ resource: "shop.orders", reads: "whole" }]);
    const { actions } = await run<{ actions: readonly { action: string; allowed: boolean }[] }>(
      "access explain account:bucharest shop.orders",
    );
    expect(actions.find(({ action }) => action === "read")).toMatchObject({ allowed: true });
    await run("revoke select on shop.orders from account:bucharest");
    expect(await isRefused(ion)).toMatch(nothing);
  });
});

describe("a grant to a unit", () => {
  beforeAll(() => run("grant select on shop.orders to unit:europe/romania"));

  test("is everybody's who acts in an account below it", async () => {
    expect(await ion.rows(orders)).toEqual([[3]]);
    expect(await isRefused(jean)).toMatch(nothing);
  });

  test("a move of an account is planned, asked about, and ends what is being read within two seconds", async () => {
    const { access } = await run<Planned>("account set bucharest --unit asia --plan");
    expect(access).toMatchObject([{ principal: "key:ion", on: "shop.orders", loses: ["SELECT", "DESCRIBE"] }]);
    expect((await runCommand(["account", "set", "bucharest", "--unit", "asia"], at)).stderr).toMatch(/--yes/);
    const endless = "select o.id from main.shop.orders o, range(1000000000) r(i)";
    const reading = await openAnswer(
      `${served.origin}/api/operations/sql`,
      {
        method: "POST",
        headers: { "content-type": "application/json", ...ion.headers },
        body: JSON.stringify({ sql: endless }),
      },
      { pauseMs: 20 },
    );
    await expect.poll(() => reading.text().length, { timeout: 30_000 }).toBeGreaterThan(0);
    await run("account set bucharest --unit asia --yes");
    const moved = performance.now();
    const ended = await Promise.race([reading.whole.then(() => true), delay(10_000, false)]);
    expect(ended).toBe(true);
    expect(performance.now() - moved).toBeLessThan(2_000);
    expect(await isRefused(ion)).toMatch(nothing);
  });

  test("a move of a unit opens it to the accounts below, and takes the new path along", async () => {
    const planned = await run<Planned>("unit move asia europe/romania/asia --plan");
    expect(planned.access).toMatchObject([{ principal: "key:ion", on: "shop.orders", gains: ["SELECT", "DESCRIBE"] }]);
    expect(await isRefused(ion)).toMatch(nothing);
    await run("unit move asia europe/romania/asia --yes");
    expect(await ion.rows(orders)).toEqual([[3]]);
    await run("unit move europe eu --yes");
    expect((await wayOf("key:ion"))[0]).toMatchObject({
      to: "unit:eu/romania",
      through: ["account:bucharest", "unit:eu/romania/asia", "unit:eu/romania"],
    });
    expect(await ion.rows(orders)).toEqual([[3]]);
  });

  test("ends with the unit, which says so first", async () => {
    await run("account set bucharest --unit none --yes");
    await run("unit remove eu/romania/asia");
    const { falls } = await run<{ falls: { grants: readonly string[] } }>("unit remove eu/romania --plan");
    expect(falls.grants).toEqual(["SELECT on shop.orders"]);
    expect((await runCommand(["unit", "remove", "eu/romania"], at)).stderr).toMatch(/--yes/);
    await run("unit remove eu/romania --yes");
    await run("unit add eu/romania");
    await run("account set bucharest --unit eu/romania");
    expect(await isRefused(ion)).toMatch(nothing);
  });
});

test("headgate.yaml grants to accounts and units, and export returns it", async () => {
  const file = join(home, "headgate.yaml");
  await writeFile(
    file,
    `organisation: { units: [south, south/africa], accounts: { cairo: { unit: south/africa }, partner: { outside: true } } }
grants:
  - { to: "account:cairo", select: shop.orders }
  - { to: "unit:south", describe: "database shop" }
`,
  );
  await run(`apply ${file}`);
  expect(await run("access export --declared")).toMatchObject({
    organisation: { accounts: { cairo: { unit: "south/africa" }, partner: { outside: true } } },
    grants: [
      { to: "account:cairo", select: "shop.orders" },
      { to: "unit:south", describe: "database shop" },
    ],
  });
  await writeFile(file, "grants: []\n");
  await run(`apply ${file}`);
  expect((await run<Listed>("access grants")).grants.filter(({ to }) => /^(account|unit):/.test(to))).toEqual([]);
});
