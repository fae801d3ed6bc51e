/**
 * The tables for measuring loads and comparisons, generated in the server from a series of numbers; both databases have
 * the same rows.
 */
import { startMariadb } from "../test/world/mariadb-server.ts";
import { startPostgres } from "../test/world/postgres-server.ts";

export type Dialect = "mariadb" | "postgres";
export type Shape = "narrow" | "wide" | "text";

export interface BenchSource extends AsyncDisposable {
  /** Without a password. */
  readonly url: string;
  readonly password: string;
  execute(statement: string): Promise<void>;
  /** The server's own client reading the whole table. */
  readonly drain: readonly string[];
  readonly drainEnvironment: NodeJS.ProcessEnv;
  /** For peers: an address that contains the password. */
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly socket: string;
    readonly user: string;
    readonly password: string;
  };
}

export async function openBenchSource(dialect: Dialect, table: { shape: Shape; rows: number }): Promise<BenchSource> {
  return dialect === "mariadb" ? openMariadb(table) : openPostgres(table);
}

async function openMariadb({ shape, rows }: { shape: Shape; rows: number }): Promise<BenchSource> {
  const server = await startMariadb({
    settings: { "log-bin": "0", "innodb-buffer-pool-size": "2G", "tmp-table-size": "64M" },
  });
  await server.query("create database bench");
  // Not every loader can pass on every password.
  await server.query("grant all on bench.* to loader@'%' identified by 'loader'");
  for (const statement of statements("mariadb", { shape, rows })) await server.query(statement, { database: "bench" });
  const url = new URL(server.url("bench"));
  const password = decodeURIComponent(url.password);
  url.password = "";
  return {
    url: url.href,
    password,
    execute: async (statement) => void (await server.query(statement, { database: "bench" })),
    drain: [
      "mariadb",
      `--socket=${server.socket}`,
      "--user=headgate",
      `--password=${password}`,
      "--quick",
      "-N",
      "-e",
      "select * from t",
      "bench",
    ],
    drainEnvironment: {},
    server: {
      host: "127.0.0.1",
      port: server.port,
      socket: server.socket,
      user: "loader",
      password: "loader",
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

async function openPostgres({ shape, rows }: { shape: Shape; rows: number }): Promise<BenchSource> {
  const server = await startPostgres({
    settings: {
      shared_buffers: "1GB",
      max_wal_size: "4GB",
      autovacuum: "off",
      wal_level: "minimal",
      max_wal_senders: "0",
    },
  });
  await server.createDatabase("bench");
  for (const statement of statements("postgres", { shape, rows }))
    await server.query(statement, [], { database: "bench" });
  const url = new URL(server.url("bench"));
  const password = decodeURIComponent(url.password);
  url.password = "";
  return {
    url: url.href,
    password,
    execute: async (statement) => void (await server.query(statement, [], { database: "bench" })),
    drain: ["psql", "-h", server.socketDirectory, "-U", server.user, "-d", "bench", "-c", "copy t to stdout"],
    drainEnvironment: { PGPASSWORD: server.password },
    server: {
      host: server.socketDirectory,
      port: 5432,
      socket: server.socketDirectory,
      user: server.user,
      password: server.password,
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

function statements(dialect: Dialect, { shape, rows }: { shape: Shape; rows: number }): readonly string[] {
  const { columns, values } = shapes[shape](dialect);
  const series =
    dialect === "mariadb" ? `(select seq as n from seq_1_to_${rows}) s` : `generate_series(1::bigint, ${rows}) s(n)`;
  const after = dialect === "mariadb" ? "analyze table t" : "vacuum (freeze, analyze) t";
  return [`create table t (${columns.join(", ")})`, `insert into t select ${values.join(", ")} from ${series}`, after];
}

interface ShapeSql {
  readonly columns: readonly string[];
  readonly values: readonly string[];
}

const shapes: Readonly<Record<Shape, (dialect: Dialect) => ShapeSql>> = { narrow, wide, text };

/** Nine columns: key, int, enum, decimal(12,2), nullable text of about 54 bytes, text of about 21, two times, a flag. */
function narrow(dialect: Dialect): ShapeSql {
  const isMariadb = dialect === "mariadb";
  const character = (number: string): string => (isMariadb ? `cast(${number} as char)` : `(${number})::text`);
  const moment = isMariadb
    ? "cast('2020-01-01' as datetime(6)) + interval (n * 37) second + interval (n % 1000000) microsecond"
    : "timestamp '2020-01-01' + interval '1 second' * (n * 37) + interval '1 microsecond' * (n % 1000000)";
  const instant = isMariadb
    ? "cast('2021-01-01' as datetime) + interval (n * 11) second"
    : "timestamptz '2021-01-01 00:00:00+00' + interval '1 second' * (n * 11)";
  return {
    columns: [
      isMariadb ? "id bigint unsigned primary key" : "id bigint primary key",
      "customer int not null",
      isMariadb ? "status enum('new','paid','sent','done','void') not null" : "status varchar(8) not null",
      "amount decimal(12,2) not null",
      "note varchar(200)",
      "reference varchar(80) not null",
      isMariadb ? "created datetime(6) not null" : "created timestamp(6) not null",
      isMariadb ? "updated timestamp not null default '2020-01-01'" : "updated timestamptz not null",
      isMariadb ? "flagged tinyint(1) not null" : "flagged smallint not null",
    ],
    values: [
      "n",
      "(n * 7919) % 1000003",
      isMariadb
        ? "elt(1 + n % 5, 'new', 'paid', 'sent', 'done', 'void')"
        : "(array['new', 'paid', 'sent', 'done', 'void'])[1 + n % 5]",
      "((n * 104729) % 99999999) / 100.0",
      `case when n % 10 = 0 then null else concat('note number ', ${character("n")}, ' with some more words to make it long', ${character("n % 977")}) end`,
      `concat('ref-', ${character("(n * 48271) % 2147483647")}, '-', ${character("n % 99991")})`,
      moment,
      instant,
      "n % 2",
    ],
  };
}

/** 120 columns: forty each of integers, decimals and short texts. */
function wide(dialect: Dialect): ShapeSql {
  const columns = ["id bigint primary key"];
  const values = ["n"];
  for (let index = 1; index < 120; index++) {
    const kind = index % 3;
    columns.push(kind === 0 ? `i${index} int` : kind === 1 ? `d${index} decimal(10,2)` : `s${index} varchar(40)`);
    const number = `(n * ${index * 31}) % 100003`;
    const character = dialect === "mariadb" ? `cast(${number} as char)` : `(${number})::text`;
    values.push(kind === 0 ? number : kind === 1 ? `(${number}) / 100.0` : `concat('value ', ${character})`);
  }
  return { columns, values };
}

/** A key and three texts of about 100, 400 and 1,500 bytes. */
function text(dialect: Dialect): ShapeSql {
  const hash = dialect === "mariadb" ? "md5(n)" : "md5(n::text)";
  return {
    columns: ["id bigint primary key", "title varchar(200) not null", "summary text", "body text not null"],
    values: [
      "n",
      `concat(${hash}, ' ', ${hash}, ' ', ${hash})`,
      `case when n % 7 = 0 then null else repeat(concat(${hash}, ' '), 12) end`,
      `repeat(concat(${hash}, ' some words '), 35)`,
    ],
  };
}
