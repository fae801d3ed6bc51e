/** People sign in with the account of their company, at a real identity provider that runs beside Headgate. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPair } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newBrowser, type Browser, type Page } from "../world/browser.ts";
import { askCommand, type CommandOptions } from "../world/command.ts";
import { startIdentityProvider, type IdentityProvider } from "../world/identity-provider.ts";
import { startRogueProvider, type RogueProvider } from "../world/rogue-provider.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";
import { newUser } from "../world/signed-in.ts";

let home: string;
let at: CommandOptions;
let served: ServedHeadgate;
let company: IdentityProvider;
let rogue: RogueProvider;

const secret = "a secret of sufficient length";

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-company-"));
  at = { data: join(home, "data"), environment: { COMPANY_SECRET: secret, HEADGATE_RATE_LIMIT: "100000" } };
  served = await serveHeadgate(at);
  company = await startIdentityProvider({ id: "headgate", secret, origin: served.origin, name: "company" });
  await askCommand(["group", "add", "analysts"], at);
  await askCommand(["group", "add", "readers"], at);
  await askCommand(
    [
      "identity-provider add company --client-id headgate --secret-env COMPANY_SECRET --create-users yes".split(" "),
      "--groups-claim groups --map lake-analysts=analysts --map lake-readers=readers".split(" "),
      ["--attribute", "country=country", "--title", "the company", "--issuer", company.issuer],
    ].flat(),
    at,
  );
  rogue = await startRogueProvider();
  const words = ["identity-provider", "add", "rogue", "--issuer", rogue.issuer, "--client-id", "headgate"];
  await askCommand([...words, "--create-users", "yes", "--require", "team=lake"], at);
});
afterAll(async () => {
  await rogue[Symbol.asyncDispose]();
  await company[Symbol.asyncDispose]();
  await served.stop();
  await rm(home, { recursive: true, force: true });
});

/** As somebody does at the provider: types a login, and agrees. */
async function throughProvider(browser: Browser, start: Page, login: string): Promise<Page> {
  let page = await browser.send(start, { login, password: "anything" });
  if (/name="prompt" value="consent"/.test(page.text)) page = await browser.send(page, {});
  return page;
}

async function signInAs(login: string, browser = newBrowser()): Promise<{ browser: Browser; page: Page }> {
  const start = await browser.open(`${served.origin}/sign-in/with/company`);
  return { browser, page: await throughProvider(browser, start, login) };
}

async function me(browser: Browser): Promise<{ status: number; name?: string; account?: string }> {
  const response = await browser.get(`${served.origin}/api/me`);
  return { status: response.status, ...((await response.json()) as object) };
}

async function groupsOf(user: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const group of ["analysts", "readers"]) {
    const { members } = await askCommand<{ members: { member: string }[] }>(["group", "member", "list", group], at);
    if (members.some(({ member }) => member === user)) names.push(group);
  }
  return names;
}

describe("somebody of the company", () => {
  test("becomes a user at the first sign-in, with the groups and attributes that the provider says", async () => {
    company.people.set("u-1", {
      preferred_username: "Ann.Smith@example.com",
      groups: ["lake-analysts", "others"],
      country: "DE",
    });
    const { browser, page } = await signInAs("u-1");
    expect(page.status, page.text).toBe(200);
    expect(await me(browser)).toMatchObject({ status: 200, name: "ann.smith", account: "main" });
    expect(await groupsOf("ann.smith")).toEqual(["analysts"]);
    const { users } = await askCommand<{ users: { name: string; attributes: object }[] }>(["user", "list"], at);
    expect(users.find(({ name }) => name === "ann.smith")).toMatchObject({
      role: "none",
      attributes: { country: "DE" },
    });
  });

  test("is the same user later, keeps what was given by hand, and loses what the provider no longer says", async () => {
    await askCommand(["group", "member", "add", "readers", "ann.smith"], at);
    company.people.set("u-1", { preferred_username: "somebody else", groups: [] });
    const { browser } = await signInAs("u-1");
    expect(await me(browser)).toMatchObject({ name: "ann.smith" });
    expect(await groupsOf("ann.smith")).toEqual(["readers"]);
    company.people.set("u-1", { groups: ["lake-readers"] });
    await signInAs("u-1");
    company.people.set("u-1", { groups: [] });
    await signInAs("u-1");
    expect(await groupsOf("ann.smith")).toEqual(["readers"]);
  });

  test("never becomes a user who exists, whatever they are called and whatever their address is", async () => {
    await newUser(served, at, "boss", { role: "administrator" });
    company.people.set("u-2", { preferred_username: "boss", email: "boss@example.com", email_verified: true });
    const { browser } = await signInAs("u-2");
    expect(await me(browser)).toMatchObject({ name: "boss-2", role: "none" });
  });

  test("goes on in each of several tabs, in any order, also after a page of others led the browser to the way back", async () => {
    rogue.next = (claims, sign) => sign({ ...claims, team: "lake" });
    const browser = newBrowser();
    const begin = async () =>
      (await browser.get(`${served.origin}/sign-in/with/rogue`)).headers.get("location") ?? "nowhere";
    const tabs = [await begin(), await begin()];
    expect((await browser.open(`${served.origin}/sign-in/return/rogue?state=x&code=y`)).status).toBe(401);
    for (const tab of tabs.toReversed()) {
      const page = await browser.open(tab);
      expect(page.status, page.text).toBe(200);
      expect((await me(browser)).status).toBe(200);
    }
    const [, own] = [...(browser.cookies.get(new URL(served.origin).host) ?? [])].map(([name]) => name);
    expect(own, "nothing is left of a sign-in that nothing can go on with").toBeUndefined();
  });

  test("signs out here and at the provider", async () => {
    const { browser } = await signInAs("u-1");
    const { body } = await browser.post(`${served.origin}/api/sign-out`, {});
    expect(body["continueAt"]).toContain(`${company.issuer}/session/end?`);
    expect((await me(browser)).status).toBe(401);
    const page = await browser.open(String(body["continueAt"]));
    const after = await browser.send(page, { logout: "yes" });
    expect(after.address).toBe(`${served.origin}/sign-in`);
    const again = await browser.open(`${served.origin}/sign-in/with/company`);
    expect(again.text, "the provider asks who it is").toContain('name="login"');
  });
});

