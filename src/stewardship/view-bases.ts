/**
 * The tables behind views, through other views, too, with the columns of them that the views need.
 * Invariant: too much rather than too little. A column counts whether a view shows it, computes with it or only compares it.
 */
import type { Kysely } from "kysely";
import { allViews, type ViewEntry } from "../catalog/view-store.ts";
import type { ViewVersion } from "../catalog/view.ts";
import type { Tables } from "../db/tables.ts";

export interface ViewBases {
  readonly views: readonly ViewEntry[];
  /** By the id of a table: the field ids that the view, or a view that it reads, needs. Empty for what is no view. */
  behind(viewId: string): ReadonlyMap<string, ReadonlySet<number>>;
}

export async function viewBases(db: Kysely<Tables>): Promise<ViewBases> {
  const all = await allViews(db, undefined);
  const texts = new Map(all.map(({ entry, text }) => [entry.id, text]));
  return {
    views: all.map(({ entry }) => entry),
    behind(viewId) {
      const found = new Map<string, Set<number>>();
      gather(texts, viewId, { found, seen: new Set() });
      return found;
    },
  };
}

interface Gathering {
  readonly found: Map<string, Set<number>>;
  readonly seen: Set<string>;
}

function gather(texts: ReadonlyMap<string, ViewVersion>, viewId: string, { found, seen }: Gathering): void {
  if (seen.has(viewId)) return;
  seen.add(viewId);
  for (const { id, isView, uses } of texts.get(viewId)?.reads ?? []) {
    if (isView) gather(texts, id, { found, seen });
    else found.set(id, new Set([...(found.get(id) ?? []), ...uses]));
  }
}
