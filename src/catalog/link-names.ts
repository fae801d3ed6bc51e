/**
 * The names that an account has for tables of others. They are further names of the same table and not tables of their own,
 * so whoever uses one is decided about with the table that it means.
 * Invariant: a table, a view or a database of the account itself always wins over a link of the same name.
 */
import { sql, type Kysely, type RawBuilder } from "kysely";
import type { Tables } from "../db/tables.ts";

export interface LinkName {
  /** The account that has the name. */
  readonly account: string;
  readonly database: string;
  readonly name: string;
  /** The share by which the account has it. */
  readonly shareId: string | null;
}

export interface LinkNames {
  /** By the ids of tables and views. */
  readonly ofTables: ReadonlyMap<string, readonly LinkName[]>;
  /** By the ids of databases: the names that they have here. */
  readonly ofDatabases: ReadonlyMap<string, readonly Omit<LinkName, "name">[]>;
}

/**
 * The share by which an account has a link's target at a moment: the one of the link, or, when that is over, another one
 * that is not.
 */
export function shareOfLink(now: Date): RawBuilder<string | null> {
  const isLive = sql`share.state = 'active' and (share.valid_until is null or share.valid_until > ${now})`;
  const isGiven = sql`exists (select from share_items item where item.share_id = share.id and item.ended_at is null
    and (item.resource_id = link.target_id
      or item.resource_id in (select database_id from tables where id = link.target_id
        union all select database_id from views where id = link.target_id)
      or link.kind = 'database' and item.resource_id in (select id from tables where database_id = link.target_id)))`;
  return sql`case when link.share_id is null
      or exists (select from shares share where share.id = link.share_id and ${isLive} and ${isGiven}) then link.share_id
    else coalesce((select share.id from shares share where share.target_id = link.account_id and ${isLive} and ${isGiven}
      order by share.created_at desc, share.id limit 1), link.share_id) end`;
}

interface Linked {
  readonly name: string | null;
  readonly account: string;
  readonly database: string;
  readonly targetId: string;
  readonly shareId: string | null;
}

export async function linkNames(db: Kysely<Tables>, accountId: string): Promise<LinkNames> {
  const { rows } = await sql<Linked>`
    select link.name, link.database, accounts.name as account, link.target_id as "targetId",
      ${shareOfLink(new Date())} as "shareId"
    from resource_links link join accounts on accounts.id = link.account_id
    where link.account_id = ${accountId} and link.ended_at is null and not exists (
      select from databases own where own.account_id = link.account_id and lower(own.name) = lower(link.database)
        and (link.name is null
          or exists (select from tables where database_id = own.id and lower(tables.name) = lower(link.name))
          or exists (select from views where database_id = own.id and lower(views.name) = lower(link.name))))`.execute(
    db,
  );
  const tables = rows.flatMap(({ name, ...link }) => (name === null ? [] : [{ ...link, name }]));
  const databases = rows.filter(({ name }) => name === null).map(({ name: _name, ...link }) => link);
  return {
    ofTables: Map.groupBy(tables, ({ targetId }) => targetId),
    ofDatabases: Map.groupBy(databases, ({ targetId }) => targetId),
  };
}

/** The same things, each with the names that it has by links. */
export function withLinks<T extends { readonly id: string; readonly databaseId: string; readonly name: string }>(
  things: readonly T[],
  { ofTables, ofDatabases }: LinkNames,
): readonly (T & { readonly links?: readonly LinkName[] })[] {
  if (ofTables.size === 0 && ofDatabases.size === 0) return things;
  return things.map((thing) => {
    const inDatabases = (ofDatabases.get(thing.databaseId) ?? []).map((link) => ({ ...link, name: thing.name }));
    const links = [...(ofTables.get(thing.id) ?? []), ...inDatabases];
    return links.length === 0 ? thing : { ...thing, links };
  });
}
