/** The lineage of views in the names that tables and columns have now, both ways. */
import type { TableEntry } from "../../catalog/catalog.ts";
import { tableLabel } from "../../catalog/table-name.ts";
import { allViews, type ViewEntry } from "../../catalog/view-store.ts";
import type { BaseColumn, ViewText } from "../../catalog/view.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import type { Asking } from "../../governance/asking.ts";
import type { Context } from "../context.ts";
import { mayKnow } from "../locate.ts";

export interface NamedColumn {
  readonly table: string;
  readonly id: string;
  readonly fieldId: number;
  /** Its name now; null if it was dropped. */
  readonly column: string | null;
}

export interface PresentedLineage {
  readonly columns: readonly { readonly column: string; readonly from: readonly NamedColumn[] }[];
  readonly influences: readonly NamedColumn[];
}

/** A table that was dropped has the name `dropped table`. */
export async function presentLineage(
  { catalog }: Pick<Context, "catalog">,
  { columns, lineage, reads }: ViewText,
): Promise<PresentedLineage> {
  const all = catalog.everything();
  const entries = new Map((await all.entries()).map((entry) => [entry.id, entry]));
  const names = new Map<string, ReadonlyMap<number, string>>();
  for (const { id } of reads) names.set(id, await columnNames(all, entries.get(id)));
  const present = ({ id, fieldId }: BaseColumn): NamedColumn => {
    const entry = entries.get(id);
    const table = entry === undefined ? "a table that was dropped" : tableLabel(entry);
    return { table, id, fieldId, column: names.get(id)?.get(fieldId) ?? null };
  };
  const own = new Map(columns.map(({ id, name }) => [id, name]));
  return {
    columns: lineage.columns.map(({ column, from }) => ({ column: own.get(column) ?? "", from: from.map(present) })),
    influences: lineage.influences.map(present),
  };
}

async function columnNames(
  catalog: Context["catalog"],
  entry: TableEntry | undefined,
): Promise<ReadonlyMap<number, string>> {
  const table = entry && (await catalog.load(entry).catch(() => undefined));
  if (table === undefined) return new Map();
  return new Map(currentSchema(table.metadata).fields.map(({ id, name }) => [id, name]));
}

export interface Dependent {
  readonly view: ViewEntry;
  /** The field ids of the columns that it needs. */
  readonly uses: readonly number[];
}

/** The views that read a table, themselves and not through others, as far as the caller may know them. */
export async function dependentsOf(
  { db }: Pick<Context, "db">,
  asking: Asking,
  tableId: string,
): Promise<readonly Dependent[]> {
  return (await allViews(db, asking.accountId)).flatMap(({ entry, text }) => {
    const read = text.reads.find(({ id }) => id === tableId);
    return read === undefined || !mayKnow(asking, entry) ? [] : [{ view: entry, uses: read.uses }];
  });
}

/** The views that cannot be read any more without the table, with those that read them. */
export async function breakingWith(
  context: Pick<Context, "db">,
  asking: Asking,
  tableIds: readonly string[],
): Promise<readonly ViewEntry[]> {
  const found = new Map<string, ViewEntry>();
  const open = [...tableIds];
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const { view } of await dependentsOf(context, asking, id))
      if (!found.has(view.id)) {
        found.set(view.id, view);
        open.push(view.id);
      }
  return [...found.values()];
}