describe("the provider itself", () => {
  test("ends sessions by a token that it signed for this, and by no other", async () => {
    const { browser } = await signInAs("u-1");
    const other = await signInAs("u-2");
    const now = Math.floor(Date.now() / 1_000);
    const event = { "http://schemas.openid.net/event/backchannel-logout": {} };
    const honest = {
      iss: company.issuer,
      aud: "headgate",
      sub: "u-1",
      iat: now,
      exp: now + 60,
      jti: "1",
      events: event,
    };
    const send = async (token: string): Promise<string> => {
      const body = new URLSearchParams({ logout_token: token });
      const response = await fetch(`${served.origin}/api/back-channel-logout/company`, { method: "POST", body });
      return response.ok ? "ended" : ((await response.json()) as { error: { code: string } }).error.code;
    };
    const { events: _events, ...plain } = honest;
    const { sub: _sub, ...nobodys } = honest;
    for (const wrong of [
      plain,
      { ...honest, nonce: "an ID token has one" },
      { ...honest, aud: "another client" },
      { ...honest, iss: rogue.issuer },
      { ...honest, iat: now - 4_000, exp: now - 3_000 },
      { ...plain, events: { other: {} } },
      nobodys,
    ])
      expect(await send(await company.sign(wrong)), JSON.stringify(wrong)).toBe("PROVIDER_REFUSED");
    const unsigned = [{ alg: "none" }, honest].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
    expect(await send(`${unsigned.join(".")}.`)).toBe("PROVIDER_REFUSED");
    expect(await send("")).toBe("USAGE");
    expect((await me(browser)).status).toBe(200);
    const old = await company.sign({ ...honest, iat: now - 300 });
    expect(await send(old), "sessions that began later go on").toBe("ended");
    expect((await me(browser)).status).toBe(200);
    expect(await send(await company.sign(honest))).toBe("ended");
    expect((await me(browser)).status).toBe(401);
    expect((await me(other.browser)).status).toBe(200);
  });

  test("is not asked for its keys by everybody who sends a token", async () => {
    const [header, claims] = [{ alg: "RS256", kid: "unknown" }, { iss: rogue.issuer }];
    const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
    const before = rogue.keysAsked;
    for (let sent = 0; sent < 5; sent++) {
      const body = new URLSearchParams({ logout_token: [...parts, "AAAA"].join(".") });
      const response = await fetch(`${served.origin}/api/back-channel-logout/rogue`, { method: "POST", body });
      expect(await response.json()).toMatchObject({ error: { code: "PROVIDER_REFUSED" } });
    }
    expect(rogue.keysAsked - before).toBe(1);
  });

  test("ends by sub the sessions of somebody who is known here by another claim", async () => {
    await askCommand(["identity-provider", "set", "company", "--subject", "oid"], at);
    try {
      for (const login of ["u-8", "u-9"])
        company.people.set(login, { preferred_username: `of ${login}`, oid: `object of ${login}` });
      const [browser, other] = [(await signInAs("u-8")).browser, (await signInAs("u-9")).browser];
      expect((await me(browser)).status).toBe(200);
      const iat = Math.floor(Date.now() / 1_000);
      const events = { "http://schemas.openid.net/event/backchannel-logout": {} };
      const told = { iss: company.issuer, aud: "headgate", sub: "u-8", iat, exp: iat + 60, jti: "8", events };
      const body = new URLSearchParams({ logout_token: await company.sign(told) });
      const response = await fetch(`${served.origin}/api/back-channel-logout/company`, { method: "POST", body });
      expect(await response.json()).toEqual({ ended: 1 });
      expect([(await me(browser)).status, (await me(other)).status]).toEqual([401, 200]);
    } finally {
      await askCommand(["identity-provider", "set", "company", "--subject", "sub"], at);
    }
  });

  test("ends the session here when somebody signs out there", async () => {
    const { browser } = await signInAs("u-1");
    const page = await browser.open(`${company.issuer}/session/end`);
    await browser.send(page, { logout: "yes" });
    await expect.poll(async () => (await me(browser)).status).toBe(401);
  });
});

