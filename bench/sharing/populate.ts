/** Fills a metadata database with a large, realistically named catalog, and with people who may know much or little of it. */
import { sql, type Kysely } from "kysely";
import { must } from "../../src/base/must.ts";
import { viewMetadata } from "../../src/catalog/view-metadata.ts";
import type { Tables } from "../../src/db/tables.ts";
import { buildDocuments } from "../../src/stewardship/search/build-documents.ts";
import { storeDocuments } from "../../src/stewardship/search/refresh-documents.ts";
import { openRandom } from "../../test/soak/random.ts";

export interface Population {
  readonly databases: number;
  readonly tables: number;
}

const main = sql`'00000000-0000-0000-0000-0000000000a1'::uuid`;
const subjects = words(
  "customer order invoice payment product supplier employee contract shipment warehouse campaign visit session ticket account budget project asset vehicle meter sensor patient claim policy loan branch",
);
const aspects = words(
  "history daily monthly archive summary staging raw detail status mapping snapshot import export event log balance address contact region forecast audit",
);
const columns = words(
  "id name email phone street city country created_at updated_at amount currency status type code quantity price tax comment birth_date gender iban score category source_key valid_from valid_until owner_id parent_id channel",
);

function words(text: string): readonly string[] {
  return text.split(" ");
}

/** Makes databases, tables with descriptions and owners, and the people who ask. */
export async function populate(db: Kysely<Tables>, { databases, tables }: Population): Promise<void> {
  const statements = [
    sql`insert into databases (id, name) select gen_random_uuid(), ${pickSql(subjects, 1)} || '_' || n
      from generate_series(1, ${databases}::int) n`,
    sql`insert into tables (id, database_id, name, location, metadata_location)
      select gen_random_uuid(), d.id, ${pickSql(subjects, 7)} || '_' || ${pickSql(aspects, 13)} || '_' || n,
        'file:///lake/' || n, 'file:///lake/' || n || '/v1.json'
      from generate_series(1, ${tables}::int) n
      join (select id, row_number() over (order by name) as place from databases) d
        on d.place = 1 + n % ${databases}::int`,
    sql`insert into parameters (thing_kind, thing_id, key, value)
      select 'table', id, 'description', 'Rows about ' || replace(name, '_', ' ') || ', delivered every night' from tables
      where substr(id::text, 1, 1) < '8'`,
    sql`insert into parameters (thing_kind, thing_id, field_id, key, value)
      select 'table', id, 3, 'pii_flag', 'true' from tables where substr(id::text, 2, 1) < '3'`,
    sql`insert into principals (id, kind, name) select gen_random_uuid(), 'user', word
      from unnest(array['few', 'many', 'all']) word`,
    sql`insert into memberships (id, container_kind, container_id, member_id)
      select gen_random_uuid(), 'account', ${main}, id from principals where kind = 'user'`,
    sql`insert into stewards (id, thing_kind, thing_id, role, principal_id)
      select gen_random_uuid(), 'database', d.id, 'owner', p.id from databases d join principals p on p.name = 'all'`,
    sql`insert into grants (id, principal_id, resource_kind, resource_id, permissions)
      select gen_random_uuid(), p.id, 'table', t.id, array['SELECT']
      from principals p join (select id, row_number() over (order by id) as place from tables) t
        on t.place <= case p.name when 'few' then 20 else 3000 end where p.name in ('few', 'many')`,
    sql`insert into grants (id, principal_id, resource_kind, resource_id, permissions)
      select gen_random_uuid(), p.id, 'tables', d.id, array['SELECT']
      from principals p join (select id, row_number() over (order by name) as place from databases) d on d.place % 2 = 0
      where p.name = 'many'`,
    sql`insert into grants (id, principal_id, resource_kind, resource_id, permissions)
      select gen_random_uuid(), id, 'account', ${main}, array['DESCRIBE'] from principals where name = 'all'`,
  ];
  for (const statement of statements) await statement.execute(db);
}

function pickSql(from: readonly string[], step: number) {
  return sql`(${sql.val(from)}::text[])[1 + (n * ${sql.lit(step)}) % ${sql.lit(from.length)}]`;
}

/** The documents of everything, as a server makes them, with columns that are not read from files. */
export async function makeDocuments(db: Kysely<Tables>): Promise<void> {
  const ids = await db.selectFrom("search_stale").select("thing_id").distinct().execute();
  const random = openRandom(1);
  const load = async (entry: { readonly id: string }) => ({
    ...entry,
    metadata: metadataOf(entry.id, random.below(20)),
  });
  for (let from = 0; from < ids.length; from += 1_000) {
    const some = ids.slice(from, from + 1_000).map(({ thing_id: id }) => id);
    const { documents } = await buildDocuments({ db, catalog: { load: load as never, entries: async () => [] } }, some);
    await storeDocuments(db, documents);
  }
  await sql`delete from search_stale`.execute(db);
  await sql`vacuum analyze`.execute(db);
}

/** Ten columns, from another place of the list for each table. */
function metadataOf(id: string, from: number) {
  const fields = Array.from({ length: 10 }, (_, index) => ({
    id: index + 1,
    name: must(columns[(from + index) % columns.length], "a column"),
    required: false,
    type: "string" as const,
  }));
  return viewMetadata(id, { columns: fields, madeAt: new Date(0) } as never);
}
