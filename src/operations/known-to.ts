/** The part of a table that somebody may know: its columns, and the figures that tell of every row. */
import type { Kysely } from "kysely";
import type { TableEntry } from "../catalog/catalog.ts";
import { tableLabel } from "../catalog/table-name.ts";
import type { Known } from "../catalog/table-summary.ts";
import type { Tables } from "../db/tables.ts";
import { HeadgateError } from "../errors.ts";
import type { Asking } from "../governance/asking.ts";
import { decideFor } from "../governance/decide.ts";
import { showsColumn } from "../governance/table-access.ts";
import { securableTable } from "../governance/securable.ts";

export function knownTo(asking: Asking): (entry: TableEntry) => Known {
  return (entry) => {
    const decision = decideFor(asking, "watch", securableTable(entry));
    if (!decision.allowed) return { isColumn: () => false, figures: false };
    return { isColumn: (fieldId) => showsColumn(decision.access, fieldId), figures: decision.statistics };
  };
}

/** Whether somebody may know the attributes of others, as lists of users show them. */
export function knowsPeople(asking: Asking): boolean {
  return decideFor(asking, "administer", { kind: "lake" }).allowed;
}

/** A source of a table's account; one that no longer exists is known to whoever may know all sources of the account. */
export async function mayKnowSource(
  db: Kysely<Tables>,
  asking: Asking,
  { name, accountId }: { readonly name: string; readonly accountId: string },
): Promise<boolean> {
  const query = db.selectFrom("sources").select(["id", "account_id as accountId"]);
  const found = await query.where("name", "=", name).where("account_id", "=", accountId).executeTakeFirst();
  const account = { kind: "account", id: accountId } as const;
  return decideFor(asking, "watch", found === undefined ? account : { kind: "source", ...found }).allowed;
}

/** Throws NOT_ALLOWED for somebody who may read only some rows or columns: the states of a table tell of all. */
export function checkFigures(asking: Asking, entry: TableEntry): void {
  if (knownTo(asking)(entry).figures) return;
  throw new HeadgateError("NOT_ALLOWED", {
    place: tableLabel(entry),
    message: `${asking.principal.name} may read only some rows or columns of this table, and its states tell of all rows`,
  });
}
