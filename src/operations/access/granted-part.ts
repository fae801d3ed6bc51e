/** The part of a table that a grant is limited to: named columns, or what a data filter shows. */
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import type { ColumnSet } from "../../governance/table-access.ts";
import type { Context } from "../context.ts";
import { columnSet, type NamedColumns } from "./column-names.ts";
import { findFilter } from "./find-filter.ts";
import type { FoundResource } from "./granted-on.ts";

interface GrantedPart {
  readonly columns: ColumnSet;
  readonly filter: WantedFilter | undefined;
}

interface WantedFilter {
  readonly id: string;
  /** The error for those who may grant a filter of the table: others are not told which filters there are. */
  readonly missing?: HeadgateError;
}

interface AskedPart extends NamedColumns {
  readonly found: FoundResource;
  readonly filter?: string | undefined;
}

/** Throws GRANT_INVALID, and USAGE for a column that the table does not have. */
export async function grantedPart(
  { catalog, db }: Pick<Context, "catalog" | "db">,
  asking: Asking,
  { found: { table, label }, filter, ...named }: AskedPart,
): Promise<GrantedPart> {
  const isNamed = named.columns !== undefined || named.except !== undefined;
  if (!isNamed && filter === undefined) return { columns: { mode: "all" }, filter: undefined };
  if (table === undefined) throw onlyOfTable(label);
  return {
    columns: isNamed ? columnSet(asking, await catalog.load(table), named) : { mode: "all" },
    filter:
      filter === undefined
        ? undefined
        : await findFilter(db, { table, name: filter }).then((one): WantedFilter => one, asMissing),
  };
}

function asMissing(failure: unknown): WantedFilter {
  if (failure instanceof HeadgateError && failure.code === "FILTER_NOT_FOUND") return { id: "", missing: failure };
  throw failure;
}

function onlyOfTable(place: string): HeadgateError {
  return new HeadgateError("GRANT_INVALID", {
    place,
    message: "only SELECT on one table can be limited to columns or to a data filter",
  });
}
