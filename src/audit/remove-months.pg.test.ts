/** A month's turn, and the removal of old months, after which the chain is still proved. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { sql } from "kysely";
import { change, startAuditServer, type AuditDatabase, type AuditServer } from "../../test/world/audit-database.ts";
import { findEvents } from "./find-events.ts";
import { auditHorizon, prepareNextMonth, removeOldMonths } from "./remove-months.ts";
import { chainDigest, verifyChain } from "./verify-chain.ts";
import { keepingMonths, walkChain } from "./walk-chain.ts";

let server: AuditServer;
let at: AuditDatabase;
let now: string;
const { signal } = new AbortController();
const actor = { kind: "local", name: "local" } as const;

beforeAll(async () => {
  server = await startAuditServer();
});
afterAll(() => server[Symbol.asyncDispose]());

beforeEach(async () => {
  at = await server.open(() => now);
});
afterEach(() => at[Symbol.asyncDispose]());

async function recordAt(time: string, events = 1): Promise<void> {
  now = time;
  await Promise.all(Array.from({ length: events }, (_, index) => at.audit.record(change(`${time}-${index}`))));
}

async function months(): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'audit_events'::regclass order by relname`.execute(at.db);
  return rows.map(({ name }) => name.slice("audit_events_".length));
}

test("a month's turn needs nobody, also after a year without events", async () => {
  await recordAt("2025-01-31T23:59:59.999999Z", 3);
  await recordAt("2025-02-01T00:00:00.000000Z", 3);
  await recordAt("2026-03-15T12:00:00.000000Z", 3);
  expect(await months()).toEqual(["2025_01", "2025_02", "2026_03"]);
  expect(await verifyChain(at.db, { signal })).toMatchObject({ events: 9 });
});

test("a month's turn waits for nobody who reads the log", async () => {
  await recordAt("2025-01-31T23:59:59.999999Z", 3);
  await at.db.transaction().execute(async (reading) => {
    await sql`select * from audit_events`.execute(reading);
    await recordAt("2025-02-01T00:00:00.000000Z");
  });
  expect(await months()).toEqual(["2025_01", "2025_02"]);
});

test("a clock that goes back loses nothing: the times are as they were, and the months stay in order", async () => {
  await recordAt("2025-02-01T00:00:01.000000Z");
  await recordAt("2025-01-31T23:59:58.000000Z");
  expect(await months()).toEqual(["2025_02"]);
  const found = await findEvents(at.db, { until: new Date("2025-02-01T00:00:00Z"), limit: 10 });
  expect(found.map(({ at: time }) => time)).toEqual(["2025-01-31T23:59:58.000000Z"]);
  await verifyChain(at.db, { signal });
});

test("the place of the next month is made ahead of time", async () => {
  await recordAt("2025-01-31T23:59:59.999999Z");
  await prepareNextMonth(at.db);
  await prepareNextMonth(at.db);
  const next = new Date();
  next.setUTCDate(1);
  next.setUTCMonth(next.getUTCMonth() + 1);
  expect(await months()).toEqual(["2025_01", next.toISOString().slice(0, 7).replace("-", "_")]);
});

test("old months are removed whole, and what is left is still proved", async () => {
  for (const month of ["01", "02", "03", "04"]) await recordAt(`2025-${month}-10T00:00:00.000000Z`, 5);
  const digest = await chainDigest(at.db);
  const before = auditHorizon(1, new Date("2025-04-15T00:00:00Z"));
  expect(before).toEqual(new Date("2025-03-01T00:00:00Z"));
  expect(await removeOldMonths(at.db, { before: before as Date, actor, signal })).toBe(10);
  const present = new Date().toISOString().slice(0, 7).replace("-", "_");
  expect(await months()).toEqual(["2025_03", "2025_04", present]);
  expect(await verifyChain(at.db, { digest, signal })).toMatchObject({ events: 12, removedEvents: 10 });
  const removed = await findEvents(at.db, { kind: "audit removed", limit: 10 });
  expect(removed.map(({ principal, details }) => [principal, details])).toMatchObject([
    ["local", { month: "2025-02-01", events: 5, lastSequence: 10 }],
    ["local", { month: "2025-01-01", events: 5, lastSequence: 5 }],
  ]);
  await expect(verifyChain(at.db, { digest: { sequence: 3, hash: "00" }, signal })).rejects.toMatchObject({
    code: "USAGE",
    message: "event 3 was removed with its month; the first event that is left is 11",
  });
  expect(await removeOldMonths(at.db, { before: before as Date, actor, signal })).toBe(0);
});

test("a month that was tampered with is not removed, because that would hide it", async () => {
  await recordAt("2025-01-10T00:00:00.000000Z", 5);
  await recordAt("2025-02-10T00:00:00.000000Z", 5);
  await at.tamper("update audit_events set principal_name = 'other' where sequence = 2");
  const before = new Date("2025-02-01T00:00:00Z");
  await expect(removeOldMonths(at.db, { before, actor, signal })).rejects.toMatchObject({
    code: "AUDIT_CHAIN_BROKEN",
    place: "event 2, 2025-01-10T00:00:00.000000Z",
  });
  expect(await months()).toEqual(["2025_01", "2025_02"]);
});

test("the month of the last event and everything after the horizon stay", async () => {
  await recordAt("2025-01-10T00:00:00.000000Z", 5);
  expect(await removeOldMonths(at.db, { before: new Date(), actor, signal })).toBe(0);
  await recordAt("2025-02-10T00:00:00.000000Z");
  expect(await removeOldMonths(at.db, { before: new Date("2025-01-31T23:59:59Z"), actor, signal })).toBe(0);
  const { rows } = await sql<{ removed: bigint | null }>`select audit_remove_month('2025-02-01') as removed`.execute(
    at.db,
  );
  expect(rows[0]?.removed).toBeNull();
  expect(auditHorizon(undefined, new Date())).toBeUndefined();
});

test("months stay while somebody walks the chain", async () => {
  for (const month of ["01", "02"]) await recordAt(`2025-${month}-10T00:00:00.000000Z`, 3);
  const before = new Date("2025-02-01T00:00:00Z");
  await keepingMonths(at.db, signal, async () => {
    for await (const page of walkChain(at.db, { signal })) {
      expect(page).toHaveLength(6);
      expect(await removeOldMonths(at.db, { before, actor, signal })).toBe(0);
    }
  });
  expect(await removeOldMonths(at.db, { before, actor, signal })).toBe(3);
});
