/** The names before a table's own in `database.table.*` go where the table's name means it alone, and stay elsewhere. */
import { expect, test } from "vitest";
import { withoutStarQualifiers } from "./star-qualifiers.ts";

test.each([
  ["select shop.t.* from shop.t", "select      t.* from shop.t"],
  ["select main.Shop.t . * exclude (id) from MAIN.shop.T", "select           t . * exclude (id) from MAIN.shop.T"],
  ['select "shop"."t".*, shop.u.* from shop.t, shop.u', 'select        "t".*,      u.* from shop.t, shop.u'],
  ["select count(shop.t.*), shop.t.id from shop.t", "select count(     t.*), shop.t.id from shop.t"],
])("%s", (sql, expected) => expect(withoutStarQualifiers(sql)).toBe(expected));

test.each([
  "select t.*, 2.*3, 'shop.t.*' from shop.t -- shop.t.*",
  "select shop.t.* from shop.t, crm.t",
  "select shop.t.* from crm.t",
  "select shop.t.* from crm.u as t, shop.t",
  "with t as (select 1) select shop.t.* from t where 1 in (select id from shop.t)",
  "select main.shop.t.* from shop.t",
  "select shop.t.* from shop.t as x, crm.t",
])("stays: %s", (sql) => expect(withoutStarQualifiers(sql)).toBe(sql));
