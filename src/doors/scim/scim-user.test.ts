import { expect, test } from "vitest";
import { userValues } from "./scim-user.ts";

const nested = (levels: number): unknown => JSON.parse(`${"[".repeat(levels)}${"]".repeat(levels)}`);

test.each<[string, object]>([
  ["a zero byte", { nickName: "a\0" }],
  ["half of a surrogate pair", { nickName: "\ud800" }],
  ["half of a surrogate pair in a name", { "\udc00": 1 }],
  ["half of a surrogate pair within", { emails: [{ value: ["\ud800"] }] }],
  ["half of a surrogate pair in what is looked up", { externalId: "\ud800" }],
  ["parts without end", { emails: nested(100_000) }],
])("%s is an error of the request, because it cannot be stored", (_what, more) => {
  expect(() => userValues({ userName: "ann", ...more })).toThrow(expect.objectContaining({ scimType: "invalidValue" }));
});

test("other texts are kept as they are", () => {
  const document = { nickName: "😀\n'\"", emails: [{ value: "ann@example.com" }] };
  expect(userValues({ userName: "ann", ...document })).toMatchObject({ document });
});
