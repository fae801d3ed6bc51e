/**
 * A journey with people: an organisation with two accounts, somebody who acts in both, a group, a role that is assumed
 * in a session and by a key, and what ends with whom.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askCommand, refusedCommand, runCommand, type CommandOptions } from "../world/command.ts";
import { serveHeadgate, type ServedHeadgate } from "../world/served-headgate.ts";

const own = "correct horse battery staple";
let home: string;
let at: CommandOptions;
let served: ServedHeadgate;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-people-"));
  at = { data: join(home, "data") };
  served = await serveHeadgate(at);
});
afterAll(async () => {
  await served.stop();
  await rm(home, { recursive: true, force: true });
});

const run = <T = unknown>(line: string): Promise<T> => askCommand<T>(line.split(" "), at);
const refused = (line: string) => refusedCommand(line.split(" "), at);

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function answerOf(response: Response): Promise<Answer> {
  const lines = (await response.text()).trim().split("\n");
  return { status: response.status, body: JSON.parse(lines.at(-1) ?? "{}") as Answer["body"] };
}

async function post(path: string, input: object, headers: Record<string, string>): Promise<Answer> {
  return answerOf(await served.post(path, JSON.stringify(input), headers));
}

/** Signs in with the own password, and returns the headers of the session. */
async function session(user: string): Promise<Record<string, string>> {
  const response = await served.post("/api/sign-in", JSON.stringify({ user, password: own }), {});
  const [set = ""] = response.headers.getSetCookie();
  return { cookie: set.split(";")[0] ?? "", origin: served.origin };
}

async function newcomer(line: string): Promise<void> {
  const { user, oneTimePassword: password } = await run<{ user: string; oneTimePassword: string }>(line);
  const response = await served.post("/api/sign-in", JSON.stringify({ user, password }), {});
  const [set = ""] = response.headers.getSetCookie();
  const headers = { cookie: set.split(";")[0] ?? "", origin: served.origin };
  expect(await post("/api/password", { password, newPassword: own }, headers)).toMatchObject({ status: 200 });
}

test("an organisation has units, accounts with numbers, and refuses to lose what is not empty", async () => {
  await run("unit add europe");
  await run("unit add europe/romania");
  const { number } = await run<{ number: string }>("account add sales --unit europe/romania");
  expect(number).toMatch(/^\d{12}$/);
  expect(await refused("unit remove europe/romania")).toMatchObject({
    code: "NOT_EMPTY",
    message: "the unit still has in it: account sales",
  });
  await run("unit move europe/romania romania");
  expect(await run("account list")).toMatchObject({
    accounts: [{ name: "main" }, { name: "sales", number, unit: "romania" }],
  });
  const { stdout } = await runCommand(["unit", "list"], at);
  expect(stdout).toBe("europe\nromania\n");
});

test("a person acts in one account at a time, with the role that they have there", async () => {
  await newcomer("user add ann --role viewer --attribute country=DE --attribute team=bi");
  await run("account member add sales ann --role administrator");
  const ann = await session("ann");
  const me = async () => (await answerOf(await served.get("/api/me", ann))).body;
  expect(await me()).toMatchObject({ name: "ann", role: "viewer", account: "main", accounts: ["main", "sales"] });
  expect(await post("/api/act", { account: "sales" }, ann)).toMatchObject({
    body: { account: "sales", role: "administrator" },
  });
  expect(await post("/api/act", { account: "other" }, ann)).toMatchObject({ status: 404 });
  const keyIn = (account?: string) => post("/api/operations/key.create", { name: `of ${account}`, account }, ann);
  expect([(await keyIn("sales")).status, (await keyIn()).status, (await keyIn("main")).status]).toEqual([
    200, 200, 403,
  ]);
  const { sessions } = await run<{ sessions: object[] }>("session list ann");
  expect(sessions[0], "the other was opened to choose a password").toMatchObject({ account: "sales", actingAs: null });
  await run("account member remove sales ann");
  expect(await me()).toMatchObject({ account: "main", role: "viewer", accounts: ["main"] });
  await run("user set ann --attribute team=");
  const { users } = await run<{ users: { name: string; attributes: object }[] }>("user list");
  expect(users.find(({ name }) => name === "ann")?.attributes).toEqual({ country: "DE" });
});

test("a role is assumed by the members of a group, and gives nothing but its own rights", async () => {
  await run("group add analysts");
  await run("group add staff");
  await run("group member add staff group:analysts");
  expect(await refused("group member add analysts group:staff")).toMatchObject({ code: "MEMBERSHIP_CYCLE" });
  await run("group member add analysts ann --until 2999-12-31T00:00:00Z");
  await run("role add keeper");
  await run("grant administer on account main to role:keeper");
  await run("role member add keeper group:staff");
  expect(await run("group show analysts")).toMatchObject({
    name: "analysts",
    account: "main",
    members: [{ member: "ann", until: "2999-12-31T00:00:00.000Z" }],
    memberOf: ["group:staff"],
    grants: [],
  });
  expect(await run("role show keeper")).toMatchObject({
    members: [{ member: "group:staff" }],
    grants: [{ to: "role:keeper", permissions: ["ADMINISTER"], on: "account main" }],
  });
  expect(await refused("group show keeper")).toMatchObject({ code: "GROUP_NOT_FOUND", place: "keeper" });
  const ann = await session("ann");
  const list = (headers: Record<string, string>) => post("/api/operations/user.list", {}, headers);
  expect((await list(ann)).status).toBe(403);
  expect((await post("/api/act", { role: "keeper" }, ann)).body).toMatchObject({
    kind: "role",
    name: "keeper",
    behind: "ann",
    assumable: ["keeper"],
  });
  expect((await list(ann)).status).toBe(200);
  await run("group member remove analysts ann");
  expect((await list(ann)).status).toBe(403);
  expect((await post("/api/act", { role: "keeper" }, ann)).status).toBe(404);
});

