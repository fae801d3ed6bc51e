/** Tests reading that is specific to MariaDB: every type, every kind of key, large values, aborts and refusals. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collectingSink } from "../../../test/conformance/collecting-sink.ts";
import { describeTable as describeIn } from "../../../test/conformance/describe-table.ts";
import { cellText, sameValue } from "../../../test/conformance/cell-text.ts";
import { keepingSink } from "../../../test/conformance/keeping-sink.ts";
import { startMariadb, type MariadbServer } from "../../../test/world/mariadb-server.ts";
import type { ColumnBuffer } from "../../engine/column-buffer.ts";
import { HeadgateError } from "../../errors.ts";
import type { Cut, Source, SourceTable } from "../../sync/source.ts";
import { withUnsignedBigint } from "../../sync/settings/unsigned-bigint.ts";
import { mariadb } from "./mariadb.ts";

let server: MariadbServer;
let source: Source;

beforeAll(async () => {
  server = await startMariadb({ settings: { "default-time-zone": "+00:00" } });
  await server.query("create database d character set utf8mb4");
  source = await open(server.url("d"));
});

afterAll(async () => {
  await source?.[Symbol.asyncDispose]();
  await server?.stop();
});

function open(address: string): Promise<Source> {
  const url = new URL(address);
  const password = decodeURIComponent(url.password);
  url.password = "";
  return mariadb.open({ url, password: password === "" ? undefined : password });
}

function withLogin(user: string, password: string): string {
  const url = new URL(server.url("d"));
  url.username = user;
  url.password = password;
  return url.href;
}

const execute = (statement: string) => server.query(statement, { database: "d" });

function describeTable(name: string, from = source): Promise<SourceTable> {
  return describeIn(from, { schema: "d", name });
}

async function inCut<T>(work: (cut: Cut) => Promise<T>, readers = 1): Promise<T> {
  const cut = await source.openCut({ readers });
  try {
    return await work(cut);
  } finally {
    await cut[Symbol.asyncDispose]();
  }
}

/** Each type with values, its lake type, and SQL that gives the same text independently of the connector. */
const types: [declared: string, lakeType: string, values: readonly string[], text?: string][] = [
  ["tinyint", "int", ["-128", "127", "0"]],
  ["tinyint(1)", "int", ["0", "1", "2"]],
  ["tinyint unsigned", "int", ["255"]],
  ["smallint", "int", ["-32768", "32767"]],
  ["mediumint unsigned", "int", ["16777215"]],
  ["int", "int", ["-2147483648", "2147483647"]],
  ["int unsigned", "long", ["4294967295"]],
  ["int(10) unsigned zerofill", "long", ["42"], "c+0"],
  ["bigint", "long", ["-9223372036854775808", "9223372036854775807", "-1", "1000000000000000"]],
  ["bigint unsigned", "decimal(20,0)", ["0", "18446744073709551615", "9223372036854775808"]],
  ["decimal(9,4)", "decimal(9,4)", ["-99999.9999", "0.0001", "0"]],
  ["decimal(18,6)", "decimal(18,6)", ["-999999999999.999999", "123456789012.000001"]],
  ["decimal(38,10)", "decimal(38,10)", ["-9999999999999999999999999999.9999999999", "0.0000000001"]],
  ["decimal(65,30)", "string", ["12345678901234567890123456789012345.123456789012345678901234567890"]],
  ["float", "float", ["0.1", "3.4e38", "-1.17549e-38", "16777216", "1/3"], "cast(c as double)"],
  ["float(7,2)", "float", ["12345.67"], "cast(c as double)"],
  ["double", "double", ["0.1", "1.7976931348623157e308", "-2.2250738585072014e-308", "1e0/3"], "cast(c as double)"],
  ["double(12,3)", "double", ["123456789.125"], "cast(c as double)"],
  ["bit(1)", "boolean", ["b'0'", "b'1'"], "c+0"],
  ["bit(9)", "long", ["b'100000001'"], "c+0"],
  ["bit(64)", "decimal(20,0)", ["18446744073709551615", "1"], "c+0"],
  ["char(10)", "string", ["'a  '", "''", "'naïve 🦊'"]],
  ["varchar(80) character set latin1", "string", ["'€ é'", "'trailing  '"]],
  ["varchar(20) character set cp1251", "string", ["'Привет'"]],
  ["varchar(20) character set utf16", "string", ["'🦊'"]],
  ["longtext", "string", ["repeat('é', 40000)", "'null'", "'\\\\N'"]],
  ["binary(8)", "binary", ["x'00ff'", "x'6162630000000000'"], "hex(c)"],
  ["varbinary(20)", "binary", ["x'00ff00'", "''"], "hex(c)"],
  ["blob", "binary", ["x'fffefd'"], "hex(c)"],
  ["enum('a','b,c','d''e')", "string", ["'b,c'", "3", "0"]],
  ["set('x','y','z')", "string", ["'x,z'", "''", "7"]],
  ["date", "date", ["'0001-01-01'", "'9999-12-31'", "'2024-02-29'", "'1582-10-10'"]],
  ["datetime", "timestamp", ["'0001-01-01'", "'9999-12-31 23:59:59'"], "date_format(c, '%Y-%m-%d %H:%i:%s.%f')"],
  [
    "datetime(6)",
    "timestamp",
    ["'1969-12-31 23:59:59.999999'", "'9999-12-31 23:59:59.999999'"],
    "date_format(c, '%Y-%m-%d %H:%i:%s.%f')",
  ],
  [
    "timestamp(3) null",
    "timestamptz",
    ["'1970-01-01 00:00:01.001'", "'2038-01-19 03:14:07.999'"],
    "date_format(c, '%Y-%m-%d %H:%i:%s.%f')",
  ],
  ["time(6)", "string", ["'-838:59:59.999999'", "'12:00'"]],
  ["year", "int", ["1901", "2155", "0"], "c+0"],
  ["json", "string", [`'{"b": 1, "a": [1.0, "🦊"]}'`]],
  ["uuid", "uuid", ["'123e4567-e89b-12d3-a456-426655440000'"]],
  ["inet6", "string", ["'2001:db8::ff00:42:8329'"]],
  ["inet4", "string", ["'192.168.0.1'"]],
  ["point", "binary", ["st_geomfromtext('POINT(1 2)', 4326)"], "hex(c)"],
  ["varchar(50) compressed", "string", ["repeat('z', 50)"]],
];