describe("somebody who attacks a sign-in", () => {
  const codeOf = ({ text }: Page): string => /\b[A-Z]+(_[A-Z]+)+\b/.exec(text)?.[0] ?? text;

  /** The address with which the provider would send the browser back, not followed. */
  async function wayBack(browser: Browser, login: string): Promise<string> {
    const { page } = await signInAs(login, browser);
    return page.way.at(-1) ?? "";
  }

  test("is not let in a second time with the same state and code", async () => {
    const browser = newBrowser();
    const back = await wayBack(browser, "u-1");
    expect(back).toContain("/sign-in/return/company?");
    expect(codeOf(await browser.open(back))).toBe("SIGN_IN_STALE");
  });

  test("cannot have a sign-in that they began end in somebody else's browser", async () => {
    const attacker = newBrowser();
    const start = await attacker.open(`${served.origin}/sign-in/with/company`);
    attacker.cookies.get(new URL(served.origin).host)?.clear();
    const page = await throughProvider(attacker, start, "u-1");
    expect([page.status, codeOf(page)]).toEqual([401, "SIGN_IN_STALE"]);
    const victim = newBrowser();
    await victim.open(`${served.origin}/sign-in/with/company`);
    const state = new URL(page.address).searchParams;
    expect(codeOf(await victim.open(`${served.origin}/sign-in/return/company?${state}`))).toBe("SIGN_IN_STALE");
    expect((await me(victim)).status).toBe(401);
  });

  test("cannot mix up two providers", async () => {
    const browser = newBrowser();
    const start = await browser.open(`${served.origin}/sign-in/with/company`);
    const before = rogue.exchanges;
    const own = new Map(browser.cookies.get(new URL(served.origin).host));
    browser.cookies.get(new URL(served.origin).host)?.clear();
    const { address } = await throughProvider(browser, start, "u-1");
    browser.cookies.set(new URL(served.origin).host, own);
    const query = new URL(address).searchParams;
    expect(codeOf(await browser.open(`${served.origin}/sign-in/return/rogue?${query}`))).toBe("SIGN_IN_STALE");
    expect(rogue.exchanges, "the code of the company is shown to nobody else").toBe(before);
  });

  test("cannot change the issuer, the state, or the code in the way back", async () => {
    for (const [name, value] of [
      ["iss", rogue.issuer],
      ["state", "x"],
      ["code", "x"],
      ["error", "access_denied"],
    ] as const) {
      const browser = newBrowser();
      const start = await browser.open(`${served.origin}/sign-in/with/company`);
      const own = new Map(browser.cookies.get(new URL(served.origin).host));
      browser.cookies.get(new URL(served.origin).host)?.clear();
      const { address } = await throughProvider(browser, start, "u-1");
      browser.cookies.set(new URL(served.origin).host, own);
      const changed = new URL(address);
      changed.searchParams.set(name, value);
      if (name === "error") changed.searchParams.delete("code");
      const page = await browser.open(changed.href);
      // The first way back, without the cookie, has not ended the sign-in.
      expect([name, codeOf(page)]).toEqual([name, name === "state" ? "SIGN_IN_STALE" : "PROVIDER_REFUSED"]);
      expect((await me(browser)).status).toBe(401);
    }
  });

  test("is led nowhere else, and puts nothing into a page", async () => {
    const browser = newBrowser();
    const start = await browser.open(
      `${served.origin}/sign-in/with/company?returnTo=https://evil.example&next=//evil.example`,
    );
    const page = await throughProvider(browser, start, "u-1");
    expect(page.way.filter((address) => address.includes("evil"))).toEqual(
      [page.way[0]].filter((one) => one?.includes("evil")),
    );
    const odd = await newBrowser().open(
      `${served.origin}/sign-in/return/company?error=<script>alert(1)</script>&state=1`,
    );
    expect(odd.text).not.toContain("<script>alert");
    expect(codeOf(await newBrowser().open(`${served.origin}/sign-in/with/nobody`))).toBe("PROVIDER_NOT_FOUND");
  });

  test("cannot pass a token that is not for this sign-in", async () => {
    const { privateKey } = await generateKeyPair("RS256");
    const honest = { team: "lake" };
    const tries: Record<string, RogueProvider["next"]> = {
      "another audience": (claims, sign) => sign({ ...claims, ...honest, aud: "another" }),
      "another issuer": (claims, sign) => sign({ ...claims, ...honest, iss: company.issuer }),
      "another nonce": (claims, sign) => sign({ ...claims, ...honest, nonce: "replayed" }),
      "no nonce": (claims, sign) => sign({ ...claims, ...honest, nonce: undefined }),
      "over long ago": (claims, sign) => sign({ ...claims, ...honest, iat: 1_000_000, exp: 1_000_060 }),
      "another key": (claims, sign) => sign({ ...claims, ...honest }, privateKey),
      "no signature": async (claims) =>
        `${[{ alg: "none" }, { ...claims, ...honest }].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")}.`,
      "somebody of another team": (claims, sign) => sign({ ...claims, team: "other" }),
    };
    for (const [name, next] of Object.entries(tries)) {
      rogue.next = next;
      const browser = newBrowser();
      const page = await browser.open(`${served.origin}/sign-in/with/rogue`);
      expect([name, page.status, codeOf(page)]).toEqual([name, 401, "PROVIDER_REFUSED"]);
      expect((await me(browser)).status).toBe(401);
    }
    rogue.next = (claims, sign) => sign({ ...claims, ...honest, exp: Math.floor(Date.now() / 1_000) - 20 });
    const late = newBrowser();
    expect((await late.open(`${served.origin}/sign-in/with/rogue`)).status, "clocks may differ a little").toBe(200);
    expect((await me(late)).status).toBe(200);
  });
});

