/** Ways to get more than people decided, to decide for oneself, or to learn what is hidden, by requests and shares. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { must } from "../../base/must.ts";
import { memberOf, openPlainLake, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { mainAccount } from "../../db/tables.ts";
import { decide } from "../../governance/decide.ts";
import { createKey, principalOfKey } from "../../identity/api-keys.ts";
import { findPrincipal } from "../../identity/principal-name.ts";
import type { Principal } from "../../identity/principal.ts";
import { grantAdd } from "../access/grants.ts";
import { accountAdd } from "../people/accounts.ts";
import { groupAdd } from "../people/groups.ts";
import { memberAdd, memberRemove } from "../people/members.ts";
import { userAdd } from "../people/users.ts";
import { tableDescribe } from "../stewardship/describe.ts";
import { stewardAdd } from "../stewardship/stewards.ts";
import { tagAdd } from "../tags/tag-keys.ts";
import { tagSet } from "../tags/tags.ts";
import { makeLink } from "../../sharing/decision-links.ts";
import { readRequest } from "../../sharing/request-store.ts";
import { absenceSet } from "./absences.ts";
import { askAboutShares } from "./ask-about-shares.ts";
import { requestUseLink } from "./decision-by-link.ts";
import { byHandle } from "./known-request.ts";
import { hookAdd } from "./events/hooks.ts";
import { sharingWatch } from "./events/sharing-watch.ts";
import { processRemove, processSet } from "./processes.ts";
import { requestCreate, requestWithdraw } from "./request-create.ts";
import { requestApprove, requestDeny } from "./request-decide.ts";
import { requestList, requestShow } from "./requests.ts";
import { shareExtend, shareRevoke } from "./share-changes.ts";
import { shareCreate } from "./share-create.ts";
import { shareShow } from "./share-list.ts";
import { sharingSimulate } from "./simulate.ts";

let lake: PlainLake;
const people = new Map<string, Principal>();
let number = 0;

beforeAll(async () => {
  lake = await openPlainLake();
  const tables = { products: labelledTable(3), customers: labelledTable(3), orders: labelledTable(3) };
  await (await lake.connect("shop", tables)).sync();
  for (const [name, role] of [
    ["root", "administrator"],
    ["olga", "none"],
  ] as const) {
    await lake.ask(userAdd, { name, role });
    const { id } = await findPrincipal(lake.context.db, { kind: "user", name });
    people.set(name, { kind: "user", id, name, role, accountId: mainAccount, mustChangePassword: false });
  }
  await lake.ask(tableDescribe, { table: "shop.customers", column: "label", set: { pii_flag: "true" } });
  await lake.ask(stewardAdd, { of: "shop", who: "olga", as: "owner" });
});
afterAll(() => lake[Symbol.asyncDispose]());

let ann = "";
beforeEach(async () => {
  ann = await newcomer("shop.*");
});

/** A new member of the main account, who may describe this. */
async function newcomer(on: string, permission = "DESCRIBE"): Promise<string> {
  const name = `person${++number}`;
  people.set(name, await memberOf(lake, name));
  await lake.ask(grantAdd, { permissions: [permission], on, to: name });
  return name;
}

const as = (name: string): { principal: Principal } => ({ principal: must(people.get(name), name) });
const create = async (on: (string | object)[], by = ann, more: object = {}) => {
  const items = on.map((one) => (typeof one === "string" ? { on: one } : one));
  return (await lake.ask(requestCreate, { items, purpose: "to count", ...more }, as(by))).request;
};
const approve = async (request: string, more: object = {}) =>
  (await lake.ask(requestApprove, { requests: [request], ...more }, as("olga"))).decided[0];
const usage = { code: "USAGE" };

async function readable(name: string, table: string) {
  const { id, databaseId, accountId } = await lake.context.catalog.findEntry(table);
  const resource = { kind: "table", id, databaseId, accountId } as const;
  const policy = await lake.context.policies.current();
  return decide({ policy, ...as(name), action: "read", resource, now: Date.now() }).allowed;
}

