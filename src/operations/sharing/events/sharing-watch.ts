/**
 * The operation that reports events of sharing as they happen.
 * Invariant: somebody hears only of what is theirs: of accounts that they administer, and of their own requests.
 */
import { setTimeout as delay } from "node:timers/promises";
import { sql, type RawBuilder } from "kysely";
import { z } from "zod";
import { askingOf, isOwner, type Asking } from "../../../governance/asking.ts";
import { visible } from "../../../governance/resource.ts";
import { listAccounts } from "../../../identity/accounts.ts";
import { eventsAfter, lastSequence, noteWhatTimeDid } from "../../../sharing/events/sharing-event.ts";
import type { Context } from "../../context.ts";
import { count } from "../../answers.ts";
import { operation } from "../../operation.ts";
import { administersAccount, personIdOf } from "../known-request.ts";
import { cloudEvent, presentEvent } from "./present-event.ts";

const lookEveryMs = 500;
const eventsAtOnce = 500;

export const sharingWatch = operation({
  name: "sharing.watch",
  summary:
    "Report each step of requests, shares and invitations that the caller may know of, until the caller disconnects",
  action: "watch",
  input: z.strictObject({
    after: z
      .string()
      .regex(/^\d{1,18}$/)
      .optional()
      .describe("The sequence of the last event that is known; 0 for all. By default only what happens from now on."),
    once: z.boolean().default(false).describe("Whether to end when there is nothing more."),
  }),
  output: z.strictObject({ events: count }),
  item: cloudEvent,
  errors: [],
  resources: () => [visible],
  async run(context, { after, once }, { principal, emit, signal }) {
    const { db, policies } = context;
    let position = after === undefined ? await lastSequence(db) : BigInt(after);
    let told = 0;
    for (;;) {
      await noteWhatTimeDid(db, new Date());
      // The right to hear of something can end meanwhile.
      const asking = askingOf(await policies.current(), principal, Date.now());
      const events = await eventsAfter(db, { after: position, limit: eventsAtOnce, where: ownEvents(asking) });
      const names = { policy: asking.policy, numbers: await numbersOf(context, events.length) };
      for (const event of events) {
        await emit(presentEvent(event, names));
        position = event.sequence;
        told++;
      }
      signal.throwIfAborted();
      if (events.length === eventsAtOnce) continue;
      if (once) return { events: told };
      await delay(lookEveryMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  },
});

async function numbersOf({ db }: Context, events: number): Promise<ReadonlyMap<string, string>> {
  return new Map(events === 0 ? [] : (await listAccounts(db)).map(({ id, number }) => [id, number]));
}

function ownEvents(asking: Asking): RawBuilder<boolean> {
  if (isOwner(asking)) return sql<boolean>`true`;
  const accounts = [...asking.policy.accounts.keys()].filter((id) => administersAccount(asking, id));
  const person = personIdOf(asking) ?? null;
  return sql<boolean>`(
    sharing_events.source_account_id = any(${accounts}::uuid[])
    or sharing_events.target_id = any(${accounts}::uuid[])
    or sharing_events.target_id = ${person}::uuid
    or share_requests.requester_id = ${person}::uuid or share_requests.person_id = ${person}::uuid
    or exists (select from share_request_followers followed
      where followed.request_id = sharing_events.request_id and followed.principal_id = ${person}::uuid
        and followed.left_at is null))`;
}
