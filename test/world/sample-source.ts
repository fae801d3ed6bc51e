/** A private source server for the demo and the journeys, kept in a directory so that a second start finds its data. */
import type { Dialect } from "./sample-shop.ts";
import { startMariadb } from "./mariadb-server.ts";
import { startPostgres } from "./postgres-server.ts";

export interface SampleSource extends AsyncDisposable {
  readonly dialect: Dialect;
  /** Address without a password, of the database `shop`. */
  readonly url: string;
  readonly password: string;
  execute(statement: string): Promise<void>;
  /** Every row of a table, each value as the database's own text, null as null. */
  texts(table: string, columns: readonly SampleColumn[]): Promise<readonly (readonly (string | null)[])[]>;
  /** Ends the server as a power failure would. */
  kill(): Promise<void>;
}

export interface SampleColumn {
  readonly name: string;
  /** Bytes are returned as hexadecimal digits. */
  readonly isBinary: boolean;
}

export function openSampleSource(dialect: Dialect, directory: string): Promise<SampleSource> {
  return dialect === "postgres" ? openPostgresSource(directory) : openMariadbSource(directory);
}

async function openPostgresSource(directory: string): Promise<SampleSource> {
  const server = await startPostgres({ directory });
  const [existing] = await server.query("select 1 as found from pg_database where datname = 'shop'");
  if (existing === undefined) await server.createDatabase("shop");
  const url = new URL(server.url("shop"));
  const password = decodeURIComponent(url.password);
  url.password = "";
  return {
    dialect: "postgres",
    url: url.href,
    password,
    execute: async (statement) => void (await server.query(statement, [], { database: "shop" })),
    async texts(table, columns) {
      const list = columns.map(({ name }, index) => `"${name.replaceAll('"', '""')}"::text as c${index}`).join(", ");
      const rows = await server.query(`select ${list} from "${table.replaceAll('"', '""')}"`, [], { database: "shop" });
      return rows.map((row) => Object.values(row) as (string | null)[]);
    },
    kill: () => server.kill(),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

async function openMariadbSource(directory: string): Promise<SampleSource> {
  const server = await startMariadb({ directory });
  await server.query("create database if not exists shop");
  const url = new URL(server.url("shop"));
  const password = decodeURIComponent(url.password);
  url.password = "";
  return {
    dialect: "mariadb",
    url: url.href,
    password,
    execute: async (statement) => void (await server.query(statement, { database: "shop" })),
    async texts(table, columns) {
      const quote = (name: string): string => `\`${name.replaceAll("`", "``")}\``;
      const text = ({ name, isBinary }: SampleColumn): string =>
        isBinary ? `hex(${quote(name)})` : `cast(${quote(name)} as char)`;
      const list = columns.map((column, index) => `${text(column)} as c${index}`).join(", ");
      const rows = await server.query(`select ${list} from ${quote(table)}`, { database: "shop" });
      return rows.map((row) => Object.values(row) as (string | null)[]);
    },
    kill: () => server.kill(),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
