/** A thing that can have tags, as people name it: `shop.orders`, one of its columns, `database shop`, `source shop`. */
import type { CatalogTable, TableEntry } from "../../catalog/catalog.ts";
import { HeadgateError } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import type { Contained } from "../../governance/securable.ts";
import type { TagAssignment } from "../../governance/tag-policy.ts";
import type { TaggedKind } from "../../db/tag-tables.ts";
import { ownTags } from "../../governance/effective-tags.ts";
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
  if (column === undefined) return { ...common, kind: place.kind, fieldId: undefined, label };
  if (table === undefined) throw cannotHave(`${on}, column ${column}`);
  const { id, name } = columnNamed(asking, table, { name: column, place: label });
  return { ...common, kind: "column", fieldId: id, label: `column ${name} of ${label}` };
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
  if (fieldId === undefined) return { ...common, kind: place.kind, fieldId, label };
  const name = table === undefined ? "" : lastColumnNames(table.metadata)(fieldId);
  return { ...common, kind: "column", fieldId, label: `column ${name} of ${label}` };
}

function cannotHave(place: string): HeadgateError {
  return new HeadgateError("USAGE", {
    place,
    message: "only databases, tables and their columns have tags, and sources for the databases that are made for them",
    remedy: "write database.table, with --column for one of its columns, database <name> or source <name>",
  });
}
