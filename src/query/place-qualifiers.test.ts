/** Names of tables in front of columns follow their tables, and nothing else that looks like them does. */
import { expect, test } from "vitest";
import { qualifierEdits, type PlacedMention } from "./place-qualifiers.ts";

/** The text with its edits made; each table that is named in `to` has that place. */
function edited(sql: string, to: Readonly<Record<string, string | undefined>>): string {
  const mentions = Object.entries(to).map(([name, text]): PlacedMention => ({
    parts: name.split("."),
    start: sql.indexOf(`<${name}`) + 1,
    text,
  }));
  const edits = qualifierEdits(sql, mentions).toSorted((one, other) => other.start - one.start);
  return edits.reduce((text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end), sql);
}

test.each([
  ["select shop.t.id from <shop.t>", "select NEW.id from <shop.t>"],
  ['select "Shop" . T.id from <shop.t>', "select NEW.id from <shop.t>"],
  ["select a.shop.t.id, t.id, shop.t, shop.tt.id from <shop.t>", undefined],
  ["select 'shop.t.id', $$shop.t.id$$ /* shop.t.id */ from <shop.t> -- shop.t.id", undefined],
  ["select shop.t.id.part from <shop.t> where f(shop.t.id)", "select NEW.id.part from <shop.t> where f(NEW.id)"],
])("%s", (sql, expected) => expect(edited(sql, { "shop.t": "NEW" })).toBe(expected ?? sql));

test("a name of an account, too, and the longer name first", () => {
  const to = { "main.shop.t": "NEW" };
  expect(edited("select main.shop.t.id, shop.t.id from <main.shop.t>", to)).toBe(
    "select NEW.id, shop.t.id from <main.shop.t>",
  );
});

test("a name that stands for two places stays", () => {
  const sql = "select shop.t.id from <shop.t>, <Shop.T>";
  expect(edited(sql, { "shop.t": "ONE", "Shop.T": "TWO" })).toBe(sql);
  expect(edited(sql, { "shop.t": "ONE", "Shop.T": undefined })).toBe(sql);
  expect(edited(sql, { "shop.t": "ONE", "Shop.T": "ONE" })).toBe("select ONE.id from <shop.t>, <Shop.T>");
});
