/**
 * The queries and boards that people keep, and with whom each is shared. Everything is read for somebody who asks.
 * Invariant: a thing that decideKept() does not let somebody know does not exist for them.
 */
import { sql, type Kysely } from "kysely";
import { DatabaseError } from "pg";
import { z } from "zod";
import { formatJson, parseJson } from "../../base/json.ts";
import { uuidv7 } from "../../base/uuid.ts";
import type { KeptKind } from "../../db/kept-rows.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideKept, type KeptText } from "../../governance/decide.ts";
import { principalLabel } from "../../identity/principal-name.ts";
import { personIdOf } from "../sharing/known-request.ts";

export interface Kept extends KeptText {
  readonly id: string;
  readonly name: string;
  readonly content: string;
  readonly changedAt: Date;
  readonly isOwn: boolean;
}

export const keptName = z
  .string()
  .max(200)
  .refine((name) => name.trim() === name && name !== "" && !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(name), {
    message: "a name begins and ends with a visible character and has no control characters",
  });

/** By name: own ones, and those that are shared with whoever asks. */
export async function keptFor(db: Kysely<Tables>, asking: Asking, kind: KeptKind): Promise<readonly Kept[]> {
  if (asking.accountId === undefined) return [];
  const rows = await select(db, kind).where("account_id", "=", asking.accountId).execute();
  return rows.flatMap((row) => known(asking, row));
}

/** Throws QUERY_NOT_FOUND, BOARD_NOT_FOUND. */
export async function findKept(db: Kysely<Tables>, asking: Asking, { kind, id }: KeptName): Promise<Kept> {
  const rows = await select(db, kind).where("id", "=", id).execute();
  const [found] = rows.flatMap((row) => known(asking, row));
  if (found === undefined) throw new HeadgateError(missing[kind], { place: id });
  return found;
}

/** The things of the same owner and account as another one that whoever asks may know. */
export async function keptBy(
  db: Kysely<Tables>,
  kind: KeptKind,
  { ownerId, accountId, isOwn }: Pick<Kept, "ownerId" | "accountId" | "isOwn">,
): Promise<readonly Kept[]> {
  const owned = select(db, kind).where("account_id", "=", accountId).where("owner_id", "is not distinct from", ownerId);
  return (await owned.execute()).map((row) => ({ ...row, isOwn }));
}

export interface KeptName {
  readonly kind: KeptKind;
  readonly id: string;
}

const missing = { query: "QUERY_NOT_FOUND", board: "BOARD_NOT_FOUND" } as const;

/** Throws like findKept, and NOT_ALLOWED for somebody with whom it is only shared. */
export async function findOwn(db: Kysely<Tables>, asking: Asking, name: KeptName): Promise<Kept> {
  const found = await findKept(db, asking, name);
  if (found.isOwn) return found;
  throw new HeadgateError("NOT_ALLOWED", {
    place: found.name,
    message: `only ${ownerLabel(asking, found)} may change it`,
    remedy: "save a copy of your own",
  });
}

export interface Keeping {
  readonly kind: KeptKind;
  /** A thing that is changed; by default it is a new one. */
  readonly id: string | undefined;
  readonly name: string;
  readonly content: unknown;
}

/** Returns the id. Throws ACCOUNT_NOT_FOUND for somebody who acts in no account, NAME_TAKEN, and like findOwn. */
export async function keep(db: Kysely<Tables>, asking: Asking, { kind, id, name, content }: Keeping): Promise<string> {
  const text = formatJson(content);
  if (asking.accountId === undefined)
    throw new HeadgateError("ACCOUNT_NOT_FOUND", { place: "the account in which you act" });
  try {
    if (id !== undefined) {
      const own = await findOwn(db, asking, { kind, id });
      const change = { name, content: text, changed_at: sql<Date>`clock_timestamp()` };
      await db.updateTable("kept_things").set(change).where("id", "=", own.id).execute();
      return own.id;
    }
    const made = { id: uuidv7(), kind, account_id: asking.accountId, owner_id: personIdOf(asking) ?? null };
    await db
      .insertInto("kept_things")
      .values({ ...made, name, content: text })
      .execute();
    return made.id;
  } catch (failure) {
    if (!(failure instanceof DatabaseError && failure.constraint === "kept_things_by_name")) throw failure;
    throw new HeadgateError("NAME_TAKEN", {
      place: name,
      message: `you already keep a ${kind} of this name`,
      remedy: "choose another name, or change the one that you have",
    });
  }
}

/** Throws like findOwn. */
export async function removeOwn(db: Kysely<Tables>, asking: Asking, name: KeptName): Promise<Kept> {
  const own = await findOwn(db, asking, name);
  await db.deleteFrom("kept_things").where("id", "=", own.id).execute();
  return own;
}

/** The members take the place of those with whom it was shared before. */
export async function shareKept(transaction: Kysely<Tables>, id: string, members: readonly string[]): Promise<void> {
  await transaction.deleteFrom("kept_shares").where("thing_id", "=", id).execute();
  if (members.length === 0) return;
  const rows = [...new Set(members)].map((principal_id) => ({ thing_id: id, principal_id }));
  await transaction.insertInto("kept_shares").values(rows).execute();
}

/** The stored content was checked by the same schema, or by an earlier one of which it accepts everything. */
export function contentOf<Content>({ content }: Pick<Kept, "content">, schema: z.ZodType<Content>): Content {
  return schema.parse(parseJson(content));
}

export function ownerLabel({ policy }: Asking, { ownerId }: Pick<Kept, "ownerId">): string {
  if (ownerId === null) return "the owner of the data directory";
  return labelOf(policy.principals.get(ownerId));
}

/** Names of everybody with whom it is shared, for its owner. */
export function sharedLabels({ policy }: Asking, { sharedWith, isOwn }: Kept): readonly string[] {
  return isOwn ? sharedWith.map((id) => labelOf(policy.principals.get(id))).toSorted() : [];
}

function labelOf(found: Parameters<typeof principalLabel>[0] | undefined): string {
  return found === undefined ? "(removed)" : principalLabel(found);
}

function select(db: Kysely<Tables>, kind: KeptKind) {
  const shares = sql<readonly string[]>`array(select principal_id from kept_shares where thing_id = kept_things.id)`;
  return db
    .selectFrom("kept_things")
    .select(["id", "account_id as accountId", "owner_id as ownerId", "name", "content", "changed_at as changedAt"])
    .select(shares.as("sharedWith"))
    .where("kind", "=", kind)
    .orderBy(sql`lower(name)`)
    .orderBy("id");
}

function known(asking: Asking, row: Omit<Kept, "isOwn">): readonly Kept[] {
  const decision = decideKept(asking, row);
  return decision === "none" ? [] : [{ ...row, isOwn: decision === "own" }];
}
