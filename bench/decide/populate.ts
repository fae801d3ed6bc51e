/** Fills a metadata database with people, groups, tables and grants, as a large lake has them. */
import { sql, type Kysely, type RawBuilder } from "kysely";
import type { Tables } from "../../src/db/tables.ts";

export interface Population {
  readonly users: number;
  readonly groups: number;
  readonly databases: number;
  readonly tables: number;
  readonly grants: number;
}

/**
 * Each user is in five groups. Of the grants, eight of ten are on one table, a tenth of these with some columns and a
 * tenth with a data filter; the others are on all tables of a database. Half are to users, half to groups. Everybody has
 * one more grant, by tags.
 */
export async function populate(
  db: Kysely<Tables>,
  { users, groups, databases, tables, grants }: Population,
): Promise<void> {
  const main = sql`'00000000-0000-0000-0000-0000000000a1'::uuid`;
  const statements = [
    sql`insert into principals (id, kind, name) select gen_random_uuid(), 'user', 'user' || n from generate_series(1, ${users}::int) n`,
    sql`insert into principals (id, kind, account_id, name)
      select gen_random_uuid(), 'group', ${main}, 'group' || n from generate_series(1, ${groups}::int) n`,
    sql`insert into memberships (id, container_kind, container_id, member_id)
      select gen_random_uuid(), 'group', g.id, u.id from principals u
      cross join generate_series(0, 4) step
      join principals g on g.kind = 'group'
        and g.name = 'group' || (1 + (substr(u.name, 5)::int * 7 + step * 13) % ${groups}::int)
      where u.kind = 'user' on conflict do nothing`,
    sql`insert into databases (id, name) select gen_random_uuid(), 'db' || n from generate_series(1, ${databases}::int) n`,
    sql`insert into tables (id, database_id, name, location, metadata_location)
      select gen_random_uuid(), d.id, 'table' || n, 'file:///lake/' || n, 'file:///lake/' || n || '/v1.json'
      from generate_series(1, ${tables}::int) n join databases d on d.name = 'db' || (1 + n % ${databases}::int)`,
    ...inParts(
      tables,
      (from, to) => sql`insert into data_filters (id, table_id, name, row_text, row_predicate)
      select gen_random_uuid(), id, 'germans', 'country = ''DE''',
        '{"op":"=","column":{"fieldId":3,"type":"string"},"value":{"literal":"DE"}}'
      from (select id, row_number() over (order by id) as n from tables) numbered where n between ${from} and ${to}`,
    ),
    ...inParts(
      grants,
      (
        from,
        to,
      ) => sql`with holders as (select id, kind, row_number() over (partition by kind order by name) as n from principals),
        t as (select id, database_id, row_number() over (order by id) as n from tables)
      insert into grants (id, principal_id, resource_kind, resource_id, columns, filter_id, permissions)
      select gen_random_uuid(), h.id, case when made.n % 10 < 8 then 'table' else 'tables' end,
        case when made.n % 10 < 8 then t.id else t.database_id end,
        case when made.n % 100 < 8 then '{"mode":"include","fieldIds":[1,2]}'::jsonb end,
        case when made.n % 100 between 20 and 27 then f.id end, array['SELECT']
      from generate_series(${from}::int, ${to}::int) as made (n)
      join holders h on h.kind = case when made.n % 2 = 0 then 'user' else 'group' end
        and h.n = 1 + (made.n * 7919::bigint) % case when made.n % 2 = 0 then ${users}::int else ${groups}::int end
      join t on t.n = 1 + (made.n * 104729::bigint) % ${tables}::int
      join data_filters f on f.table_id = t.id`,
    ),
  ];
  for (const statement of [...statements, ...tagged()]) await statement.execute(db);
}

/**
 * Every database has one of ten domains, a third of the tables a sensitivity of their own, and a tenth a secret column.
 * Each of a hundred expressions names a domain and some sensitivities, and is granted to some users and groups.
 */
function tagged(): readonly RawBuilder<unknown>[] {
  const main = sql`'00000000-0000-0000-0000-0000000000a1'::uuid`;
  return [
    sql`insert into tag_keys (id, account_id, name)
      select gen_random_uuid(), ${main}, word from unnest(array['domain', 'sensitivity']) word`,
    sql`insert into tag_values (id, key_id, name) select gen_random_uuid(), k.id, 'domain' || n
      from tag_keys k, generate_series(1, 10) n where k.name = 'domain'`,
    sql`insert into tag_values (id, key_id, name) select gen_random_uuid(), k.id, word
      from tag_keys k, unnest(array['public', 'internal', 'secret']) word where k.name = 'sensitivity'`,
    sql`insert into tag_assignments (id, resource_kind, resource_id, key_id, value_id)
      select gen_random_uuid(), 'database', d.id, v.key_id, v.id
      from (select id, row_number() over (order by name) as n from databases) d
      join tag_values v on v.name = 'domain' || (1 + d.n % 10)`,
    sql`insert into tag_assignments (id, resource_kind, resource_id, key_id, value_id)
      select gen_random_uuid(), 'table', t.id, v.key_id, v.id
      from (select id, row_number() over (order by id) as n from tables) t
      join tag_values v on v.name = case t.n % 6 when 0 then 'public' else 'internal' end where t.n % 3 = 0`,
    sql`insert into tag_assignments (id, resource_kind, resource_id, field_id, key_id, value_id)
      select gen_random_uuid(), 'column', t.id, 2, v.key_id, v.id
      from (select id, row_number() over (order by id) as n from tables) t
      join tag_values v on v.name = 'secret' where t.n % 10 = 0`,
    sql`insert into tag_expressions (id, account_id, name, alternatives)
      select gen_random_uuid(), ${main}, 'expression' || n, jsonb_build_array(jsonb_build_array(
        jsonb_build_object('keyId', d.key_id, 'valueIds', jsonb_build_array(d.id)),
        jsonb_build_object('keyId', s.key_id, 'valueIds', jsonb_build_array(s.id))))
      from generate_series(1, 100) n
      join tag_values d on d.name = 'domain' || (1 + n % 10)
      join tag_values s on s.name = case n % 3 when 0 then 'public' when 1 then 'internal' else 'secret' end`,
    sql`insert into grants (id, principal_id, resource_kind, resource_id, permissions)
      select gen_random_uuid(), h.id, 'expression', e.id, array['SELECT']
      from (select id, row_number() over (order by name) as n from principals) h
      join tag_expressions e on e.name = 'expression' || (1 + h.n % 100)`,
  ];
}

/** Each row takes the next epoch, which in one large transaction becomes slower with every row. */
function inParts(count: number, statement: (from: number, to: number) => RawBuilder<unknown>): RawBuilder<unknown>[] {
  const size = 1_000;
  return Array.from({ length: Math.ceil(count / size) }, (_, part) =>
    statement(part * size + 1, Math.min(count, (part + 1) * size)),
  );
}