describe("types", () => {
  test.each(types)("%s becomes %s, value by value", async (declared, lakeType, values, text = "cast(c as char)") => {
    await execute("drop table if exists torture");
    await execute(`create table torture (id int primary key, c ${declared})`);
    await execute("set sql_mode = ''");
    for (const [index, value] of [...values, "null"].entries())
      await execute(`insert ignore into torture values (${index}, ${value})`);
    const table = await describeTable("torture");
    const [, column] = table.columns;
    if (column === undefined) throw new Error("no column");
    expect(column.lakeType).toBe(lakeType);
    const expected = await execute(`select ${text} as c from torture order by id`);
    expect(expected).toHaveLength(values.length + 1);
    for (const [index, row] of expected.entries()) {
      const sink = keepingSink(table);
      await inCut((cut) =>
        cut.read(
          table,
          JSON.stringify({ column: "id", kind: "integer", from: String(index), to: String(index + 1) }),
          sink,
          new AbortController().signal,
        ),
      );
      const buffer = sink.columns[1] as ColumnBuffer;
      expect(buffer.rows).toBe(1);
      const [ours, theirs] = [buffer.nulls === 1 ? null : cellText(column, buffer.values), row["c"] ?? null];
      expect(
        ours === null || theirs === null ? ours === theirs : sameValue(column, ours, theirs),
        `${values[index]}: ${ours} for ${theirs}`,
      ).toBe(true);
      expect(sink.inexactColumns).toEqual([]);
    }
  });

  test("an unsigned bigint that was chosen to be a long is checked value by value, and the reader goes on", async () => {
    await execute("create table ids (id bigint unsigned primary key, z bigint unsigned zerofill)");
    await execute("insert into ids values (0, 9223372036854775807), (9223372036854775807, 7)");
    const described = await describeTable("ids");
    expect(described.columns.map(({ lakeType }) => lakeType)).toEqual(["decimal(20,0)", "decimal(20,0)"]);
    const table = withUnsignedBigint(described, "long");
    expect(table.columns.map(({ lakeType, convert }) => [lakeType, convert])).toEqual([
      ["long", undefined],
      ["long", undefined],
    ]);
    const readIds = (cut: Cut, sink = collectingSink(table)) =>
      cut.read(table, undefined, sink, new AbortController().signal).then(() => sink.rows());
    const fitting = [
      ["0", "9223372036854775807"],
      ["9223372036854775807", "7"],
    ];
    expect(await inCut(readIds)).toEqual(fitting);
    for (const beyond of ["9223372036854775808", "10000000000000000000", "18446744073709551615"]) {
      await execute(`insert into ids values (${beyond}, 1)`);
      await inCut(async (cut) => {
        await expect(readIds(cut)).rejects.toMatchObject({ code: "SOURCE_VALUE_BEYOND_LONG", place: "d.ids.id" });
        const other = await describeTable("torture");
        await cut.read(other, undefined, collectingSink(other), new AbortController().signal);
        const ranges = { column: "id", lowest: 0n, width: 1n << 63n };
        expect(await cut.digests(table, ranges)).toEqual(await cut.digests(described, ranges));
        expect(await cut.keyExtent(table)).toEqual(await cut.keyExtent(described));
      });
      await execute(`delete from ids where id = ${beyond}`);
    }
    await execute("insert into ids values (5, 18446744073709551615)");
    await expect(inCut(readIds)).rejects.toMatchObject({ place: "d.ids.z" });
  });

  test("zero and partial dates are null, counted, and make the column nullable", async () => {
    await execute(
      "create table zeros (id int primary key, d date not null, t datetime not null, s timestamp not null default 0)",
    );
    await server.query("set global sql_mode = ''");
    await execute(
      "insert into zeros values (1, '0000-00-00', '2024-00-10 00:00:00', 0), (2, '2024-01-01', '2024-01-01', '2024-01-01')",
    );
    const table = await describeTable("zeros");
    expect(table.columns.map(({ nullable }) => nullable)).toEqual([false, true, true, true]);
    const sink = keepingSink(table);
    await inCut((cut) => cut.read(table, undefined, sink, new AbortController().signal));
    expect(sink.columns.map(({ nulls }) => nulls)).toEqual([0, 1, 1, 1]);
    expect(sink.inexactColumns).toEqual(["d", "t", "s"]);
  });

  test("invisible, generated and 1,000 columns are all there", async () => {
    await execute(
      "create table hidden (id int primary key, a int invisible default 7, b int as (id * 2) virtual, c int as (id * 3) stored)",
    );
    await execute("insert into hidden (id) values (5)");
    const hidden = await describeTable("hidden");
    const sink = collectingSink(hidden);
    await inCut((cut) => cut.read(hidden, undefined, sink, new AbortController().signal));
    expect(sink.rows()).toEqual([["5", "7", "10", "15"]]);
    const names = Array.from({ length: 1000 }, (_, index) => `c${index}`);
    await execute(`create table wide (${names.map((name) => `${name} tinyint`).join(", ")})`);
    await execute(`insert into wide values (${names.map((_, index) => index % 100).join(", ")})`);
    const wide = await describeTable("wide");
    const wideSink = collectingSink(wide);
    await inCut((cut) => cut.read(wide, undefined, wideSink, new AbortController().signal));
    expect(wideSink.rows()).toEqual([names.map((_, index) => String(index % 100))]);
  });

  test("a system-versioned table gives its current rows", async () => {
    await execute("create table versioned (id int primary key, v int) with system versioning");
    await execute("insert into versioned values (1, 1), (2, 2)");
    await execute("update versioned set v = 9 where id = 1");
    const table = await describeTable("versioned");
    expect(table.key).toEqual(["id"]);
    const sink = collectingSink(table);
    await inCut((cut) => cut.read(table, undefined, sink, new AbortController().signal));
    expect(sink.rows()).toEqual([
      ["1", "9"],
      ["2", "2"],
    ]);
  });

  test("partitioned tables, views and engines are known for what they are", async () => {
    await execute("create table parts (id int primary key) partition by hash(id) partitions 3");
    await execute("create table old_style (id int primary key) engine = MyISAM");
    await execute("create sequence counter");
    const kinds = new Map((await source.discover()).map(({ name, kind }) => [name.name, kind]));
    expect([kinds.get("parts"), kinds.get("old_style"), kinds.get("counter")]).toEqual([
      "partitioned table",
      "table",
      undefined,
    ]);
    expect(await inCut(async ({ caution }) => caution)).toContain("old_style");
    await execute("drop table old_style");
  });
});

