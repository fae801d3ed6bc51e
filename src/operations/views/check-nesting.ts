/** Views over views: none reads itself, and not too many stand one upon the other. */
import type { Kysely } from "kysely";
import { allViews } from "../../catalog/view-store.ts";
import type { ViewRead } from "../../catalog/view.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { deepestView } from "../../query/view-tables.ts";

interface NewReads {
  /** The view that gets a new statement; undefined for a new view. */
  readonly id: string | undefined;
  readonly label: string;
  readonly reads: readonly ViewRead[];
}

/** Throws VIEW_INVALID. Views that are changed at the same moment are found out when they are read. */
export async function checkNesting(db: Kysely<Tables>, { id, label, reads }: NewReads): Promise<void> {
  const readsOf = new Map((await allViews(db, undefined)).map(({ entry, text }) => [entry.id, text.reads]));
  let level = reads;
  for (let depth = 1; level.length > 0; depth++) {
    if (level.some((read) => read.id === id)) throw invalid(label, `${label} would read itself`);
    if (depth > deepestView) throw invalid(label, `more than ${deepestView} views would stand one upon the other`);
    const below = new Map(level.flatMap((read) => readsOf.get(read.id) ?? []).map((read) => [read.id, read]));
    level = [...below.values()];
  }
}

function invalid(place: string, message: string): HeadgateError {
  return new HeadgateError("VIEW_INVALID", { place, message, remedy: "read tables instead of views" });
}
