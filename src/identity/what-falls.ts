/** The rights and memberships that end when a principal is removed, for people to look at before they say yes. */
import { sql, type Kysely } from "kysely";
import type { PrincipalKind, Tables } from "../db/tables.ts";
import { principalLabel } from "./principal-name.ts";

export interface Falls {
  /** Its own grants, and its roles in accounts: `SELECT on shop.orders`, `the role viewer on account main`. */
  readonly grants: readonly string[];
  /** Grants to others that it made by its own right: `SELECT on shop.orders to bob`. */
  readonly grantsToOthers: readonly string[];
  /** The groups, roles and accounts that it belongs to: `group:analysts`, `account main`. */
  readonly memberOf: readonly string[];
  readonly members: readonly string[];
  /** The things that it answers for, where it leaves gaps: `owner of shop.orders`. */
  readonly answersFor: readonly string[];
  /** Open sessions of the user, or those that act as the role. */
  readonly sessions: number;
}

export async function whatFalls(db: Kysely<Tables>, id: string): Promise<Falls> {
  const grants = await fallingGrants(db, id);
  const { count } = db.fn;
  const { sessions } = await db
    .selectFrom("sessions")
    .select(count<bigint>("id").as("sessions"))
    .where(({ eb, or }) => or([eb("user_id", "=", id), eb("role_id", "=", id)]))
    .executeTakeFirstOrThrow();
  return {
    grants: grants.filter(({ holder }) => holder === id).map(({ right }) => right),
    grantsToOthers: grants
      .filter(({ holder }) => holder !== id)
      .map(({ right, kind, name }) => `${right} to ${principalLabel({ kind, name })}`),
    memberOf: await containersOf(db, id),
    members: await membersOf(db, id),
    answersFor: await gapsLeft(db, id),
    sessions: Number(sessions),
  };
}

interface FallingGrant {
  readonly holder: string;
  readonly kind: PrincipalKind;
  readonly name: string;
  readonly right: string;
}

/** The tags of a row of tag_expressions, as governance/tag-text.ts writes them. */
const writtenTags = sql`(
  select string_agg(written.terms, ' or ' order by written.terms) from (
    select (
      select string_agg(tag_keys.name || '=' || (
          select string_agg(tag_values.name, ',' order by tag_values.name) from tag_values
          where tag_values.id::text in (select jsonb_array_elements_text(term -> 'valueIds'))
        ), ' ' order by tag_keys.name)
      from jsonb_array_elements(alternative) as term join tag_keys on tag_keys.id::text = term ->> 'keyId'
    ) as terms from jsonb_array_elements(tag_expressions.alternatives) as alternative
  ) as written)`;

/** The open grants of a principal, and those that hang on them. */
async function fallingGrants(db: Kysely<Tables>, id: string): Promise<readonly FallingGrant[]> {
  const { rows } = await sql<FallingGrant>`
    with recursive falling (id) as (
      select id from grants where principal_id = ${id} and ended_at is null
      union
      select grants.id from grants join falling on grants.parent_id = falling.id where grants.ended_at is null
    )
    select principals.id as holder, principals.kind, principals.name,
        case when grants.origin like 'role:%' then 'the role ' || substr(grants.origin, 6)
          else array_to_string(grants.permissions, ', ') end || ' on ' || coalesce(case grants.resource_kind
          when 'lake' then 'the lake'
          when 'location' then 'location ' || grants.location
          when 'account' then 'account ' || (select name from accounts where accounts.id = grants.resource_id)
          when 'source' then 'source ' || (select name from sources where sources.id = grants.resource_id)
          when 'database' then 'database ' || (select name from databases where databases.id = grants.resource_id)
          when 'tag' then 'tag ' || (select name from tag_keys where tag_keys.id = grants.resource_id)
          when 'tag-value' then (select 'tag ' || tag_keys.name || '=' || tag_values.name
            from tag_values join tag_keys on tag_keys.id = tag_values.key_id where tag_values.id = grants.resource_id)
          when 'expression' then (select coalesce('expression ' || name, 'tags ' || ${writtenTags})
            from tag_expressions where tag_expressions.id = grants.resource_id)
          when 'tables' then (select name from databases where databases.id = grants.resource_id) || '.*'
          when 'product' then 'product ' || (select name from products
            where products.id = grants.resource_id and products.ended_at is null)
          else (select databases.name || '.' || things.name
            from (select id, database_id, name from tables union all select id, database_id, name from views) things
            join databases on databases.id = things.database_id where things.id = grants.resource_id)
        end, 'a ' || grants.resource_kind || ' that was removed') as "right"
      from falling
      join grants on grants.id = falling.id
      join principals on principals.id = grants.principal_id
      order by "right", principals.name`.execute(db);
  return rows;
}

/** The groups, roles and accounts that a principal belongs to, as people write them. */
export async function containersOf(db: Kysely<Tables>, id: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("memberships")
    .leftJoin("principals", "principals.id", "memberships.container_id")
    .leftJoin("accounts", "accounts.id", "memberships.container_id")
    .select(["principals.kind", "principals.name", "accounts.name as account"])
    .where("member_id", "=", id)
    .where("ended_at", "is", null)
    .orderBy("container_kind")
    .orderBy("principals.name")
    .execute();
  return rows.map(({ kind, name, account }) =>
    kind === null || name === null || account !== null ? `account ${account ?? ""}` : principalLabel({ kind, name }),
  );
}

async function membersOf(db: Kysely<Tables>, id: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("memberships")
    .innerJoin("principals", "principals.id", "memberships.member_id")
    .select(["principals.kind", "principals.name"])
    .where("container_id", "=", id)
    .where("ended_at", "is", null)
    .orderBy("principals.name")
    .execute();
  return rows.map(principalLabel);
}

/** The row of somebody who is removed stays open, so that lists name the gap. */
async function gapsLeft(db: Kysely<Tables>, id: string): Promise<readonly string[]> {
  const { rows } = await sql<{ gap: string }>`
    select stewards.role || ' of ' || case stewards.thing_kind
        when 'database' then 'database ' || coalesce((select name from databases where id = thing_id), 'that was removed')
        when 'product' then 'product ' || coalesce((select name from products where id = thing_id), 'that was removed')
        else coalesce((select databases.name || '.' || tables.name
          from tables join databases on databases.id = tables.database_id where tables.id = thing_id), 'a table that was removed')
      end as gap
    from stewards where principal_id = ${id} and ended_at is null
    union all select 'owner of account ' || name from accounts where owner_id = ${id} and deleted_at is null
    order by gap`.execute(db);
  return rows.map(({ gap }) => gap);
}
