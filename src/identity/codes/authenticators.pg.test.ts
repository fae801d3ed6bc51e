import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { openSecretBox, type SecretBox } from "../../base/secret-box.ts";
import { authenticatorWith } from "../../../test/world/authenticator.ts";
import { openMetadata, type OpenMetadata } from "../../../test/world/prepared-metadata.ts";
import { principalOfSession, signIn, type SignIn } from "../sessions.ts";
import { addUser, changePassword, getUser } from "../users.ts";
import { addAuthenticator, checkCode, confirmAuthenticator, removeAuthenticator } from "./authenticators.ts";

const password = "correct horse battery staple";
let home: string;
let metadata: OpenMetadata;
let secrets: SecretBox;
let name: string;
let id: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "headgate-codes-"));
  metadata = await openMetadata();
  secrets = await openSecretBox(join(home, "secret.key"));
});
afterAll(async () => {
  await metadata[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});
beforeEach(async () => {
  const { db } = metadata;
  name = `u${randomBytes(6).toString("hex")}`;
  const { oneTimePassword } = await addUser(db, { name, role: "viewer", by: null });
  ({ id } = await changePassword(db, { name, password: oneTimePassword, newPassword: password }));
});

const partsOf = () => ({ db: metadata.db, secrets });

/** The codes of the authenticator that reads this secret, by steps from now. */
async function enrolled() {
  const { secret } = await addAuthenticator(partsOf(), { id, name });
  const { code } = authenticatorWith(secret);
  const first = code(-1);
  const recoveryCodes = await confirmAuthenticator(partsOf(), { id, code: first });
  return { code, first, recoveryCodes };
}

const attempt = (more: Partial<SignIn> = {}) => signIn(metadata.db, { user: name, password, secrets, ...more });

test("a code is needed beside the password, once it was confirmed, and works once", async () => {
  await addAuthenticator(partsOf(), { id, name });
  expect((await attempt()).principal.name, "not confirmed").toBe(name);
  await removeAuthenticator(metadata.db, id);
  const { code, first } = await enrolled();
  await expect(attempt()).rejects.toMatchObject({ code: "CODE_REQUIRED" });
  await expect(attempt({ code: "" })).rejects.toMatchObject({ code: "CODE_REQUIRED" });
  await expect(attempt({ code: first }), "confirmed with it").rejects.toMatchObject({ code: "CODE_REFUSED" });
  await expect(attempt({ password: "wrong", code: code() })).rejects.toMatchObject({ code: "SIGN_IN_REFUSED" });
  const present = code();
  expect((await attempt({ code: ` ${present} ` })).principal.name).toBe(name);
  await expect(attempt({ code: present })).rejects.toMatchObject({ code: "CODE_REFUSED" });
  expect((await attempt({ code: code(1) })).principal.name).toBe(name);
});

test("of two that show the same code at the same moment, one gets in", async () => {
  const { code } = await enrolled();
  const same = code();
  const both = await Promise.allSettled([attempt({ code: same }), attempt({ code: same })]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
});

test("of two that confirm at the same moment with different codes, one does, and the recovery codes are that one's", async () => {
  for (let round = 0; round < 5; round++) {
    const { secret } = await addAuthenticator(partsOf(), { id, name });
    const { code } = authenticatorWith(secret);
    const both = await Promise.allSettled(
      [-1, 0, 1].map((step) => confirmAuthenticator(partsOf(), { id, code: code(step) })),
    );
    const confirmed = both.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(confirmed).toHaveLength(1);
    expect((await attempt({ code: confirmed[0]?.[0] ?? "" })).principal.name).toBe(name);
    await removeAuthenticator(metadata.db, id);
  }
});

test("a recovery code lets in once, however it is typed; the database has only digests", async () => {
  const { recoveryCodes } = await enrolled();
  const [first = "", second = ""] = recoveryCodes;
  expect(new Set(recoveryCodes).size).toBe(10);
  expect((await attempt({ code: first })).principal.name).toBe(name);
  await expect(attempt({ code: first })).rejects.toMatchObject({ code: "CODE_REFUSED" });
  expect((await attempt({ code: second.toUpperCase().replaceAll("-", " ") })).principal.name).toBe(name);
  const rows = await metadata.db.selectFrom("recovery_codes").selectAll().where("user_id", "=", id).execute();
  expect(rows).toHaveLength(8);
  expect(JSON.stringify(rows)).not.toContain(recoveryCodes[2]);
});

test("the secret is sealed, and nothing lets in without what opens it", async () => {
  const { code } = await enrolled();
  await expect(attempt({ code: code(), secrets: undefined })).rejects.toThrow(TypeError);
  const other = await openSecretBox(join(home, "other.key"));
  await expect(attempt({ code: code(), secrets: other })).rejects.toMatchObject({ code: "SECRET_KEY_MISMATCH" });
});

test("whoever knows the password and guesses codes has to wait, also with the password alone in between", async () => {
  await enrolled();
  const codes: (string | undefined)[] = [];
  for (let tried = 0; tried < 12; tried++)
    codes.push(
      await attempt({ code: tried % 2 === 0 ? "000000" : undefined }).then(
        () => "in",
        (failure: { code?: string }) => failure.code,
      ),
    );
  const both = ["CODE_REFUSED", "CODE_REQUIRED"];
  expect(codes.slice(0, 9)).toEqual([both, both, both, both, "CODE_REFUSED"].flat());
  expect(codes.slice(9)).toEqual(["SIGN_IN_DELAYED", "SIGN_IN_DELAYED", "SIGN_IN_DELAYED"]);
});

test("an authenticator that works is not replaced, and a removed one asks nothing", async () => {
  const { code } = await enrolled();
  await expect(addAuthenticator(partsOf(), { id, name })).rejects.toMatchObject({ code: "AUTHENTICATOR_EXISTS" });
  await expect(confirmAuthenticator(partsOf(), { id, code: code() })).rejects.toMatchObject({ code: "CODE_REFUSED" });
  expect(await removeAuthenticator(metadata.db, id)).toBe(true);
  expect(await removeAuthenticator(metadata.db, id)).toBe(false);
  await expect(checkCode(partsOf(), { id, code: undefined })).resolves.toBeUndefined();
});

test("members of an account that requires codes lack an authenticator until they have one", async () => {
  const { db } = metadata;
  const { token, principal } = await attempt();
  expect(principal.lacksAuthenticator).toBe(false);
  await db.updateTable("accounts").set({ requires_codes: true }).where("name", "=", "main").execute();
  expect(await principalOfSession(db, token)).toMatchObject({ lacksAuthenticator: true });
  await enrolled();
  expect(await principalOfSession(db, token)).toMatchObject({ lacksAuthenticator: false });
  await db.updateTable("accounts").set({ requires_codes: false }).where("name", "=", "main").execute();
});

test("a changed clock does not bring a code back", async () => {
  const { code } = await enrolled();
  const later = code(1);
  await attempt({ code: later });
  vi.spyOn(Date, "now").mockReturnValue(Date.now() - 30_000);
  await expect(attempt({ code: code() })).rejects.toMatchObject({ code: "CODE_REFUSED" });
  vi.restoreAllMocks();
  expect((await getUser(metadata.db, name)).name).toBe(name);
});
