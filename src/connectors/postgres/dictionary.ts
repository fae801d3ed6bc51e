/**
 * Reads from PostgreSQL's own dictionary: the objects of the user's schemas, and the columns and keys of those to load.
 */
import type {
  DescribedTable,
  ObjectKind,
  SourceColumn,
  SourceObject,
  SourceTable,
  TableName,
  UnreadableTable,
} from "../../sync/source.ts";
import type { PostgresConnection } from "./connection.ts";
import { placeOfTable } from "./identifiers.ts";
import { incarnationsOf } from "./incarnation.ts";
import { findObstacles } from "./obstacles.ts";
import { readStorage } from "./storage.ts";
import { handlingOf, type ResolvedType } from "./types.ts";
import type { TextRow } from "./statement.ts";

const kinds: Readonly<Record<string, ObjectKind>> = {
  r: "table",
  p: "partitioned table",
  v: "view",
  m: "materialized view",
  f: "foreign table",
};

const userSchemas = `n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_toast%' and n.nspname not like 'pg\\_temp\\_%' and n.nspname not like '\\_timescaledb\\_%'`;

/** A child in a schema that belongs to an extension, such as a chunk of TimescaleDB; its rows are its parent's. */
const isExtensionStorage = `exists (select from pg_depend e where e.classid = 'pg_namespace'::regclass and e.objid = c.relnamespace and e.refclassid = 'pg_extension'::regclass and e.deptype = 'e')`;

/** No expression here takes a lock, because one locked table would delay all others. */
const objectColumns = `
  n.nspname as schema, c.relname as name, c.relkind as kind, has_schema_privilege(n.oid, 'usage') as is_in_reach, i.inhparent is not null as is_partition,
  pn.nspname as parent_schema, p.relname as parent_name,
  case when c.reltuples >= 0 then c.reltuples::bigint end as estimated_rows,
  case when c.relkind in ('r', 'm') then (c.relpages + coalesce(o.relpages, 0))::bigint * current_setting('block_size')::int end as estimated_bytes`;

const objectTables = `
  pg_class c join pg_namespace n on n.oid = c.relnamespace
  left join pg_inherits i on i.inhrelid = c.oid and (c.relispartition or ${isExtensionStorage}) and not i.inhdetachpending and i.inhseqno = 1
  left join pg_class o on o.oid = c.reltoastrelid
  left join pg_class p on p.oid = i.inhparent left join pg_namespace pn on pn.oid = p.relnamespace`;

export async function discoverObjects(connection: PostgresConnection): Promise<readonly SourceObject[]> {
  const rows = await connection.query(`
    select ${objectColumns} from ${objectTables}
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relpersistence <> 't' and ${userSchemas}
    order by n.nspname collate "C", c.relname collate "C"`);
  return rows.map(presentObject);
}

function presentObject(row: TextRow): SourceObject {
  const isPartition = row["is_partition"] === "t";
  return {
    name: { schema: row["schema"] ?? "", name: row["name"] ?? "" },
    kind: isPartition ? "partition" : (kinds[row["kind"] ?? ""] ?? "table"),
    partOf: isPartition ? { schema: row["parent_schema"] ?? "", name: row["parent_name"] ?? "" } : undefined,
    ...(row["is_in_reach"] === "t" ? {} : { isOutOfReach: true }),
    estimatedRows: optionalNumber(row["estimated_rows"]),
    estimatedBytes: optionalNumber(row["estimated_bytes"]),
  };
}

function optionalNumber(text: string | null | undefined): number | undefined {
  return text === null || text === undefined ? undefined : Number(text);
}

/** In the order of `names`; always three statements, whatever the number of names. */
export async function describeTables(
  connection: PostgresConnection,
  names: readonly TableName[],
): Promise<readonly DescribedTable[]> {
  const wanted = [names.map(({ schema }) => schema), names.map(({ name }) => name)];
  const objects = await connection.query(
    `select c.oid, w.ordinality, obj_description(c.oid, 'pg_class') as comment, ${objectColumns}
     from ${objectTables} join unnest($1::text[], $2::text[]) with ordinality w(schema, name, ordinality) on w.schema = n.nspname and w.name = c.relname
     where c.relkind in ('r', 'p', 'v', 'm', 'f')`,
    wanted,
  );
  const incarnations = await incarnationsOf(connection, names);
  const found = objects.map((row) => row["oid"] ?? "");
  const oids = [found];
  const obstacles = await findObstacles(connection, found);
  const storage = await readStorage(connection, found);
  const columns = groupBy(await connection.query(columnsStatement, oids), "table_oid");
  const keys = groupBy(await connection.query(keysStatement, oids), "table_oid");
  const byPlace = new Map(objects.map((row) => [row["ordinality"], row]));
  return names.map((name, index): DescribedTable => {
    const row = byPlace.get(String(index + 1));
    if (row === undefined) return missingTable(name);
    const oid = row["oid"] ?? "";
    const obstacle = obstacles.get(oid);
    if (obstacle !== undefined) return { ...presentObject(row), obstacle };
    const { areConstraintsKept = false } = storage.get(oid) ?? {};
    const key = (keys.get(oid) ?? []).map((column) => column["name"] ?? "");
    return {
      ...presentObject(row),
      storage: storage.get(oid),
      columns: (columns.get(oid) ?? []).map((column) => presentColumn(column, areConstraintsKept)),
      key: key.length > 0 && areConstraintsKept ? key : undefined,
      comment: row["comment"] ?? undefined,
      incarnation: incarnations[index],
    } as SourceTable;
  });
}

