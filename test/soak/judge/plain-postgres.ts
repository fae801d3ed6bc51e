/** Reads PostgreSQL by the pg driver, every value as text made by the server. */
import { Client } from "pg";
import type { PlainSource, PlainTable } from "./plain-source.ts";
import { collectRows, type Cell } from "./rows.ts";

interface Column {
  readonly name: string;
  /** Domains are resolved; `pg_catalog.int4`. */
  readonly type: string;
  /** With its modifier: `numeric(12,2)`. */
  readonly declared: string;
}

const settings =
  "-c timezone=UTC -c intervalstyle=iso_8601 -c datestyle=ISO,YMD -c extra_float_digits=1 -c search_path=";

const tablesQuery = `select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  order by 1, 2`;

const columnsQuery = `with recursive resolved as (
    select a.attnum, a.attname, a.atttypid as type, a.atttypmod as modifier
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped
    union all
    select r.attnum, r.attname, t.typbasetype, case when t.typtypmod <> -1 then t.typtypmod else r.modifier end
    from resolved r join pg_type t on t.oid = r.type where t.typtype = 'd')
  select r.attname, n.nspname || '.' || t.typname, format_type(r.type, r.modifier)
  from resolved r join pg_type t on t.oid = r.type join pg_namespace n on n.oid = t.typnamespace
  where t.typtype <> 'd' order by r.attnum`;

export async function openPlainPostgres(address: URL, password: string): Promise<PlainSource> {
  const client = new Client({
    host: address.searchParams.get("socket") ?? address.hostname,
    port: Number(address.port || 5432),
    user: decodeURIComponent(address.username),
    password,
    database: decodeURIComponent(address.pathname.slice(1)),
    options: settings,
    types: { getTypeParser: () => (text: string) => text },
  });
  client.on("error", () => undefined);
  await client.connect();
  const ask = async (text: string, values: readonly string[] = []): Promise<readonly Cell[][]> =>
    (await client.query<Cell[]>({ text, values: [...values], rowMode: "array" })).rows;
  return {
    mainSchema: "public",
    async tables() {
      return (await ask(tablesQuery)).map(([schema, name]) => ({ schema: schema ?? "", name: name ?? "" }));
    },
    async rows({ schema, name }: PlainTable) {
      const found = await ask(columnsQuery, [schema, name]);
      const columns = found.map(([column, type, declared]): Column => {
        return { name: column ?? "", type: type ?? "", declared: declared ?? "" };
      });
      const list = columns.map((column) => spelled(column)).join(", ");
      const rows = await ask(`select ${list} from ${quote(schema)}.${quote(name)}`);
      return collectRows(
        columns.map((column) => column.name),
        rows,
      );
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The last moment that fits 64 bits of microseconds. */
const last = "timestamp '294247-01-10 04:00:54.775806'";
const micros = (value: string): string => `(extract(epoch from ${value}) * 1000000)::numeric(30,0)::text`;

/**
 * Null here for everything that becomes null according to the documentation of types: infinite moments and those beyond
 * the year 294247, 24:00, NaN and infinities.
 */
const spellings: Readonly<Record<string, (value: string) => string>> = {
  float4: (value) => `case when ${value} = 'NaN' then 'NaN' else encode(float4send(${value}), 'hex') end`,
  float8: (value) => `case when ${value} = 'NaN' then 'NaN' else encode(float8send(${value}), 'hex') end`,
  money: (value) => `${value}::numeric::text`,
  date: (value) => `case when isfinite(${value}) then (${value} - date '1970-01-01')::text end`,
  timestamp: (value) => `case when isfinite(${value}) and ${value} <= ${last} then ${micros(value)} end`,
  timestamptz: (value) => `case when isfinite(${value}) and ${value} <= ${last} then ${micros(value)} end`,
  time: (value) => `case when ${value} < time '24:00' then ${micros(value)} end`,
  bytea: (value) => `encode(${value}, 'hex')`,
  // A cast to text would remove the padding, which a SELECT shows.
  bpchar: (value) => `case when ${value} is not null then concat(${value}) end`,
};

function spelled({ name, type, declared }: Column): string {
  const [schema, base = ""] = type.split(".");
  const value = quote(name);
  if (schema === "pg_catalog" && base === "numeric" && isDecimal(declared))
    return `case when ${value} not in ('NaN', 'Infinity', '-Infinity') then ${value}::text end`;
  const spelling = schema === "pg_catalog" ? spellings[base] : undefined;
  return spelling === undefined ? `${value}::text` : spelling(value);
}

function isDecimal(declared: string): boolean {
  const [, precision, scale] = /^numeric\((\d+),(-?\d+)\)$/.exec(declared) ?? [];
  if (precision === undefined) return false;
  return Number(precision) <= 38 && Number(scale) >= 0 && Number(scale) <= Number(precision);
}
