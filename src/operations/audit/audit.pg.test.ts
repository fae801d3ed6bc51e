/** The audit log as people see it: searched, proven, handed out, and what it tells of those who did not get in. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPlainLake, programOf, type PlainLake } from "../../../test/world/plain-lake.ts";
import { labelledTable } from "../../../test/world/plain-source.ts";
import { HeadgateError } from "../../errors.ts";
import type { Principal } from "../../identity/principal.ts";
import { declarationApply } from "../declaration/apply.ts";
import { tableImport } from "../import.ts";
import { maintain } from "../maintain.ts";
import { unitAdd } from "../people/units.ts";
import { userAdd } from "../people/users.ts";
import { sourceRemove } from "../sources.ts";
import { tableDrop } from "../table-drop.ts";
import { auditList } from "./audit-list.ts";
import { auditDigest, auditExport, auditVerify } from "./audit-proof.ts";
import { recordRefusedSignIn } from "./record-sign-in.ts";

let lake: PlainLake;
let program: Principal;
beforeAll(async () => {
  lake = await openPlainLake();
  for (const path of ["asia", "europe", "africa"]) await lake.ask(unitAdd, { path });
  program = await programOf(lake, "operator");
  await lake.ask(unitAdd, { path: "mars" }, { principal: program }).catch(() => undefined);
});
afterAll(() => lake[Symbol.asyncDispose]());

describe("a search", () => {
  const units = (more: object = {}) => lake.ask(auditList, { operation: "unit.add", by: "local", ...more });

  test("is answered page by page, until there is no further one", async () => {
    const all = await units();
    expect(all).toMatchObject({ events: [{}, {}, {}], next: null });
    const [, second, third] = all.events.map(({ sequence }) => sequence);
    expect(await units({ limit: 2 })).toMatchObject({ events: [{}, {}], next: second });
    expect(await units({ limit: 2, before: second })).toMatchObject({ events: [{ sequence: third }], next: null });
    expect((await units({ limit: 3 })).next).toBe(third);
    expect(await units({ limit: 3, before: third })).toEqual({ events: [], next: null });
  });

  test("may be of some time", async () => {
    const day = 86_400_000;
    const times = [Date.now() - day, Date.now() + day].map((time) => new Date(time).toISOString());
    const count = async (more: object) => (await units(more)).events.length;
    const [before, after] = times;
    expect(await Promise.all([{ since: before }, { since: after }].map(count))).toEqual([3, 0]);
    expect(await Promise.all([{ until: before }, { until: after }].map(count))).toEqual([0, 3]);
  });

  test("is of one's own events for those who do not administer the lake", async () => {
    const asked = (more: object = {}) =>
      lake.ask(auditList, { operation: "unit.add", ...more }, { principal: program });
    const own = [{ principalId: program.id, outcome: "NOT_ALLOWED" }];
    expect((await asked()).events).toMatchObject(own);
    expect((await asked({ by: program.name })).events).toMatchObject(own);
    expect((await asked({ by: `key:${program.name}` })).events).toMatchObject(own);
    expect((await asked({ by: `user:${program.name}` })).events).toEqual([]);
    await expect(asked({ by: "local" })).rejects.toMatchObject({
      code: "NOT_ALLOWED",
      message: `${program.name} may see only their own events in the audit log`,
    });
    expect((await lake.ask(auditList, { operation: "unit.add" })).events).toHaveLength(4);
  });
});

test("a plan is no change", async () => {
  const location = join(lake.files, "planned");
  await mkdir(location, { recursive: true });
  await writeFile(join(location, "a.csv"), "id\n1\n");
  await (await lake.connect("shop", { orders: labelledTable(1) })).sync();
  const changes = async () =>
    (await lake.ask(auditList, { kind: "change", limit: 1_000 })).events.map(({ operation }) => operation);
  const before = await changes();
  await lake.ask(tableDrop, { table: "shop.orders", plan: true });
  await lake.ask(sourceRemove, { name: "shop", plan: true });
  await lake.ask(maintain, { plan: true });
  await lake.ask(tableImport, { table: "files.t", location });
  await lake.ask(declarationApply, { text: "groups: { staff: {} }", dryRun: true });
  expect(await changes()).toEqual(before);
  await lake.ask(declarationApply, { text: "groups: { staff: {} }" });
  await lake.ask(declarationApply, { text: "groups: { staff: {} }" });
  await lake.ask(tableDrop, { table: "shop.orders" });
  expect(await changes()).toEqual(["table.drop", "declaration.apply", "group.add", ...before]);
});

test("a digest proves what was there when it was taken, and a wrong one nothing", async () => {
  const { digest } = await lake.ask(auditDigest);
  await lake.ask(unitAdd, { path: "later" });
  const verified = await lake.ask(auditVerify, { digest });
  expect(verified.digest).not.toBe(digest);
  expect(verified).toMatchObject({ removedEvents: 0, openQueries: 0 });
  expect((await lake.ask(auditVerify)).events).toBeGreaterThanOrEqual(verified.events);
  const wrong = digest.replace(/[0-9a-f]{64}$/, "0".repeat(64));
  await expect(lake.ask(auditVerify, { digest: wrong })).rejects.toMatchObject({ code: "AUDIT_CHAIN_BROKEN" });
});

test("an export continues an earlier one", async () => {
  const sequences: number[] = [];
  const emit = async (event: unknown): Promise<void> => void sequences.push((event as { sequence: number }).sequence);
  const { events } = await lake.ask(auditExport, { after: 2 }, { emit });
  expect(sequences).toHaveLength(events);
  expect(sequences[0]).toBe(3);
});

test("a refused sign-in names its user, and no text that is none's name", async () => {
  await lake.ask(userAdd, { name: "ann" });
  const failure = new HeadgateError("SIGN_IN_REFUSED");
  for (const user of ["ann", "secret", "ann\0"])
    await recordRefusedSignIn(lake.context, { user, failure, from: "127.0.0.1" });
  const { events } = await lake.ask(auditList, { kind: "sign-in refused" });
  const unknown = { principal: "unknown", outcome: "SIGN_IN_REFUSED" };
  expect(events).toMatchObject([unknown, unknown, { principal: "ann", principalKind: "nobody" }]);
});
