/**
 * Makes whoever guesses passwords wait. Failed attempts are counted by name and by address; after some, each further one
 * makes the time longer in which attempts are not looked at.
 * Invariants: it makes no difference whether the name is a user's. An attempt is counted before its password is looked
 * at, so that many at once have no more tries than one after the other.
 */
import { isIPv6 } from "node:net";
import { sql, type Kysely } from "kysely";
import { codeOf } from "../base/thrown.ts";
import type { SignInAttemptsRow, Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { digestOf } from "./token.ts";

export interface Attempt {
  /** The name as it was typed. */
  readonly user: string;
  /** Undefined if the door has none. */
  readonly address?: string | undefined;
  /** Called when an attempt fails after which there is a wait. */
  readonly onWait?: ((until: Date) => Promise<void>) | undefined;
}

interface Counted {
  readonly kind: SignInAttemptsRow["kind"];
  readonly digest: Buffer;
}

/** Failures without a wait. Many people can have the same address. */
const freeFailures: Readonly<Record<Counted["kind"], number>> = { user: 5, address: 50 };

const longestSeconds = 300;

/** After this time without a failure, counting begins anew. */
const forgottenHours = 1;

/** Runs `check`, which throws if the password is wrong. Throws SIGN_IN_DELAYED without running it, and what it throws. */
export async function limitAttempts<T>(db: Kysely<Tables>, attempt: Attempt, check: () => Promise<T>): Promise<T> {
  const counted = countedOf(attempt);
  const waits: Date[] = [];
  for (const one of counted) waits.push(await count(db, one));
  try {
    const result = await check();
    for (const one of counted) await forgive(db, one);
    return result;
  } catch (failure) {
    // The right password without a code is neither a guess nor a success.
    if (codeOf(failure) === "CODE_REQUIRED") for (const one of counted) await takeBack(db, one);
    const until = new Date(Math.max(...waits.map((wait) => wait.getTime())));
    if (until.getTime() > Date.now() && codeOf(failure) !== "CODE_REQUIRED") await attempt.onWait?.(until);
    throw failure;
  }
}

/** Ends the wait of a name. */
export async function forgetAttempts(db: Kysely<Tables>, user: string): Promise<void> {
  await db.deleteFrom("sign_in_attempts").where("kind", "=", "user").where("digest", "=", digestOf(user)).execute();
}

/** The address first: one that has to wait cannot make people wait. */
function countedOf({ user, address }: Attempt): readonly Counted[] {
  const byUser = { kind: "user", digest: digestOf(user) } as const;
  return address === undefined ? [byUser] : [{ kind: "address", digest: digestOf(networkOf(address)) }, byUser];
}

/** An IPv6 address as the /64 network that one customer has. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith("::ffff:")) return address;
  const [head = "", tail = ""] = address.split("::");
  const groups = head.split(":");
  const missing = 8 - groups.length - tail.split(":").length;
  const all = address.includes("::") ? [...groups, ...Array<string>(Math.max(missing, 0)).fill("0")] : groups;
  return all.slice(0, 4).join(":");
}

/** Returns until when further attempts are not looked at, if this one fails. */
async function count(db: Kysely<Tables>, { kind, digest }: Counted): Promise<Date> {
  await db
    .deleteFrom("sign_in_attempts")
    .where("last_at", "<", sql<Date>`clock_timestamp() - make_interval(hours => ${forgottenHours})`)
    .execute();
  const { rows } = await sql<{ until: Date }>`
    insert into sign_in_attempts as known (kind, digest, failures, blocked_until, last_at)
      values (${kind}, ${digest}, 1, clock_timestamp(), clock_timestamp())
    on conflict (kind, digest) do update set
      failures = known.failures + 1,
      last_at = clock_timestamp(),
      blocked_until = clock_timestamp() + case
        when known.failures + 1 < ${freeFailures[kind]} then interval '0'
        else make_interval(secs => least(${longestSeconds}, 2 ^ least(known.failures + 1 - ${freeFailures[kind]}, 20)))
      end
    where known.blocked_until <= clock_timestamp()
    returning blocked_until as until`.execute(db);
  const [counted] = rows;
  if (counted === undefined) throw await delayed(db, { kind, digest });
  return counted.until;
}

async function delayed(db: Kysely<Tables>, { kind, digest }: Counted): Promise<HeadgateError> {
  const row = await db
    .selectFrom("sign_in_attempts")
    .select("blocked_until")
    .where("kind", "=", kind)
    .where("digest", "=", digest)
    .executeTakeFirst();
  const seconds = Math.max(1, Math.ceil(((row?.blocked_until.getTime() ?? 0) - Date.now()) / 1_000));
  const which = kind === "user" ? "with this name" : "from this address";
  return new HeadgateError("SIGN_IN_DELAYED", {
    message: `too many sign-ins ${which} have failed; the next one is looked at in ${seconds} ${seconds === 1 ? "second" : "seconds"}`,
  });
}

/** The right password ends the count of the name; of the address, only this attempt did not fail. */
async function forgive(db: Kysely<Tables>, { kind, digest }: Counted): Promise<void> {
  if (kind === "user")
    await db.deleteFrom("sign_in_attempts").where("kind", "=", kind).where("digest", "=", digest).execute();
  else await takeBack(db, { kind, digest });
}

/** As if there had not been this attempt; earlier ones keep their count. */
async function takeBack(db: Kysely<Tables>, { kind, digest }: Counted): Promise<void> {
  await db
    .updateTable("sign_in_attempts")
    .set(({ eb }) => ({ failures: eb("failures", "-", 1), blocked_until: new Date() }))
    .where("kind", "=", kind)
    .where("digest", "=", digest)
    .execute();
}
