/**
 * Whether somebody may add a table, or replace one, under exactly this name. The names of people find a table also if
 * their case differs; the name of a new table does not.
 */
import { tableLabel, type NamedTable } from "../catalog/table-name.ts";
import { HeadgateError } from "../errors.ts";
import type { Asking } from "../governance/asking.ts";
import { decideFor } from "../governance/decide.ts";
import type { Context } from "./context.ts";
import { mayKnow } from "./locate.ts";
import { ownAccountOf } from "./scope.ts";

/** Called after the operation was allowed for the table that the name finds. Throws NOT_ALLOWED. */
export async function checkNewTable(
  { catalog }: Pick<Context, "catalog">,
  asking: Asking,
  { database, name }: NamedTable,
): Promise<void> {
  const entries = await catalog.entries(database);
  const same = entries.find((entry) => entry.name === name && entry.isElsewhere !== true);
  if (same !== undefined && mayKnow(asking, same)) return;
  if (same === undefined && decideFor(asking, "administer", ownAccountOf(asking)).allowed) return;
  throw new HeadgateError("NOT_ALLOWED", {
    place: tableLabel({ database, name }),
    message: `${asking.principal.name} may not add a table to the database ${database}`,
  });
}
