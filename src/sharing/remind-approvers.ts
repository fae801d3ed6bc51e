/**
 * Puts reminders into the outbox for those for whom a request waits, because whoever asked wants it.
 * Invariant: one a day for each person and address, whoever asks how often.
 */
import type { Kysely } from "kysely";
import { uuidv7 } from "../base/uuid.ts";
import type { Tables } from "../db/tables.ts";
import { peopleOfStep, progressOfRequest, type Moment } from "./case-of.ts";
import { confirmedAddresses } from "./mail-outbox.ts";
import type { ShareRequest } from "./request.ts";

export interface Reminded {
  readonly reminded: number;
  readonly people: number;
}

export async function remindApprovers(db: Kysely<Tables>, request: ShareRequest, moment: Moment): Promise<Reminded> {
  const people = waitedFor(request, moment);
  const addresses = await confirmedAddresses(db);
  const day = new Date(moment.now).toISOString().slice(0, 10);
  const rows = people.flatMap((principalId) =>
    (addresses.get(principalId) ?? []).map((address) => ({
      id: uuidv7(),
      event: `reminder asked ${day} ${request.id} ${principalId} ${address.toLowerCase()}`,
      kind: "reminder" as const,
      request_id: request.id,
      principal_id: principalId,
      address,
    })),
  );
  if (rows.length === 0) return { reminded: 0, people: people.length };
  const { numInsertedOrUpdatedRows: added = 0n } = await db
    .insertInto("mail_outbox")
    .values(rows)
    .onConflict((conflict) => conflict.column("event").doNothing())
    .executeTakeFirstOrThrow();
  return { reminded: Number(added), people: people.length };
}

/** Everybody who may decide in an open step, without those who have. */
function waitedFor(request: ShareRequest, moment: Moment): readonly string[] {
  const { steps } = progressOfRequest(request);
  const people = steps.flatMap((state, index) => {
    if (state !== "open") return [];
    const done = request.decisions.filter(({ round, step }) => round === request.round && step === index);
    return peopleOfStep(request, moment, index).filter((id) => done.every(({ personId }) => personId !== id));
  });
  return [...new Set(people)];
}
