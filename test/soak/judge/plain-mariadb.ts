/** Reads MariaDB by mysql2's text protocol: every value as the server's own text, then normalised here. */
import { createConnection, type Connection, type RowDataPacket } from "mysql2/promise";
import type { PlainSource, PlainTable } from "./plain-source.ts";
import { collectRows, type Cell } from "./rows.ts";
import { doubleBits, floatBits } from "./spelling.ts";

interface Column {
  readonly name: string;
  /** `int`, `varchar`. */
  readonly base: string;
  /** `decimal(12,2) unsigned`. */
  readonly declared: string;
}

interface Spelling {
  readonly select: (value: string) => string;
  readonly spell: (text: string) => string | null;
}

export async function openPlainMariadb(address: URL, password: string): Promise<PlainSource> {
  const database = decodeURIComponent(address.pathname.slice(1));
  const connection = await connectWide(address, password);
  const ask = async (text: string, values: readonly string[] = []): Promise<readonly Cell[][]> => {
    const [rows] = await connection.query<RowDataPacket[][]>({ sql: text, values: [...values], rowsAsArray: true });
    return rows as unknown as Cell[][];
  };
  return {
    mainSchema: database,
    async tables() {
      const query = `select table_schema, table_name from information_schema.tables
        where table_schema = ? and table_type = 'BASE TABLE' order by 2`;
      return (await ask(query, [database])).map(([schema, name]) => ({ schema: schema ?? "", name: name ?? "" }));
    },
    async rows({ schema, name }: PlainTable) {
      const query = `select column_name, data_type, column_type from information_schema.columns
        where binary table_schema = ? and binary table_name = ? order by ordinal_position`;
      const columns = (await ask(query, [schema, name])).map(([column, base, declared]): Column => {
        return { name: column ?? "", base: base ?? "", declared: declared ?? "" };
      });
      const spellings = columns.map(spellingOf);
      const list = columns.map((column, index) => spellings[index]?.select(quote(column.name))).join(", ");
      const rows = await ask(`select ${list} from ${quote(schema)}.${quote(name)}`);
      const spelled = rows.map((row) =>
        row.map((cell, index) => (cell === null ? null : (spellings[index]?.spell(cell) ?? null))),
      );
      return collectRows(
        columns.map((column) => column.name),
        spelled,
      );
    },
    [Symbol.asyncDispose]: () => connection.end(),
  };
}

/** A connection's packet limit is the server's limit at its start; ours must be large even if the server's is small. */
async function connectWide(address: URL, password: string): Promise<Connection> {
  const first = await connect(address, password);
  const [[found]] = await first.query<RowDataPacket[]>("select @@global.max_allowed_packet as bytes");
  await first.query("set global max_allowed_packet = 1073741824");
  const wide = await connect(address, password);
  await first.query(`set global max_allowed_packet = ${String(found?.["bytes"])}`);
  await first.end();
  await wide.query("set time_zone = '+00:00', sql_mode = ''");
  return wide;
}

function connect(address: URL, password: string): Promise<Connection> {
  return createConnection({
    host: address.hostname,
    port: Number(address.port || 3306),
    user: decodeURIComponent(address.username),
    password,
    charset: "utf8mb4",
    typeCast: (field) => field.string(),
  });
}

function quote(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

const asIs = (text: string): string => text;
const plain: Spelling = { select: (value) => value, spell: asIs };
const hexadecimal: Spelling = { select: (value) => `hex(${value})`, spell: (text) => text.toLowerCase() };
const number: Spelling = { select: (value) => `cast(${value} + 0 as char)`, spell: asIs };
const moment: Spelling = { select: (value) => `cast(${value} as char)`, spell: microsOf };

const spellings: Readonly<Record<string, Spelling>> = {
  float: { select: (value) => `cast(${value} as double)`, spell: (text) => floatBits(Number(text)) },
  double: { select: (value) => value, spell: (text) => doubleBits(Number(text)) },
  date: { select: (value) => `cast(${value} as char)`, spell: daysOf },
  datetime: moment,
  timestamp: moment,
  year: number,
  // A number with a declared width is shown with leading zeros.
  int: number,
  tinyint: number,
  smallint: number,
  mediumint: number,
  bigint: number,
};
const binaries = new Set(["binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "vector"]);
const shapes = /^(geometry|point|linestring|polygon|multi\w+|geom\w*collection)$/;

function spellingOf({ base, declared }: Column): Spelling {
  if (declared === "bit(1)") return { ...number, spell: (text) => (text === "1" ? "true" : "false") };
  if (base === "bit") return number;
  if (binaries.has(base) || shapes.test(base)) return hexadecimal;
  return spellings[base] ?? plain;
}

interface Moment {
  readonly days: number;
  readonly micros: bigint;
}

/** Zero and partial dates are null, as the documentation of types says. */
function momentOf(text: string): Moment | null {
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = ""] =
    /^(\d+)-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?$/.exec(text) ?? [];
  if (Number(month) === 0 || Number(day) === 0) return null;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const seconds = BigInt((Number(hour) * 60 + Number(minute)) * 60 + Number(second));
  return {
    days: date.getTime() / 86_400_000,
    micros: seconds * 1_000_000n + BigInt(fraction.padEnd(6, "0")),
  };
}

function daysOf(text: string): string | null {
  const found = momentOf(text);
  return found === null ? null : String(found.days);
}

function microsOf(text: string): string | null {
  const found = momentOf(text);
  return found === null ? null : String(BigInt(found.days) * 86_400_000_000n + found.micros);
}