describe("splits", () => {
  const rows = 3000;
  const keys: [string, string, string][] = [
    ["negative integers with a gap", "k int primary key", "if(seq < 1500, cast(seq as signed) - 2000, seq * 100000)"],
    ["the whole unsigned range", "k bigint unsigned primary key", "if(seq % 2, seq, 18446744073709551615 - seq)"],
    [
      "text without regard to case",
      "k varchar(40) collate utf8mb4_unicode_ci primary key",
      "concat(if(seq % 2, 'Key', 'kéy'), seq)",
    ],
    ["text with quotes and backslashes", "k varchar(40) primary key", "concat('\\\\''\"', seq)"],
    ["latin1 text", "k varchar(40) character set latin1 primary key", "concat('é', seq)"],
    ["bytes", "k varbinary(16) primary key", "unhex(md5(seq))"],
    ["dates", "k datetime(6) primary key", "'2020-01-01' + interval seq * 777 second"],
    ["decimals", "k decimal(20,3) primary key", "seq * 1.001 - 1000"],
    ["uuids, which are not split because their order is none", "k uuid primary key", "unhex(md5(seq))"],
    ["a composite key with few first values", "k int, n int, primary key (k, n)", "seq % 5, seq"],
    [
      "a composite text key with few first values",
      "k char(4) collate utf8mb4_general_ci, n int, primary key (k, n)",
      "if(seq % 2, 'a', 'B'), seq",
    ],
    ["an enum, which is not split", "k enum('b','a'), n int, primary key (k, n)", "seq % 2 + 1, seq"],
  ];

  test.each(keys)("%s: each row exactly once", async (_title, columns, values) => {
    await execute("drop table if exists keyed");
    await execute(`create table keyed (id int not null, ${columns})`);
    await execute(`insert into keyed select seq, ${values} from seq_1_to_${rows}`);
    const table = await describeTable("keyed");
    const { found, ranges } = await inCut(async (cut) => {
      const planned = await cut.split(table, 16 * 1024);
      const ids: (string | null | undefined)[] = [];
      for (const range of planned) {
        const sink = collectingSink(table);
        await cut.read(table, range, sink, new AbortController().signal);
        ids.push(...sink.rows().map(([id]) => id));
      }
      return { found: ids, ranges: planned };
    });
    expect(found).toHaveLength(rows);
    expect(new Set(found).size).toBe(rows);
    if (/^k (enum|uuid)/.test(columns)) expect(ranges).toEqual([undefined]);
    else expect(ranges.length).toBeGreaterThan(1);
  });
});

