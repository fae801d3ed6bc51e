/**
 * The outbox of mails about share requests: which are to be written, which process sends one, and which could not be sent.
 * Invariant: one mail per event and address. A process takes a mail for a while before it sends it, so two never send
 * the same one; if it dies meanwhile, another one sends it again with the same Message-ID.
 */
import { sql, type Kysely } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { MailKind } from "../db/request-mail-rows.ts";
import type { Tables } from "../db/tables.ts";
import { inTransaction } from "../db/transaction.ts";
import { arePending, type Moment } from "./case-of.ts";
import { readRequests } from "./request-store.ts";
import { stateAt } from "./request.ts";
import { wantedMails } from "./wanted-mails.ts";

/** Adds what all requests call for now. Returns how many mails are new. */
export async function planMails(db: Kysely<Tables>, moment: Moment): Promise<number> {
  const untold = sql<boolean>`(${arePending} or (ended_at is not null and told_at is null))`;
  const requests = await readRequests(db, { where: untold });
  const addresses = await confirmedAddresses(db);
  const asked = await askedPeople(
    db,
    requests.map(({ id }) => id),
  );
  const rows = requests
    .flatMap((request) => wantedMails(request, moment, asked.get(request.id)))
    .flatMap((mail) => (addresses.get(mail.principalId) ?? []).map((address) => ({ mail, address })))
    .map(({ mail: { event, kind, requestId, principalId }, address }) => ({
      id: uuidv7(),
      event: `${event} ${address.toLowerCase()}`,
      kind,
      request_id: requestId,
      principal_id: principalId,
      address,
    }));
  const told = requests.filter((request) => stateAt(request, moment.now) !== "pending").map(({ id }) => id);
  return inTransaction(db, async (transaction) => {
    let added = 0;
    for (const row of rows) {
      const insert = transaction
        .insertInto("mail_outbox")
        .values(row)
        .onConflict((conflict) => conflict.column("event").doUpdateSet(wantedAgain).where(isWantedAgain));
      const { numInsertedOrUpdatedRows: count = 0n } = await insert.executeTakeFirstOrThrow();
      added += Number(count);
    }
    await transaction
      .updateTable("share_requests")
      .set({ told_at: sql<Date>`clock_timestamp()` })
      .where(sql<boolean>`id = any(${told}::uuid[]) and ended_at is not null`)
      .execute();
    return added;
  });
}

/** A mail that was dropped because somebody decided no longer, while they do now. */
const isWantedAgain = sql<boolean>`mail_outbox.state = 'dropped' and mail_outbox.kind <> 'ended'`;
const wantedAgain = { state: "waiting", attempts: 0, next_at: sql<Date>`clock_timestamp()` } as const;

/** By request: those to whom a mail about it was written. */
async function askedPeople(
  db: Kysely<Tables>,
  requestIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db
    .selectFrom("mail_outbox")
    .select(["request_id as requestId", "principal_id as id"])
    .where(sql<boolean>`request_id = any(${requestIds}::uuid[]) and kind = 'decide'`)
    .execute();
  const byRequest = Map.groupBy(rows, ({ requestId }) => requestId ?? "");
  return new Map([...byRequest].map(([requestId, of]) => [requestId, of.map(({ id }) => id)]));
}

export async function confirmedAddresses(db: Kysely<Tables>): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db
    .selectFrom("mail_subscriptions")
    .select(["principal_id as id", "address"])
    .where("confirmed_at", "is not", null)
    .where("ended_at", "is", null)
    .execute();
  const byPrincipal = Map.groupBy(rows, ({ id }) => id);
  return new Map([...byPrincipal].map(([id, of]) => [id, of.map(({ address }) => address)]));
}

export interface TakenMail {
  readonly id: string;
  readonly event: string;
  readonly kind: MailKind;
  /** Null for a share that was made without a request. */
  readonly requestId: string | null;
  readonly shareId: string | null;
  /** The type of the event of the share. */
  readonly about: string | null;
  readonly principalId: string;
  readonly address: string;
  readonly attempts: number;
}

/** Takes the mail that has waited longest, for five minutes; undefined if none is to be sent now. */
export async function takeMail(db: Kysely<Tables>): Promise<TakenMail | undefined> {
  const { rows } = await sql<TakenMail>`
    update mail_outbox set next_at = clock_timestamp() + interval '5 minutes', attempts = attempts + 1
    where id = (
      select id from mail_outbox where state = 'waiting' and next_at <= clock_timestamp()
      order by next_at limit 1 for update skip locked
    )
    returning id, event, kind, request_id as "requestId", share_id as "shareId", about,
      principal_id as "principalId", address, attempts`.execute(db);
  return rows[0];
}

/** `dropped`: there was no longer a reason to send it. */
export async function markSent(db: Kysely<Tables>, id: string, state: "sent" | "dropped"): Promise<void> {
  const at = sql<Date>`clock_timestamp()`;
  await db.updateTable("mail_outbox").set({ state, sent_at: at }).where("id", "=", id).execute();
}

export const mostAttempts = 8;

/** Later again, each time after a longer while; after eight attempts it is left, and `mail.list` shows it. */
export async function markFailed(db: Kysely<Tables>, { id, attempts }: TakenMail, failure: string): Promise<void> {
  const wait = Math.min(3_600, 10 * 3 ** (attempts - 1));
  await db
    .updateTable("mail_outbox")
    .set({ failure, next_at: sql<Date>`clock_timestamp() + make_interval(secs => ${wait})` })
    .$if(attempts >= mostAttempts, (query) => query.set({ state: "dead" }))
    .where("id", "=", id)
    .execute();
}
