/** Verifying the audit log finds every change, removal, insertion and exchange of events. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { sql } from "kysely";
import {
  change,
  startAuditServer,
  queryBegin,
  type AuditDatabase,
  type AuditServer,
} from "../../test/world/audit-database.ts";
import { chainDigest, verifyChain, type ChainDigest } from "./verify-chain.ts";

let server: AuditServer;
let at: AuditDatabase;
const { signal } = new AbortController();

beforeAll(async () => {
  server = await startAuditServer();
});
afterAll(() => server[Symbol.asyncDispose]());

beforeEach(async () => {
  at = await server.open();
  for (let event = 1; event <= 9; event++) await at.audit.record(change(`user${event}`));
  await at.audit.record(queryBegin("7f000000-0000-4000-8000-000000000001"));
});
afterEach(() => at[Symbol.asyncDispose]());

async function breakOf(digest?: ChainDigest): Promise<string> {
  const failure = await verifyChain(at.db, { digest, signal }).then(
    () => undefined,
    (thrown: { code: string; place: string; message: string }) => thrown,
  );
  return failure === undefined ? "intact" : `${failure.code} ${failure.place.split(",")[0]}: ${failure.message}`;
}

test("an untouched log is intact", async () => {
  expect(await verifyChain(at.db, { signal })).toMatchObject({ events: 10, removedEvents: 0, openQueries: 1 });
  expect(await breakOf(await chainDigest(at.db))).toBe("intact");
});

test("an empty log is intact", async () => {
  await using empty = await server.open();
  expect(await verifyChain(empty.db, { signal })).toMatchObject({ events: 0, lastAt: null, openQueries: 0 });
});

const changed = "AUDIT_CHAIN_BROKEN event 4: the chain is broken: it was changed after it was written";

test.each([
  ["the name of a resource", `resources = '[{"kind": "user", "name": "other"}]'`],
  ["the principal", "principal_name = 'somebody'"],
  ["the principal's id", "principal_id = gen_random_uuid()"],
  ["the kind of principal", "principal_kind = 'user'"],
  ["the account", "account_id = gen_random_uuid()"],
  ["a microsecond of the time", "at = at + interval '1 microsecond'"],
  ["the kind", "kind = 'download'"],
  ["the operation", "operation = null"],
  ["the action", "action = 'read'"],
  ["the outcome", "outcome = 'INTERNAL'"],
  ["the reason", "because = ''"],
  ["a detail", `details = '{"milliseconds": 2.0001}'`],
  ["an additional detail", `details = details || '{"more": null}'`],
  ["its hash", "hash = sha256('')"],
])("a change of %s is found", async (_what, assignment) => {
  await at.tamper(`update audit_events set ${assignment} where sequence = 4`);
  expect(await breakOf()).toBe(changed);
});

test("a change whose hash was computed anew is found at the next event", async () => {
  await at.tamper("update audit_events set previous_hash = sha256('') where sequence = 4");
  expect(await breakOf()).toBe(changed);
  await at.tamper(
    "update audit_events set (previous_hash, hash) = (select previous_hash, hash from audit_events where sequence = 5) where sequence = 4",
  );
  expect(await breakOf()).toBe(changed);
});

test("an event that was deleted is found", async () => {
  await at.tamper("delete from audit_events where sequence = 4");
  expect(await breakOf()).toBe("AUDIT_CHAIN_BROKEN event 5: the chain is broken: event 4 is missing before it");
});

test("the first events cannot be deleted as if their month had been removed", async () => {
  await at.tamper(`insert into audit_checkpoints select month, sequence, at, hash, 4 from audit_events where sequence = 4;
    delete from audit_events where sequence <= 4`);
  expect(await breakOf()).toBe(
    "AUDIT_CHAIN_BROKEN event 4: the chain is broken: the events up to it are missing, and no event says that they were removed",
  );
});

const copied =
  "month, at, kind, principal_kind, principal_id, principal_name, account_id, operation, action, resources, outcome, because, details, previous_hash, hash, assumed_role";

test("an event that was inserted is found", async () => {
  await at.tamper(`select audit_add_month('2000-01-01');
    insert into audit_events (sequence, ${copied}) select sequence, '2000-01-01', ${copied.replace("month, ", "")}
    from audit_events where sequence = 4`);
  expect(await breakOf()).toBe("AUDIT_CHAIN_BROKEN event 4: the chain is broken: another event has the same number");
});

test("an event that was inserted at the end is found", async () => {
  await at.tamper(
    `insert into audit_events (sequence, ${copied}) select 11, ${copied} from audit_events where sequence = 4`,
  );
  expect(await breakOf()).toBe("AUDIT_CHAIN_BROKEN event 11: the chain is broken: it was not written by Headgate");
});

test("an event that was moved to another month is found, before it is removed with that month", async () => {
  await at.tamper(
    "select audit_add_month('2000-01-01'); update audit_events set month = '2000-01-01' where sequence = 1",
  );
  expect(await breakOf()).toBe("AUDIT_CHAIN_BROKEN event 1: the chain is broken: it was moved to another month");
});

test("a month that was replaced as a whole, with hashes that fit each other, is found at the next month", async () => {
  let now = "2025-01-10T00:00:00.000000Z";
  await using real = await server.open(() => now);
  await using forged = await server.open(() => "2025-01-10T00:00:00.000000Z");
  for (const name of ["a", "b", "c"]) await real.audit.record(change(name));
  for (const name of ["a", "x", "c"]) await forged.audit.record(change(name));
  now = "2025-02-10T00:00:00.000000Z";
  await real.audit.record(change("d"));
  const { rows } = await sql<{ all: string }>`select json_agg(e)::text as all from audit_events e`.execute(forged.db);
  await real.tamper(`delete from audit_events where month = '2025-01-01';
    insert into audit_events select * from json_populate_recordset(null::audit_events, $forged$${rows[0]?.all ?? ""}$forged$)`);
  await expect(verifyChain(real.db, { signal })).rejects.toMatchObject({
    code: "AUDIT_CHAIN_BROKEN",
    place: "event 4, 2025-02-10T00:00:00.000000Z",
    message: "the chain is broken: it does not continue from event 3",
  });
});

test("a month that was removed by hand is found, also if a checkpoint was made for it", async () => {
  let now = "2025-01-10T00:00:00.000000Z";
  await using real = await server.open(() => now);
  for (const name of ["a", "b"]) await real.audit.record(change(name));
  const digest = await chainDigest(real.db);
  now = "2025-02-10T00:00:00.000000Z";
  await real.audit.record(change("c"));
  await real.tamper("drop table audit_events_2025_01");
  await expect(verifyChain(real.db, { signal })).rejects.toMatchObject({ code: "AUDIT_CHAIN_BROKEN" });
  await real.tamper(`insert into audit_checkpoints select '2025-01-01', 2, now(), decode('${digest.hash}', 'hex'), 2`);
  await expect(verifyChain(real.db, { signal })).rejects.toMatchObject({
    message: "the chain is broken: the events up to it are missing, and no event says that they were removed",
  });
});

test("events that changed places are found", async () => {
  await at.tamper(`update audit_events set sequence = -4 where sequence = 4;
    update audit_events set sequence = 4 where sequence = 5; update audit_events set sequence = 5 where sequence = -4`);
  expect(await breakOf()).toBe(changed);
});

test("an end that was cut off is found if the end of the chain was left as it was", async () => {
  await at.tamper("delete from audit_events where sequence > 7");
  expect(await breakOf()).toBe(
    "AUDIT_CHAIN_BROKEN event 7: the chain is broken: the events after it are missing; there were 10",
  );
});

test("an end that was cut off together with the end of the chain is found only with a digest", async () => {
  const digest = await chainDigest(at.db);
  await at.tamper(`delete from audit_events where sequence > 7;
    update audit_chain set (sequence, hash) = (select sequence, hash from audit_events where sequence = 7)`);
  expect(await breakOf()).toBe("intact");
  expect(await breakOf(digest)).toBe(
    "AUDIT_CHAIN_BROKEN event 7: the chain is broken: the events after it are missing; there were 10",
  );
  for (let event = 8; event <= 12; event++) await at.audit.record(change(`invented${event}`));
  expect(await breakOf()).toBe("intact");
  expect(await breakOf(digest)).toBe(
    "AUDIT_CHAIN_BROKEN event 10: the chain is broken: its hash is not the one in the digest, so the log was written anew",
  );
});

test("a whole log that was deleted is found with a digest", async () => {
  const digest = await chainDigest(at.db);
  await at.tamper("truncate audit_events; update audit_chain set sequence = 0, hash = decode(repeat('00', 32), 'hex')");
  expect(await breakOf()).toBe("intact");
  expect(await breakOf(digest)).toContain("event 0: the chain is broken: the events after it are missing");
});

test("events are verified in pages, and an insertion at the border of a page is found", async () => {
  await Promise.all(Array.from({ length: 2_500 }, (_, index) => at.audit.record(change(`page${index}`))));
  expect(await breakOf()).toBe("intact");
  await at.tamper(`select audit_add_month('9999-01-01');
    insert into audit_events (sequence, ${copied}) select sequence, '9999-01-01', ${copied.replace("month, ", "")}
    from audit_events where sequence = 2000`);
  expect(await breakOf()).toBe("AUDIT_CHAIN_BROKEN event 2000: the chain is broken: another event has the same number");
});

test("verifying stops when it is told to", async () => {
  await expect(verifyChain(at.db, { signal: AbortSignal.abort(new Error("stopped")) })).rejects.toThrow("stopped");
  const { rows } = await sql<{ locks: bigint }>`
    select count(*) as locks from pg_locks where locktype = 'advisory'`.execute(at.db);
  expect(rows[0]?.locks).toBe(0n);
});
