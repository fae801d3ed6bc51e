/** How somebody stands to a thing that they know of: they may read it, have asked for it, or may ask for it. */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor, type Decision } from "../../governance/decide.ts";
import { securableTable, type Securable } from "../../governance/securable.ts";
import type { FoundDocument } from "../../stewardship/search/find-documents.ts";

export const knownStates = ["readable", "requested", "requestable"] as const;

export type KnownState = (typeof knownStates)[number];

/** The thing that a document is about. */
export function securableOf({ id, kind, accountId, databaseId }: FoundDocument): Securable {
  if (kind === "database") return { kind: "database", id, accountId };
  return securableTable({ id, databaseId: databaseId ?? "", accountId });
}

/**
 * The ids of databases and tables for which the caller, or somebody who follows the same request with them, has asked
 * and nobody has decided yet.
 */
export async function requestedThings(db: Kysely<Tables>, { principal, now }: Asking): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select distinct item.thing_id as id from share_requests request
      join share_request_items item on item.request_id = request.id
    where request.state = 'pending' and (request.decide_by is null or request.decide_by > ${new Date(now)})
      and (request.requester_id = ${principal.id} or request.person_id = ${principal.id} or exists (
        select from share_request_followers follower
        where follower.request_id = request.id and follower.principal_id = ${principal.id}))`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** A database is readable for somebody who may read all of its tables. */
export function stateOf(asking: Asking, document: FoundDocument, requested: ReadonlySet<string>): KnownState {
  const { id, kind, accountId } = document;
  const read: Decision = decideFor(
    asking,
    "read",
    kind === "database" ? { kind: "tables", id, accountId } : securableOf(document),
  );
  if (read.allowed) return "readable";
  return requested.has(id) || requested.has(document.databaseId ?? "") ? "requested" : "requestable";
}
