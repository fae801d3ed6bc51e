/**
 * Writes down which mails shares call for: one for each event of an end, or that an end is near, to each address of everybody
 * concerned, and one for each invitation, to those who may accept it.
 * Invariant: each event is looked at once, in the transaction that writes its mails.
 */
import { sql, type Kysely } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { Tables } from "../db/tables.ts";
import { inTransaction } from "../db/transaction.ts";
import { mayStillAsk } from "../governance/approvers.ts";
import { accountsFor } from "../governance/acts-in.ts";
import { reachesAccount } from "../governance/share.ts";
import type { Moment } from "./case-of.ts";
import { eventsAfter, type SharingEvent } from "./events/sharing-event.ts";
import { confirmedAddresses } from "./mail-outbox.ts";

/** The event that calls for those who may accept a share. */
export const invited = "invitation.sent";

const tellingTypes: ReadonlySet<string> = new Set([
  ...["ending", "expired", "revoked", "rejected", "suspended"].map((end) => `share.${end}`),
  invited,
]);
const eventsAtOnce = 1_000;

/** Returns how many mails are new. */
export function planShareMails(db: Kysely<Tables>, moment: Moment): Promise<number> {
  return inTransaction(db, async (transaction) => {
    const { sequence: after } = await transaction
      .selectFrom("mail_position")
      .select("sequence")
      .forUpdate()
      .executeTakeFirstOrThrow();
    const events = await eventsAfter(transaction, { after, limit: eventsAtOnce });
    const last = events.at(-1);
    if (last === undefined) return 0;
    let added = 0;
    const addresses = await confirmedAddresses(transaction);
    for (const event of events.filter(({ type }) => tellingTypes.has(type)))
      added += await addMails(transaction, moment, { event, addresses });
    await transaction.updateTable("mail_position").set({ sequence: last.sequence }).execute();
    return added;
  });
}

interface Telling {
  readonly event: SharingEvent;
  readonly addresses: ReadonlyMap<string, readonly string[]>;
}

async function addMails(transaction: Kysely<Tables>, moment: Moment, { event, addresses }: Telling): Promise<number> {
  const { shareId, type: about } = event;
  if (shareId === null) return 0;
  const share = await transaction
    .selectFrom("shares")
    .select(["made_by", "request_id"])
    .where("id", "=", shareId)
    .executeTakeFirstOrThrow();
  const named = new Set([share.made_by, ...(await peopleWhoAsked(transaction, share.request_id))]);
  let added = 0;
  for (const [principalId, own] of addresses) {
    const isNamed = about !== invited && named.has(principalId);
    if (!isNamed && !isConcerned(moment, event, principalId)) continue;
    for (const address of own) {
      const row = { id: uuidv7(), kind: "share", request_id: share.request_id, share_id: shareId, about } as const;
      const name = `${event.id} ${principalId} ${address.toLowerCase()}`;
      // Two addresses can be one in letters that are neither upper nor lower case for the database.
      const { numInsertedOrUpdatedRows: isNew = 0n } = await transaction
        .insertInto("mail_outbox")
        .values({ ...row, event: name, principal_id: principalId, address })
        .onConflict((conflict) => conflict.column("event").doNothing())
        .executeTakeFirstOrThrow();
      added += Number(isNew);
    }
  }
  return added;
}

async function peopleWhoAsked(transaction: Kysely<Tables>, requestId: string | null): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select coalesce(person_id, requester_id) as id from share_requests where id = ${requestId}::uuid
    union select principal_id from share_request_followers where request_id = ${requestId}::uuid and left_at is null`.execute(
    transaction,
  );
  return rows.map(({ id }) => id);
}

/** The person that it is shared with, and whoever administers an account that it reaches or, unless it is offered, comes from. */
function isConcerned({ policy, now }: Moment, event: SharingEvent, personId: string): boolean {
  const { targetId, sourceAccountId, type } = event;
  if (targetId === personId) return true;
  const isMeant = (id: string): boolean =>
    reachesAccount(policy, targetId, id) || (type !== invited && id === sourceAccountId);
  return accountsFor(policy, personId, now).some((id) => isMeant(id) && mayStillAsk({ policy, now }, personId, id));
}