test("a key assumes a role for each request that says so", async () => {
  const { key } = await run<{ key: string }>("key create nightly --role none --attribute country=RO");
  const as = (role: string) => ({ authorization: `Bearer ${key}`, "headgate-role": role });
  const list = (headers: Record<string, string>) => post("/api/operations/user.list", {}, headers);
  expect(await list(as("keeper"))).toMatchObject({ status: 403, body: { error: { code: "NOT_ALLOWED" } } });
  await run("role member add keeper key:nightly");
  expect(await run("key revoke nightly --plan")).toMatchObject({
    revoked: null,
    falls: { memberOf: ["role:keeper"], grants: [] },
  });
  expect((await list(as("keeper"))).status).toBe(200);
  expect((await list(as("nobody"))).status).toBe(403);
  expect((await list({ authorization: `Bearer ${key}` })).status).toBe(403);
  expect((await post("/api/act", { role: "keeper" }, as("keeper"))).status).toBe(400);
  expect((await list({ ...(await session("ann")), "headgate-role": "keeper" })).status).toBe(403);
});

test("what ends with somebody is shown first, and a question is asked; the removed keep their names", async () => {
  await run("group member add analysts ann");
  const { stdout } = await runCommand(["user", "remove", "ann", "--plan"], at);
  for (const line of [
    "ann would be removed",
    "a grant ends: the role viewer on account main",
    "a membership ends: group:analysts",
  ])
    expect(stdout).toContain(line);
  const unasked = await runCommand(["user", "remove", "ann"], at);
  expect([unasked.code, unasked.stderr]).toEqual([1, expect.stringContaining("--yes")]);
  const ann = await session("ann");
  await run("user remove ann --yes");
  expect((await served.get("/api/me", ann)).status).toBe(401);
  expect(await run("group member list analysts")).toEqual({ members: [] });
  expect(await run("user list --removed")).toMatchObject({ removed: [{ name: "ann" }] });
  await newcomer("user add ann --role none");
  expect(await run("group member list analysts")).toEqual({ members: [] });
  await run("group remove staff --yes");
  expect(await run("role member list keeper")).toMatchObject({ members: [{ member: "key:nightly" }] });
  await run("role remove keeper --yes");
  expect(await run("role list --removed")).toMatchObject({ groups: [], removed: [{ name: "keeper" }] });
});

test("sessions are listed and ended, one's own by oneself and anybody's by an administrator", async () => {
  const [first, second] = [await session("ann"), await session("ann")];
  const mine = await post("/api/operations/session.mine", {}, first);
  const { sessions } = mine.body["result"] as { sessions: { id: string; address: string }[] };
  expect(sessions.map(({ address }) => address)).toEqual(expect.arrayContaining(["127.0.0.1"]));
  expect((await post("/api/operations/session.list", {}, first)).status).toBe(403);
  const newest = sessions[0]?.id ?? "";
  expect((await post("/api/operations/session.leave", { id: newest }, first)).status).toBe(200);
  await run("session end --user ann");
  for (const headers of [first, second]) expect((await served.get("/api/me", headers)).status).toBe(401);
  expect(await refused(`session end ${newest}`)).toMatchObject({ code: "SESSION_NOT_FOUND" });
});

test("whoever guesses a password has to wait, which the log says, and a reset ends it", async () => {
  const guess = (password: string) => post("/api/sign-in", { user: "ann", password }, {});
  const guesses = await Promise.all(Array.from({ length: 7 }, () => guess("wrong")));
  const codes = guesses.map(({ body }) => (body["error"] as { code: string }).code);
  expect(new Set(codes)).toEqual(new Set(["SIGN_IN_REFUSED", "SIGN_IN_DELAYED"]));
  const { events } = await run<{ events: { kind: string; principal: string }[] }>("audit list --kind lockout");
  expect(events[0]).toMatchObject({ principal: "ann" });
  const { oneTimePassword } = await run<{ oneTimePassword: string }>("user reset ann");
  expect((await guess(oneTimePassword)).status).toBe(200);
});

test("an account is set up in one command, and shows what goes with it before it goes", async () => {
  await run("user add olga");
  const made = await run<{ number: string }>("account add lab --kind producer --owner olga");
  expect(made).toMatchObject({ kinds: ["producer"], owner: "olga", database: "lab" });
  const { stdout } = await runCommand(["account", "show", "lab"], at);
  expect(stdout).toMatch(/kind +producer/);
  expect(await refused("account add other --kind seller")).toMatchObject({ code: "USAGE", place: "--kind" });
  expect(await refused("user add ida --invite ida@example.org")).toMatchObject({ code: "SETTING_INVALID" });
  const planned = await runCommand(["account", "remove", "lab", "--plan"], at);
  expect(planned.stdout).toMatch(/lab would be removed\n.*database lab\n.*membership ends: olga/s);
  expect(await run("account remove lab --yes")).toMatchObject({ removed: "lab", filesDeleted: 0 });
  await run("user remove olga --yes");
});