async function operate<T>(operation: string, input: object): Promise<T> {
  const response = await served.post(`/api/operations/${operation}`, JSON.stringify(input));
  const line = (await response.text()).trim().split("\n").at(-1) ?? "";
  if (response.status !== 200) throw new Error(line);
  return (JSON.parse(line) as { result: T }).result;
}

/** The password that every user of a test chooses. */
const password = "correct horse battery staple";
const codeIn = ({ body }: { body: Record<string, unknown> }): unknown => (body["error"] as { code?: string })?.code;

describe("a user with a password", () => {
  test("links their identity themselves, with their password, and then is the one who signs in with it", async () => {
    await newUser(served, at, "linker");
    const browser = newBrowser();
    await browser.post(`${served.origin}/api/sign-in`, { user: "linker", password });
    const link = (given: object) => browser.post(`${served.origin}/api/identities`, { provider: "company", ...given });
    expect(codeIn(await link({}))).toBe("SIGN_IN_REFUSED");
    expect(codeIn(await link({ password: "wrong" }))).toBe("SIGN_IN_REFUSED");
    const forged = await served.post("/api/identities", JSON.stringify({ provider: "company", password }), {
      cookie: [...(browser.cookies.get(new URL(served.origin).host) ?? [])]
        .map(([name, { value }]) => `${name}=${value}`)
        .join(),
      origin: "https://evil.example",
    });
    expect(forged.status, "a page of another site").toBe(403);
    const { body } = await link({ password });
    const page = await throughProvider(browser, await browser.open(String(body["continueAt"])), "u-9");
    expect(page.status, page.text).toBe(200);
    const { browser: other } = await signInAs("u-9");
    expect(await me(other)).toMatchObject({ name: "linker" });
    const second = newBrowser();
    await second.post(`${served.origin}/api/sign-in`, { user: "linker", password });
    const { body: again } = await second.post(`${served.origin}/api/identities`, { provider: "company", password });
    const taken = await throughProvider(second, await second.open(String(again["continueAt"])), "u-1");
    expect([taken.status, taken.text.includes("IDENTITY_TAKEN")]).toEqual([409, true]);
    await operate("identity.unlink", { provider: "company", subject: "u-9" });
    expect((await me(other)).status, "its sessions end with the link").toBe(401);
  });

  test("is told which command links them where the provider makes nobody", async () => {
    await operate("identity-provider.set", { name: "company", createsUsers: false });
    const before = await operate<{ users: object[] }>("user.list", {});
    const { page } = await signInAs("u-10");
    expect([page.status, page.text]).toEqual([
      403,
      expect.stringContaining("identity link &lt;user&gt; --provider company --subject u-10"),
    ]);
    expect(await operate("user.list", {})).toEqual(before);
    expect((await signInAs("u-1")).page.status, "who is linked comes in").toBe(200);
  });
});
