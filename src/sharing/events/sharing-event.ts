/**
 * The events of sharing: every step of a request, a share, an invitation or a product, in one order. The database writes them; this
 * file reads them, and has noticed what time did.
 * Invariant: whoever has read up to a sequence number misses no event before it.
 */
import { sql, type Kysely, type RawBuilder } from "kysely";
import type { Tables } from "../../db/tables.ts";

export interface SharingEvent {
  readonly sequence: bigint;
  readonly id: string;
  readonly at: Date;
  /** `request.submitted`, `share.revoked`, `invitation.lapsed`, … */
  readonly type: string;
  readonly requestId: string | null;
  /** The name of the request. */
  readonly request: string | null;
  readonly shareId: string | null;
  /** The name of the product. */
  readonly product: string | null;
  readonly sourceAccountId: string;
  readonly targetKind: string;
  readonly targetId: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface EventsAsked {
  /** The first event is the one after this. */
  readonly after: bigint;
  readonly limit: number;
  readonly where?: RawBuilder<boolean> | undefined;
}

/** In their order. */
export async function eventsAfter(
  db: Kysely<Tables>,
  { after, limit, where = sql<boolean>`true` }: EventsAsked,
): Promise<readonly SharingEvent[]> {
  return (
    db
      .selectFrom("sharing_events")
      .leftJoin("share_requests", "share_requests.id", "sharing_events.request_id")
      .leftJoin("products", (join) => join.on(sql<boolean>`products.id::text = sharing_events.details ->> 'product'`))
      .select([
        "sharing_events.sequence",
        "sharing_events.id",
        "sharing_events.at",
        "sharing_events.type",
        "sharing_events.request_id as requestId",
        "share_requests.handle as request",
        "sharing_events.share_id as shareId",
        "products.name as product",
        "sharing_events.source_account_id as sourceAccountId",
        "sharing_events.target_kind as targetKind",
        "sharing_events.target_id as targetId",
        "sharing_events.details",
      ])
      .where("sharing_events.sequence", ">", after)
      .where(where)
      // A draft that was taken back was nobody else's business.
      .where(sql<boolean>`(sharing_events.request_id is null or share_requests.submitted_at is not null)`)
      .orderBy("sharing_events.sequence")
      .limit(limit)
      .execute()
  );
}

/** The latest steps of a product and of the shares of it, the newest first; requests for it are not among them. */
export async function eventsOfProduct(
  db: Kysely<Tables>,
  id: string,
  limit: number,
): Promise<readonly Pick<SharingEvent, "type" | "at" | "shareId">[]> {
  return db
    .selectFrom("sharing_events")
    .select(["type", "at", "share_id as shareId"])
    .where(
      sql<boolean>`(details ->> 'product' = ${id} or share_id in (select id from shares where product_id = ${id}::uuid))`,
    )
    .orderBy("sequence", "desc")
    .limit(limit)
    .execute();
}

/** The sequence number of the latest event; 0 if there is none. */
export async function lastSequence(db: Kysely<Tables>): Promise<bigint> {
  const { last } = await db
    .selectFrom("sharing_events")
    .select(sql<bigint>`coalesce(max(sequence), 0)`.as("last"))
    .executeTakeFirstOrThrow();
  return BigInt(last);
}

/** Adds an event for each end that has come, and for each that comes within a week, once. */
export async function noteWhatTimeDid(db: Kysely<Tables>, now: Date): Promise<void> {
  await sql`select note_what_time_did(${now})`.execute(db);
}

/** Whether an event is of one of the types: `request.*` is every type that begins with `request.`. */
export function isOfType(type: string, wanted: readonly string[]): boolean {
  return (
    wanted.length === 0 || wanted.some((one) => (one.endsWith("*") ? type.startsWith(one.slice(0, -1)) : type === one))
  );
}
