/** Everything that goes with an account, for people to look at before they say yes. It reads and changes nothing. */
import { sql, type Kysely } from "kysely";
import { z } from "zod";
import type { Tables } from "../../../db/tables.ts";
import { list } from "../../answers.ts";

export const contentKinds = [
  "source",
  "database",
  "table",
  "view",
  "product",
  "files",
  "running run",
  "schedule",
  "group",
  "role",
  "key",
  "member",
  "session",
  "grant",
  "share given",
  "share received",
  "request",
  "process",
  "hook",
  "identity provider",
  "tag",
  "term",
  "budget",
] as const;

export type ContentKind = (typeof contentKinds)[number];

export const contents = list(
  z.strictObject({
    what: z.enum(contentKinds),
    name: z.string().describe("For files: the location below which all of them are deleted."),
  }),
);

export type Contents = z.infer<typeof contents>;

/** Things that hold data of people, and do not go because a line of a declaration went. */
export const dataKinds: readonly ContentKind[] = ["source", "table", "view"];

/** In the order of `contentKinds`, and then by name. */
export async function contentsOf(db: Kysely<Tables>, accountId: string): Promise<Contents> {
  const { rows } = await sql<Contents[number]>`
    with own_databases as (select id, name from databases where account_id = ${accountId}),
    things (id, label) as (
      select id, 'database ' || name from own_databases
      union all select tables.id, d.name || '.' || tables.name from tables join own_databases d on d.id = database_id
      union all select views.id, d.name || '.' || views.name from views join own_databases d on d.id = database_id
      union all select id, 'source ' || name from sources where account_id = ${accountId}
    )
    select 'source' as what, name from sources where account_id = ${accountId}
    union all select 'database', name from own_databases
    union all select 'table', d.name || '.' || tables.name from tables join own_databases d on d.id = database_id
    union all select 'view', d.name || '.' || views.name from views join own_databases d on d.id = database_id
    union all select 'product', name from products where account_id = ${accountId} and ended_at is null
    union all select 'files', location from account_lakes where account_id = ${accountId}
    union all select 'running run', kind || ' ' || id from runs where account_id = ${accountId} and state = 'running'
    union all select 'schedule', name from schedules where account_id = ${accountId}
    union all select case kind when 'service' then 'key' else kind end, name from principals
      where account_id = ${accountId} and deleted_at is null
    union all select 'member', principals.name from memberships
      join principals on principals.id = memberships.member_id
      where container_id = ${accountId} and ended_at is null
    union all select 'session', principals.name from sessions join principals on principals.id = sessions.user_id
      where sessions.account_id = ${accountId}
    union all select 'grant', array_to_string(permissions, ', ') || ' on ' || things.label || ' to ' || principals.name
      from grants join things on things.id = grants.resource_id
        join principals on principals.id = grants.principal_id
      where grants.ended_at is null and grants.share_id is null
    union all select 'share given', shares.id || ' to ' || principals.name from shares
      join principals on principals.id = shares.target_id
      where source_account_id = ${accountId} and ended_at is null
    union all select 'share received', shares.id || ' from ' || accounts.name from shares
      join accounts on accounts.id = shares.source_account_id
      where target_id = ${accountId} and shares.ended_at is null
    union all select 'request', handle from share_requests
      where ${accountId} in (source_account_id, target_id, account_id) and state in ('draft', 'pending')
    union all select 'process', 'version ' || version from share_processes
      where account_id = ${accountId} and ended_at is null
    union all select 'hook', name from event_hooks where account_id = ${accountId} and ended_at is null
    union all select 'identity provider', name from identity_providers
      where account_id = ${accountId} and deleted_at is null
    union all select 'tag', name from tag_keys where account_id = ${accountId} and ended_at is null
    union all select 'term', name from terms where account_id = ${accountId}
    union all select 'budget', 'the budget' from account_budgets where account_id = ${accountId}`.execute(db);
  const place = ({ what }: Contents[number]): number => contentKinds.indexOf(what);
  return rows.toSorted((one, other) => place(one) - place(other) || (one.name < other.name ? -1 : 1));
}
