import { expect, test } from "vitest";
import { viewStatement } from "./view-statement.ts";

test.each([
  ["create view shop.v as select 1 as a", { kind: "create", view: "shop.v", replace: false, sql: "select 1 as a" }],
  [
    '-- a comment\nCREATE /* b */ OR REPLACE VIEW shop."a.b"\nAS\n  from shop.t; ',
    { kind: "create", view: 'shop."a.b"', replace: true, sql: "from shop.t; " },
  ],
  ['drop view "Shop".v;', { kind: "drop", view: "Shop.v" }],
  ["drop view v", { kind: "drop", view: "v" }],
])("%s", (text, expected) => expect(viewStatement(text)).toEqual(expected));

test.each([
  "select 1",
  "create table t as select 1",
  "create view v",
  "create view v as",
  "create view if not exists v as select 1",
  "create view a. as select 1",
  "drop view v, w",
  "drop view v cascade",
  "with v as (select 'create view x as') from v",
])("%s is no such statement", (text) => expect(viewStatement(text)).toBeUndefined());
