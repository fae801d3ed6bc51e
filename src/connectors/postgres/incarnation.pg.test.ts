/**
 * Tests what a table's name means: nothing remembered about another table, file or text is trusted, and nothing is read
 * from a table that was altered.
 */
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collectingSink } from "../../../test/conformance/collecting-sink.ts";
import { describeTable as describeIn } from "../../../test/conformance/describe-table.ts";
import { startPostgres, type PostgresServer } from "../../../test/world/postgres-server.ts";
import { using } from "../../base/cleanup.ts";
import type { Cut, Source, SourceTable } from "../../sync/source.ts";
import { postgres } from "./postgres.ts";

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server?.stop();
});

const execute = (statement: string, database = "postgres") => server.query(statement, [], { database });

async function inSource<T>(work: (source: Source) => Promise<T>, database = "postgres"): Promise<T> {
  const url = new URL(server.url(database));
  const password = decodeURIComponent(url.password);
  url.password = "";
  return using(postgres.open({ url, password }), work);
}

function describeTable(source: Source, name: string, schema = "public"): Promise<SourceTable> {
  return describeIn(source, { schema, name });
}

async function rowsOf(cut: Cut, table: SourceTable): Promise<readonly string[]> {
  const sink = collectingSink(table);
  await cut.read(table, undefined, sink, new AbortController().signal);
  return sink
    .rows()
    .map((row) => JSON.stringify(row))
    .toSorted();
}

/** The facts that a sync remembers about a table that it read. */
interface Known {
  readonly table: SourceTable;
  readonly position: string;
  readonly rows: readonly string[];
  readonly fingerprint: string | undefined;
}

interface Place {
  readonly name: string;
  readonly schema?: string;
  readonly database?: string;
}

function know({ name, schema, database }: Place): Promise<Known> {
  return inSource(async (source) => {
    const table = await describeTable(source, name, schema);
    return using(source.openCut({ readers: 1 }), async (cut) => {
      const rows = await rowsOf(cut, table);
      return { table, position: cut.position, rows, fingerprint: await cut.fingerprint(table) };
    });
  }, database);
}

/** Asks as a sync does, and also whether the rows are still the same. */
function look({ name, schema, database }: Place, known: Known): Promise<{ believed: boolean; equal: boolean }> {
  return inSource(async (source) => {
    const table = await describeTable(source, name, schema);
    return using(source.openCut({ readers: 1 }), async (cut) => {
      const { position, rows, fingerprint } = known;
      const isProven =
        (await cut.unchanged(table, undefined, position, rows.length)) ||
        (fingerprint !== undefined && (await cut.fingerprint(table)) === fingerprint);
      const believed = table.incarnation === known.table.incarnation && isProven;
      return { believed, equal: JSON.stringify(await rowsOf(cut, table)) === JSON.stringify(rows) };
    });
  }, database);
}

async function executeAll(statements: readonly string[]): Promise<void> {
  for (const statement of statements) await execute(statement);
}

type Case = readonly [what: string, make: readonly string[], change: readonly string[]];

const swap = (one: string, other: string, kind = "table"): string =>
  `begin; alter ${kind} ${one} rename to swap_away; alter ${kind} ${other} rename to ${one}; alter ${kind} swap_away rename to ${other}; commit`;

const exchanged: readonly Case[] = [
  [
    "tables that changed names",
    [
      "create table t as select n from generate_series(1, 2) n",
      "create table older as select n from generate_series(3, 4) n",
    ],
    [swap("t", "older")],
  ],
  [
    "a table that was dropped and made again",
    ["create table t as select n from generate_series(1, 2) n"],
    ["drop table t", "create table t as select n from generate_series(3, 4) n"],
  ],
  [
    "a table that was emptied and filled again",
    ["create table t as select 1 as n"],
    ["truncate t", "insert into t values (2)"],
  ],
  [
    "a partition that was exchanged for an older one of as many rows",
    [
      "create table older as select 1 as n, 'older' as v",
      "create table t (n int, v text) partition by list (n)",
      "create table t1 partition of t for values in (1)",
      "insert into t values (1, 'newer')",
    ],
    ["begin; alter table t detach partition t1; alter table t attach partition older for values in (1); commit"],
  ],
  [
    "a partition below a partition that was exchanged",
    [
      "create table older as select 1 as n, 'older' as v",
      "create table t (n int, v text) partition by list (n)",
      "create table t1 partition of t for values in (1, 2) partition by list (n)",
      "create table t11 partition of t1 for values in (1)",
      "insert into t values (1, 'newer')",
    ],
    ["begin; alter table t1 detach partition t11; alter table t1 attach partition older for values in (1); commit"],
  ],
  [
    "a partition that was taken out, given another column of the same name, and put back",
    [
      "create table t (n int, v text) partition by list (n)",
      "create table t1 partition of t for values in (1)",
      "insert into t values (1, 'older')",
    ],
    [
      "begin; alter table t detach partition t1; alter table t1 drop column v; alter table t1 add column v text default 'newer'; alter table t attach partition t1 for values in (1); commit",
    ],
  ],
  [
    "a child whose columns changed names while it was not one",
    ["create table t (a int, b int)", "create table t1 () inherits (t)", "insert into t1 values (1, 2)"],
    [
      "begin; alter table t1 no inherit t; alter table t1 rename a to c; alter table t1 rename b to a; alter table t1 rename c to b; alter table t1 inherit t; commit",
    ],
  ],
  [
    "a materialized view that changed names with another",
    ["create materialized view t as select 1 as n", "create materialized view older as select 2 as n"],
    [swap("t", "older", "materialized view")],
  ],
  [
    "a view over tables that changed names: it goes on showing what it showed",
    [
      "create table below as select 1 as n",
      "create table older as select 2 as n",
      "create view t as select n from below",
    ],
    [swap("below", "older"), "update older set n = 3"],
  ],
];