describe("snapshots", () => {
  test("several readers under constant writes all show one moment", async () => {
    await execute("create table ledger (id int primary key, amount int not null)");
    await execute("insert into ledger select seq, 100 from seq_1_to_100");
    const table = await describeTable("ledger");
    const writing = new AbortController();
    const writer = (async () => {
      for (let turn = 0; !writing.signal.aborted; turn++) {
        const [from, to] = [(turn % 100) + 1, ((turn * 7) % 100) + 1];
        await execute(
          `update ledger set amount = amount + if(id = ${from}, -1, 1) where id in (${from}, ${to}) and ${from} <> ${to}`,
        );
      }
    })();
    const states = await inCut(async (cut) => {
      const reads = Array.from({ length: cut.readers * 3 }, async () => {
        const sink = collectingSink(table);
        await cut.read(table, undefined, sink, new AbortController().signal);
        return JSON.stringify(sink.rows());
      });
      return Promise.all(reads);
    }, 3).finally(() => writing.abort());
    await writer;
    expect(new Set(states).size).toBe(1);
    const total = (JSON.parse(states[0] ?? "[]") as [string, string][]).reduce(
      (sum, [, amount]) => sum + Number(amount),
      0,
    );
    expect(total).toBe(10_000);
  });

  test("a log that started anew with the same names and sizes proves nothing", async () => {
    const table = await describeTable("ledger");
    await server.query("reset master");
    await execute("update ledger set amount = 1 where id = 1");
    const since = await inCut(async (cut) => cut.position);
    expect(await inCut((cut) => cut.unchanged(table, undefined, since, 100))).toBe(true);
    await server.query("reset master");
    await execute("update ledger set amount = 2 where id = 1");
    const later = await inCut(async (cut) => cut.position);
    expect(JSON.parse(later)).toMatchObject({ offset: (JSON.parse(since) as { offset: number }).offset });
    expect(await inCut((cut) => cut.unchanged(table, undefined, since, 100))).toBe(false);
  });

  test("a table altered during the snapshot is a clear error with its name", async () => {
    await execute("create table altered (id int primary key)");
    await execute("insert into altered values (1)");
    const table = await describeTable("altered");
    const failure = await inCut(async (cut) => {
      await execute("alter table altered add column later int, algorithm = copy");
      return cut.read(table, undefined, collectingSink(table), new AbortController().signal);
    }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "SOURCE_TABLE_ALTERED", place: "d.altered" });
  });

  test("so is a column that is gone, so that the table is read in another cut", async () => {
    await execute("create table narrowed (id int primary key, gone int)");
    const table = await describeTable("narrowed");
    await inCut(async (cut) => {
      await execute("alter table narrowed drop column gone");
      const altered = { code: "SOURCE_TABLE_ALTERED", place: "d.narrowed" };
      const read = cut.read(table, undefined, collectingSink(table), new AbortController().signal);
      await expect(read).rejects.toMatchObject(altered);
      await expect(cut.digests(table, undefined)).rejects.toMatchObject(altered);
      await expect(cut.fingerprint(table)).rejects.toMatchObject(altered);
    });
  });
});