describe("more than was asked for or decided", () => {
  test("all tables of a database are those that the asker may know", async () => {
    const finn = await newcomer("shop.products", "BROWSE");
    const simulated = await lake.ask(sharingSimulate, { items: [{ on: "shop.*" }], for: "self" }, as(finn));
    expect(simulated).toMatchObject({ tables: 1, class: "none", outcome: "approved at once" });
    expect(await create(["shop.*"], finn)).toMatchObject({ state: "approved", items: [{ tables: 1 }] });
    expect(await readable(finn, "shop.products")).toBe(true);
    // Tables that are added later are those that the asker may find, too.
    await askAboutShares(lake.context);
    for (const hidden of ["shop.orders", "shop.customers"]) expect(await readable(finn, hidden)).toBe(false);
  });

  test.each([
    [["shop.customers", { on: "shop.customers", columns: ["id"] }]],
    [["shop.customers", "shop.*"]],
    [["database shop", "shop.orders"]],
    [["shop.*", "database shop"]],
  ])("nothing is asked for twice, to be denied or narrowed once: %j", async (on) => {
    await expect(create(on)).rejects.toMatchObject(usage);
  });

  test("an approver narrows what they approve, and nothing else", async () => {
    const { request } = await create(["shop.customers", "shop.orders"]);
    const narrow = [{ on: "shop.customers", columns: ["id"] }];
    await expect(approve(request, { items: ["shop.orders"], narrow })).rejects.toMatchObject(usage);
    await approve(request, { items: ["shop.orders"] });
    await approve(request, { narrow });
    expect(await readable(ann, "shop.customers")).toBe(true);
  });

  test("nothing is approved until a time that is over", async () => {
    const { request } = await create(["shop.customers"]);
    await expect(approve(request, { until: "2020-01-01T00:00:00Z" })).rejects.toMatchObject(usage);
    expect((await lake.ask(requestShow, { request }, as(ann))).state).toBe("pending");
  });

  test("somebody who left the account gets nothing that they had asked for there", async () => {
    const { request } = await create(["shop.customers"]);
    await lake.ask(memberRemove, { kind: "account", name: "main", member: ann });
    expect(await approve(request)).toMatchObject({ state: "withdrawn", share: null });
    expect(await readable(ann, "shop.customers")).toBe(false);
  });
});

describe("a tag that is set while a request waits", () => {
  const waiting = async (rule: object) => {
    const owners = { steps: [{ name: "owner", approvers: ["owner"] }] };
    await lake.ask(processSet, { process: { rules: [{ when: { tags: ["domain=hr"] }, ...rule }, owners] } });
    const { request } = await create(["shop.customers"]);
    await lake.ask(tagSet, { tags: ["domain=hr"], on: "shop.customers" });
    return request;
  };
  beforeAll(() => lake.ask(tagAdd, { key: "domain", values: ["hr", "sales"] }));
  beforeEach(() => lake.ask(tagSet, { tags: ["domain=sales"], on: "shop.customers" }));

  test("refuses it, if the process says so", async () => {
    const request = await waiting({ refuse: "stays with us" });
    await expect(approve(request)).rejects.toMatchObject({ code: "REQUEST_REFUSED", message: "stays with us" });
    await lake.ask(processRemove, {});
  });

  test("lets it begin anew, if the process then has another step", async () => {
    const request = await waiting({
      steps: [
        { name: "owner", approvers: ["owner"] },
        { name: "hr", approvers: ["root"] },
      ],
    });
    expect(await approve(request)).toMatchObject({ judgedAgain: true, state: "pending", steps: [{}, { name: "hr" }] });
    expect(await approve(request)).toMatchObject({ judgedAgain: false, state: "pending" });
    expect(await readable(ann, "shop.customers")).toBe(false);
    await lake.ask(processRemove, {});
  });
});

test("whoever owns a key that joined a request does not decide on it", async () => {
  await lake.ask(accountAdd, { name: "analytics" });
  const { db } = lake.context;
  const administrator = async (owner: string): Promise<Principal> => {
    const made = { name: `robot${++number}`, role: "administrator", expiresAt: undefined, by: null } as const;
    return must(await principalOfKey(db, await createKey(db, { ...made, account: "analytics", owner })), "the key");
  };
  const [first, second] = [await administrator("root"), await administrator("olga")];
  await lake.ask(grantAdd, { permissions: ["BROWSE"], on: "shop.customers", to: "account:analytics" });
  const input = { items: [{ on: "main.shop.customers" }], purpose: "to count", for: "account" };
  const { request } = (await lake.ask(requestCreate, input, { principal: first })).request;
  expect(await lake.ask(requestCreate, input, { principal: second })).toMatchObject({ joined: true });
  await expect(approve(request)).rejects.toMatchObject({ code: expect.stringMatching(/NOT_ALLOWED|NOT_FOUND/) });
});

