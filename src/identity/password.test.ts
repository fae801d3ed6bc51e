import { expect, test } from "vitest";
import { checkStrength, hashPassword, isPassword, oneTimePassword } from "./password.ts";
import { localPrincipal, presentPrincipal } from "./principal.ts";

test("a password fits its own hash only, and nobody's hash", async () => {
  const known = await hashPassword("correct horse battery");
  expect(known).toContain("argon2id");
  expect(await isPassword(known, "correct horse battery")).toBe(true);
  expect(await isPassword(known, "correct horse batterY")).toBe(false);
  expect(await isPassword(undefined, "correct horse battery")).toBe(false);
});

test("a password fits however a keyboard writes its letters, also a hash of what was typed", async () => {
  const [composed, decomposed] = ["schöne neue Wörter", "scho\u0308ne neue Wo\u0308rter"];
  for (const set of [composed, decomposed])
    for (const typed of [composed, decomposed]) expect(await isPassword(await hashPassword(set), typed)).toBe(true);
  const { hash } = await import("@node-rs/argon2");
  expect(await isPassword(await hash(decomposed), decomposed)).toBe(true);
  expect(await isPassword(await hashPassword(composed), "schone neue Worter")).toBe(false);
  expect(() => checkStrength(decomposed, { name: "ada", old: composed })).toThrow(/same as the old one/);
});

test("a password has twelve characters, is a new one, and is not about its user", () => {
  const weak = (password: string) => () => checkStrength(password, { name: "Ada", old: "the old password" });
  weak("twelve chars")();
  expect(weak("eleven char")).toThrow(/has 11 characters, but it must have at least 12/);
  expect(weak("the old password")).toThrow(/same as the old one/);
  expect(weak("password of adA")).toThrow(/contains the user's name/);
});

test("one-time passwords are strong and differ", () => {
  expect(oneTimePassword()).toMatch(/^[\w-]{20}$/);
  expect(oneTimePassword()).not.toBe(oneTimePassword());
});

test("the owner of the data directory is its administrator and needs no other password", () => {
  expect(presentPrincipal(localPrincipal)).toEqual({
    kind: "local",
    name: "local",
    role: "administrator",
    mustChangePassword: false,
  });
});