function missingTable(name: TableName): UnreadableTable {
  const message = `the source has no table ${placeOfTable(name)}`;
  const remedy = "see `headgate source discover <source>` for the tables that the source has";
  return { name, kind: "table", obstacle: { code: "SOURCE_TABLE_NOT_FOUND", message, remedy } };
}

/** A constraint that has not been validated holds only for new rows. */
const isNeverNull = `a.attnotnull and not exists (
    select from pg_constraint n where n.conrelid = a.attrelid and n.contype = 'n' and n.conkey = array[a.attnum] and not n.convalidated)`;

/** Domains are resolved to their base type; the modifier is that of the innermost domain that has one. */
const columnsStatement = `
  with recursive resolved as (
    select a.attrelid, a.attnum, a.atttypid as type_oid, a.atttypmod as modifier from pg_attribute a where a.attrelid = any($1::oid[]) and a.attnum > 0 and not a.attisdropped
    union all
    select r.attrelid, r.attnum, t.typbasetype, case when r.modifier >= 0 then r.modifier else t.typtypmod end
    from resolved r join pg_type t on t.oid = r.type_oid where t.typtype = 'd'
  )
  select a.attrelid as table_oid, a.attnum, a.attname as name, format_type(a.atttypid, a.atttypmod) as declared, ${isNeverNull} as not_null,
    col_description(a.attrelid, a.attnum) as comment, r.modifier,
    case when t.typnamespace = 'pg_catalog'::regnamespace then t.typname end as built_in,
    case when t.typtype = 'e' then (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) end as labels
  from pg_attribute a
  join resolved r on r.attrelid = a.attrelid and r.attnum = a.attnum
  join pg_type t on t.oid = r.type_oid and t.typtype <> 'd'
  order by a.attrelid, a.attnum`;

/** The primary key, or else the first complete unique index over not-null columns. */
const keysStatement = `
  select i.indrelid as table_oid, a.attname as name
  from (
    select distinct on (indrelid) indrelid, indexrelid, indkey, indnkeyatts from pg_index x
    where indrelid = any($1::oid[]) and indisunique and indisvalid and indimmediate and indpred is null and indexprs is null
      and not exists (select from unnest(x.indkey[0:x.indnkeyatts - 1]) k join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k where not (${isNeverNull}))
    order by indrelid, indisprimary desc, indexrelid
  ) i
  cross join lateral unnest(i.indkey[0:i.indnkeyatts - 1]) with ordinality k(attnum, place)
  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
  order by i.indrelid, k.place`;

/** An enum's labels are part of its type here, because renaming one changes values without touching a row. */
function presentColumn(row: TextRow, areConstraintsKept: boolean): SourceColumn {
  const type: ResolvedType = { builtIn: row["built_in"] ?? undefined, modifier: Number(row["modifier"]) };
  const { lakeType, staged, mayBecomeNull } = handlingOf(type);
  const labels = row["labels"] === null ? "" : ` enum (${row["labels"] ?? ""})`;
  return {
    name: row["name"] ?? "",
    identity: row["attnum"] ?? "",
    sourceType: `${row["declared"] ?? ""}${labels}`,
    nullable: row["not_null"] !== "t" || mayBecomeNull === true || !areConstraintsKept,
    comment: row["comment"] ?? undefined,
    lakeType,
    staged,
    handling: type,
  } as SourceColumn;
}

/** The type to which a described column was resolved. */
export function resolvedType(column: SourceColumn): ResolvedType {
  return (column as SourceColumn & { readonly handling: ResolvedType }).handling;
}

function groupBy(rows: readonly TextRow[], key: string): ReadonlyMap<string, readonly TextRow[]> {
  const groups = new Map<string, TextRow[]>();
  for (const row of rows) {
    const name = row[key] ?? "";
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return groups;
}
