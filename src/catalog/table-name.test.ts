import { assert, array, constantFrom, oneof, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import type { HeadgateError } from "../errors.ts";
import { formatName, newTableName, parseName, parseParts, pickTable, tableLabel } from "./table-name.ts";

const anyPart = oneof(
  string({ unit: "grapheme" }),
  string({ unit: constantFrom(".", '"', "*", "?", " ", "a", "\n", "🐘") }),
);

describe("a name", () => {
  test("is read back as it was formatted, whatever is in it", () => {
    assert(
      property(array(anyPart, { minLength: 1, maxLength: 4 }), (parts) => {
        expect(parseName(formatName(parts))).toEqual(parts);
      }),
      { numRuns: 2_000 },
    );
  });

  test("says what it is in one way only: names that differ are formatted differently", () => {
    const name = array(anyPart, { minLength: 1, maxLength: 3 });
    assert(
      property(name, name, (left, right) => {
        expect(formatName(left) === formatName(right)).toBe(JSON.stringify(left) === JSON.stringify(right));
      }),
    );
  });

  test.each([
    ["shop.orders", ["shop", "orders"]],
    ['"a.b".c', ["a.b", "c"]],
    ['shop."say ""hi"""', ["shop", 'say "hi"']],
    ["shop.Order Details", ["shop", "Order Details"]],
    ['"".""', ["", ""]],
    ["shop.orders.snapshots", ["shop", "orders", "snapshots"]],
  ])("%s", (text, parts) => {
    expect(parseName(text)).toEqual(parts);
    expect(formatName(parts)).toBe(text);
  });

  test.each(["", ".", "shop.", ".orders", "shop..orders", '"shop', 'shop."orders', 'a"b', '"a"b', 'shop.a"b"', '"'])(
    "%j is none",
    (text) => expect(() => parseName(text)).toThrow(expect.objectContaining({ code: "USAGE", place: text })),
  );

  test("of a million letters, quotes or dots is read at once", () => {
    const began = performance.now();
    expect(parseName("a".repeat(1_000_000))).toHaveLength(1);
    expect(parseName(`"${'""'.repeat(500_000)}"`)[0]).toHaveLength(500_000);
    expect(() => parseName(`"${'""'.repeat(500_000)}`)).toThrow();
    expect(parseName(`a${".a".repeat(500_000)}`)).toHaveLength(500_001);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test("tells whether a part was quoted", () => {
    expect(parseParts('"a*".b*')).toEqual([
      { text: "a*", isQuoted: true },
      { text: "b*", isQuoted: false },
    ]);
  });
});

test.each(["orders", "a.b.c", '"a.b"'])("no table is made under the name %s", (text) =>
  expect(() => newTableName(text)).toThrow(expect.objectContaining({ code: "USAGE", place: text })),
);

describe("a table is picked", () => {
  const table = (database: string, name: string) => ({ database, name });
  const tables = [
    table("shop", "orders"),
    table("shop", "Orders"),
    table("shop", "visits"),
    table("crm", "visits"),
    table("crm", "people"),
    table("a.b", "c"),
    table("a", "b.c"),
  ];
  const picked = (text: string): string => tableLabel(pickTable(parseName(text), tables));

  test.each([
    ["shop.orders", "shop.orders"],
    ["shop.Orders", "shop.Orders"],
    ["Orders", "shop.Orders"],
    ["SHOP.VISITS", "shop.visits"],
    ["people", "crm.people"],
    ['"a.b".c', '"a.b".c'],
    ['a."b.c"', 'a."b.c"'],
  ])("%s is %s", (text, label) => expect(picked(text)).toBe(label));

  const failure = (text: string): Partial<HeadgateError> => {
    try {
      return { place: picked(text) };
    } catch (thrown) {
      const { code, message, place } = thrown as HeadgateError;
      return { code, message, place };
    }
  };

  test("not where several have the name", () => {
    expect(failure("visits")).toEqual({
      code: "TABLE_AMBIGUOUS",
      message: "visits could mean any of shop.visits, crm.visits",
      place: "shop.visits, crm.visits",
    });
    expect(failure("SHOP.ORDERS").message).toBe("SHOP.ORDERS could mean any of shop.orders, shop.Orders");
  });

  test("not where none has it, and the closest is named", () => {
    expect(failure("shop.visit")).toMatchObject({
      code: "TABLE_NOT_FOUND",
      message: "there is no table shop.visit; did you mean shop.visits?",
    });
    expect(failure("poeple").message).toBe("there is no table poeple; did you mean people?");
    expect(failure("a.b.c").message).toBe('there is no table a.b.c; did you mean "a.b".c?');
    expect(failure("quarters").message).toBe("there is no table quarters");
    expect(failure("crm").message).toBe("crm is a database, not a table");
  });
});