test("a draft that was taken back stays unknown to others", async () => {
  const { request } = await create(["shop.customers"], ann, { draft: true });
  await lake.ask(requestWithdraw, { request, reason: "a plan that nobody should know" }, as(ann));
  await expect(lake.ask(requestShow, { request }, as("root"))).rejects.toMatchObject({ code: "REQUEST_NOT_FOUND" });
  const told: unknown[] = [];
  const emit = async (item: unknown): Promise<void> => void told.push(item);
  await lake.ask(sharingWatch, { after: "0", once: true }, { ...as("root"), emit });
  expect(JSON.stringify(told)).not.toContain(request);
});

test("somebody who acts in no account has no requests of an account", async () => {
  const principal: Principal = { ...as("root").principal, kind: "local", role: "administrator", accountId: undefined };
  expect(await lake.ask(requestList, { of: "account" }, { principal })).toEqual({ requests: [] });
});

test("a denial by a link takes nothing away in part, and shortens nothing", async () => {
  const { request } = await create(["shop.customers", "shop.orders"]);
  const { db } = lake.context;
  const { id } = must(await readRequest(db, byHandle(request)), "the request");
  const tomorrow = new Date(Date.now() + 86_400_000);
  const principalId = as("olga").principal.id;
  const token = await makeLink(db, { requestId: id, round: 1, principalId, verdict: "deny", expiresAt: tomorrow });
  const denial = { token, verdict: "deny", comment: "no", items: ["shop.orders"] };
  for (const more of [{ until: tomorrow.toISOString() }, { narrow: [{ on: "shop.orders", columns: ["id"] }] }])
    await expect(lake.ask(requestUseLink, { ...denial, ...more }, as("olga"))).rejects.toMatchObject(usage);
  expect(await lake.ask(requestUseLink, denial, as("olga"))).toMatchObject({ state: "pending" });
});

describe("a share", () => {
  const share = (to: string, by = "olga") => lake.ask(shareCreate, { on: ["shop.orders"], to }, as(by));

  test("goes to people of the account, and to others through theirs, who may have to accept", async () => {
    await lake.ask(accountAdd, { name: "partner", outside: true });
    await lake.ask(memberAdd, { kind: "account", name: "partner", member: ann });
    await expect(share(ann)).resolves.toMatchObject({ state: "active" });
    await lake.ask(memberRemove, { kind: "account", name: "main", member: ann });
    await expect(share(ann)).rejects.toMatchObject(usage);
    await expect(share("account:partner")).resolves.toMatchObject({ state: "awaiting_acceptance" });
  });

  test("is extended to no time that is over", async () => {
    const { id } = await share(ann);
    await expect(lake.ask(shareExtend, { id, until: "2020-01-01T00:00:00Z" })).rejects.toMatchObject(usage);
    expect(await lake.ask(shareShow, { id })).toMatchObject({ state: "active", until: null });
  });

  test("tells those who receive it of no readers but their own", async () => {
    await lake.ask(groupAdd, { name: "readers" });
    const eve = await newcomer("shop.*");
    for (const member of [ann, eve]) await lake.ask(memberAdd, { kind: "group", name: "readers", member });
    const { id } = await share("group:readers");
    const readers = async (by: string) =>
      (await lake.ask(shareShow, { id }, as(by))).readers.map(({ principal }) => principal).toSorted();
    expect(await readers("olga")).toEqual([ann, eve].toSorted());
    expect(await readers(ann)).toEqual([ann]);
  });
});

test.each(["a\0b", "a\ud800b"])("a text that cannot be stored is a mistake of whoever sent it: %j", async (bad) => {
  const { request } = await create(["shop.customers"]);
  const { id } = await lake.ask(shareCreate, { on: ["shop.orders"], to: ann });
  const step = { name: bad, approvers: ["owner"] };
  const tries = await Promise.allSettled([
    create(["shop.orders"], ann, { purpose: bad, draft: true }),
    create(["shop.orders"], ann, { answers: { why: bad }, draft: true }),
    lake.ask(requestDeny, { requests: [request], reason: bad }, as("olga")),
    lake.ask(absenceSet, { deputy: bad, until: "2030-01-01T00:00:00Z" }, as("olga")),
    lake.ask(processSet, { process: { rules: [{ steps: [step] }] }, plan: true }),
    lake.ask(shareCreate, { on: ["shop.orders"], to: bad }),
    lake.ask(shareRevoke, { id, reason: bad }),
    lake.ask(hookAdd, { name: "bad", url: `http://127.0.0.1/${bad}` }),
  ]);
  const codes = tries.map((one) => (one.status === "rejected" ? one.reason.code : "done"));
  expect(codes.filter((code) => !["USAGE", "USER_NOT_FOUND", "done"].includes(code))).toEqual([]);
});
