/** A thing that can have tags, as people name it: `shop.orders`, one of its columns, `database shop`, `source shop`. */
import { selectEntries, type CatalogTable, type TableEntry } from "../../catalog/catalog.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import type { Contained } from "../../governance/securable.ts";
import type { TagAssignment } from "../../governance/tag-policy.ts";
import type { TaggedKind } from "../../db/tag-tables.ts";
import { ownTags } from "../../governance/effective-tags.ts";
import { historyId } from "../../sync/history/change-history.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import type { NestedField } from "../../iceberg/type.ts";
import { lastColumnNames } from "../../iceberg/last-column-names.ts";
import { knownTo } from "../known-to.ts";
import { fieldNamed, knownFields } from "../access/column-names.ts";
import { findResource, resourceNames } from "../access/granted-on.ts";
import type { Context } from "../context.ts";

export interface TaggedThing {
  readonly kind: TaggedKind;
  /** For a column, that of its table. */
  readonly id: string;
  readonly accountId: string;
  readonly fieldId: number | undefined;
  /** The table of a column. */
  readonly place: Extract<Contained, { readonly kind: "source" | "database" | "table" }>;
  readonly label: string;
  readonly entry: TableEntry | undefined;
  readonly table: CatalogTable | undefined;
  /** The history of the table's changes, or its column of the same name, which is tagged with it. */
  readonly history: { readonly id: string; readonly fieldId: number | undefined } | undefined;
}

/** Throws what finding a resource throws, and USAGE for a thing that cannot have tags. */
export async function findTagged(
  context: Pick<Context, "db" | "catalog">,
  asking: Asking,
  { on, column }: { readonly on: string; readonly column?: string | undefined },
): Promise<TaggedThing> {
  const found = await findResource(context, asking, on);
  const { place, label, table: entry } = found;
  if (place?.kind !== "source" && place?.kind !== "database" && place?.kind !== "table") throw cannotHave(on);
  const table = entry && (await context.catalog.load(entry));
  const common = { id: place.id, accountId: place.accountId, place, entry, table };
  const history = await historyOf(context, common);
  if (column === undefined) return { ...common, kind: place.kind, fieldId: undefined, label, history };
  if (table === undefined) throw cannotHave(`${on}, column ${column}`);
  const { id, name } = columnNamed(asking, table, { name: column, place: label });
  return {
    ...common,
    kind: "column",
    fieldId: id,
    label: `column ${name} of ${label}`,
    history: inHistory(history, name),
  };
}

interface History {
  readonly id: string;
  readonly fieldId: undefined;
  readonly fields: readonly NestedField[];
}

/** Found among all tables, also if the caller may not know it. */
async function historyOf(
  { db, catalog }: Pick<Context, "db" | "catalog">,
  { id, table, accountId }: Pick<TaggedThing, "id" | "table" | "accountId">,
): Promise<History | undefined> {
  if (table === undefined) return undefined;
  const entry = (await selectEntries(db, { accountId })).find((one) => one.id === historyId(id));
  if (entry === undefined) return undefined;
  return { id: entry.id, fieldId: undefined, fields: currentSchema((await catalog.load(entry)).metadata).fields };
}

function inHistory(history: History | undefined, column: string): TaggedThing["history"] {
  const field = history?.fields.find(({ name }) => name === column);
  return history === undefined || field === undefined ? undefined : { id: history.id, fieldId: field.id };
}

/** A column that was dropped can still have tags, which can be taken away. */
function columnNamed(
  asking: Asking,
  table: CatalogTable,
  wanted: { readonly name: string; readonly place: string },
): { readonly id: number; readonly name: string } {
  try {
    return fieldNamed(knownFields(asking, table), wanted);
  } catch (failure) {
    const nameOf = lastColumnNames(table.metadata);
    const tagged = [...ownTags(asking.policy.tags, table.id).columns.keys()];
    const { isColumn } = knownTo(asking)(table);
    const dropped = tagged.find((id) => isColumn(id) && nameOf(id) === wanted.name);
    if (dropped === undefined) throw failure;
    return { id: dropped, name: wanted.name };
  }
}

/** The thing of an assignment; undefined if it is gone or nobody may know of it. */
export async function thingOf(
  context: Pick<Context, "db" | "catalog">,
  asking: Asking,
  { resourceId, fieldId }: TagAssignment,
): Promise<TaggedThing | undefined> {
  const nameOf = await resourceNames(context, asking);
  const kinds = ["table", "database", "source"] as const;
  const found = kinds.map((kind) => nameOf({ kind, id: resourceId })).find(({ isGone }) => !isGone);
  const { place, label = "", table: entry } = found ?? {};
  if (place?.kind !== "source" && place?.kind !== "database" && place?.kind !== "table") return undefined;
  const table = entry && (await context.catalog.load(entry));
  const common = { id: place.id, accountId: place.accountId, place, entry, table };
  const history = await historyOf(context, common);
  if (fieldId === undefined) return { ...common, kind: place.kind, fieldId, label, history };
  const name = table === undefined ? "" : lastColumnNames(table.metadata)(fieldId);
  return { ...common, kind: "column", fieldId, label: `column ${name} of ${label}`, history: inHistory(history, name) };
}

function cannotHave(place: string): HeadgateError {
  return new HeadgateError("USAGE", {
    place,
    message: "only databases, tables and their columns have tags, and sources for the databases that are made for them",
    remedy: "write database.table, with --column for one of its columns, database <name> or source <name>",
  });
}
