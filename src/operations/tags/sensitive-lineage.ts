/**
 * The sensitive tags of the columns behind a column of a view, through other views, too: whoever grants the view is told
 * of them. They are no tags of the view, so no grant on tags covers it because of them.
 */
import type { Catalog } from "../../catalog/catalog.ts";
import { allViews } from "../../catalog/view-store.ts";
import type { BaseColumn } from "../../catalog/view.ts";
import { columnTags, tableTags, type TagSet } from "../../governance/effective-tags.ts";
import type { TagPolicy } from "../../governance/tag-policy.ts";

/** The tags behind a column of a view, each once; none for a column of a table. */
export type TagsBehind = (column: BaseColumn) => readonly TagSet[];

export async function tagsBehindViews(
  catalog: Pick<Catalog, "db" | "everything">,
  tags: TagPolicy,
): Promise<TagsBehind> {
  const views = new Map((await allViews(catalog.db, undefined)).map(({ entry, text }) => [entry.id, text]));
  const tables = new Map((await catalog.everything().entries()).map((entry) => [entry.id, entry]));
  const behind = (column: BaseColumn, seen: ReadonlySet<string>): readonly TagSet[] => {
    const text = views.get(column.id);
    if (text === undefined || seen.has(column.id)) return [];
    const origins = text.lineage.columns.find(({ column: id }) => id === column.fieldId)?.from ?? [];
    const within = new Set([...seen, column.id]);
    return origins.flatMap((base) => {
      const table = tables.get(base.id);
      const own = table === undefined ? [] : [columnTags(tableTags(tags, table), base.fieldId)];
      return [...own, ...behind(base, within)];
    });
  };
  return (column) => (views.size === 0 ? [] : behind(column, new Set()));
}
