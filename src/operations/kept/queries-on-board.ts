/**
 * The queries of a board that whoever looks at it may know: those that they may know by themselves, and those that the
 * owner of the board keeps, who has shared them by sharing the board. Somebody else's query on a board is shared by its
 * own owner only.
 */
import type { Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import type { Asking } from "../../governance/asking.ts";
import { keptBy, keptFor, type Kept } from "./kept-store.ts";

export async function queriesOnBoard(
  db: Kysely<Tables>,
  asking: Asking,
  board: Kept,
): Promise<ReadonlyMap<string, Kept>> {
  const ofOwner = await keptBy(db, "query", board);
  const known = await keptFor(db, asking, "query");
  return new Map([...ofOwner, ...known].map((query) => [query.id, query]));
}
