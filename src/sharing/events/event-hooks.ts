/**
 * Hooks: addresses that are told of events, and how far each was told. Which process delivers is the matter of
 * operations/sharing/events/deliver-events.ts.
 * Invariant: the position of a hook grows only after an event was accepted or given up.
 */
import { sql, type Kysely, type Selectable } from "kysely";
import { uuidv7 } from "../../base/uuid.ts";
import type { EventHookRow } from "../../db/sharing-event-rows.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { lastSequence } from "./sharing-event.ts";

export type EventHook = Selectable<EventHookRow>;

export interface NewHook {
  readonly name: string;
  readonly url: string;
  readonly secret: Buffer;
  /** Undefined for the events of all accounts. */
  readonly accountId: string | undefined;
  readonly types: readonly string[];
  readonly by: string | null;
}

/** It is told of what happens from now on. Throws NAME_TAKEN. */
export async function addHook(db: Kysely<Tables>, { name, url, secret, accountId, types, by }: NewHook): Promise<void> {
  const made = await db
    .insertInto("event_hooks")
    .values({
      id: uuidv7(),
      name,
      url,
      secret,
      account_id: accountId ?? null,
      types,
      position: await lastSequence(db),
      made_by: by,
    })
    .onConflict((conflict) => conflict.column("name").where("ended_at", "is", null).doNothing())
    .returning("id")
    .executeTakeFirst();
  if (made === undefined)
    throw new HeadgateError("NAME_TAKEN", { place: name, message: "there is already a hook of this name" });
}

export function openHooks(db: Kysely<Tables>): Promise<readonly EventHook[]> {
  return db.selectFrom("event_hooks").selectAll().where("ended_at", "is", null).orderBy("name").execute();
}

/** Throws HOOK_NOT_FOUND. */
export async function findHook(db: Kysely<Tables>, name: string): Promise<EventHook> {
  const found = (await openHooks(db)).find((hook) => hook.name === name);
  if (found === undefined) throw new HeadgateError("HOOK_NOT_FOUND", { place: name });
  return found;
}

export async function endHook(db: Kysely<Tables>, id: string): Promise<void> {
  await db.updateTable("event_hooks").set({ ended_at: new Date() }).where("id", "=", id).execute();
}

/** The hook as it is now, if it is to be tried now. */
export function dueHook(db: Kysely<Tables>, id: string): Promise<EventHook | undefined> {
  return db
    .selectFrom("event_hooks")
    .selectAll()
    .where("id", "=", id)
    .where("ended_at", "is", null)
    .where(sql<boolean>`next_at <= clock_timestamp()`)
    .executeTakeFirst();
}

export async function markAccepted(db: Kysely<Tables>, id: string, sequence: bigint): Promise<void> {
  await db
    .updateTable("event_hooks")
    .set({ position: sequence, attempts: 0, failure: null, delivered_at: sql<Date>`clock_timestamp()` })
    .where("id", "=", id)
    .execute();
}

/** For events that the hook is not told of. */
export async function passOver(db: Kysely<Tables>, id: string, sequence: bigint): Promise<void> {
  await db.updateTable("event_hooks").set({ position: sequence }).where("id", "=", id).execute();
}

/** An event is given up after this many attempts, about two hours after the first. */
export const mostAttempts = 8;

/**
 * The next attempt is later each time, by three times as long, up to an hour. While an address accepts nothing, each
 * event after the first that was given up is tried once.
 */
export async function markFailed(
  db: Kysely<Tables>,
  { id, attempts }: EventHook,
  { sequence, failure }: { readonly sequence: bigint; readonly failure: string },
): Promise<void> {
  const tried = attempts + 1;
  const wait = Math.min(3_600, 10 * 3 ** Math.min(tried - 1, 6));
  const isGivenUp = tried >= mostAttempts;
  await db.transaction().execute(async (transaction) => {
    await transaction
      .updateTable("event_hooks")
      .set({ attempts: tried, failure, next_at: sql<Date>`clock_timestamp() + make_interval(secs => ${wait})` })
      .$if(isGivenUp, (query) => query.set({ position: sequence }))
      .where("id", "=", id)
      .execute();
    if (!isGivenUp) return;
    const dead = { hook_id: id, sequence, failure };
    await transaction
      .insertInto("dead_deliveries")
      .values(dead)
      .onConflict((on) => on.doNothing())
      .execute();
  });
}

/** Lets a hook be tried now, and with it what was given up, which `deadOf` then names. */
export async function tryNow(db: Kysely<Tables>, id: string): Promise<void> {
  await db
    .updateTable("event_hooks")
    .set({ attempts: 0, next_at: sql<Date>`clock_timestamp()` })
    .where("id", "=", id)
    .execute();
}

export interface DeadDelivery {
  readonly sequence: bigint;
  readonly failure: string;
  readonly at: Date;
}

export function deadOf(db: Kysely<Tables>, hookId: string): Promise<readonly DeadDelivery[]> {
  return db
    .selectFrom("dead_deliveries")
    .select(["sequence", "failure", "at"])
    .where("hook_id", "=", hookId)
    .orderBy("sequence")
    .execute();
}

export async function forgetDead(db: Kysely<Tables>, hookId: string, sequence: bigint): Promise<void> {
  await db.deleteFrom("dead_deliveries").where("hook_id", "=", hookId).where("sequence", "=", sequence).execute();
}
