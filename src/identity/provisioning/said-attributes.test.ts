import { expect, test } from "vitest";
import { isAttributePath, saidAttributes } from "./said-attributes.ts";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const user = {
  name: "ann@example.com",
  externalId: "00u1",
  document: {
    UserType: "Employee",
    name: { givenName: "Ann" },
    emails: [{ value: "private@example.com" }, { value: "ann@example.com", primary: true, type: "work" }],
    addresses: [
      { type: "home", country: "FR" },
      { type: "work", country: "DE" },
    ],
    [enterprise]: { department: "Lake", costCenter: 7, manager: { value: "u-2" } },
    nickName: "\ud800",
    title: `${"x".repeat(499)}😀`,
    active: { value: ["no text"] },
  },
};

test.each<[string, string | null]>([
  ["userName", "ann@example.com"],
  ["externalId", "00u1"],
  ["userType", "Employee"],
  ["name.givenName", "Ann"],
  ["name", null],
  ["emails", "ann@example.com"],
  ["emails.value", "ann@example.com"],
  ['emails[type eq "home"].value', null],
  ['addresses[type eq "WORK"].country', "DE"],
  ["addresses.country", "FR"],
  [`${enterprise}:department`, "Lake"],
  [`${enterprise}:costCenter`, "7"],
  [`${enterprise}:manager`, "u-2"],
  ["urn:ietf:params:scim:schemas:core:2.0:User:userType", "Employee"],
  ["urn:other:1.0:User:department", null],
  ["active", null],
  ["nickName", null],
  ["title", "x".repeat(499)],
  ["__proto__", null],
  ["constructor", null],
])("%s is %s", (path, expected) => {
  expect(saidAttributes({ country: path }, user)).toEqual({ country: expected });
});

test("paths of other forms are refused", () => {
  for (const path of ["", "a.b.c", 'emails[value co "x"]', "emails[0]", "userName eq", 'addresses[type eq "a"b"]', "é"])
    expect(isAttributePath(path), path).toBe(false);
  expect(isAttributePath('addresses[type eq "work"].country')).toBe(true);
});