const retold: readonly Case[] = [
  ...["mood[]", "moods", "mood_range", "mood_ranges", "feeling", "feeling[]", "moody", "moodies"].map((type): Case => [
    `a label renamed within ${type}`,
    [
      "create type mood as enum ('good', 'so, so')",
      "create domain feeling as mood",
      "create type mood_range as range (subtype = mood, multirange_type_name = mood_ranges)",
      "create type moods as (one mood, ranges mood_ranges)",
      "create domain moody as moods[]",
      "create type moodies as (deep moody)",
      `create table t (id int, c ${type})`,
      `insert into t values (1, ${
        {
          "mood[]": "'{good}'",
          moods: "row('good', '{[good,good]}')",
          mood_range: "'[good,good]'",
          mood_ranges: "'{[good,good]}'",
          feeling: "'good'",
          "feeling[]": "'{good}'",
          moody: "array[row('good', null)::moods]",
          moodies: "row(array[row('good', null)::moods]::moody)",
        }[type]
      })`,
    ],
    ["alter type mood rename value 'good' to 'best'"],
  ]),
  [
    "an attribute added to a composite",
    ["create type moods as (a int)", "create table t as select 1 as id, array[row(1)::moods] as c"],
    ["alter type moods add attribute b int"],
  ],
  [
    "a column added to the table whose rows another holds",
    ["create table below (a int)", "create table t (c below)", "insert into t values (row(1)::below)"],
    ["alter table below add b int"],
  ],
  ...["regclass", "regclass[]", "names", "named"].map((type): Case => [
    `a table renamed that is named by ${type}`,
    [
      "create table older (a int)",
      "create domain named as regclass",
      "create type names as (one regclass)",
      `create table t (c ${type})`,
      `insert into t values (${{ regclass: "'older'", "regclass[]": "'{older}'", names: "row('older'::regclass)", named: "'older'" }[type]})`,
    ],
    ["alter table older rename to swap_away"],
  ]),
  ...(
    [
      ["regtype", "'mood'", "alter type mood rename to moods"],
      ["regnamespace", "'far'", "alter schema far rename to farther"],
      ["regrole", "'somebody'", "alter role somebody rename to anybody"],
      ["regproc", "'tell'", "alter function tell() rename to retell"],
      ["regprocedure", "'tell()'", "alter function tell() rename to retell"],
      ["aclitem[]", "(select nspacl from pg_namespace where nspname = 'far')", "alter role somebody rename to anybody"],
    ] as const
  ).map(([type, value, change]): Case => [
    `what ${type} names renamed`,
    [
      "create schema far",
      "create role somebody",
      "grant usage on schema far to somebody",
      "create type mood as enum ('good')",
      "create function tell() returns int language sql return 1",
      `create table t (c ${type})`,
      `insert into t values (${value})`,
    ],
    [change],
  ]),
  [
    "a virtual column with another expression",
    ["create table t (id int, c int generated always as (id * 2) virtual)", "insert into t values (1)"],
    ["alter table t alter c set expression as (id * 3)"],
  ],
  [
    "a virtual column of a partitioned table with another expression",
    [
      "create table t (id int, c int generated always as (id * 2) virtual) partition by list (id)",
      "create table t1 partition of t for values in (1)",
      "insert into t values (1)",
    ],
    ["alter table t alter c set expression as (id * 3)"],
  ],
];

const upkeep: readonly string[] = [
  "vacuum (freeze, analyze) t",
  "create index on t (n)",
  "grant select on t to public",
  "alter table t set (fillfactor = 90)",
  "comment on table t is 'said'",
  "create table swap_away ()",
];

async function clean(): Promise<void> {
  await execute("drop schema if exists public, far, farther cascade; create schema public");
  await execute("drop role if exists somebody, anybody");
}

