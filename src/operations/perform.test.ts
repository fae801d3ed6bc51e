/**
 * Tests the one way to an operation: the order of its steps, who is notified, and that no value of a row reaches a
 * caller who may not read.
 */
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { silent } from "../base/progress.ts";
import { mainAccount, type Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { policyOf } from "../governance/policy.fixture.ts";
import { lake } from "../governance/resource.ts";
import { localPrincipal, type Principal } from "../identity/principal.ts";
import type { Context } from "./context.ts";
import { presentedError } from "./answers.ts";
import { operation } from "./operation.ts";
import { admit, perform, permit } from "./perform.ts";
import type { Performed } from "./performed.ts";

let heard: Performed[];
let begun: number;
const accounts = [mainAccount];
const watching = policyOf({
  accounts,
  grants: [{ to: "ada", on: `account ${mainAccount}`, permissions: ["DESCRIBE"] }],
});
const few = policyOf({ accounts, grants: [{ to: "ada", on: "table t2", permissions: ["SELECT"] }] });
let policy = watching;
const entryOf = (id: string, name: string) => ({ id, database: "shop", databaseId: "d", accountId: mainAccount, name });
/** It has no links, which are looked for by a name that means nothing. */
const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (own) => new PostgresIntrospector(own),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
const catalog = {
  db,
  entries: async () => [entryOf("t1", "orders"), entryOf("t2", "items")],
  actingIn: () => catalog,
};
const context = {
  db,
  onPerformed: (performed: Performed) => void heard.push(performed),
  policies: { current: async () => policy },
  policyWatch: { follow: () => () => {} },
  catalog,
  sources: { actingIn: () => ({}) },
} as unknown as Context;
const listener = { report: silent, emit: async () => {}, signal: new AbortController().signal };
const viewer: Principal = {
  kind: "user",
  id: "ada",
  name: "vi",
  role: "viewer",
  accountId: mainAccount,
  mustChangePassword: false,
};

beforeEach(() => {
  policy = watching;
  heard = [];
  begun = 0;
});

const failure = {
  code: "SQL_FAILED",
  message: "a value does not fit",
  remedy: "mend it",
  quoted: "'Ada' does not fit",
} as const;

const look = operation({
  name: "look",
  summary: "Look at one table",
  action: "watch",
  input: z.strictObject({ table: z.string(), fails: z.boolean().default(false) }),
  output: z.strictObject({ error: presentedError }),
  item: z.strictObject({ error: presentedError }),
  errors: ["SQL_FAILED"],
  resources: ({ table }) => [{ kind: "table", name: table }],
  async run(_context, { fails }, { emit }) {
    begun++;
    await emit({ error: failure });
    if (fails) throw new HeadgateError(failure.code, failure);
    return { error: failure };
  },
});

const change = operation({ ...look, name: "change", action: "administer" });

describe("perform", () => {
  test("decides before it parses: whoever may not ask learns nothing of the form", async () => {
    const input = { tabel: 1 };
    await expect(admit(context, { operation: change, principal: viewer, input })).rejects.toThrow("no grant allows");
    await expect(admit(context, { operation: look, principal: viewer, input })).rejects.toMatchObject({
      code: "USAGE",
      place: "table",
    });
    expect(begun).toBe(0);
  });

  test("nothing has a name that the metadata database cannot hold", async () => {
    const asked = { operation: look, principal: viewer, input: { table: "a\0b" } };
    await expect(admit(context, asked)).rejects.toMatchObject({ code: "USAGE", place: "look" });
  });

  test("a table that somebody may not know about is refused as one that does not exist", async () => {
    policy = few;
    const refusal = (asked: typeof look, table: string) =>
      admit(context, { operation: asked, principal: viewer, input: { table } }).catch(
        (thrown: HeadgateError) => thrown,
      );
    const [hidden, missing] = [await refusal(look, "shop.orders"), await refusal(look, "shop.nothing")];
    expect(hidden).toMatchObject({
      code: "TABLE_NOT_FOUND",
      message: expect.stringMatching(/^there is no table shop.orders/),
    });
    expect(missing).toMatchObject({
      code: "TABLE_NOT_FOUND",
      message: expect.stringMatching(/^there is no table shop.nothing/),
    });
    expect(await refusal(change, "shop.orders")).toMatchObject({ code: "TABLE_NOT_FOUND" });
    expect(await refusal(change, "shop.items")).toMatchObject({ code: "NOT_ALLOWED" });
    expect(await refusal(look, "shop.items")).not.toBeInstanceOf(HeadgateError);
    expect(heard.map(({ outcome }) => outcome)).toEqual(["refused", "refused", "refused", "refused"]);
  });

  test("tells of a refusal, with what the input named, and runs nothing", async () => {
    const asked = { operation: change, principal: viewer, input: { table: "shop.orders" }, listener };
    await expect(perform(context, asked)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect(begun).toBe(0);
    const resources = [{ kind: "table", name: "shop.orders" }];
    const decision = { allowed: false, code: "NOT_ALLOWED" };
    expect(heard).toMatchObject([{ principal: viewer, operation: "change", resources, decision, outcome: "refused" }]);
  });

  test("tells how the work ended and how long it took, and nothing of its input or answer", async () => {
    const input = { table: "shop.orders" };
    await perform(context, { operation: look, principal: viewer, input, listener });
    const failing = { operation: look, principal: viewer, input: { ...input, fails: true }, listener };
    await expect(perform(context, failing)).rejects.toMatchObject({ code: "SQL_FAILED" });
    expect(heard).toMatchObject([
      { outcome: "done", decision: { allowed: true } },
      { outcome: "SQL_FAILED", milliseconds: expect.toSatisfy((milliseconds) => milliseconds >= 0) },
    ]);
    expect(JSON.stringify(heard)).not.toMatch(/Ada|fails/);
  });

  test.each([
    [viewer, failure.message],
    [localPrincipal, failure.quoted],
  ])("gives words of rows to those who may read rows (%#)", async (principal, message) => {
    const items: unknown[] = [];
    const hearing = { ...listener, emit: async (item: unknown) => void items.push(item) };
    const ask = (fails: boolean): Promise<unknown> =>
      perform(context, { operation: look, principal, input: { table: "t", fails }, listener: hearing });
    expect(await ask(false)).toEqual({ error: { code: failure.code, remedy: failure.remedy, message } });
    await expect(ask(true)).rejects.toMatchObject({ code: "SQL_FAILED", message, quoted: undefined });
    const isQuoted = JSON.stringify(items).includes("Ada");
    expect(isQuoted).toBe(principal === localPrincipal);
  });

  test.each([
    ["an answer", { run: async () => ({ error: 7 }) }, "the answer of look does not fit what it declares: error"],
    ["an item", { item: z.strictObject({ row: z.int() }) }, "an item of look does not fit what it declares"],
    ["an item that none is declared for", { item: undefined }, "look hands over items and declares none"],
    ["an error", { errors: [], run: async () => Promise.reject(new HeadgateError("SQL_FAILED")) }, "SQL_FAILED"],
  ])("in tests %s that is not declared is a defect", async (_what, changed, message) => {
    const changedLook = { ...look, ...changed } as typeof look;
    const asked = { operation: changedLook, principal: localPrincipal, input: { table: "t" }, listener };
    await expect(perform({ ...context, checksAnswers: true }, asked)).rejects.toMatchObject({
      code: "INTERNAL",
      message: expect.stringContaining(message),
    });
  });

  test("what is no operation is decided alike", async () => {
    const asked = { principal: viewer, operation: "/metrics", action: "watch", resources: [lake] } as const;
    expect(await permit(context, asked)).toMatchObject({ decision: { allowed: true } });
    await expect(permit(context, { ...asked, action: "operate" })).rejects.toThrow("no grant allows vi to operate");
    expect(heard).toMatchObject([{ operation: "/metrics", outcome: "refused" }]);
  });
});
