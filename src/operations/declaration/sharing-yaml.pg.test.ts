/** Processes, shares, kinds and owners of accounts in headgate.yaml: read, previewed, applied once, and what drifts is shown. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { must } from "../../base/must.ts";
import { accountList, accountRemove } from "../people/accounts.ts";
import { memberAdd } from "../people/members.ts";
import { userAdd } from "../people/users.ts";
import { processList, processSet } from "../sharing/processes.ts";
import { shareRevoke, shareSuspend } from "../sharing/share-changes.ts";
import { shareCreate } from "../sharing/share-create.ts";
import { shareList } from "../sharing/share-list.ts";
import { declarationApply, type AppliedPlan } from "./apply.ts";
import { accessExport } from "./export-access.ts";

let lake: PlainLake;
beforeAll(async () => {
  lake = await openPlainLake();
  const shop = await lake.connect("shop", { orders: labelledTable(3), people: labelledTable(2) });
  await shop.sync();
  for (const name of ["root", "ann", "olga"])
    await lake.ask(userAdd, { name, role: name === "root" ? "administrator" : "none" });
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(async () => {
  await apply("");
  for (const { name } of (await lake.ask(accountList)).accounts)
    if (name !== "main") await lake.ask(accountRemove, { name });
});

const apply = (text: string, dryRun = false): Promise<AppliedPlan> => lake.ask(declarationApply, { text, dryRun });
const steps = async (text: string, dryRun = false) =>
  (await apply(text, dryRun)).steps.map(({ what, change, name, details }) => [`${change} ${what} ${name}`, ...details]);
const shares = async () => (await lake.ask(shareList)).shares;
const accounts = "organisation:\n  accounts: { taker: { kind: [consumer], owner: ann } }\n";

describe("shares in headgate.yaml", () => {
  const text = `${accounts}shares:\n  - { to: "account:taker", on: [shop.orders], except: [label], until: 2099-01-01 }\n`;

  test("are shown, made once, and read back as they were written", async () => {
    const plan = await steps(text, true);
    expect(await shares()).toEqual([]);
    expect(await steps(text)).toEqual(plan);
    expect(plan).toEqual([
      ["add account taker", "kind producer and consumer → consumer", "owner none → ann"],
      ["add share shop.orders to account:taker", "until none → 2099-01-01T00:00:00.000Z"],
    ]);
    expect(await steps(text)).toEqual([]);
    const exported = await lake.ask(accessExport, { declared: true });
    expect(exported.organisation.accounts).toMatchObject({ taker: { kind: ["consumer"], owner: "ann" } });
    expect(exported.shares).toEqual([
      { to: "account:taker", on: "shop.orders", except: ["label"], until: "2099-01-01", reshare: false },
    ]);
    expect(await steps(JSON.stringify({ organisation: exported.organisation, shares: exported.shares }))).toEqual([]);
  });

  test("that drifted are shown, and made as declared again; others' stay", async () => {
    await apply(text);
    const { id } = must((await shares())[0], "a share");
    await lake.ask(shareSuspend, { id });
    expect(await steps(text, true)).toEqual([["change share shop.orders to account:taker", "suspended → active"]]);
    await apply(text);
    expect(must((await shares())[0], "a share")).toMatchObject({ id, state: "active" });
    await lake.ask(shareRevoke, { id });
    expect(await steps(text)).toMatchObject([["add share shop.orders to account:taker", expect.any(String)]]);
    await lake.ask(shareCreate, { on: ["shop.people"], to: "account:taker" });
    expect(await steps(text.replace("2099-01-01", "2098-01-01"))).toEqual([
      ["change share shop.orders to account:taker", "until 2099-01-01T00:00:00.000Z → 2098-01-01T00:00:00.000Z"],
    ]);
    expect(await steps(accounts)).toEqual([["remove share main.shop.orders to account:taker"]]);
    expect((await shares()).map(({ items }) => items[0]?.on)).toEqual(["main.shop.people"]);
  });

  test.each([
    ["on: shop.nothing, to: 'account:taker'", "TABLE_NOT_FOUND", 4],
    ["on: shop.orders, to: 'account:nobody'", "ACCOUNT_NOT_FOUND", 4],
    ["on: shop.orders, to: 'account:main'", "USAGE", 4],
    ["on: shop.orders, to: 'account:taker', columns: [nothing]", "USAGE", 4],
    ["on: shop.orders, to: 'account:taker', until: 2001-01-01", "USAGE", 4],
    ["on: shop.orders, to: 'account:taker', until: soon", "DECLARATION_INVALID", 4],
    ["on: [], to: 'account:taker'", "DECLARATION_INVALID", 4],
    ["on: \"<b>\\0🦀</b>\", to: 'account:taker'", "DECLARATION_INVALID", 4],
  ])("are refused with their place: %s", async (share, code, line) => {
    const failure = await apply(`${accounts}shares:\n  - { ${share} }\n`).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: expect.stringMatching(code === "DECLARATION_INVALID" ? /./ : code) });
    expect(String((failure as { place: string }).place)).toContain(`headgate.yaml:${line}:`);
    expect(await shares()).toEqual([]);
  });

  test("of an account that may not receive them are refused, and so are two of the same", async () => {
    const maker = text.replace("kind: [consumer]", "kind: [producer]");
    await expect(apply(maker)).rejects.toMatchObject({ code: "ACCOUNT_KIND" });
    const [, share = ""] = text.split("shares:\n");
    await expect(apply(text + share)).rejects.toMatchObject({ code: "DECLARATION_INVALID" });
  });

  test("are made once by two appliers at the same moment", async () => {
    await Promise.allSettled([apply(text), apply(text)]);
    await apply(text);
    expect((await shares()).map(({ state }) => state)).toEqual(["active"]);
  });
});

describe("processes in headgate.yaml", () => {
  const text = "processes:\n  lake: { rules: [{ steps: [{ name: owner, approvers: [owner, olga] }] }] }\n";
  const version = async () => (await lake.ask(processList)).processes.find(({ of }) => of === "lake")?.version;

  test("are shown, made once, replace what a command has made, and end with their line", async () => {
    const [[first = "", ...details] = []] = await steps(text, true);
    expect(first).toMatch(/^(add|change) process lake$/);
    expect(details.join()).toContain('"approvers":["owner","olga"]');
    await apply(text);
    expect(await steps(text)).toEqual([]);
    const made = must(await version(), "a version");
    await lake.ask(processSet, { process: { rules: [{ steps: [] }] } });
    expect(await steps(text, true)).toEqual([
      ["change process lake", `version ${made + 2}`, expect.stringMatching(/^rule 1: /)],
    ]);
    await apply(text);
    expect((await lake.ask(accessExport, { declared: true })).processes).toMatchObject({
      lake: { rules: [{ steps: [{ approvers: ["owner", "olga"] }] }] },
    });
    expect(await steps("")).toEqual([["remove process lake", "the usual process decides from then on"]]);
    expect(await version()).toBe(0);
  });

  test("are refused with their place", async () => {
    const of = (name: string, approver: string) =>
      apply(`processes:\n  ${name}: { rules: [{ steps: [{ name: x, approvers: ["${approver}"] }] }] }\n`);
    await expect(of("lake", "nobody")).rejects.toMatchObject({ code: "USER_NOT_FOUND", place: /:2:/ });
    await expect(of("nowhere", "olga")).rejects.toMatchObject({ code: "ACCOUNT_NOT_FOUND", place: /:2:/ });
    await expect(of("lake", "key:x")).rejects.toMatchObject({ code: "PROCESS_INVALID" });
  });
});

describe("accounts in headgate.yaml", () => {
  test("whose line goes are kept while they have data, and go with their people otherwise", async () => {
    await apply(accounts);
    const { id } = await lake.ask(shareCreate, { on: ["shop.orders"], to: "account:taker" });
    const plan = await apply("", true);
    expect(plan.steps).toMatchObject([{ change: "remove", what: "account", name: "taker" }]);
    expect(plan.steps[0]?.falls).toContain(`share received ${id} from main`);
    await apply("");
    expect((await lake.ask(accountList)).accounts.map(({ name }) => name)).toEqual(["main"]);
    expect(await shares()).toEqual([]);
  });

  test("say whose access changes when they move to another unit", async () => {
    const at = (unit: string) =>
      `organisation:\n  units: [east, west]\n  accounts: { mover: { unit: ${unit} } }\ngrants: [{ to: "unit:west", select: shop.orders }]\n`;
    await apply(at("east"));
    await lake.ask(memberAdd, { kind: "account", name: "mover", member: "olga" });
    const [step = []] = await steps(at("west"), true);
    expect(step.join("\n")).toMatch(/unit east → west\n.*olga/);
    expect(await steps(at("east"))).toEqual([]);
  });
});
