/** How somebody stands to a thing that they know of: they may read it, have asked for it, or may ask for it. */
import { sql, type Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { securableTable, type Securable } from "../../governance/securable.ts";
import type { TablesOfProducts } from "./tables-of-products.ts";
import type { FoundDocument } from "../../stewardship/search/find-documents.ts";

export const knownStates = ["readable", "requested", "requestable"] as const;

export type KnownState = (typeof knownStates)[number];

type FoundThing = Pick<FoundDocument, "id" | "kind" | "accountId" | "databaseId">;

/** The thing that a document is about. */
export function securableOf({ id, kind, accountId, databaseId }: FoundThing): Securable {
  if (kind === "database" || kind === "product") return { kind, id, accountId };
  return securableTable({ id, databaseId: databaseId ?? "", accountId });
}

/**
 * The ids of databases, tables and products for which the caller, or somebody who follows the same request with them, has asked
 * and nobody has decided yet.
 */
export async function requestedThings(db: Kysely<Tables>, { principal, now }: Asking): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select distinct unnest(array[item.thing_id, request.product_id]) as id from share_requests request
      join share_request_items item on item.request_id = request.id
    where request.state = 'pending' and (request.decide_by is null or request.decide_by > ${new Date(now)})
      and (request.requester_id = ${principal.id} or request.person_id = ${principal.id} or exists (
        select from share_request_followers follower
        where follower.request_id = request.id and follower.principal_id = ${principal.id}
          and follower.left_at is null))`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

export interface StandingFacts {
  readonly requested: ReadonlySet<string>;
  readonly tablesOf: TablesOfProducts;
}

/** A database or a product is readable for somebody who may read all of its tables. */
export function stateOf(asking: Asking, document: FoundThing, { requested, tablesOf }: StandingFacts): KnownState {
  const { id, kind, accountId } = document;
  const tables = tablesOf.get(id) ?? [];
  const isReadable =
    kind === "product"
      ? tables.length > 0 && tables.every((table) => decideFor(asking, "read", securableTable(table)).allowed)
      : decideFor(asking, "read", kind === "database" ? { kind: "tables", id, accountId } : securableOf(document))
          .allowed;
  if (isReadable) return "readable";
  return requested.has(id) || requested.has(document.databaseId ?? "") ? "requested" : "requestable";
}
