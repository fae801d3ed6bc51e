/**
 * Writes an event for each system outside that a request begins to wait for, by which its hook is told.
 * Invariant: one event for each system, step and round, in the transaction that opens the step.
 */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../db/tables.ts";
import { systemsOfStep } from "./case-of.ts";
import type { ShareRequest } from "./request.ts";

export async function noteWaiting(transaction: Kysely<Tables>, request: ShareRequest): Promise<void> {
  const { id, round } = request;
  for (const index of request.steps.keys())
    for (const { id: system } of systemsOfStep(request, index)) {
      const details = JSON.stringify({ step: index + 1, system, round });
      const once = JSON.stringify({ once: `waiting ${id} ${round} ${index} ${system}` });
      await sql`
        select add_sharing_event(jsonb_populate_record(
          event_of_request(share_requests, 'request.waiting', ${details}::jsonb), ${once}::jsonb))
        from share_requests where id = ${id}`.execute(transaction);
    }
}
