/** Who somebody is, in rows of the metadata database, in messages and to themselves. */
import { expect, test } from "vitest";
import { principalEnded } from "./credential.ts";
import { authorOf, localPrincipal, presentPrincipal, subjectOf, type Principal } from "./principal.ts";

const user: Principal = { kind: "user", id: "7", name: "ada", role: "analyst", mustChangePassword: false };
const service: Principal = { ...user, kind: "service", name: "nightly" };

test("the owner of the data directory is the author of nothing, and everybody else of what they did", () => {
  expect([localPrincipal, user, service].map(authorOf)).toEqual([null, "7", "7"]);
});

test("a user and a program of one id are two subjects", () => {
  expect(new Set([localPrincipal, user, service].map(subjectOf)).size).toBe(3);
});

test("people learn everything about themselves but their id", () => {
  expect(presentPrincipal(user)).toEqual({ kind: "user", name: "ada", role: "analyst", mustChangePassword: false });
});

test("what ends with a principal is named: the key of a program, the session of a user", () => {
  expect([user, service].map((one) => principalEnded(one).message)).toEqual([
    "the session was ended while the answer was being sent",
    "the key was ended while the answer was being sent",
  ]);
});
