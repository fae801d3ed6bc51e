/**
 * Fills a populated lake with products, the people who own and want them, a long history of requests, and what waits now.
 * Nothing here is worked off: the rows are what the operations would have left.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../../src/db/tables.ts";
import { mainAccount } from "../../src/db/tables.ts";
import { organisationId } from "../../src/governance/policy.ts";
import { ownerStep } from "../../src/sharing/process.ts";

export interface SharingPopulation {
  readonly products: number;
  /** In history; one of fifty of them still waits. */
  readonly requests: number;
  readonly approvers: number;
}

const main = sql`${sql.lit(mainAccount)}::uuid`;
const people = 1_000;
const consumers = 20;

export async function populateSharing(db: Kysely<Tables>, population: SharingPopulation): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    for (const statement of [...ofPeople(population), ...ofProducts(population)]) await statement.execute(transaction);
  });
  await db.transaction().execute(async (transaction) => {
    // Each step would be an event, and the events have one order: a hundred thousand in one transaction take minutes.
    await sql`set local session_replication_role = replica`.execute(transaction);
    for (const statement of ofRequests(population)) await statement.execute(transaction);
  });
  await sql`vacuum analyze`.execute(db);
}

function ofPeople({ approvers }: SharingPopulation) {
  return [
    sql`insert into accounts (id, number, name)
      select gen_random_uuid(), lpad(n::text, 12, '0'), 'consumer_' || n from generate_series(1, ${consumers}::int) n`,
    sql`insert into principals (id, kind, name) select gen_random_uuid(), 'user', 'approver_' || n
      from generate_series(1, ${approvers}::int) n`,
    sql`insert into principals (id, kind, name) select gen_random_uuid(), 'user', 'person_' || n
      from generate_series(1, ${people}::int) n`,
    sql`insert into memberships (id, container_kind, container_id, member_id)
      select gen_random_uuid(), 'account', ${main}, id from principals where name like 'approver_%'`,
    sql`insert into memberships (id, container_kind, container_id, member_id)
      select gen_random_uuid(), 'account', accounts.id, principals.id from principals join accounts
        on accounts.name = 'consumer_' || 1 + substr(principals.name, 8)::int % ${consumers}::int
      where principals.name like 'person_%'`,
    sql`insert into principals (id, kind, name) values (gen_random_uuid(), 'user', 'administrator')`,
    sql`insert into memberships (id, container_kind, container_id, member_id)
      select gen_random_uuid(), 'account', ${main}, id from principals where name = 'administrator'`,
    sql`insert into grants (id, principal_id, resource_kind, resource_id, permissions)
      select gen_random_uuid(), id, 'account', ${main}, array['ADMINISTER'] from principals where name = 'administrator'`,
  ];
}

/** Two tables each; half of the products can be found by everybody. */
function ofProducts({ products, approvers }: SharingPopulation) {
  return [
    sql`create temporary table numbered on commit drop as
      select id, database_id, row_number() over (order by id) as place from tables`,
    sql`create index on numbered (place)`,
    sql`insert into products (id, account_id, name)
      select gen_random_uuid(), ${main}, 'product_' || n from generate_series(1, ${products}::int) n`,
    sql`insert into product_items (id, product_id, kind, thing_id, database_id)
      select gen_random_uuid(), products.id, 'table', numbered.id, numbered.database_id
      from products cross join generate_series(0, 1) second
        join numbered on numbered.place = 2 * substr(products.name, 9)::int - second`,
    sql`insert into stewards (id, thing_kind, thing_id, role, principal_id)
      select gen_random_uuid(), 'product', products.id, 'owner', principals.id from products join principals
        on principals.name = 'approver_' || 1 + substr(products.name, 9)::int % ${approvers}::int`,
    sql`insert into grants (id, principal_id, resource_kind, resource_id, permissions)
      select gen_random_uuid(), ${organisationId}::uuid, 'product', id, array['BROWSE'] from products
      where substr(name, 9)::int % 2 = 0`,
  ];
}

const step = sql`jsonb_build_array(${JSON.stringify(ownerStep)}::jsonb)`;
const judgement = sql`${JSON.stringify({ class: "pii", relation: "same_organisation", findings: [], because: ["the owner decides on what is personal"] })}::jsonb`;

/** Everybody asks for every product in turn; two of a hundred requests wait, and every fourth of the approved ones still is a share. */
function ofRequests({ products, requests }: SharingPopulation) {
  return [
    sql`create temporary table asked on commit drop as
      select gen_random_uuid() as id, gen_random_uuid() as item_id, n, products.id as product_id, item.thing_id,
        item.database_id, principals.id as person_id, membership.container_id as account_id, steward.principal_id as owner_id,
        case when n % 50 = 0 then 'pending' when n % 10 < 7 then 'approved' when n % 10 < 9 then 'denied' else 'withdrawn' end
          as state,
        case when n % 50 > 0 and n % 10 < 7 and n % 4 = 1 then gen_random_uuid() end as share_id
      from generate_series(1, ${requests}::int) n
        join products on products.name = 'product_' || 1 + n % ${products}::int
        join (select distinct on (product_id) * from product_items order by product_id, thing_id) item
          on item.product_id = products.id
        join stewards steward on steward.thing_id = products.id
        join principals on principals.name = 'person_' || 1 + (n + n / ${products}::int) % ${people}::int
        join memberships membership on membership.member_id = principals.id`,
    sql`insert into share_requests (id, handle, source_account_id, target_kind, target_id, account_id, requester_id, person_id,
        purpose, product_id, fingerprint, state, round, judgement, steps, created_at, submitted_at, judged_at, decide_by,
        ended_at, told_at, share_id)
      select id, 'bench' || n, ${main}, 'principal', person_id, account_id, person_id, person_id,
        'A report of the month about it, for the department', product_id, 'bench ' || n, state, 1, ${judgement}, ${step},
        at, at, at, case when state = 'pending' then at + interval '30 days' end,
        case when state <> 'pending' then at + interval '1 day' end, case when state <> 'pending' then at end, share_id
      from asked, lateral (select now() - case when state = 'pending' then interval '1 minute' * (n % 1440)
        else interval '3 minutes' * n + interval '2 days' end as at) moment`,
    sql`insert into share_request_items (id, request_id, position, kind, thing_id, database_id, judged)
      select item_id, id, 0, 'table', thing_id, database_id,
        jsonb_build_array(jsonb_build_object('id', thing_id, 'fieldIds', '[1, 2, 3]'::jsonb)) from asked`,
    sql`insert into share_decisions (id, request_id, round, step, principal_id, person_id, standing, verdict, item_ids, channel)
      select gen_random_uuid(), id, 1, 0, owner_id, owner_id, 'owner', case state when 'approved' then 'approve' else 'deny' end,
        array[item_id], 'api' from asked where state in ('approved', 'denied')`,
    sql`insert into shares (id, request_id, product_id, source_account_id, target_kind, target_id, state, epoch)
      select share_id, id, product_id, ${main}, 'principal', person_id, 'active', 1 from asked where share_id is not null`,
    sql`insert into grants (id, principal_id, resource_kind, resource_id, permissions, share_id, account_id, epoch)
      select gen_random_uuid(), person_id, 'table', thing_id, array['SELECT'], share_id, account_id, 1
      from asked where share_id is not null`,
  ];
}
