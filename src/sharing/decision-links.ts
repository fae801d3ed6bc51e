/**
 * The links in mails to approvers. A link says which request is meant and opens a page; it decides nothing, and is of use
 * only to the approver to whom it was sent, in a session of theirs.
 * Invariant: only digests are stored.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import type { Verdict } from "../db/share-request-rows.ts";
import { digestOf, newToken } from "../identity/token.ts";

export interface NewLink {
  readonly requestId: string;
  readonly round: number;
  readonly principalId: string;
  readonly verdict: Verdict;
  readonly expiresAt: Date;
}

/** Returns the token, which cannot be found out later. */
export async function makeLink(db: Kysely<Tables>, link: NewLink): Promise<string> {
  const token = newToken();
  await db
    .insertInto("decision_links")
    .values({
      token_digest: digestOf(token),
      request_id: link.requestId,
      round: link.round,
      principal_id: link.principalId,
      verdict: link.verdict,
      expires_at: link.expiresAt,
    })
    .execute();
  return token;
}

export interface FoundLink {
  readonly requestId: string;
  readonly round: number;
  readonly verdict: Verdict;
}

interface AskedLink {
  readonly token: string;
  readonly principalId: string;
  readonly now: number;
}

/** Undefined for a link of somebody else, one that was used, and one whose time is over. */
export async function findLink(
  db: Kysely<Tables>,
  { token, principalId, now }: AskedLink,
): Promise<FoundLink | undefined> {
  return db
    .selectFrom("decision_links")
    .select(["request_id as requestId", "round", "verdict"])
    .where("token_digest", "=", digestOf(token))
    .where("principal_id", "=", principalId)
    .where("used_at", "is", null)
    .where("expires_at", ">", new Date(now))
    .executeTakeFirst();
}

export async function spendLink(db: Kysely<Tables>, token: string): Promise<void> {
  const used = { used_at: sql<Date>`clock_timestamp()` };
  await db.updateTable("decision_links").set(used).where("token_digest", "=", digestOf(token)).execute();
}
