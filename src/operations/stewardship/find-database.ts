/** A database by its name in the account in which somebody acts, for those who may know of it or of a table in it. */
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { isOwner } from "../../governance/asking.ts";
import type { Context } from "../context.ts";
import { mayKnow } from "../locate.ts";

export interface FoundDatabase {
  readonly id: string;
  readonly name: string;
  readonly accountId: string;
}

/** Throws DATABASE_NOT_FOUND. */
export async function findDatabase(
  { db, catalog }: Pick<Context, "db" | "catalog">,
  asking: Asking,
  name: string,
): Promise<FoundDatabase> {
  const found = await db
    .selectFrom("databases")
    .select(["id", "name", "account_id as accountId"])
    .where("name", "=", name)
    .where("account_id", "=", asking.accountId ?? null)
    .executeTakeFirst();
  const isKnown =
    found !== undefined &&
    (isOwner(asking) ||
      decideFor(asking, "watch", { kind: "database", id: found.id, accountId: found.accountId }).allowed ||
      (await catalog.entries(name)).some((entry) => entry.databaseId === found.id && mayKnow(asking, entry)));
  if (found === undefined || !isKnown) throw new HeadgateError("DATABASE_NOT_FOUND", { place: name });
  return found;
}
