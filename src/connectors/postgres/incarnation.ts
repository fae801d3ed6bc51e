/**
 * Identifies the object that currently has a name, and everything besides its rows that the text of its values depends
 * on: the database, the relations that hold its rows and their files, its columns, and what their types consist of. As
 * SQL over the catalogs, which locks no user table, so it can run while somebody waits to change one.
 *
 * Invariant: between two restarts of the server, equal incarnations mean that the same rows have the same text. If this
 * cannot be guaranteed, the incarnation is marked, and row versions never prove the object unchanged.
 */
import type { SourceTable, TableName } from "../../sync/source.ts";
import type { Queries } from "./connection.ts";
import { quoteText } from "./identifiers.ts";

/** Prefixes of an incarnation that covers everything, and of one that does not. */
const held = "held";
const unheld = "unheld";

/** Whether rows that were not written still have the same text. */
export function isTextHeld({ incarnation }: SourceTable): boolean {
  return incarnation?.startsWith(`${held}:`) === true;
}

/**
 * As the connection sees the catalogs: the current state if no transaction is open. Undefined for a name without an
 * object.
 */
export async function incarnationsOf(
  connection: Queries,
  names: readonly TableName[],
): Promise<readonly (string | undefined)[]> {
  if (names.length === 0) return [];
  const values = names.map(({ schema, name }, index) => `(${index}, ${quoteText(schema)}, ${quoteText(name)})`);
  const rows = await connection.query(
    `with recursive named as (
       select w.place, c.oid
       from (values ${values.join(", ")}) w(place, schema, name)
       join pg_namespace n on n.nspname = w.schema join pg_class c on c.relnamespace = n.oid and c.relname = w.name
     ),
     ${relations}, ${types}, ${columns}
     select named.place, concat(
       case when coalesce(columns.are_held, true) then '${held}' else '${unheld}' end,
       ':', hashtextextended(whole.text, 0), ':', hashtextextended(whole.text, 1)) as incarnation
     from named join relations on relations.root = named.oid left join columns on columns.root = named.oid
     cross join lateral (
       select concat_ws('|', (select oid from pg_database where datname = current_database()), relations.text, columns.text) collate "C" as text
     ) whole`,
  );
  const found = new Map(rows.map((row) => [row["place"], row["incarnation"] ?? undefined]));
  return names.map((_name, index) => found.get(String(index)));
}

/**
 * The relations that hold an object's rows: itself, its children, and what a view selects from, each with its current
 * file. A view's rule is included as the version of its row. A child's columns are included because, after it was
 * detached and attached again, they may be different columns of the same names; so is the version of its link to the
 * parent, because a read in the meantime lacks its rows.
 */
const relations = `
  wanted as materialized (select distinct oid from named),
  behind(root, oid) as (
    select oid, oid from wanted
    union
    select behind.root, next.oid
    from behind join pg_class c on c.oid = behind.oid
    cross join lateral (
      select i.inhrelid as oid from pg_inherits i
      where i.inhparent = c.oid and not i.inhdetachpending
      union all
      select d.refobjid from pg_rewrite r
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
      where r.ev_class = c.oid and c.relkind = 'v' and d.refobjid <> c.oid
    ) next
  ),
  relations as (
    select behind.root,
      string_agg(concat_ws(':', c.oid, c.relfilenode, rules.versions, links.versions, own.columns), ' ' order by c.oid) as text
    from behind join pg_class c on c.oid = behind.oid
    left join lateral (
      select string_agg(r.xmin::text, ',' order by r.oid) as versions from pg_rewrite r where r.ev_class = c.oid and c.relkind = 'v'
    ) rules on true
    left join lateral (
      select string_agg(concat(i.inhparent, '-', i.xmin), ',' order by i.inhparent) as versions
      from pg_inherits i where i.inhrelid = c.oid and c.oid <> behind.root
    ) links on true
    left join lateral (
      select string_agg(concat_ws('.', a.attnum, quote_ident(a.attname), a.atttypid, a.atttypmod), ',' order by a.attnum) as columns
      from pg_attribute a where a.attrelid = c.oid and c.oid <> behind.root and a.attnum > 0 and not a.attisdropped
    ) own on true
    group by behind.root
  )`;

/**
 * A virtual column is computed when it is read, by functions that may depend on more than its row, such as time zones
 * and dictionaries.
 */
const columns = `
  columns as (
    select a.attrelid as root,
      bool_and(a.attgenerated <> 'v' and made.are_held) as are_held,
      string_agg(concat_ws(':', a.attnum, quote_ident(a.attname), a.atttypid, a.atttypmod, d.oid, made.text), ' ' order by a.attnum) as text
    from wanted join pg_attribute a on a.attrelid = wanted.oid and a.attnum > 0 and not a.attisdropped
    join made on made.type = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum and a.attgenerated = 'v'
    group by a.attrelid
  )`;

/** Functions and types with lower ids come with the server. */
const firstOwnOid = 16_384;

/**
 * Types and their components: elements, attributes, bounds, the base types of domains. Their text depends on labels (by
 * the versions of their rows, so that a label that was renamed and renamed back differs), on the number of attributes,
 * on a type's output function with its extension's version, and on the position of money's decimal point. Names of
 * catalog objects change with those.
 */
const types = `
  made_of(type, oid) as (
    select distinct a.atttypid, a.atttypid from wanted join pg_attribute a on a.attrelid = wanted.oid and a.attnum > 0 and not a.attisdropped
    union
    select made_of.type, next.oid
    from made_of join pg_type t on t.oid = made_of.oid
    cross join lateral (
      select t.typbasetype as oid where t.typtype = 'd'
      union all select t.typelem where t.typelem <> 0
      union all select r.rngsubtype from pg_range r where t.oid in (r.rngtypid, r.rngmultitypid) and t.typtype in ('r', 'm')
      union all select a.atttypid from pg_attribute a where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
    ) next
  ),
  made as (
    select made_of.type,
      bool_and(case
        when t.typnamespace = 'pg_catalog'::regnamespace then t.typname not like 'reg%' and t.typname <> 'aclitem'
        else t.typoutput < ${firstOwnOid} or output.extension is not null end) as are_held,
      string_agg(concat_ws('.', t.oid, labels.text, attributes.text, output.version, output.extension,
        case when t.oid = 'money'::regtype then current_setting('lc_monetary') end), ',' order by t.oid)
        filter (where t.oid >= ${firstOwnOid} or t.oid = 'money'::regtype) as text
    from made_of join pg_type t on t.oid = made_of.oid
    left join lateral (
      select string_agg(concat(e.oid, '-', e.xmin), '_' order by e.oid) as text from pg_enum e where t.typtype = 'e' and e.enumtypid = t.oid
    ) labels on true
    left join lateral (
      select string_agg(concat(a.attnum, '-', a.atttypid), '_' order by a.attnum) as text
      from pg_attribute a where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0
    ) attributes on true
    left join lateral (
      select p.xmin::text as version, (
        select concat(x.oid, '-', x.extversion, '-', x.xmin) from pg_depend d join pg_extension x on x.oid = d.refobjid
        where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
      ) as extension
      from pg_proc p where p.oid = t.typoutput and t.typoutput >= ${firstOwnOid}
    ) output on true
    group by made_of.type
  )`;
