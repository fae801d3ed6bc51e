/** A restored metadata database is taken into use: what could be used a second time ends, and nothing else. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql as rawSql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPlainLake, programOf, type PlainLake } from "../../../test/world/plain-lake.ts";
import { createKey, principalOfKey } from "../../identity/api-keys.ts";
import { principalOfSession, signIn } from "../../identity/sessions.ts";
import { changePassword, inviteUser } from "../../identity/users.ts";
import { accountSetLake, accountShow } from "../people/account-lakes.ts";
import { accountAdd } from "../people/accounts.ts";
import { userAdd } from "../people/users.ts";
import { auditAcceptRestore } from "./accept-restore.ts";
import { auditList } from "./audit-list.ts";

let lake: PlainLake;
let home: string;
beforeAll(async () => {
  lake = await openPlainLake();
  home = await mkdtemp(join(tmpdir(), "headgate-accept-"));
});
afterAll(async () => {
  await lake[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

async function passwordOf(name: string, isOwn: boolean): Promise<string> {
  const { db } = lake.context;
  const { oneTimePassword } = await lake.ask(userAdd, { name });
  if (!isOwn) return oneTimePassword;
  const newPassword = "a password of one's own";
  await changePassword(db, { name, password: oneTimePassword, newPassword });
  return newPassword;
}

test("what could be used a second time ends, and the keys of accounts are others", async () => {
  const { db } = lake.context;
  const [ann, newcomer] = [await passwordOf("ann", true), await passwordOf("newcomer", false)];
  const { token } = await signIn(db, { user: "ann", password: ann, address: undefined });
  const key = await createKey(db, { name: "nightly", role: "viewer", expiresAt: undefined, by: null });
  await rawSql`insert into recovery_codes (user_id, digest) select id, '\\x00' from users limit 1`.execute(db);
  await rawSql`insert into mail_subscriptions (id, principal_id, address, code_digest)
    select gen_random_uuid(), id, 'ann@example.org', '\\x00' from users limit 1`.execute(db);
  await inviteUser(db, { name: "guest", role: "none", address: "guest@example.org", by: null });
  await lake.ask(accountAdd, { name: "hr" });
  await lake.ask(accountSetLake, { name: "hr", lake: join(home, "hr"), encrypt: true });
  const before = (await lake.ask(accountShow, { name: "hr" })).lake?.keys ?? [];

  expect(await lake.ask(auditAcceptRestore)).toEqual({
    sessions: 1,
    signIns: 0,
    invitations: 1,
    oneTimePasswords: 1,
    recoveryCodes: 1,
    mailLinks: 0,
    mailCodes: 1,
    keys: 0,
    rotated: ["hr"],
  });
  expect(await principalOfSession(db, token)).toBeUndefined();
  const refused = { code: "SIGN_IN_REFUSED" };
  await expect(signIn(db, { user: "newcomer", password: newcomer, address: undefined })).rejects.toMatchObject(refused);
  await signIn(db, { user: "ann", password: ann, address: undefined });
  expect(await principalOfKey(db, key)).toMatchObject({ name: "nightly" });
  expect((await lake.ask(accountShow, { name: "hr" })).lake?.keys.slice(1)).toEqual(before);
  expect(await lake.ask(auditAcceptRestore, { endKeys: true })).toMatchObject({
    keys: 1,
    sessions: 1,
    recoveryCodes: 0,
  });
  await expect(principalOfKey(db, key)).rejects.toMatchObject({ code: "API_KEY_EXPIRED" });
});

test("only the owner of the data directory does so, and the audit log says what ended", async () => {
  const principal = await programOf(lake, "administrator");
  await expect(lake.ask(auditAcceptRestore, {}, { principal })).rejects.toMatchObject({ code: "NOT_ALLOWED" });
  await lake.ask(auditAcceptRestore);
  const { events } = await lake.ask(auditList, { operation: "audit.accept-restore", limit: 2 });
  expect(events.map(({ outcome }) => outcome)).toEqual(["done", "NOT_ALLOWED"]);
  expect(JSON.stringify(events[0])).toContain('"rotated":["hr"]');
});
