/** The audit log of a real server: what it contains, what never enters it, and that nothing is read without it. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { FoundEvent } from "../../src/audit/find-events.ts";
import type { RecordedEvent } from "../../src/audit/recorded-event.ts";
import { expectedHash } from "../../src/audit/recorded-event.ts";
import { startAuditServer, type AuditDatabase, type AuditServer } from "../world/audit-database.ts";
import { askCommand, refusedCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { openSampleSource, type SampleSource } from "../world/sample-source.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";

const canary = "canary-0f3a";
const own = `correct horse battery ${canary}-password`;
let home: string;
let metadata: AuditServer;
let database: AuditDatabase;
let source: SampleSource;
let at: CommandOptions;
let served: ServedHeadgate;
/** The key of somebody who may read. */
let reader: string;
/** Everything that must never enter the log. */
const secrets: string[] = [canary];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-audit-"));
  metadata = await startAuditServer();
  database = await metadata.open();
  source = await openSampleSource("postgres", join(home, "source"));
  await source.execute("create table orders (id int primary key, entry text)");
  await source.execute(`insert into orders select n, '${canary}-' || n from generate_series(1, 3000) n`);
  at = {
    data: join(home, "data"),
    environment: { HEADGATE_DATABASE_URL: database.url, SHOP_PASSWORD: source.password },
  };
  secrets.push(source.password);
  await askCommand(["source", "add", "shop", source.url, "--password-env", "SHOP_PASSWORD"], at);
  await askCommand(["sync", "shop"], at);
  served = await serveHeadgate(at);
  reader = await keyOf("analyst");
  secrets.push(served.key, served.first?.oneTimePassword ?? canary);
});
afterAll(async () => {
  await served.stop();
  await source[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await metadata[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

async function post(path: string, input: unknown, headers?: Record<string, string>) {
  const response = await served.post(path, JSON.stringify(input), headers);
  const lines = (await response.text()).trim().split("\n");
  return { status: response.status, lines, cookie: (response.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "" };
}

const ask = (operation: string, input: unknown, key = served.key) =>
  post(`/api/operations/${operation}`, input, { authorization: `Bearer ${key}` });

const read = (sql: string) => ask("sql", { sql }, reader);

async function events(...words: readonly string[]): Promise<readonly FoundEvent[]> {
  return (await askCommand<{ events: FoundEvent[] }>(["audit", "list", ...words], at)).events;
}

async function keyOf(role: string): Promise<string> {
  const { key } = await askCommand<{ key: string }>(
    ["key", "create", `${role} ${performance.now()}`, "--role", role],
    at,
  );
  secrets.push(key);
  return key;
}

test("sign-ins, their refusals and sign-outs are recorded, without a name that nobody has", async () => {
  const { user = "", oneTimePassword = "" } = served.first ?? {};
  await post("/api/sign-in", { user, password: `${canary}-wrong` }, {});
  await post("/api/sign-in", { user: `${canary}-typed-here`, password: "x" }, {});
  const first = await post("/api/sign-in", { user, password: oneTimePassword }, {});
  const origin = { origin: served.origin, cookie: first.cookie };
  const changed = await post("/api/password", { password: oneTimePassword, newPassword: own }, origin);
  secrets.push(own, first.cookie.split("=")[1] ?? canary, changed.cookie.split("=")[1] ?? canary);
  await post("/api/sign-out", {}, { origin: served.origin, cookie: changed.cookie });
  const found = (await events("--limit", "6")).map(({ kind, principalKind, principal, outcome, details }) => [
    kind,
    `${principalKind} ${principal}`,
    outcome,
    (details as { from?: string }).from,
  ]);
  expect(found.toReversed()).toEqual([
    ["sign-in refused", "nobody admin", "SIGN_IN_REFUSED", "127.0.0.1"],
    ["sign-in refused", "nobody unknown", "SIGN_IN_REFUSED", "127.0.0.1"],
    ["sign-in", "user admin", "done", "127.0.0.1"],
    ["change", "user admin", "done", undefined],
    ["sign-in", "user admin", "done", "127.0.0.1"],
    ["sign-out", "user admin", "done", "127.0.0.1"],
  ]);
});

test("changes are recorded with who made them; plain watching is not", async () => {
  const before = (await events("--limit", "1"))[0]?.sequence;
  for (const operation of ["status", "user.list", "key.list", "table.list", "run.list", "audit.list"])
    expect((await ask(operation, {})).status).toBe(200);
  expect((await events("--limit", "1"))[0]?.sequence).toBe(before);
  const { oneTimePassword } = await askCommand<{ oneTimePassword: string }>(
    ["user", "add", "ben", "--role", "analyst"],
    at,
  );
  secrets.push(oneTimePassword);
  await ask("user.set", { name: "ben", role: "viewer" });
  expect(await events("--text", "ben", "--kind", "change")).toMatchObject([
    {
      principalKind: "service",
      operation: "user.set",
      outcome: "done",
      resources: [{ kind: "user", name: "ben" }],
      details: { what: { role: "viewer" } },
    },
    {
      principalKind: "local",
      principal: "local",
      operation: "user.add",
      resources: [{ kind: "user", name: "ben" }],
      details: { what: { role: "analyst" } },
    },
  ]);
  await ask("user.remove", { name: "nobody-here" });
  expect(await events("--operation", "user.remove")).toMatchObject([{ kind: "change", outcome: "USER_NOT_FOUND" }]);
});

test("a grant is recorded with its terms, and one to oneself is flagged", async () => {
  const { key } = await askCommand<{ key: string }>(["key", "create", "boss", "--role", "administrator"], at);
  secrets.push(key);
  await ask("grant.add", { permissions: ["SELECT"], on: "shop.orders", to: "ben", columns: ["id"] }, key);
  await ask("grant.add", { permissions: ["SELECT"], on: "shop.orders", to: "key:boss" }, key);
  await ask("grant.revoke", { permissions: ["SELECT"], on: "shop.orders", from: "key:boss" }, key);
  const grants = [expect.any(String)];
  expect(await events("--by", "boss")).toMatchObject([
    { operation: "grant.revoke", details: { what: { on: "shop.orders", from: "key:boss", grants } } },
    { operation: "grant.add", details: { isSelfGrant: true, what: { to: "key:boss", grants } } },
    {
      kind: "change",
      operation: "grant.add",
      outcome: "done",
      details: { what: { permissions: ["SELECT"], on: "shop.orders", to: "ben", columns: ["id"], grants } },
    },
  ]);
  expect((await runCommand(["audit", "list", "--by", "boss"], at)).stdout).toContain("granted to themselves");
  const about = { kind: "table", name: "shop.orders", id: expect.any(String) };
  expect(await events("--by", "boss", "--table", "shop.orders")).toMatchObject([
    { operation: "grant.revoke", resources: [about] },
    { operation: "grant.add", resources: [about] },
    { operation: "grant.add", resources: [about] },
  ]);
  await ask("grant.add", { permissions: ["DESCRIBE"], on: "shop.*", to: "ben" }, key);
  const { stdout } = await runCommand(["audit", "list", "--by", "boss", "--limit", "1"], at);
  expect(stdout).toMatch(/change +grant\.add +shop\.\* +done/);
});

test("a refusal is recorded, with the reason", async () => {
  const key = await keyOf("viewer");
  expect((await ask("sync", { source: "shop" }, key)).status).toBe(403);
  const [refused] = await events("--kind", "refused", "--limit", "1");
  expect(refused).toMatchObject({
    operation: "sync",
    action: "operate",
    outcome: "NOT_ALLOWED",
    resources: [{ kind: "source", name: "shop" }],
    because: expect.stringContaining("no grant allows"),
  });
});

test("a query is recorded before its rows are sent, and its end afterwards", async () => {
  const statement = "select id from shop.orders where id <= 2500";
  const { lines } = await read(statement);
  expect(lines.length).toBeGreaterThan(2);
  const [end, begin] = await events("--limit", "2");
  const [{ id = "" } = {}] = (begin?.resources ?? []) as { id?: string }[];
  expect(begin).toMatchObject({
    kind: "query begin",
    principalKind: "service",
    outcome: "begun",
    isOpen: false,
    resources: [{ kind: "table", name: "shop.orders" }],
    details: {
      purpose: "rows",
      statement: "select id from shop.orders where id <= ?",
      policyEpoch: expect.stringMatching(/^\d+$/),
      tables: [{ table: "shop.orders", id, snapshot: expect.stringMatching(/^\d+$/), grants: [expect.any(String)] }],
    },
  });
  const { query } = (begin?.details ?? {}) as { query?: string };
  const bytes = lines.slice(0, -1).reduce((sum, line) => sum + line.length + 1, 0);
  expect(end).toMatchObject({ kind: "query end", outcome: "done", details: { query, rows: 2_500, bytes } });
});

test("every event has the account that was acted in, and the role that was assumed", async () => {
  await askCommand(["account", "add", "sales"], at);
  const { key } = await askCommand<{ key: string }>(["key", "create", "seller", "--account", "sales"], at);
  secrets.push(key);
  await askCommand(["role", "add", "keeper"], at);
  await askCommand(["role", "member", "add", "keeper", "key:seller"], at);
  await askCommand(["grant", "select", "on", "shop.orders", "to", "role:keeper"], at);
  await ask("sql", { sql: "select 1" }, key);
  const input = JSON.stringify({ sql: "select id from shop.orders limit 1" });
  await served.post("/api/operations/sql", input, { authorization: `Bearer ${key}`, "headgate-role": "keeper" });
  // The end of a statement is written after its answer was sent.
  const found = await vi.waitFor(async () => {
    const those = await events("--by", "seller");
    expect(those).toHaveLength(3);
    return those;
  }, 10_000);
  expect(found).toMatchObject([
    { kind: "query end", account: "main", assumedRole: { name: "keeper", id: expect.any(String) } },
    { kind: "query begin", account: "main", assumedRole: { name: "keeper" } },
    { kind: "refused", account: "sales", accountId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
  ]);
  expect(found[2]).not.toHaveProperty("assumedRole");
  const { stdout } = await runCommand(["audit", "list", "--by", "seller"], at);
  expect(stdout).toContain("seller as role:keeper");
  const [none] = await events("--kind", "sign-in refused", "--limit", "1");
  expect(none?.accountId).toBeNull();
  expect(
    (await events()).filter(({ accountId, principalKind }) => accountId === null && principalKind !== "nobody"),
  ).toEqual([]);
});

test("whoever makes themselves a member, or grants to a group of theirs, is flagged", async () => {
  const { key } = await askCommand<{ key: string }>(["key", "create", "climber", "--role", "administrator"], at);
  secrets.push(key);
  await askCommand(["group", "add", "readers"], at);
  await ask("member.add", { kind: "group", name: "readers", member: "ben" }, key);
  await ask("member.add", { kind: "group", name: "readers", member: "key:climber" }, key);
  await ask("grant.add", { permissions: ["SELECT"], on: "shop.orders", to: "group:readers" }, key);
  const flags = (await events("--by", "climber")).map(({ details }) => (details as { isSelfGrant?: true }).isSelfGrant);
  expect(flags.toReversed()).toEqual([undefined, true, true]);
});

test("a query under a data filter is recorded with the columns and filters that applied", async () => {
  await askCommand(["filter", "add", "few", "on", "shop.orders", "--rows", "id <= 10", "--columns", "id"], at);
  const { key } = await askCommand<{ key: string }>(["key", "create", "narrow", "--role", "none"], at);
  secrets.push(key);
  await ask("grant.add", { permissions: ["SELECT"], on: "shop.orders", to: "key:narrow", filter: "few" });
  await ask("sql", { sql: "select * from shop.orders" }, key);
  const [end, begin] = await events("--limit", "2");
  expect(begin?.details).toMatchObject({ tables: [{ table: "shop.orders", columns: ["id"], filters: ["few"] }] });
  expect(end).toMatchObject({ principal: "narrow", outcome: "done", details: { rows: 10 } });
  const [made] = await events("--operation", "filter.add");
  expect(made).toMatchObject({ details: { what: { name: "few", rows: "id <= 10", columns: ["id"] } } });
});

test("a plan, a file and a difference are reads too", async () => {
  await askCommand(["sql", "select id from shop.orders", "--output", join(home, "orders.parquet")], at);
  await runCommand(["sql", "select id from shop.orders", "--explain"], at);
  await runCommand(["table", "diff", "shop.orders", "--from", "first"], at);
  const found = await events("--kind", "query begin", "--limit", "3");
  expect(found.map(({ operation, details }) => [operation, (details as { purpose: string }).purpose])).toEqual([
    ["table.diff", "differences"],
    ["sql", "plan"],
    ["sql", "file"],
  ]);
  const ends = await events("--kind", "query end", "--limit", "3");
  expect(ends[2]).toMatchObject({ details: { rows: 3_000, bytes: expect.any(Number) } });
});

test("a statement that fails is recorded with the code, and without the value that the engine quotes", async () => {
  await read("select cast(entry as int) from shop.orders");
  expect(await events("--limit", "1")).toMatchObject([{ kind: "query end", outcome: "SQL_FAILED" }]);
  await read("select from where");
  await read("select * from shop.nothing");
  expect(await events("--limit", "2")).toMatchObject([
    { kind: "query refused", outcome: "TABLE_NOT_FOUND", details: { statement: "select * from shop.nothing" } },
    { kind: "query refused", outcome: "SQL_INVALID", details: { statement: "select …" } },
  ]);
});

test("people see their own events, and only those who may administer see the others'", async () => {
  const key = await keyOf("analyst");
  await ask("sql", { sql: "select 42" }, key);
  const mine = JSON.parse((await ask("audit.list", {}, key)).lines[0] ?? "{}") as { result: { events: FoundEvent[] } };
  expect(mine.result.events.map(({ kind }) => kind)).toEqual(["query end", "query begin"]);
  expect((await ask("audit.list", { by: "local" }, key)).status).toBe(403);
  for (const operation of ["audit.verify", "audit.digest", "audit.export"])
    expect((await ask(operation, {}, key)).status, operation).toBe(403);
});

test("the list is a table for people, and says where the next page begins", async () => {
  await askCommand(
    ["grant", "select", "on", "shop.orders", "to", "ben", "--except", "entry", "--until", "2099-01-31"],
    at,
  );
  const granted = await runCommand(["audit", "list", "--limit", "1", "--kind", "change"], at);
  expect(granted.stdout).toContain("SELECT on shop.orders to ben, except entry, until 2099-01-31\n");
  expect(granted.stdout).not.toMatch(/[{}[\]"]|[0-9a-f]{8}-/);
  const { stdout } = await runCommand(["audit", "list", "--limit", "4", "--kind", "change"], at);
  expect(stdout).toContain("key.create");
  const next = /older events: --before (\d+)/.exec(stdout)?.[1] ?? "";
  expect((await events("--before", next, "--limit", "1"))[0]?.sequence).toBeLessThan(Number(next));
  expect((await runCommand(["audit", "list", "--since", "2999-01-01"], at)).stdout).toContain("no such event");
});

test("an export has every event, and its hashes can be computed again by anybody", async () => {
  const { digest } = await askCommand<{ digest: string }>(["audit", "digest"], at);
  const { stdout } = await runCommand(["audit", "export"], at);
  const exported = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RecordedEvent);
  expect(exported.map(({ sequence }) => sequence)).toEqual(exported.map((_, index) => index + 1));
  for (const [index, event] of exported.entries()) {
    expect(event.hash).toBe(expectedHash(event));
    expect(event.previousHash).toBe(exported[index - 1]?.hash ?? "0".repeat(64));
  }
  expect(exported.map(({ sequence, hash }) => `${sequence}:${hash}`)).toContain(digest);
  expect(exported.at(-1)).toMatchObject({ kind: "download", principal: "local" });
  const bytes = expect.any(Number);
  expect(await events("--limit", "1")).toMatchObject([
    { kind: "download end", outcome: "done", details: { items: exported.length, bytes } },
  ]);
  const after = await runCommand(["audit", "export", "--after", `${exported.length - 1}`], at);
  expect(JSON.parse(after.stdout.split("\n")[0] ?? "{}")).toEqual(exported.at(-1));
});

test("neither a value in a statement nor a secret in a text that is no statement enters the log", async () => {
  await read(`select id from shop.orders where entry = '${canary}-1' -- ${canary}`);
  for (const sql of [
    `select id from shop.orders where entry = '${canary}`,
    `attach 'host=127.0.0.1 password=${canary}' as p (type postgres)`,
    `create secret s (type s3, secret ${canary})`,
    `set s3_secret_access_key = '${canary}'`,
    `select * from read_parquet('s3://b/k?secret=${canary}')`,
    `select * from shop."${canary}`,
    canary,
  ])
    expect((await read(sql)).status, sql).not.toBe(200);
  const begun = await events("--kind", "query begin", "--limit", "1");
  expect(begun).toMatchObject([{ details: { statement: "select id from shop.orders where entry = ?  " } }]);
});

test("no password, key, token or value of a row is anywhere in the log", async () => {
  const { stdout } = await runCommand(["audit", "export"], at);
  const [{ dump } = { dump: "" }] = await metadata.server.query(
    "select string_agg(e::text, ' ') as dump from headgate.audit_events e",
    [],
    { database: new URL(database.url).pathname.slice(1) },
  );
  for (const secret of secrets) {
    expect(stdout, secret).not.toContain(secret);
    expect(dump, secret).not.toContain(secret);
  }
});

test("nothing is read while the log cannot be written, and everything again afterwards", async () => {
  const set = async (statement: string): Promise<void> => {
    await metadata.server.query("set default_transaction_read_only = off");
    await metadata.server.query(statement);
    await metadata.server.query("select pg_reload_conf()");
    await delay(500);
  };
  // The use of a key is noted once a minute, which would fail too.
  await read("select id from shop.orders limit 1");
  await set("alter system set default_transaction_read_only = on");
  const refused = await read("select entry from shop.orders");
  const diff = await ask("table.diff", { table: "shop.orders", from: "first" }, reader);
  await set("alter system reset default_transaction_read_only");
  expect([refused.status, refused.lines.map((line) => JSON.parse(line) as unknown)]).toMatchObject([
    503,
    [
      {
        error: { code: "AUDIT_UNWRITABLE", message: "the audit log cannot be written, and nothing is read without it" },
      },
    ],
  ]);
  expect(diff.lines.join()).toContain("AUDIT_UNWRITABLE");
  expect((await read("select entry from shop.orders")).status).toBe(200);
  await askCommand(["audit", "verify"], at);
});

test("a query whose server is killed keeps an open begin, and the log verifies", async () => {
  const sql = "select a.id from shop.orders a, shop.orders b";
  const authorization = `Bearer ${reader}`;
  const response = await served.post("/api/operations/sql", JSON.stringify({ sql }), { authorization });
  await response.body?.getReader().read();
  served.running.process.kill("SIGKILL");
  await once(served.running.process, "close").catch(() => undefined);
  served = await serveHeadgate(at);
  const [begun] = await events("--kind", "query begin", "--limit", "1");
  expect(begun).toMatchObject({
    isOpen: true,
    details: { statement: sql },
  });
  const { stdout, code } = await runCommand(["audit", "verify"], at);
  expect([code, stdout]).toEqual([0, expect.stringContaining("queries have no recorded end")]);
});

test("a change in the database is found, and the exit code says so", async () => {
  const { digest } = await askCommand<{ digest: string }>(["audit", "digest"], at);
  await database.tamper("update audit_events set principal_name = 'somebody' where sequence = 3");
  expect(await refusedCommand(["audit", "verify"], at)).toMatchObject({
    code: "AUDIT_CHAIN_BROKEN",
    place: expect.stringMatching(/^event 3, /),
    message: "the chain is broken: it was changed after it was written",
  });
  await database.tamper("update audit_events set principal_name = 'local' where sequence = 3");
  expect((await runCommand(["audit", "verify", "--digest", digest], at)).code).toBe(0);
  const wrong = `${digest.split(":")[0] ?? ""}:${"0".repeat(64)}`;
  expect(await refusedCommand(["audit", "verify", "--digest", wrong], at)).toMatchObject({
    code: "AUDIT_CHAIN_BROKEN",
  });
  expect(await refusedCommand(["audit", "verify", "--digest", "1:x"], at)).toMatchObject({ code: "USAGE" });
});
