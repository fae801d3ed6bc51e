/**
 * Resource links in the metadata database: the names that an account has for what others share with it. It does not ask
 * whether the caller may.
 * Invariant: a link is a name and no right; it says what it stands for by an id, so that a rename of its target changes
 * nothing, and another thing that gets the target's name is not meant.
 */
import { sql, type Kysely } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import { shareOfLink } from "../catalog/link-names.ts";
import { formatName } from "../catalog/table-name.ts";
import type { ResourceLinkRow } from "../db/resource-link-rows.ts";
import type { Tables } from "../db/tables.ts";

export const linkStates = [
  "ok",
  /** The account has a thing of its own of this name, which is meant. */
  "name taken",
  "target dropped",
  "share not accepted",
  "share suspended",
  "share revoked",
  "share expired",
] as const;

export type LinkState = (typeof linkStates)[number];

export interface ResourceLink {
  readonly id: string;
  readonly accountId: string;
  readonly kind: ResourceLinkRow["kind"];
  readonly database: string;
  readonly name: string | undefined;
  readonly targetId: string;
  /** The database of a table. */
  readonly targetDatabaseId: string | undefined;
  readonly targetAccountId: string | undefined;
  /** As it is called now, or was last. */
  readonly target: string;
  readonly shareId: string | undefined;
  readonly origin: string | null;
  readonly state: LinkState;
}

/** `crm.customers`, or `crm` for a database. */
export function linkLabel({ database, name }: Pick<ResourceLink, "database" | "name">): string {
  return formatName([database, ...(name === undefined ? [] : [name])]);
}

interface Row {
  readonly id: string;
  readonly accountId: string;
  readonly kind: ResourceLinkRow["kind"];
  readonly database: string;
  readonly name: string | null;
  readonly targetId: string;
  readonly targetLabel: string;
  readonly shareId: string | null;
  readonly origin: string | null;
  readonly targetDatabaseId: string | null;
  readonly targetAccountId: string | null;
  readonly targetAccount: string | null;
  readonly targetDatabase: string | null;
  readonly targetName: string | null;
  readonly shareState: string | null;
  readonly until: Date | null;
  readonly isGiven: boolean;
  readonly isTaken: boolean;
}

/**
 * The links of an account by their names, as they stand at a moment. If the share by which a link was made is over and
 * another one gives the same, that one counts.
 */
export async function linksOf(db: Kysely<Tables>, accountId: string, now: number): Promise<readonly ResourceLink[]> {
  const { rows } = await sql<Row>`
    select link.id, link.account_id as "accountId", link.kind, link.database, link.name, link.target_id as "targetId",
      link.target_label as "targetLabel", shares.id as "shareId", link.origin,
      home.id as "targetDatabaseId", home.account_id as "targetAccountId", accounts.name as "targetAccount",
      home.name as "targetDatabase", relation.name as "targetName", shares.state as "shareState",
      shares.valid_until as until,
      exists (select from share_items item where item.share_id = shares.id and item.ended_at is null
        and item.resource_id in (link.target_id, home.id)
        or link.kind = 'database' and item.share_id = shares.id and item.ended_at is null
          and item.resource_id in (select id from tables where database_id = link.target_id)) as "isGiven",
      exists (select from databases own where own.account_id = link.account_id
        and lower(own.name) = lower(link.database) and (link.name is null
          or exists (select from tables where database_id = own.id and lower(tables.name) = lower(link.name))
          or exists (select from views where database_id = own.id and lower(views.name) = lower(link.name)))) as "isTaken"
    from resource_links link
      left join (select id, name, database_id from tables union all select id, name, database_id from views) relation
        on link.kind = 'table' and relation.id = link.target_id
      left join databases home on home.id = case link.kind when 'table' then relation.database_id else link.target_id end
      left join accounts on accounts.id = home.account_id
      left join shares on shares.id = ${shareOfLink(new Date(now))}
    where link.account_id = ${accountId} and link.ended_at is null
    order by lower(link.database), lower(link.name) nulls first`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    accountId: row.accountId,
    kind: row.kind,
    database: row.database,
    name: row.name ?? undefined,
    targetId: row.targetId,
    targetDatabaseId: row.targetDatabaseId ?? undefined,
    targetAccountId: row.targetAccountId ?? undefined,
    target: targetOf(row),
    shareId: row.shareId ?? undefined,
    origin: row.origin,
    state: stateOf(row, now),
  }));
}

function targetOf({ kind, targetAccount, targetDatabase, targetName, targetLabel }: Row): string {
  if (targetAccount === null || targetDatabase === null) return targetLabel;
  return formatName([targetAccount, targetDatabase, ...(kind === "table" ? [targetName ?? ""] : [])]);
}

function stateOf({ targetDatabaseId, shareId, shareState, until, isGiven, isTaken }: Row, now: number): LinkState {
  if (isTaken) return "name taken";
  if (targetDatabaseId === null) return "target dropped";
  if (shareId === null) return "ok";
  if (shareState === "revoked" || shareState === "rejected" || !isGiven) return "share revoked";
  if (until !== null && until.getTime() <= now) return "share expired";
  if (shareState === "awaiting_acceptance") return "share not accepted";
  return shareState === "suspended" ? "share suspended" : "ok";
}

export interface NewLink {
  readonly accountId: string;
  readonly database: string;
  /** Undefined for a database. */
  readonly name: string | undefined;
  readonly targetId: string;
  readonly targetLabel: string;
  readonly shareId: string | undefined;
  readonly by: string | null;
  readonly origin: string | null;
}

export async function insertLink(transaction: Kysely<Tables>, link: NewLink): Promise<string> {
  const id = uuidv7();
  await transaction
    .insertInto("resource_links")
    .values({
      id,
      account_id: link.accountId,
      kind: link.name === undefined ? "database" : "table",
      database: link.database,
      name: link.name ?? null,
      target_id: link.targetId,
      target_label: link.targetLabel,
      share_id: link.shareId ?? null,
      origin: link.origin,
      made_by: link.by,
    })
    .execute();
  return id;
}

export async function endLinks(transaction: Kysely<Tables>, ids: readonly string[]): Promise<void> {
  await transaction
    .updateTable("resource_links")
    .set({ ended_at: sql<Date>`clock_timestamp()` })
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute();
}

type LinkPlace = Pick<NewLink, "accountId" | "database" | "name">;

/** Whether a thing or a link of the account has the name, upper and lower case alike. */
export async function isNameTaken(db: Kysely<Tables>, { accountId, database, name }: LinkPlace): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`
    select exists (
      select from databases own where own.account_id = ${accountId} and lower(own.name) = lower(${database})
        and (${name ?? null}::text is null
          or exists (select from tables where database_id = own.id and lower(tables.name) = lower(${name ?? null}))
          or exists (select from views where database_id = own.id and lower(views.name) = lower(${name ?? null})))
    ) or exists (
      select from resource_links link where link.account_id = ${accountId} and link.ended_at is null
        and lower(link.database) = lower(${database})
        and (link.name is null or ${name ?? null}::text is null or lower(link.name) = lower(${name ?? null}))
    ) as taken`.execute(db);
  return rows[0]?.taken === true;
}

/** The name, or the first of `name_2`, `name_3`, … that is free. */
export async function freeName(db: Kysely<Tables>, wanted: LinkPlace): Promise<LinkPlace> {
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? "" : `_${number}`;
    const tried =
      wanted.name === undefined
        ? { ...wanted, database: `${wanted.database}${suffix}` }
        : { ...wanted, name: `${wanted.name}${suffix}` };
    if (!(await isNameTaken(db, tried))) return tried;
  }
}
