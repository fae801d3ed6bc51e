/**
 * Whether a new table lies where its account's tables lie, and the account is to have new tables at all. A run may have chosen the location before the account got a
 * lake of its own; then the table does not appear, and the run starts again.
 * Invariant: the lake of an account does not change between this look and the end of the transaction.
 */
import type { Transaction } from "kysely";
import type { Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import { accountLakes, isBelow } from "./account-lakes.ts";

interface NewTable {
  readonly databaseId: string;
  readonly location: string;
  /** The files of another writer, which stay where they are. */
  readonly isForeign?: boolean | undefined;
}

/** Throws COMMIT_CONFLICT. */
export async function checkHome(
  transaction: Transaction<Tables>,
  { label, databaseId, location, isForeign = false }: NewTable & { readonly label: string },
): Promise<void> {
  const { accountId, removingSince } = await transaction
    .selectFrom("accounts")
    .innerJoin("databases", "databases.account_id", "accounts.id")
    .select(["accounts.id as accountId", "accounts.removing_since as removingSince"])
    .where("databases.id", "=", databaseId)
    .forShare("accounts")
    .executeTakeFirstOrThrow();
  if (removingSince !== null)
    throw new HeadgateError("COMMIT_CONFLICT", { place: label, message: "the account of the table is being removed" });
  const lakes = await accountLakes(transaction);
  const home = lakes.find((lake) => lake.account_id === accountId);
  const isHome = home === undefined || isForeign || isBelow(location, home.location);
  const isOfOthers = lakes.some((lake) => lake !== home && isBelow(location, lake.location));
  if (isHome && !isOfOthers) return;
  throw new HeadgateError("COMMIT_CONFLICT", {
    place: label,
    message: "the lake of the account was moved while this table was written",
  });
}
