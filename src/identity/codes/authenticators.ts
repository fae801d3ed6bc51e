/**
 * The authenticators of users: how one is added, what a code proves, and the recovery codes for somebody without theirs.
 * Invariants: a code is accepted once. Recovery codes are kept as digests, and each works once. Nothing is asked of
 * somebody whose authenticator has not been confirmed.
 */
import { randomBytes } from "node:crypto";
import { sql, type Kysely } from "kysely";
import type { SecretBox } from "../../base/secret-box.ts";
import type { Tables } from "../../db/tables.ts";
import { inTransaction } from "../../db/transaction.ts";
import { HeadgateError } from "../../errors.ts";
import { digestOf } from "../token.ts";
import { authenticatorAddress, isOneTimeCode, secretText, stepOfCode } from "./one-time-code.ts";

export interface CodeParts {
  readonly db: Kysely<Tables>;
  readonly secrets: SecretBox;
}

const secretBytes = 20;
const recoveryCodes = 10;

export interface NewAuthenticator {
  /** To be typed into the authenticator. */
  readonly secret: string;
  /** The same for an authenticator that reads addresses. */
  readonly address: string;
}

/** Begins anew if there was one that is not confirmed. Throws AUTHENTICATOR_EXISTS. */
export async function addAuthenticator(
  { db, secrets }: CodeParts,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<NewAuthenticator> {
  const secret = randomBytes(secretBytes);
  const box = secrets.seal(secret.toString("base64"));
  const added = await db
    .insertInto("authenticators")
    .values({ user_id: id, secret: box })
    .onConflict((conflict) =>
      conflict.column("user_id").doUpdateSet({ secret: box }).where("authenticators.confirmed_at", "is", null),
    )
    .returning("user_id")
    .executeTakeFirst();
  if (added === undefined) throw new HeadgateError("AUTHENTICATOR_EXISTS", { place: name });
  return { secret: secretText(secret), address: authenticatorAddress({ secret, user: name }) };
}

interface Showing {
  readonly id: string;
  readonly code: string;
}

/** Confirms the authenticator by a first code, and returns the recovery codes. Throws CODE_REFUSED. */
export async function confirmAuthenticator(parts: CodeParts, { id, code }: Showing): Promise<readonly string[]> {
  return inTransaction(parts.db, async (db) => {
    if ((await spendCode({ ...parts, db }, { id, code, isConfirmed: false })) === undefined)
      throw new HeadgateError("CODE_REFUSED");
    await db
      .updateTable("authenticators")
      .set({ confirmed_at: sql<Date>`clock_timestamp()` })
      .where("user_id", "=", id)
      .execute();
    return newRecoveryCodes(db, id);
  });
}

async function newRecoveryCodes(db: Kysely<Tables>, id: string): Promise<readonly string[]> {
  const codes = Array.from({ length: recoveryCodes }, recoveryCode);
  await db.deleteFrom("recovery_codes").where("user_id", "=", id).execute();
  await db
    .insertInto("recovery_codes")
    .values(codes.map((code) => ({ user_id: id, digest: digestOf(plain(code)) })))
    .execute();
  return codes;
}

/** Eighty random bits, in letters that nobody takes for others. */
function recoveryCode(): string {
  const text = secretText(randomBytes(10)).toLowerCase();
  return (text.match(/.{4}/g) ?? []).join("-");
}

/** However it was typed. */
function plain(recovery: string): string {
  return recovery.toLowerCase().replace(/[^a-z2-7]/g, "");
}

/**
 * For somebody whose password was right: passes if they have no authenticator, or the code is right. Throws
 * CODE_REQUIRED if none was given, and CODE_REFUSED.
 */
export async function checkCode(
  { db, secrets }: { readonly db: Kysely<Tables>; readonly secrets: SecretBox | undefined },
  { id, code }: { readonly id: string; readonly code: string | undefined },
): Promise<void> {
  if (!(await hasAuthenticator(db, id))) return;
  if (code === undefined || code === "") throw new HeadgateError("CODE_REQUIRED");
  if (secrets === undefined) throw new TypeError("nothing can open the secret of the authenticator");
  const parts = { db, secrets };
  const showing = { id, code: code.trim() };
  const isSpent = isOneTimeCode(showing.code)
    ? (await spendCode(parts, { ...showing, isConfirmed: true })) !== undefined
    : await spendRecoveryCode(parts.db, showing);
  if (!isSpent) throw new HeadgateError("CODE_REFUSED");
}

export async function hasAuthenticator(db: Kysely<Tables>, id: string): Promise<boolean> {
  const found = await db
    .selectFrom("authenticators")
    .select("user_id")
    .where("user_id", "=", id)
    .where("confirmed_at", "is not", null)
    .executeTakeFirst();
  return found !== undefined;
}

/** If two show the same code at the same moment, one of them gets it. */
async function spendCode(
  { db, secrets }: CodeParts,
  { id, code, isConfirmed }: Showing & { readonly isConfirmed: boolean },
): Promise<number | undefined> {
  const row = await db
    .selectFrom("authenticators")
    .select("secret")
    .where("user_id", "=", id)
    .where("confirmed_at", isConfirmed ? "is not" : "is", null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const step = stepOfCode(Buffer.from(secrets.open(row.secret), "base64"), { code, now: Date.now() });
  if (step === undefined) return undefined;
  const { numUpdatedRows } = await db
    .updateTable("authenticators")
    .set({ last_step: step })
    .where("user_id", "=", id)
    .where("secret", "=", row.secret)
    .where("confirmed_at", isConfirmed ? "is not" : "is", null)
    .where("last_step", "<", BigInt(step))
    .executeTakeFirst();
  return numUpdatedRows === 0n ? undefined : step;
}

async function spendRecoveryCode(db: Kysely<Tables>, { id, code }: Showing): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("recovery_codes")
    .where("user_id", "=", id)
    .where("digest", "=", digestOf(plain(code)))
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Returns whether there was one. Its recovery codes end with it. */
export function removeAuthenticator(db: Kysely<Tables>, id: string): Promise<boolean> {
  return inTransaction(db, async (transaction) => {
    await transaction.deleteFrom("recovery_codes").where("user_id", "=", id).execute();
    const { numDeletedRows } = await transaction
      .deleteFrom("authenticators")
      .where("user_id", "=", id)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  });
}
