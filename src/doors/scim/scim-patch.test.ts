import { describe, expect, test } from "vitest";
import type { Json } from "./json.ts";
import { groupChange } from "./scim-group.ts";
import { patched, patchOperations } from "./scim-patch.ts";
import { userValues } from "./scim-user.ts";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const ann = (): Json => ({
  userName: "ann",
  active: true,
  name: { givenName: "Ann", familyName: "Smith" },
  emails: [{ type: "work", value: "ann@example.com" }],
});
const after = (...operations: object[]) => patched(ann(), patchOperations({ Operations: operations }));

describe("a change of a user", () => {
  test("as Entra ID sends it", () => {
    const changed = after(
      { op: "Replace", path: "active", value: "False" },
      { op: "Replace", path: 'emails[type eq "work"].value', value: "new@example.com" },
      { op: "Add", path: 'phoneNumbers[type eq "mobile"].value', value: "+1" },
      { op: "Add", path: `${enterprise}:department`, value: "Sales" },
      { op: "Replace", path: "name.familyName", value: "Miller" },
      { op: "Remove", path: "title" },
    );
    expect(userValues(changed).active).toBe(false);
    expect(changed).toMatchObject({
      name: { givenName: "Ann", familyName: "Miller" },
      emails: [{ type: "work", value: "new@example.com" }],
      phoneNumbers: [{ type: "mobile", value: "+1" }],
      [enterprise]: { department: "Sales" },
    });
  });

  test("as Entra ID sends it without a path, with paths as names", () => {
    const value = { "name.givenName": "Anna", active: false, [`${enterprise}:department`]: "HR", displayName: "A" };
    expect(after({ op: "add", value })).toMatchObject({
      active: false,
      displayName: "A",
      name: { givenName: "Anna", familyName: "Smith" },
      [enterprise]: { department: "HR" },
    });
  });

  test("as Okta sends it", () => {
    expect(after({ op: "replace", value: { active: false } })).toEqual({ ...ann(), active: false });
    expect(after({ op: "replace", path: "NAME", value: { givenName: "B" } })["name"]).toEqual({
      givenName: "B",
      familyName: "Smith",
    });
  });

  test("adds to what there is, once, and removes what is named", () => {
    const home = { type: "home", value: "ann@home.example" };
    const two = [{ type: "work", value: "ann@example.com" }, home];
    expect(
      after({ op: "add", path: "emails", value: [home] }, { op: "add", path: "emails", value: home })["emails"],
    ).toEqual(two);
    const gone = { op: "remove", path: 'emails[type eq "work"]' };
    expect(after({ op: "add", path: "emails", value: home }, gone)["emails"]).toEqual([home]);
    expect(after({ op: "remove", path: "emails", value: [{ value: "ann@example.com" }] })["emails"]).toEqual([]);
    expect(after({ op: "remove", path: "name.givenName" })["name"]).toEqual({ familyName: "Smith" });
    expect(after({ op: "remove", path: "emails" })["emails"]).toBeUndefined();
  });

  test("leaves alone what was given, and every object's own names", () => {
    const before = ann();
    patched(before, patchOperations({ Operations: [{ op: "remove", path: "emails" }] }));
    expect(before).toEqual(ann());
    for (const path of ["constructor", "constructor.prototype", 'prototype[a eq "b"].c'])
      expect(() => after({ op: "add", path, value: { polluted: true } }), path).toThrow();
    expect(() => after({ op: "add", value: JSON.parse('{"__proto__": {"polluted": true}}') as object })).toThrow();
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test("is refused if it cannot be understood", () => {
    for (const body of [{}, { Operations: [] }, { Operations: [1] }, { Operations: [{ op: "move", path: "a" }] }])
      expect(() => patchOperations(body)).toThrow();
    expect(() => after({ op: "remove" })).toThrow(/path/);
    expect(() => after({ op: "replace", value: "x" })).toThrow(/object/);
    expect(() => after({ op: "replace", path: 'emails[value co "zzz"].type', value: "y" })).toThrow(/no value/);
  });
});

test("what is not said about being active does not make somebody active", () => {
  expect(userValues({ userName: "a" }).active).toBe(true);
  expect(userValues({ userName: "a" }, false).active).toBe(false);
  expect(() => userValues({ userName: "a", active: "yes" })).toThrow();
  expect(() => userValues({ userName: "a", title: "\0" })).toThrow(/zero/);
  expect(userValues({ userName: "a", password: "secret" }).document).toEqual({});
});

describe("a change of a group", () => {
  const change = (...operations: object[]) =>
    groupChange({ displayName: "Sales" }, patchOperations({ Operations: operations }));
  const none = { values: undefined, members: undefined, add: [], remove: [] };

  test("as Entra ID and Okta send it", () => {
    expect(change({ op: "Add", path: "members", value: [{ $ref: null, value: "1" }, { value: "2" }] })).toEqual({
      ...none,
      add: ["1", "2"],
    });
    expect(change({ op: "Remove", path: "members", value: [{ value: "1" }] })).toEqual({ ...none, remove: ["1"] });
    expect(change({ op: "remove", path: 'members[value eq "1"]' })).toEqual({ ...none, remove: ["1"] });
    expect(change({ op: "remove", path: "members" })).toEqual({ ...none, members: [] });
    expect(change({ op: "replace", path: "members", value: [{ value: "3" }] })).toEqual({ ...none, members: ["3"] });
    expect(change({ op: "replace", value: { id: "9", displayName: "New" } }).values?.name).toBe("New");
    expect(change({ op: "add", value: { members: [{ value: "1" }] } })).toEqual({ ...none, add: ["1"] });
  });

  test("counts what comes later", () => {
    const add = { op: "add", path: "members", value: [{ value: "1" }] };
    const remove = { op: "remove", path: 'members[value eq "1"]' };
    expect(change(add, remove)).toEqual({ ...none, remove: ["1"] });
    expect(change(remove, add)).toEqual({ ...none, add: ["1"] });
    expect(change(add, { op: "remove", path: "members" })).toEqual({ ...none, members: [] });
  });

  test("chooses members by value only", () => {
    expect(() => change({ op: "remove", path: 'members[display eq "x"]' })).toThrow(/value/);
    expect(() => change({ op: "add", path: "members", value: [{ display: "x" }] })).toThrow(/value/);
  });
});