describe("large and stopped reads", () => {
  test("a value of 64 MB arrives whole", async () => {
    await execute("create table huge (id int primary key, body longblob)");
    await server.query("set global max_allowed_packet = 1073741824");
    await execute("insert into huge values (1, repeat('0123456789abcdef', 4 * 1024 * 1024)), (2, 'after')");
    const table = await describeTable("huge");
    const sink = keepingSink(table);
    await inCut((cut) => cut.read(table, undefined, sink, new AbortController().signal));
    const values = (sink.columns[1] as ColumnBuffer).values;
    expect(values.readUInt32LE(0)).toBe(64 * 1024 * 1024);
    expect(values.subarray(4, 4 + 64 * 1024 * 1024).equals(Buffer.alloc(64 * 1024 * 1024, "0123456789abcdef"))).toBe(
      true,
    );
    expect(values.toString("latin1", 8 + 64 * 1024 * 1024)).toBe("after");
    await execute("drop table huge");
  });

  test("a stopped read leaves its reader fit for the next one, in the same snapshot", async () => {
    await execute("create table long_one as select seq as id, repeat('x', 100) as filler from seq_1_to_200000");
    const table = await describeTable("long_one");
    await inCut(async (cut) => {
      const stop = new AbortController();
      const sink = collectingSink(table);
      const failure = await cut
        .read(
          table,
          undefined,
          {
            ...sink,
            get full() {
              stop.abort();
              return false;
            },
          },
          stop.signal,
        )
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: "CANCELLED" });
      const ledger = await describeTable("ledger");
      const again = collectingSink(ledger);
      await cut.read(ledger, undefined, again, new AbortController().signal);
      expect(again.rows()).toHaveLength(100);
    });
  });

  test("a sink that fails ends the read with its own error", async () => {
    const table = await describeTable("long_one");
    const broken = new Error("no room");
    await inCut(async (cut) => {
      const sink = { ...keepingSink(table), full: true, drain: () => Promise.reject(broken) };
      expect(
        await cut.read(table, undefined, sink, new AbortController().signal).catch((error: unknown) => error),
      ).toBe(broken);
    });
  });

  test("a server that dies during a read is a lost connection", async () => {
    const own = await startMariadb();
    await own.query("create database d");
    await own.query("create table t as select seq as id, repeat('x', 1000) as filler from seq_1_to_50000", {
      database: "d",
    });
    const other = await open(own.url("d"));
    const table = await describeTable("t", other);
    const cut = await other.openCut({ readers: 1 });
    let killed: Promise<void> | undefined;
    const sink = {
      ...keepingSink(table),
      get full() {
        return killed === undefined;
      },
      drain: () => (killed ??= own.kill()),
    };
    const failure = await cut
      .read(table, undefined, sink, new AbortController().signal)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "SOURCE_LOST" });
    await cut[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });
});

