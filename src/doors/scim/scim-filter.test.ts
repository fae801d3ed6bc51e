import { describe, expect, test } from "vitest";
import { equalTo, fits, parseFilter, parsePath } from "./scim-filter.ts";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const ann = {
  id: "1",
  userName: "Ann@Example.com",
  externalId: "Ab",
  active: true,
  age: 41,
  name: { familyName: "O'Malley" },
  emails: [
    { type: "work", value: "ann@example.com", primary: true },
    { type: "home", value: "ann@home.example" },
  ],
  meta: { lastModified: "2026-05-01T00:00:00Z" },
  [enterprise]: { department: "Sales", manager: { value: "7" } },
};

describe("a filter", () => {
  test.each([
    'userName eq "ann@example.com"',
    'USERNAME Eq "ANN@EXAMPLE.COM"',
    'externalId eq "Ab"',
    'name.familyName co "O\'Malley"',
    'userName sw "ann" and userName ew ".COM"',
    'title pr or userName eq "ann@example.com"',
    "active eq true and not (title pr)",
    'emails[type eq "work" and value co "@example.com"]',
    'emails eq "ann@home.example"',
    'emails.type eq "home"',
    'meta.lastModified gt "2011-05-13T04:42:34Z"',
    "age ge 41 and age lt 42",
    `${enterprise}:department eq "sales"`,
    `${enterprise}:manager.value eq "7"`,
    'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "ann"',
    'userName ne "bob"',
    'title eq "x" or active eq true and age gt 40',
    "nothing eq null or title eq null or active eq true",
  ])("fits: %s", (text) => expect(fits(ann, parseFilter(text))).toBe(true));

  test.each([
    'externalId eq "ab"',
    'userName eq "ann"',
    "active eq false",
    'active eq "false"',
    "title pr",
    'emails[type eq "work" and value co "@home"]',
    'emails.type ne "home"',
    "not (active eq true)",
    'userName gt "b"',
    'constructor pr or toString pr or hasOwnProperty eq "x"',
  ])("does not fit: %s", (text) => expect(fits(ann, parseFilter(text))).toBe(false));

  test.each([
    "__proto__ pr",
    "userName",
    'userName eq "ann',
    "userName eq ann",
    'userName is "ann"',
    '(userName eq "ann"',
    'userName eq "ann")',
    'userName eq "ann" and',
    'emails[type eq "work"',
    'a..b eq "x"',
    'a eq {"b":1}',
    `${"(".repeat(60)}a pr${")".repeat(60)}`,
    `userName eq "${"x".repeat(20_000)}"`,
    "not userName pr",
    'a[b[c eq "d"',
  ])("is refused: %s", (text) => expect(() => parseFilter(text)).toThrow(/filter|path/));

  test("says by which id or name to look, unless another could fit, too", () => {
    const by = (text: string) => equalTo(parseFilter(text), "userName");
    expect(by('userName eq "a"')).toBe("a");
    expect(by('active eq true and USERNAME eq "a"')).toBe("a");
    expect(by('userName eq "a" or userName eq "b"')).toBeUndefined();
    expect(by('not (userName eq "a")')).toBeUndefined();
    expect(by('emails[userName eq "a"]')).toBeUndefined();
  });
});

test("a path can begin with the URN of a schema", () => {
  expect(parsePath(`${enterprise}:manager.value`)).toEqual([enterprise, "manager", "value"]);
  expect(parsePath(enterprise)).toEqual([enterprise]);
  expect(parsePath("urn:ietf:params:scim:schemas:core:2.0:User:name.givenName")).toEqual(["name", "givenName"]);
  for (const wrong of ["a b", "a.b.c", "", "1a", "a.", "urn:x"])
    expect(() => parsePath(wrong) && parsePath(`${wrong}!`), wrong).toThrow();
});
