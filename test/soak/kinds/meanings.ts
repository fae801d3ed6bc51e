/**
 * Values that change without a write to their row: labels, attributes, names of objects, virtual columns, smaller
 * packets.
 */
import type { Side } from "../side.ts";
import type { Soak } from "../soak-world.ts";
import type { PreparedKind } from "./kind.ts";

export async function openMeanings(soak: Soak, side: Side): Promise<PreparedKind> {
  await side.server.execute(prepared[side.dialect]);
  if (side.dialect === "mariadb") await side.server.execute([narrow], "mysql");
  let number = 0;
  return {
    async change() {
      for (let step = 0; step < 2; step++) await side.server.execute(soak.random.pick(changes[side.dialect](++number)));
    },
  };
}

/** From here on, larger values are read through connections with a lower limit. */
const narrow = "set global max_allowed_packet = 1048576";

const prepared = {
  postgres: [
    "create type colour as enum ('red', 'green')",
    "create type place as (x int, y text)",
    "create type colours as range (subtype = colour)",
    "create domain paint as colour",
    "create table named_thing (id int)",
    "create function doubled(int) returns int language sql immutable as 'select $1 * 2'",
    "create table meaning_enum (id int primary key, one colour, many colour[], shade paint, span colours)",
    "insert into meaning_enum values (1, 'red', '{red,green}', 'red', '[red,green]'), (2, 'green', '{}', 'green', 'empty')",
    "create table meaning_row (id int primary key, p place, ps place[])",
    "insert into meaning_row values (1, row(1, 'a'), array[row(2, 'b')::place]), (2, null, '{}')",
    "create table meaning_name (id int primary key, c regclass, f regprocedure, t regtype)",
    "insert into meaning_name values (1, 'named_thing', 'doubled(int)', 'colour')",
    "create table meaning_virtual (id int primary key, n int, v int generated always as (n + 1) virtual)",
    "insert into meaning_virtual (id, n) values (1, 1), (2, null)",
  ],
  mariadb: [
    "create table meaning_virtual (id int primary key, n int, v int as (n + 1) virtual, s int as (n * 2) stored)",
    "insert into meaning_virtual (id, n) values (1, 1), (2, null)",
    "create table meaning_large (id int primary key, t longtext, b longblob)",
    "insert into meaning_large values (1, repeat('x', 2500000), repeat('y', 2500000)), (2, null, null), (3, '', '-')",
    "create table meaning_label (id int primary key, e enum('a','b'), s set('x','y'))",
    "insert into meaning_label values (1, 'a', 'x'), (2, 'b', 'x,y')",
    "create table meaning_gap (id int primary key, u uuid, w uuid, b bit(8), c bit(8))",
    "insert into meaning_gap values (1, uuid(), null, b'00101101', null), (2, null, null, null, b'00101101')",
  ],
};

/** A step is a list of statements; `n` makes its names unique. */
const changes = {
  postgres: (n: number): readonly (readonly string[])[] => [
    [
      `do $$ declare old text := (select enumlabel from pg_enum where enumtypid = 'colour'::regtype order by enumsortorder limit 1);
      begin execute format('alter type colour rename value %L to %L', old, 'red${n}'); end $$`,
    ],
    [`alter type colour add value 'new${n}'`],
    [`alter type place add attribute a${n} int cascade`],
    [`do $$ begin execute (select format('alter table %s rename to named_thing_${n}', c) from meaning_name); end $$`],
    [`do $$ begin execute (select format('alter function %s rename to doubled_${n}', f) from meaning_name); end $$`],
    [`alter table meaning_virtual alter column v set expression as (n + ${n})`],
    ["update meaning_virtual set n = n + 1"],
  ],
  mariadb: (n: number): readonly (readonly string[])[] => [
    [`alter table meaning_virtual modify v int as (n + ${n}) virtual`],
    [`alter table meaning_virtual modify s int as (n + ${n}) stored`],
    [`alter table meaning_label modify e enum('a','b','n${n}')`],
    [`alter table meaning_label modify e enum('b${n}','a')`],
    [`update meaning_large set t = insert(t, ${n + 1}, 1, 'z'), b = insert(b, ${n + 1}, 1, 'z') where id = 3`],
    ["update meaning_gap set u = w, w = u, b = c, c = b where id = 1"],
    ["update meaning_gap set w = u, u = null, c = b, b = null"],
  ],
};
