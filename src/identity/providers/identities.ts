/**
 * Who somebody of an identity provider is here: the issuer and the subject, linked with a user. A link is made by an
 * administrator, by the user, or together with the user; never because of a name or an e-mail address.
 * Invariants: an identity is linked with one user. The link of a removed user stays, and lets nobody in.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";

export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly userId: string;
  readonly user: string;
  readonly isRemoved: boolean;
  readonly isActive: boolean;
  readonly createdAt: Date;
  readonly usedAt: Date | null;
}

interface Key {
  readonly issuer: string;
  readonly subject: string;
}

export async function findIdentity(db: Kysely<Tables>, { issuer, subject }: Key): Promise<Identity | undefined> {
  return selectIdentities(db)
    .where("identities.issuer", "=", issuer)
    .where("identities.subject", "=", subject)
    .executeTakeFirst();
}

/** Those of one user, or all. */
export function listIdentities(db: Kysely<Tables>, userId?: string): Promise<readonly Identity[]> {
  return selectIdentities(db)
    .$if(userId !== undefined, (query) => query.where("user_id", "=", userId ?? ""))
    .orderBy("principals.name")
    .orderBy("issuer")
    .orderBy("subject")
    .execute();
}

function selectIdentities(db: Kysely<Tables>) {
  return db
    .selectFrom("identities")
    .innerJoin("principals", "principals.id", "identities.user_id")
    .select(["identities.issuer", "identities.subject", "identities.user_id as userId", "principals.name as user"])
    .select(sql<boolean>`principals.deleted_at is not null`.as("isRemoved"))
    .select("principals.active as isActive")
    .select(["identities.created_at as createdAt", "identities.used_at as usedAt"]);
}

export interface Link extends Key {
  readonly userId: string;
  /** Null for the provider, and for the owner of the data directory. */
  readonly by: string | null;
}

/** Nothing changes if the user has the identity already. Throws IDENTITY_TAKEN. */
export async function linkIdentity(db: Kysely<Tables>, { issuer, subject, userId, by }: Link): Promise<void> {
  await db
    .insertInto("identities")
    .values({ issuer, subject, user_id: userId, linked_by: by })
    .onConflict((conflict) => conflict.columns(["issuer", "subject"]).doNothing())
    .execute();
  const found = await findIdentity(db, { issuer, subject });
  if (found?.userId !== userId)
    throw new HeadgateError("IDENTITY_TAKEN", {
      place: subject,
      message: found?.isRemoved === true ? "this identity was that of a user who was removed" : undefined,
    });
}

/** Ends the sessions that were opened with it. Throws IDENTITY_NOT_FOUND. */
export async function unlinkIdentity(db: Kysely<Tables>, { issuer, subject, userId }: Omit<Link, "by">): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom("identities")
    .where("issuer", "=", issuer)
    .where("subject", "=", subject)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw new HeadgateError("IDENTITY_NOT_FOUND", { place: subject });
  await endSessionsWith(db, { issuer, subject, userId });
}

async function endSessionsWith(
  db: Kysely<Tables>,
  { issuer, subject, userId }: Key & { readonly userId: string },
): Promise<void> {
  await db
    .deleteFrom("sessions")
    .where("subject", "=", subject)
    .where("user_id", "=", userId)
    .where("provider_id", "in", db.selectFrom("identity_providers").select("id").where("issuer", "=", issuer))
    .execute();
}