describe("nothing is believed of", () => {
  test.each(exchanged)("%s", async (_what, make, change) => {
    await clean();
    await executeAll(make);
    const known = await know({ name: "t" });
    await executeAll(change);
    const { believed, equal } = await look({ name: "t" }, known);
    expect(believed && !equal).toBe(false);
    expect(believed).toBe(equal);
  });

  test("schemas that changed names", async () => {
    await clean();
    await executeAll([
      "create schema far",
      "create schema farther",
      "create table far.t as select 1 as n",
      "create table farther.t as select 2 as n",
    ]);
    const known = await know({ schema: "far", name: "t" });
    await execute(swap("far", "farther", "schema"));
    expect(await look({ schema: "far", name: "t" }, known)).toEqual({ believed: false, equal: false });
    await execute(swap("far", "farther", "schema"));
    expect(await look({ schema: "far", name: "t" }, known)).toEqual({ believed: true, equal: true });
  });

  test("databases that changed names, of which one is the copy of the other", async () => {
    await execute("create database one");
    const alone = async (statement: string): Promise<void> => {
      const { socketDirectory: host, user, password } = server;
      const client = new Client({ host, user, password, database: "one" });
      await client.connect();
      await client.query(statement);
      await client.end();
    };
    await alone("create table t as select 1 as n");
    const known = await know({ database: "one", name: "t" });
    await execute("create database other template one");
    await execute("alter database one rename to away");
    await execute("alter database other rename to one");
    expect(await look({ database: "one", name: "t" }, known)).toEqual({ believed: false, equal: true });
  });
});

describe("nothing is believed after a change of text without a row:", () => {
  test.each(retold)("%s", async (_what, make, change) => {
    await clean();
    await executeAll(make);
    const known = await know({ name: "t" });
    await executeAll(change);
    expect(await look({ name: "t" }, known)).toEqual({ believed: false, equal: false });
    expect((await look({ name: "t" }, await know({ name: "t" }))).believed).toBe(true);
  });

  test("a label that had another name while the table was read", async () => {
    await clean();
    await executeAll(["create type mood as enum ('good')", "create table t as select array['good'::mood] as c"]);
    const before = await know({ name: "t" });
    await execute("alter type mood rename value 'good' to 'best'");
    const known = { ...(await know({ name: "t" })), table: before.table };
    await execute("alter type mood rename value 'best' to 'good'");
    expect(await look({ name: "t" }, known)).toEqual({ believed: false, equal: false });
  });

  test("money whose decimal point moved", async () => {
    await clean();
    await execute("create table t as select array[1234.56::money] as c");
    const known = await know({ name: "t" });
    expect(known.table.incarnation).toMatch(/^held:/);
    await execute("alter role headgate set lc_monetary = 'POSIX'");
    expect((await look({ name: "t" }, known)).believed).toBe(false);
    await execute("alter role headgate reset lc_monetary");
    expect((await look({ name: "t" }, known)).believed).toBe(true);
  });

  test("a cast to text that somebody made: values are read as the type itself writes them", async () => {
    await clean();
    await executeAll([
      "create type pair as (a int, b int)",
      "create function tell(pair) returns text language sql return 'told'",
      "create cast (pair as text) with function tell(pair)",
      "create table t as select row(1, null)::pair as c union all select row(null, null)::pair union all select null",
    ]);
    expect((await know({ name: "t" })).rows).toEqual(['["(,)"]', '["(1,)"]', "[null]"]);
  });
});

test.each(upkeep)("it costs no comparison to %s", async (statement) => {
  await clean();
  await execute("create table t as select n from generate_series(1, 5) n");
  const known = await know({ name: "t" });
  await execute(statement);
  expect(await look({ name: "t" }, known)).toEqual({ believed: true, equal: true });
});

describe("a view", () => {
  test("is digested with all its columns, one of them called like what the digest calls its rows", async () => {
    await clean();
    await executeAll([
      "create table below as select 1 as value, 1 as line, 1 as lines",
      "create view t as select * from below",
    ]);
    const known = await know({ name: "t" });
    await execute("update below set lines = 2");
    expect(await look({ name: "t" }, known)).toEqual({ believed: false, equal: false });
  });

  test("is remembered by the digest of the rows that were read", async () => {
    await clean();
    await executeAll(["create view t as select (random() * 1e9)::bigint as n from generate_series(1, 3)"]);
    const { rows, fingerprint } = await know({ name: "t" });
    await execute("create table read_before (n bigint)");
    await execute(`insert into read_before values ${rows.map((row) => `(${row.replaceAll(/\D/g, "")})`).join(", ")}`);
    await execute("drop view t; create view t as select n from read_before");
    expect((await know({ name: "t" })).fingerprint).toBe(fingerprint);
  });
});

