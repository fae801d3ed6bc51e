/** Tests who may sign in and how: one-time passwords, sessions, API keys, roles, limits, TLS. */
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askCommand, refusedCommand, type CommandOptions } from "../world/command.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";

const own = "correct horse battery staple";
let home: string;
let at: CommandOptions;
let served: ServedHeadgate;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-identity-"));
  at = { data: join(home, "data") };
  served = await serveHeadgate(at);
});
afterAll(async () => {
  await served.stop();
  await rm(home, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly cookie: string;
  readonly body: Record<string, unknown>;
}

function fromOurPage(cookie: string): Record<string, string> {
  return { cookie, origin: served.origin };
}

async function send(path: string, input: unknown, cookie = ""): Promise<Answer> {
  const response = await served.post(path, JSON.stringify(input), cookie === "" ? {} : fromOurPage(cookie));
  const text = await response.text();
  const body = JSON.parse(text.trim().split("\n").at(-1) ?? "{}") as Answer["body"];
  const code = (body["error"] as { code?: string } | undefined)?.code;
  const [set = ""] = response.headers.getSetCookie();
  return { status: response.status, code, cookie: set.split(";")[0] ?? "", body };
}

const ask = (operation: string, cookie: string, input: object = {}): Promise<Answer> =>
  send(`/api/operations/${operation}`, input, cookie);

test("the first password does one thing: it is changed", async () => {
  const { user, oneTimePassword } = served.first ?? { user: "", oneTimePassword: "" };
  expect(await send("/api/sign-in", { user, password: "not it" })).toMatchObject({
    status: 401,
    code: "SIGN_IN_REFUSED",
  });
  for (const input of [{ user: "no\0body" }, { user, account: "ma\0in" }])
    expect(await send("/api/sign-in", { password: oneTimePassword, ...input })).toMatchObject({ code: "USAGE" });
  expect(await send("/api/sign-in", { user: "nobody", password: oneTimePassword })).toMatchObject({
    code: "SIGN_IN_REFUSED",
  });
  const { cookie, body } = await send("/api/sign-in", { user, password: oneTimePassword });
  expect(body).toEqual({ kind: "user", name: "admin", role: "administrator", mustChangePassword: true });
  expect(await ask("status", cookie)).toMatchObject({ status: 403, code: "PASSWORD_MUST_CHANGE" });
  expect((await served.get("/metrics", { cookie })).status).toBe(403);
  const change = (newPassword: string) => send("/api/password", { password: oneTimePassword, newPassword }, cookie);
  for (const weak of ["short", oneTimePassword, "admin-admin-admin"])
    expect(await change(weak)).toMatchObject({ status: 400, code: "PASSWORD_WEAK" });
  const changed = await change(own);
  expect(changed.body).toMatchObject({ mustChangePassword: false });
  expect(await ask("status", changed.cookie)).toMatchObject({ status: 200, body: { result: { sources: [] } } });
  expect(await ask("status", cookie)).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
  expect(await send("/api/sign-in", { user, password: oneTimePassword })).toMatchObject({ code: "SIGN_IN_REFUSED" });
});

test("a session is a cookie no script reads and no other site sends; it ends when one leaves", async () => {
  const response = await served.post("/api/sign-in", JSON.stringify({ user: "admin", password: own }), {});
  const [set = ""] = response.headers.getSetCookie();
  expect(set).toMatch(/^headgate_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800$/);
  const [cookie = ""] = set.split(";");
  expect((await served.get("/", { cookie })).status).toBe(200);
  expect((await served.get("/api/me", { cookie })).status).toBe(200);
  expect(await send("/api/sign-out", {}, cookie)).toMatchObject({ status: 200 });
  expect((await served.get("/api/me", { cookie })).status).toBe(401);
});

test("a session does nothing for a page of another origin, nor for a form of our own site", async () => {
  const { cookie } = await send("/api/sign-in", { user: "admin", password: own });
  const status = async (headers: Record<string, string>): Promise<unknown> => {
    const response = await served.post("/api/operations/status", "{}", headers);
    return [response.status, response.status === 200 || (await response.json())];
  };
  const refused = [403, expect.objectContaining({ error: expect.objectContaining({ code: "ORIGIN_REFUSED" }) })];
  expect(await status({ cookie, origin: served.origin })).toEqual([200, true]);
  expect(await status({ cookie })).toEqual(refused);
  for (const origin of [
    "http://evil.example",
    "null",
    served.origin.replace(/\d+$/, "1"),
    `${served.origin}.evil.example`,
  ])
    expect(await status({ cookie, origin }), origin).toEqual(refused);
  expect(await status({ cookie, origin: served.origin, "content-type": "application/x-www-form-urlencoded" })).toEqual(
    refused,
  );
  expect(await status({ authorization: `Bearer ${served.key}`, origin: "http://tool.example" })).toEqual([200, true]);
});

test("every answer says that it is not to be kept, framed or guessed at", async () => {
  for (const path of ["/", "/sign-in", "/health", "/api/me", "/nothing", "/api/openapi.json"]) {
    const { headers } = await served.get(path, {});
    expect(headers.get("cache-control"), path).toBe("no-store");
    expect(headers.get("x-content-type-options"), path).toBe("nosniff");
    expect(headers.get("x-frame-options"), path).toBe("DENY");
    expect(headers.get("referrer-policy"), path).toBe("no-referrer");
  }
});

test("behind a trusted proxy a cookie is as safe as the way to the proxy; nobody else is believed", async () => {
  const forwarded = { "x-forwarded-proto": "https", "x-forwarded-host": "lake.example" };
  const signIn = async (to: ServedHeadgate, headers: Record<string, string>): Promise<string> => {
    const first = to.first ?? { user: "admin", oneTimePassword: own };
    const input = { user: first.user, password: to === served ? own : first.oneTimePassword };
    const response = await to.post("/api/sign-in", JSON.stringify(input), headers);
    return `${response.status} ${response.headers.getSetCookie().join().split("=")[0]}`;
  };
  const origin = "https://lake.example";
  expect(await signIn(served, { ...forwarded, origin })).toBe("403 ");
  expect(await signIn(served, forwarded)).toBe("200 headgate_session");
  const behind = await serveHeadgate({ data: join(home, "behind") }, "--trust-proxy", "yes");
  expect(await signIn(behind, { ...forwarded, origin })).toBe("200 __Host-headgate_session");
  await behind.stop();
});

test("a role allows what it says and no more", async () => {
  const may: Record<string, readonly [string, object, readonly string[]]> = {
    watch: ["status", {}, ["viewer", "analyst", "operator", "administrator"]],
    read: ["sql", { sql: "select 1" }, ["analyst"]],
    operate: ["schedule.run-due", { at: "2020-01-01T00:00:00Z" }, ["operator", "administrator"]],
    administer: ["user.list", {}, ["administrator"]],
  };
  for (const role of ["viewer", "analyst", "operator", "administrator"]) {
    const { key } = await askCommand<{ key: string }>(["key", "create", `of ${role}`, "--role", role], at);
    for (const [operation, input, allowed] of Object.values(may)) {
      const headers = { authorization: `Bearer ${key}` };
      const { status } = await served.post(`/api/operations/${operation}`, JSON.stringify(input), headers);
      expect({ role, operation, status }).toEqual({ role, operation, status: allowed.includes(role) ? 200 : 403 });
    }
  }
});

test("nobody writes a file on the server from elsewhere", async () => {
  const { key } = await askCommand<{ key: string }>(["key", "create", "writer", "--role", "administrator"], at);
  const input = { sql: "select 1", output: { format: "csv", path: join(home, "written.csv") } };
  const headers = { authorization: `Bearer ${key}` };
  const answer = await served.post("/api/operations/sql", JSON.stringify(input), headers);
  expect(await answer.text()).toContain('"code":"NOT_ALLOWED"');
  expect(await readdir(home)).not.toContain("written.csv");
});

test("keys end: by time, by being revoked; and are told once", async () => {
  const make = (name: string, ...more: string[]) => askCommand<{ key: string }>(["key", "create", name, ...more], at);
  const me = (key: string) => served.get("/api/me", { authorization: `Bearer ${key}` });
  // Long enough for the command itself on a busy machine.
  const expires = Date.now() + 8_000;
  const { key } = await make("short", "--expires", new Date(expires).toISOString());
  expect((await me(key)).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, expires - Date.now() + 100));
  const late = await me(key);
  expect([late.status, await late.json()]).toMatchObject([401, { error: { code: "API_KEY_EXPIRED" } }]);
  const other = await make("other");
  expect(await refusedCommand(["key", "create", "other"], at)).toMatchObject({ code: "NAME_TAKEN" });
  expect(JSON.stringify(await askCommand(["key", "list"], at))).not.toContain(other.key);
  await askCommand(["key", "revoke", "other"], at);
  expect((await me(other.key)).status).toBe(401);
  expect(await refusedCommand(["key", "revoke", "other"], at)).toMatchObject({ code: "API_KEY_NOT_FOUND" });
});

test("people are added, changed, reset and removed; an administrator always stays", async () => {
  const { oneTimePassword } = await askCommand<{ oneTimePassword: string }>(["user", "add", "ada"], at);
  expect(await refusedCommand(["user", "add", "ada"], at)).toMatchObject({ code: "NAME_TAKEN" });
  const first = await send("/api/sign-in", { user: "ada", password: oneTimePassword });
  const { cookie } = await send("/api/password", { password: oneTimePassword, newPassword: own }, first.cookie);
  expect(await ask("user.list", cookie)).toMatchObject({ status: 403, code: "NOT_ALLOWED" });
  await askCommand(["user", "set", "ada", "--role", "administrator"], at);
  expect(await ask("user.list", cookie)).toMatchObject({ status: 200 });
  await askCommand(["user", "set", "ada", "--active", "no"], at);
  expect(await ask("status", cookie)).toMatchObject({ status: 401 });
  expect(await send("/api/sign-in", { user: "ada", password: own })).toMatchObject({ code: "SIGN_IN_REFUSED" });
  for (const words of [["remove"], ["set", "--active", "no"], ["set", "--role", "viewer"]])
    expect(await refusedCommand(["user", words[0] ?? "", "admin", ...words.slice(1)], at)).toMatchObject({
      code: "LAST_ADMINISTRATOR",
    });
  await askCommand(["user", "set", "ada", "--active", "yes"], at);
  const reset = await askCommand<{ oneTimePassword: string }>(["user", "reset", "ada"], at);
  expect(await send("/api/sign-in", { user: "ada", password: reset.oneTimePassword })).toMatchObject({ status: 200 });
  await askCommand(["user", "remove", "ada"], at);
  expect(await refusedCommand(["user", "reset", "ada"], at)).toMatchObject({ code: "USER_NOT_FOUND" });
});

test("who tries passwords is made to wait, and so is who asks too much", async () => {
  const other = { data: join(home, "limited"), environment: { HEADGATE_RATE_LIMIT: "30" } };
  const limited = await serveHeadgate(other);
  const tries = [];
  for (let count = 0; count < 22; count++)
    tries.push((await limited.post("/api/sign-in", JSON.stringify({ user: "admin", password: "x" }), {})).status);
  expect(tries).toEqual([...Array<number>(20).fill(401), 429, 429]);
  for (let count = 0; count < 8; count++) await limited.get("/health", {});
  const refused = await limited.get("/health", {});
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ error: { code: "TOO_MANY_REQUESTS" } });
  await limited.stop();
});

