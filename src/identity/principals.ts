/**
 * The rows of principals: how one begins and how it ends. An ended principal stays as a tombstone; its id and its rights
 * are never given to another, but its name is free.
 */
import { sql, type Insertable, type Kysely } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { PrincipalKind, PrincipalRow, Tables } from "../db/tables.ts";

type NewPrincipal = Pick<Insertable<PrincipalRow>, "kind" | "account_id" | "name" | "attributes" | "origin">;

/** Returns the id, or undefined if another principal of the kind has the name. */
export async function insertPrincipal(
  transaction: Kysely<Tables>,
  principal: NewPrincipal,
): Promise<string | undefined> {
  const row = await transaction
    .insertInto("principals")
    .values({ id: uuidv7(), ...principal })
    .onConflict((conflict) => conflict.columns(["kind", "name"]).where("deleted_at", "is", null).doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

/**
 * Like `insertPrincipal` with the first of the names that no principal of the kind has or ever had: a name that comes from
 * outside must not get what was meant for somebody who had it.
 */
export async function insertUnderNewName(
  transaction: Kysely<Tables>,
  { names, ...principal }: Omit<NewPrincipal, "name"> & { readonly names: Iterable<string> },
): Promise<{ readonly id: string; readonly name: string }> {
  for (const name of names) {
    const known = await transaction
      .selectFrom("principals")
      .select("id")
      .where("kind", "=", principal.kind)
      .where("name", "=", name)
      .limit(1)
      .executeTakeFirst();
    const id = known === undefined ? await insertPrincipal(transaction, { ...principal, name }) : undefined;
    if (id !== undefined) return { id, name };
  }
  throw new TypeError("there are no names left");
}

export interface Ending {
  readonly id: string;
  /** The principal who ends it; null for the owner of the data directory. */
  readonly by: string | null;
  readonly reason: string;
}

/** Ends a principal with its grants and its memberships, those in it included. */
export async function endPrincipal(transaction: Kysely<Tables>, { id, by, reason }: Ending): Promise<void> {
  const now = sql<Date>`clock_timestamp()`;
  await transaction.updateTable("principals").set({ deleted_at: now, active: false }).where("id", "=", id).execute();
  await transaction
    .updateTable("grants")
    .set({ ended_at: now, ended_by: by, end_reason: reason })
    .where("principal_id", "=", id)
    .where("ended_at", "is", null)
    .execute();
  await transaction
    .updateTable("memberships")
    .set({ ended_at: now })
    .where(({ eb, or }) => or([eb("member_id", "=", id), eb("container_id", "=", id)]))
    .where("ended_at", "is", null)
    .execute();
}

export interface Tombstone {
  readonly name: string;
  readonly createdAt: Date;
  readonly removedAt: Date;
}

interface Removed {
  readonly kind: PrincipalKind;
  /** Only those that belonged to this account. */
  readonly account: string | undefined;
}

/** The removed principals of a kind, the latest first. Removed users belonged to no single account. */
export async function listTombstones(db: Kysely<Tables>, { kind, account }: Removed): Promise<readonly Tombstone[]> {
  const ids = db
    .selectFrom("accounts")
    .select("id")
    .where("name", "=", account ?? "");
  return db
    .selectFrom("principals")
    .select(["name", "created_at as createdAt"])
    .select(sql<Date>`deleted_at`.as("removedAt"))
    .where("kind", "=", kind)
    .where("deleted_at", "is not", null)
    .$if(account !== undefined, (query) => query.where("account_id", "in", ids))
    .orderBy("deleted_at", "desc")
    .execute();
}
