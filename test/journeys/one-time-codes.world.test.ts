/** One-time codes: somebody whose account requires them, from the first refusal to the code that is used twice. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signInAt, type Enrolment } from "../../src/cli/server/sign-in.ts";
import { authenticatorWith, type Authenticator } from "../world/authenticator.ts";
import { askCommand, type CommandOptions } from "../world/command.ts";
import { personOf, personWithKey } from "../world/person.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";
import { newUser } from "../world/signed-in.ts";

/** The password that every user of a test chooses. */
const password = "correct horse battery staple";
let home: string;
let at: CommandOptions;
let served: ServedHeadgate;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-codes-"));
  at = { data: join(home, "data") };
  served = await serveHeadgate(at);
});
afterAll(async () => {
  await served.stop();
  await rm(home, { recursive: true, force: true });
});

/** As the administrator whose key the test has. */
async function operate(operation: string, input: object): Promise<object> {
  const { status, lines, text } = await personWithKey(served, served.key).ask(operation, input);
  if (status !== 200) throw new Error(text);
  return lines.at(-1) ?? {};
}

const codeIn = ({ body }: { readonly body: Record<string, unknown> }): unknown =>
  (body["error"] as { code?: string } | undefined)?.code;

test("a member of an account that requires codes does nothing before there is an authenticator", async () => {
  const cody = await newUser(served, at, "cody", { role: "viewer" });
  const send = async (path: string, input: object, headers = cody.headers) => {
    const response = await served.post(path, JSON.stringify(input), headers);
    const line = (await response.text()).trim().split("\n").at(-1) ?? "";
    return {
      status: response.status,
      cookies: response.headers.getSetCookie(),
      body: JSON.parse(line) as Record<string, unknown>,
    };
  };
  expect((await cody.ask("status")).status).toBe(200);
  await operate("account.set", { name: "main", requiresCodes: true });
  for (const operation of ["status", "table.list", "session.mine", "access.mine"])
    expect(await cody.refusal(operation), operation).toMatch(/^AUTHENTICATOR_REQUIRED/);
  for (const path of ["/api/events", "/metrics", "/api/openapi.json"])
    expect([path, (await served.get(path, cody.headers)).status]).toEqual([path, 403]);
  expect(codeIn(await send("/api/act", { account: "main" }))).toBe("AUTHENTICATOR_REQUIRED");
  expect(codeIn(await send("/api/identities", { provider: "company", password }))).toBe("AUTHENTICATOR_REQUIRED");
  const { body: shown } = { body: (await (await served.get("/api/me", cody.headers)).json()) as object };
  expect(shown).toMatchObject({ lacksAuthenticator: true, account: null, accounts: [], assumable: [] });
  expect((await served.post("/api/operations/status", "{}")).status, "keys are not affected").toBe(200);

  expect(codeIn(await send("/api/authenticator", { password: "wrong" }))).toBe("SIGN_IN_REFUSED");
  const { body: added } = await send("/api/authenticator", { password });
  const { code } = authenticatorWith(String(added["secret"]));
  expect(codeIn(await send("/api/authenticator/confirm", { code: "000000" }))).toBe("CODE_REFUSED");
  const { body: confirmed } = await send("/api/authenticator/confirm", { code: code(-1) });
  expect(confirmed["recoveryCodes"]).toHaveLength(10);
  expect((await cody.ask("status")).status).toBe(200);

  const half = await send("/api/sign-in", { user: "cody", password }, {});
  expect([half.status, codeIn(half), half.cookies]).toEqual([401, "CODE_REQUIRED", []]);
  const present = code();
  expect((await send("/api/sign-in", { user: "cody", password, code: present }, {})).status).toBe(200);
  const replayed = await send("/api/sign-in", { user: "cody", password, code: present }, {});
  expect([codeIn(replayed), replayed.cookies]).toEqual(["CODE_REFUSED", []]);
  const changed = await send("/api/password", { password, newPassword: `${password} two` });
  expect([changed.status, changed.cookies.length], "a proven session needs no code again").toEqual([200, 1]);
  expect(codeIn(await send("/api/authenticator/remove", { password, code: code(1) }))).toBe("UNAUTHENTICATED");
  await operate("account.add", { name: "sales" });
  const other = await personOf(served, at, "of sales", { role: "administrator", account: "sales" });
  expect(await other.refusal("authenticator.forget", { user: "cody" }), "no user of theirs").toMatch(/^USER_NOT_FOUND/);
  await operate("authenticator.forget", { user: "cody" });
  const session = { cookie: changed.cookies[0]?.split(";")[0] ?? "", origin: served.origin };
  expect((await served.get("/api/me", session)).status).toBe(401);
  await operate("account.set", { name: "main", requiresCodes: false });
  const log = JSON.stringify(await operate("audit.list", { limit: 200 }));
  for (const hidden of [String(added["secret"]), ...(confirmed["recoveryCodes"] as string[])])
    expect(log.includes(hidden)).toBe(false);
});

test("the command line adds an authenticator where somebody looks, and asks for its codes from then on", async () => {
  const { oneTimePassword } = await askCommand<{ oneTimePassword: string }>(["user", "add", "dora"], at);
  await operate("account.set", { name: "main", requiresCodes: true });
  const server = { origin: served.origin, key: undefined, signIns: join(home, "sign-ins.json") };
  const kept: string[] = [];
  let app: Authenticator | undefined;
  const enrolment: Enrolment = {
    async show({ secret, address }) {
      expect(address).toContain(secret);
      app = authenticatorWith(secret);
      return ` ${app.code(-1)}\n`;
    },
    keep: (codes) => void kept.push(...codes),
  };
  const signingIn = (own: string) => ({
    user: "dora",
    account: undefined,
    role: undefined,
    password: async () => own,
    newPassword: async () => password,
    code: async () => app?.code() ?? "",
    enrolment,
  });
  const caller = await signInAt(server, signingIn(oneTimePassword));
  expect(caller).toMatchObject({ name: "dora", account: "main" });
  expect(kept).toHaveLength(10);
  expect(await signInAt(server, signingIn(password))).toMatchObject({ name: "dora", account: "main" });
  expect(kept).toHaveLength(10);
  await operate("account.set", { name: "main", requiresCodes: false });
});