describe("refusals", () => {
  const refusal = async (address: string): Promise<HeadgateError> =>
    (await open(address).catch((error: unknown) => error)) as HeadgateError;

  test("each has its own code", async () => {
    expect(await refusal(server.url("d").replace(`:${server.port}`, ":1"))).toMatchObject({
      code: "SOURCE_UNREACHABLE",
    });
    expect(await refusal(server.url("nowhere"))).toMatchObject({ code: "SOURCE_DATABASE_UNKNOWN" });
    expect(await refusal(withLogin("headgate", "wrong"))).toMatchObject({
      code: "SOURCE_LOGIN_REFUSED",
    });
    expect(await refusal(`${server.url("d")}?tls=require`)).toMatchObject({ code: "SOURCE_TLS_FAILED" });
    expect(await refusal(`${server.url("d")}?colour=red`)).toMatchObject({ code: "SETTING_INVALID" });
  });

  test("a missing right is named, with the statement that mends it", async () => {
    await server.query("create user poor@'%' identified by 'poor'");
    await server.query("grant show view on d.* to poor@'%'");
    const poor = await open(withLogin("poor", "poor"));
    const checks = new Map((await poor.test()).map((check) => [check.name, check]));
    expect(checks.get("right to read")?.outcome).toBe("failed");
    expect(checks.get("right to read")?.mend).toBe("grant select, show view on `d`.* to 'poor'@'%';");
    expect(checks.get("rights for log capture")?.mend).toBe(
      "grant binlog monitor, replication slave on *.* to 'poor'@'%';",
    );
    const table = await describeTable("ledger");
    const cut = await poor.openCut({ readers: 2 });
    const failure = await cut
      .read(table, undefined, collectingSink(table), new AbortController().signal)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "SOURCE_RIGHT_MISSING", place: "d.ledger" });
    expect(await cut.unchanged(table, undefined, cut.position, 100)).toBe(false);
    await cut[Symbol.asyncDispose]();
    await poor[Symbol.asyncDispose]();
  });

  test("without a binary log there is one reader and nothing is ever proven", async () => {
    const own = await startMariadb({ settings: { "log-bin": "0" } });
    await own.query("create database d");
    await own.query("create table t (id int primary key)", { database: "d" });
    const other = await open(own.url("d"));
    const table = await describeTable("t", other);
    const cut = await other.openCut({ readers: 3 });
    expect(cut.readers).toBe(1);
    expect(cut.caution).toContain("binary log is off");
    expect(await cut.unchanged(table, undefined, cut.position, 0)).toBe(false);
    await cut[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
    await own.stop();
  });

  test("a unix socket works as well as a port", async () => {
    const url = new URL(server.url("d"));
    url.searchParams.set("socket", server.socket);
    const other = await open(url.href);
    expect(other.server.product).toBe("MariaDB");
    await other[Symbol.asyncDispose]();
  });
});

test("comments of tables and columns are described, and a view's own are none", async () => {
  await execute(
    "create table said (id int comment 'a number', plain int, odd int comment 'it''s \"☕\"') comment 'of the table'",
  );
  await execute("create view said_view as select id from said");
  const { comment, columns } = await describeTable("said");
  expect([comment, ...columns.map((column) => column.comment)]).toEqual([
    "of the table",
    "a number",
    undefined,
    `it's "☕"`,
  ]);
  expect((await describeTable("said_view")).comment).toBeUndefined();
});
