/**
 * Common properties of the inputs of all operations, and what they do unless they are told otherwise: nothing is dropped,
 * repaired or written by default.
 */
import { expect, test } from "vitest";
import { inputSchema, type JsonSchema } from "./json-schema.ts";
import { operations } from "./operations.ts";

type Member = readonly [name: string, schema: JsonSchema];

const members: readonly Member[] = operations.flatMap(({ name, input }) =>
  Object.entries((inputSchema(input)["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>).map(
    ([member, schema]): Member => [`${name} ${member}`, schema],
  ),
);

test("every flag is off unless it is set, except that an imported text file has a header", () => {
  const on = members.filter(([, { default: usual }]) => usual === true);
  expect(on.map(([name]) => name)).toEqual(["table.import header"]);
});

test("a time may be given with the offset of any zone", () => {
  const times = members.filter(([, { format }]) => format === "date-time");
  expect(times.map(([name]) => name)).toEqual([
    "schedule.run-due at",
    "key.create expiresAt",
    "member.add from",
    "member.add until",
    "grant.add from",
    "grant.add until",
    "share.create until",
    "request.create until",
    "request.approve until",
    "request.use-link until",
    "absence.set from",
    "absence.set until",
    "audit.list since",
    "audit.list until",
  ]);
  for (const [, { pattern }] of times) expect("2026-05-01T12:00:00+02:00").toMatch(new RegExp(String(pattern)));
});

test("these operations can begin a lake", () => {
  const beginning = operations.filter(({ creates }) => creates === true).map(({ name }) => name);
  expect(beginning.toSorted()).toEqual(["declaration.apply", "source.add", "table.import", "table.register"]);
});

test("an operation says whether it changes something only where its action would say the opposite", () => {
  const changing: ReadonlySet<string> = new Set(["operate", "create", "alter", "drop", "administer"]);
  const idle = operations.filter(({ action, changes }) => changes === changing.has(action));
  expect(idle.map(({ name }) => name)).toEqual([]);
});

test("no two operations have the same name", () => {
  expect(new Set(operations.map(({ name }) => name)).size).toBe(operations.length);
});