test("over TLS with a certificate of one's own", async () => {
  const files = { certificate: join(home, "cert.pem"), key: join(home, "key.pem") };
  const made = spawnSync("openssl", [
    ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost".split(" "),
    ..."-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -out".split(" "),
    files.certificate,
    "-keyout",
    files.key,
  ]);
  expect(made.status).toBe(0);
  const tls = ["--tls-certificate", files.certificate, "--tls-key", files.key];
  const secure = { data: join(home, "secure") };
  const over = await serveHeadgate(secure, ...tls);
  expect(over.origin).toMatch(/^https:/);
  const { user, oneTimePassword: password } = over.first ?? {};
  const set = await new Promise<string>((resolve, reject) => {
    const asked = request(
      `${over.origin}/api/sign-in`,
      { method: "POST", rejectUnauthorized: false, headers: { "content-type": "application/json" } },
      (response) => resolve(String(response.headers["set-cookie"])),
    );
    asked.on("error", reject).end(JSON.stringify({ user, password }));
  });
  expect(set).toMatch(/^__Host-headgate_session=.*; Path=\/; .*; Secure$/);
  await over.stop();
  expect(await refusedCommand(["up", "--tls-certificate", files.certificate], secure)).toMatchObject({
    code: "SETTING_INVALID",
    place: "--tls-key / HEADGATE_TLS_KEY",
  });
  await writeFile(files.key, "not a key");
  expect(await refusedCommand(["up", ...tls], secure)).toMatchObject({ code: "SETTING_INVALID" });
});
