/** The writer of the audit log: one chain of many writers, deaths at any moment, and databases that refuse. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sql } from "kysely";
import { silentLog } from "../base/event-log.ts";
import {
  ann,
  startAuditServer,
  change,
  queryBegin,
  queryEnd,
  type AuditDatabase,
  type AuditServer,
} from "../../test/world/audit-database.ts";
import { openAuditLog } from "./audit-log.ts";
import { findEvents } from "./find-events.ts";
import { verifyChain } from "./verify-chain.ts";

let server: AuditServer;
let at: AuditDatabase;
const { signal } = new AbortController();

beforeAll(async () => {
  server = await startAuditServer();
  at = await server.open();
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

function startWriter(name: string, { writers, events }: { writers: number; events: number }) {
  const words = [
    join(import.meta.dirname, "../../test/world/write-audit-events.ts"),
    at.url,
    name,
    `${writers}`,
    `${events}`,
  ];
  return spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
}

async function namesOf(like: string): Promise<readonly string[]> {
  const found = await findEvents(at.db, { text: like, limit: 100_000 });
  return found.map(({ resources }) => (resources as { name: string }[])[0]?.name ?? "").toSorted();
}

test("eight writers in three processes write one chain", async () => {
  const before = (await verifyChain(at.db, { signal })).events;
  const processes = ["a", "b", "c"].map((name, index) =>
    startWriter(name, { writers: index === 0 ? 2 : 3, events: 40 }),
  );
  const printed = await Promise.all(processes.map(({ stdout }) => text(stdout)));
  const labels = printed.flatMap((lines) => lines.trim().split("\n"));
  expect(labels).toHaveLength(320);
  expect((await verifyChain(at.db, { signal })).events).toBe(before + 320);
  expect((await namesOf("-")).filter((name) => /^[abc]-/.test(name))).toEqual(labels.toSorted());
});

test("a writer that is killed at any moment leaves a chain that verifies, with everything it was told is durable", async () => {
  for (let turn = 0; turn < 6; turn++) {
    const killed = startWriter(`killed${turn}`, { writers: 4, events: 1_000_000 });
    let printed = "";
    killed.stdout.setEncoding("utf8").on("data", (some: string) => (printed += some));
    await once(killed.stdout, "data");
    await delay(turn * 37);
    killed.kill("SIGKILL");
    await once(killed, "close");
    const durable = printed.split("\n").slice(0, -1);
    await verifyChain(at.db, { signal });
    const found = new Set(await namesOf(`killed${turn}-`));
    expect(durable.filter((label) => !found.has(label))).toEqual([]);
  }
});

test("many events at once share a transaction, and each has its place", async () => {
  const transactions = async (): Promise<number> => {
    const { rows } = await sql<{ id: string }>`select pg_current_xact_id()::text as id`.execute(at.db);
    return Number(rows[0]?.id);
  };
  const before = await transactions();
  await Promise.all(Array.from({ length: 400 }, (_, index) => at.audit.record(change(`together-${index}`))));
  expect((await transactions()) - before).toBeLessThanOrEqual(3);
  expect(await namesOf("together-")).toHaveLength(400);
  await verifyChain(at.db, { signal });
});

test("an end waits for the next event and is written with it, or alone after a moment", async () => {
  const transactions = async (): Promise<number> => {
    const { rows } = await sql<{ id: string }>`select pg_current_xact_id()::text as id`.execute(at.db);
    return Number(rows[0]?.id);
  };
  const before = await transactions();
  for (let turn = 0; turn < 5; turn++) {
    at.audit.noteLater(change(`later-${turn}`));
    await at.audit.record(change(`sooner-${turn}`));
  }
  expect((await transactions()) - before).toBe(6);
  expect(await namesOf("later-")).toHaveLength(5);
  at.audit.noteLater(change("later-alone"));
  await expect.poll(() => namesOf("later-alone")).toHaveLength(1);
  at.audit.noteLater(change("later-asked-for"));
  await at.audit.written();
  expect(await namesOf("later-asked-for")).toHaveLength(1);
});

test("an event names the account and the role in which its actor acted, and the hash covers both", async () => {
  const assumedRole = { id: "0193a1f0-0000-7000-8000-00000000000a", name: "keeper" };
  const actor = { ...ann, accountId: "0193a1f0-0000-7000-8000-00000000000b", assumedRole };
  await at.audit.record({ ...change("with a role"), actor });
  const [found] = await findEvents(at.db, { limit: 1 });
  expect(found).toMatchObject({ accountId: actor.accountId, assumedRole });
  await verifyChain(at.db, { signal });
  const { sequence = 0 } = found ?? {};
  await at.tamper(`update audit_events set assumed_role = null where sequence = ${sequence}`);
  await expect(verifyChain(at.db, { signal })).rejects.toMatchObject({ code: "AUDIT_CHAIN_BROKEN" });
  await at.tamper(
    `update audit_events set assumed_role = '${JSON.stringify(assumedRole)}' where sequence = ${sequence}`,
  );
  await verifyChain(at.db, { signal });
});

test("events are read back as they were, whatever they contain", async () => {
  const statement = "select '\u{1F600}\u{D800}\0' as \"Ü\", 1e-7, 'it''s' from shop.orders -- %_\\";
  await at.audit.record(queryBegin("7f000000-0000-4000-8000-000000000001", statement));
  const [found] = await findEvents(at.db, { limit: 1 });
  expect(found).toMatchObject({
    kind: "query begin",
    principal: "ann",
    isOpen: true,
    details: {
      statement: statement.toWellFormed().replace("\0", "\u{FFFD}"),
      tables: [{ snapshot: "9007199254740993" }],
    },
  });
  await at.audit.record(queryEnd("7f000000-0000-4000-8000-000000000001"));
  const [end, begun] = await findEvents(at.db, { limit: 2 });
  expect([end?.isOpen, begun?.isOpen]).toEqual([false, false]);
  await verifyChain(at.db, { signal });
});

test("a query whose process died stays without an end, and that is told", async () => {
  const { openQueries } = await verifyChain(at.db, { signal });
  await at.audit.record(queryBegin("7f000000-0000-4000-8000-000000000002"));
  expect((await verifyChain(at.db, { signal })).openQueries).toBe(openQueries + 1);
});

test("nobody changes, deletes or empties the log with SQL", async () => {
  await at.audit.record(change("kept"));
  const [{ partition } = { partition: "" }] = (
    await sql<{ partition: string }>`
      select inhrelid::regclass::text as partition from pg_inherits where inhparent = 'audit_events'::regclass`.execute(
      at.db,
    )
  ).rows;
  for (const statement of [
    "update audit_events set because = 'x'",
    "delete from audit_events",
    "truncate audit_events",
    `update ${partition} set because = 'x'`,
    `delete from ${partition}`,
    `truncate ${partition}`,
    "delete from audit_chain",
    "truncate audit_chain",
    "update audit_chain set sequence = sequence - 1",
    "update audit_chain set hash = decode('00', 'hex')",
    "truncate audit_checkpoints",
  ])
    await expect(sql.raw(statement).execute(at.db), statement).rejects.toThrow(/audit log/);
});

test("an event that cannot be written is refused in plain words, and one that has happened is written later", async () => {
  await using readOnly = openAuditLog({ db: at.db, log: silentLog });
  await server.server.query("alter system set default_transaction_read_only = on");
  await server.server.query("select pg_reload_conf()");
  await delay(200);
  await expect(readOnly.record(queryBegin("7f000000-0000-4000-8000-000000000003"))).rejects.toMatchObject({
    code: "AUDIT_UNWRITABLE",
    message: "the audit log cannot be written, and nothing is read without it",
  });
  await readOnly.note(change("happened"));
  await server.server.query("set default_transaction_read_only = off");
  await server.server.query("alter system reset default_transaction_read_only");
  await server.server.query("select pg_reload_conf()");
  await expect.poll(() => namesOf("happened"), { timeout: 10_000 }).toEqual(["happened"]);
  expect(await findEvents(at.db, { text: "7f000000-0000-4000-8000-000000000003", limit: 1 })).toEqual([]);
  await verifyChain(at.db, { signal });
});

test("an event that the database cannot store fails alone, and is not tried again", async () => {
  const bad = { ...change("bad"), actor: { kind: "user", id: "no uuid", name: "bad" } } as const;
  const [first, second, third] = await Promise.allSettled([
    at.audit.record(change("beside-1")),
    at.audit.record(bad),
    at.audit.record(change("beside-2")),
  ]);
  expect([first.status, second.status, third.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
  await at.audit.note(bad);
  await at.audit.record(change("beside-3"));
  expect(await namesOf("beside-")).toEqual(["beside-1", "beside-2", "beside-3"]);
  await verifyChain(at.db, { signal });
});

test("a writer that hangs in another process delays an event for ten seconds at most", async () => {
  const [locked, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const holding = at.db.transaction().execute(async (transaction) => {
    await sql`select from audit_lock_chain()`.execute(transaction);
    locked.resolve();
    await held.promise;
  });
  await locked.promise;
  const began = performance.now();
  await expect(at.audit.record(change("delayed"))).rejects.toMatchObject({ code: "AUDIT_UNWRITABLE" });
  expect(performance.now() - began).toBeLessThan(15_000);
  held.resolve();
  await holding;
  await at.audit.record(change("no longer delayed"));
});