describe("what was altered while it waited for its turn is not read, digested or proven:", () => {
  const table = "create table t (id int primary key, v int, w int)";
  const cases: readonly Case[] = [
    ["a column with another type", [table], ["alter table t alter v type bigint"]],
    ["emptied and filled", [table], ["truncate t", "insert into t select n, n, n from generate_series(1, 3) n"]],
    ["clustered", [table], ["cluster t using t_pkey"]],
    ["written anew by a vacuum", [table], ["vacuum full t"]],
    ["dropped", [table], ["drop table t"]],
    ["dropped and made again", [table], ["drop table t", table]],
    ["exchanged", [table, "create table older (like t including all)"], [swap("t", "older")]],
    [
      "columns that changed names",
      [table],
      ["begin; alter table t rename v to x; alter table t rename w to v; alter table t rename x to w; commit"],
    ],
    ["a column dropped", [table], ["alter table t drop w"]],
    [
      "a partition attached",
      [
        "create table t (id int, v int, w int) partition by list (id)",
        "create table t0 partition of t default",
        "create table older as select 9 as id, 9 as v, 9 as w",
      ],
      ["alter table t attach partition older for values in (9)"],
    ],
    [
      "a partition detached",
      ["create table t (id int, v int, w int) partition by list (id)", "create table t0 partition of t default"],
      ["alter table t detach partition t0"],
    ],
    [
      "a partition detached and attached again, so that a reading in between would lack it",
      ["create table t (id int, v int, w int) partition by list (id)", "create table t0 partition of t default"],
      ["alter table t detach partition t0", "alter table t attach partition t0 default"],
    ],
    [
      "a partition emptied",
      ["create table t (id int, v int, w int) partition by list (id)", "create table t0 partition of t default"],
      ["truncate t0"],
    ],
    [
      "a materialized view refreshed",
      ["create materialized view t as select n as id, n as v, n as w from generate_series(1, 3) n"],
      ["refresh materialized view t"],
    ],
    [
      "a view with another definition",
      ["create view t as select 1 as id, 2 as v, 3 as w"],
      ["create or replace view t as select 1 as id, 2 as v, 4 as w"],
    ],
    [
      "a view whose table was emptied",
      ["create table below as select 1 as id, 2 as v, 3 as w", "create view t as select * from below"],
      ["truncate below"],
    ],
    [
      "a label renamed",
      ["create type mood as enum ('good')", "create table t (id int, v mood, w int)"],
      ["alter type mood rename value 'good' to 'best'"],
    ],
  ];

  test.each(cases)("%s", async (_what, make, change) => {
    await clean();
    await executeAll(make);
    await execute("insert into t values (1, null, 1)").catch(() => undefined);
    await execute("create table elsewhere as select 1 as id");
    await inSource(async (source) => {
      const altered = await describeTable(source, "t");
      const elsewhere = await describeTable(source, "elsewhere");
      const since = await using(source.openCut({ readers: 1 }), async ({ position }) => position);
      await execute("insert into elsewhere values (2)");
      await using(source.openCut({ readers: 1 }), async (cut) => {
        await executeAll(change);
        const code = { code: "SOURCE_TABLE_ALTERED", place: "public.t" };
        await expect(rowsOf(cut, altered)).rejects.toMatchObject(code);
        await expect(cut.digests(altered, undefined)).rejects.toMatchObject(code);
        await expect(cut.keyExtent(altered)).rejects.toMatchObject(code);
        if ((await cut.fingerprint(altered).catch(() => "")) === undefined) {
          await expect(cut.unchanged(altered, undefined, since, 0)).rejects.toMatchObject(code);
        } else await expect(cut.fingerprint(altered)).rejects.toMatchObject(code);
        expect(await rowsOf(cut, elsewhere)).toHaveLength(2);
        expect(await cut.digests(elsewhere, undefined)).toMatchObject([{ rows: 2 }]);
      });
    });
  });

  test("asking what it is now does not wait behind a change that waits for the reader", async () => {
    await clean();
    await executeAll([
      "create table t (id int) partition by list (id)",
      "create table t0 partition of t default",
      "insert into t values (1)",
    ]);
    const { socketDirectory: host, user, password } = server;
    const other = new Client({ host, user, password, database: "postgres" });
    await other.connect();
    await inSource(async (source) => {
      const described = await describeTable(source, "t");
      let waiting: Promise<unknown> = Promise.resolve();
      await using(source.openCut({ readers: 1 }), async (cut) => {
        await rowsOf(cut, described);
        waiting = other.query("alter table t add c int");
        while ((await execute("select from pg_locks where not granted")).length === 0) continue;
        await rowsOf(cut, described);
        expect(await execute("select from pg_locks where not granted")).toHaveLength(1);
      });
      await waiting;
    });
    await other.end();
  });
});
