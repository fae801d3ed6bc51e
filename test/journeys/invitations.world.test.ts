/** Invitations of people, with a real mail server and the real HTTP door: from the mail to the first sign-in. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openPlainLake, type PlainLake } from "../world/plain-lake.ts";
import { must } from "../../src/base/must.ts";
import { openHttpDoor, type HttpDoor } from "../../src/doors/http/http-door.ts";
import { signIn } from "../../src/identity/sessions.ts";
import type { Context } from "../../src/operations/context.ts";
import type { Operation } from "../../src/operations/operation.ts";
import type { MailSettings } from "../../src/operations/send-mail.ts";
import { accountAdd, accountList } from "../../src/operations/people/accounts.ts";
import {
  userInvitations,
  userInvite,
  userInviteAgain,
  userWithdrawInvitation,
} from "../../src/operations/people/invitations.ts";
import { sendInvitations } from "../../src/operations/people/send-invitations.ts";
import { userAdd, userList, userRemove, userReset } from "../../src/operations/people/users.ts";

let lake: PlainLake;
let context: Context;
let smtp: SMTPServer;
let door: HttpDoor;
let settings: MailSettings;
let refusing = false;
const mails: { readonly to: string; readonly text: string }[] = [];

beforeAll(async () => {
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    async onData(stream, { envelope }, done) {
      const text = Buffer.concat(await Array.fromAsync(stream as AsyncIterable<Buffer>)).toString();
      if (refusing) return done(new Error("come back later"));
      const [to] = envelope.rcptTo;
      mails.push({ to: to?.address ?? "", text: text.replaceAll("=\r\n", "").replaceAll("=3D", "=") });
      done();
    },
  });
  const listening = smtp.listen(0, "127.0.0.1");
  await once(listening, "listening");
  lake = await openPlainLake();
  await lake.ask(userAdd, { name: "root", role: "administrator" });
  const guard = { requestsPerMinute: 10_000, tls: undefined, logsRequests: false, trustsProxy: false };
  door = openHttpDoor({ context: lake.context, operations: [], guard });
  const publicUrl = await door.listen({ host: "127.0.0.1", port: 0 });
  const server = `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  settings = { server, from: "lake@example.org", publicUrl };
  context = { ...lake.context, config: { ...lake.context.config, requestMail: settings } };
});
afterAll(async () => {
  await door[Symbol.asyncDispose]();
  await lake[Symbol.asyncDispose]();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
});
beforeEach(() => {
  mails.length = 0;
  refusing = false;
});

const ask = <I, O>(operation: Operation<I, O>, input: object): Promise<O> => lake.askWith(context, operation, input);
const send = () => sendInvitations(context, settings);
const stateOf = async (user: string) =>
  (await ask(userInvitations, {})).invitations.find((one) => one.user === user)?.state;
const passwordIn = (index: number): string =>
  must(/^One-time password: (\S+)$/m.exec(must(mails[index], "a mail").text.replaceAll("\r", ""))?.[1], "a password");

async function post(path: string, input: object, cookie = ""): Promise<Response> {
  const headers = { "content-type": "application/json", origin: settings.publicUrl, cookie };
  return fetch(`${settings.publicUrl}${path}`, { method: "POST", body: JSON.stringify(input), headers });
}

const enter = (user: string, password: string): Promise<Response> => post("/api/sign-in", { user, password });
const cookieOf = (answer: Response): string => answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
const expire = (user: string) =>
  lake.context.db
    .updateTable("users")
    .set({ password_expires_at: new Date(Date.now() - 1) })
    .where("id", "in", lake.context.db.selectFrom("principals").select("id").where("name", "=", user))
    .execute();

test("a mail brings a password, which must be changed at the first sign-in and works no longer then", async () => {
  expect(await ask(userInvite, { name: "ann", address: "ann@example.org" })).toMatchObject({ user: "ann" });
  expect(await stateOf("ann")).toBe("waiting");
  expect(await Promise.all([send(), send()])).toContainEqual({ sent: 1, failed: 0 });
  expect(mails.map(({ to }) => to)).toEqual(["ann@example.org"]);
  expect(await stateOf("ann")).toBe("sent");
  const password = passwordIn(0);
  const page = must(/Sign in at (\S+) /.exec(must(mails[0], "a mail").text)?.[1], "a link");
  expect(page).toBe(`${settings.publicUrl}/sign-in?user=ann`);
  expect((await fetch(page)).status).toBe(200);

  const first = await enter("ann", password);
  expect(await first.json()).toMatchObject({ mustChangePassword: true });
  const newPassword = "a lighthouse by the sea";
  const changed = await post("/api/password", { password, newPassword }, cookieOf(first));
  expect(changed.status).toBe(200);
  expect((await enter("ann", password)).status).toBe(401);
  expect((await enter("ann", newPassword)).status).toBe(200);
  expect(await stateOf("ann")).toBe("accepted");
  const told = await lake.context.db.selectFrom("mail_subscriptions").select(["address", "confirmed_at"]).execute();
  expect(told).toMatchObject([{ address: "ann@example.org", confirmed_at: expect.any(Date) }]);
  await expect(ask(userInviteAgain, { name: "ann" })).rejects.toMatchObject({ code: "INVITATION_NOT_FOUND" });

  const everything = JSON.stringify(
    [
      lake.logged,
      await lake.context.db.selectFrom("audit_events").selectAll().execute(),
      await lake.context.db.selectFrom("person_invitations").selectAll().execute(),
      await lake.context.db.selectFrom("users").selectAll().execute(),
    ],
    (_key, value: unknown) => (typeof value === "bigint" ? `${value}` : value),
  );
  expect(everything).not.toContain(password);
});

test("the password ends by time, by another mail, by a withdrawal, by a reset, and with its user", async () => {
  await ask(userInvite, { name: "bob", address: "bob@example.org" });
  await send();
  await expire("bob");
  expect((await enter("bob", passwordIn(0))).status).toBe(401);

  await ask(userInviteAgain, { name: "bob", address: "bobby@example.org" });
  await send();
  expect(mails.map(({ to }) => to)).toEqual(["bob@example.org", "bobby@example.org"]);
  expect((await enter("bob", passwordIn(0))).status).toBe(401);
  expect((await enter("bob", passwordIn(1))).status).toBe(200);

  await ask(userWithdrawInvitation, { name: "bob" });
  expect((await enter("bob", passwordIn(1))).status).toBe(401);
  expect(await stateOf("bob")).toBe("withdrawn");
  await expect(ask(userWithdrawInvitation, { name: "bob" })).rejects.toMatchObject({ code: "INVITATION_NOT_FOUND" });

  await ask(userInviteAgain, { name: "bob" });
  const { oneTimePassword } = await ask(userReset, { name: "bob" });
  await send();
  expect(mails).toHaveLength(2);
  await signIn(lake.context.db, { user: "bob", password: oneTimePassword });

  await ask(userInvite, { name: "eve", address: "eve@example.org" });
  await ask(userRemove, { name: "eve" });
  await send();
  expect(mails).toHaveLength(2);
});

test("a mail that is refused is tried again with another password, and can be sent again when it was given up", async () => {
  await ask(userInvite, { name: "kim", address: "kim@example.org" });
  refusing = true;
  const again = () =>
    lake.context.db
      .updateTable("person_invitations")
      .set({ next_at: new Date(0) })
      .where("state", "=", "waiting")
      .execute();
  for (let attempt = 0; attempt < 8; attempt++) {
    expect(await send()).toEqual({ sent: 0, failed: 1 });
    await again();
  }
  expect((await ask(userInvitations, {})).invitations[0]).toMatchObject({
    user: "kim",
    state: "failed",
    failure: expect.stringContaining("come back later"),
  });
  refusing = false;
  expect(await send()).toEqual({ sent: 0, failed: 0 });
  await ask(userInviteAgain, { name: "kim" });
  expect(await send()).toEqual({ sent: 1, failed: 0 });
  expect((await enter("kim", passwordIn(0))).status).toBe(200);
});

test("an account is set up with an owner who is invited, under a name that nobody had, and once for an address", async () => {
  const made = await ask(accountAdd, { name: "sales", kinds: ["consumer"], owner: "Ann@Elsewhere.example" });
  expect(made).toMatchObject({ owner: "ann-2", invited: "Ann@Elsewhere.example", database: null, kinds: ["consumer"] });
  const other = await ask(accountAdd, { name: "buying", kinds: ["producer"], owner: "ann@elsewhere.example" });
  expect(other).toMatchObject({ owner: "ann-2", invited: null, database: "buying" });
  await send();
  expect(mails).toHaveLength(1);
  expect(must(mails[0], "a mail").text).toContain("Account: buying, sales");
  const { users } = await ask(userList, { account: "sales" });
  expect(users).toMatchObject([{ name: "ann-2", role: "administrator", accounts: ["buying", "sales"] }]);
  expect([made.getsMails, other.getsMails]).toEqual([true, true]);
});

test("it is said of an owner who was a user already whether mails about requests reach them", async () => {
  await ask(userAdd, { name: "otto" });
  expect(await ask(accountAdd, { name: "otto-has", owner: "otto" })).toMatchObject({ getsMails: false });
  expect(await ask(accountAdd, { name: "ann-has", owner: "ann" })).toMatchObject({ getsMails: true });
  expect(await ask(accountAdd, { name: "nobody-has" })).toMatchObject({ getsMails: null });
});

test("nobody is invited where no mail is sent, nor to what is no address", async () => {
  await expect(lake.ask(userInvite, { name: "zoe", address: "zoe@example.org" })).rejects.toMatchObject({
    code: "SETTING_INVALID",
  });
  await expect(lake.ask(accountAdd, { name: "none", owner: "zoe@example.org" })).rejects.toMatchObject({
    code: "SETTING_INVALID",
  });
  expect((await lake.ask(accountList)).accounts.map(({ name }) => name)).not.toContain("none");
  for (const address of ["zoe", "a@b\0c", "a b@c", "<a@b>", "🦀"])
    await expect(ask(userInvite, { name: "zoe", address })).rejects.toMatchObject({ code: "USAGE" });
  await expect(ask(userInvite, { name: "ann", address: "ann@example.org" })).rejects.toMatchObject({
    code: "NAME_TAKEN",
  });
});
