/** The names of databases, tables and columns that something is about, of those that the caller may know. */
import { mapLimit } from "../../base/limit.ts";
import type { TableEntry } from "../../catalog/catalog.ts";
import { formatName, tableLabel } from "../../catalog/table-name.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import type { Described } from "../../stewardship/parameters.ts";
import type { Context } from "../context.ts";
import { listDatabases } from "../databases.ts";
import { mayKnow } from "../locate.ts";
import { knowsAll, nameInLists } from "../scope.ts";
import { knownFields } from "./described-thing.ts";

type Lookup = Pick<Context, "db" | "catalog">;

/** In the order of their names. Whatever the caller may not know, or no longer exists, is left out. */
export async function attachedLabels(
  context: Lookup,
  asking: Asking,
  things: readonly Described[],
): Promise<readonly string[]> {
  if (things.length === 0) return [];
  const labels = await mapLimit(things, readAtOnce, await labelOfThings(context, asking));
  return labels.filter((label) => label !== undefined).toSorted((one, other) => (one < other ? -1 : 1));
}

const readAtOnce = 16;

/** Undefined for what the caller may not know, or no longer exists. */
export async function labelOfThings(
  context: Lookup,
  asking: Asking,
): Promise<(thing: Described) => Promise<string | undefined>> {
  const known = (await context.catalog.entries()).filter((entry) => knowsAll(asking) || mayKnow(asking, entry));
  const tables = new Map(known.map((entry) => [entry.id, entry]));
  const databases = new Map((await listDatabases(context, asking)).map(({ id, name }) => [id, name]));
  const products = await knownProducts(context.db, asking);
  return async ({ kind, id, fieldId }) => {
    if (kind === "database") return databases.get(id);
    if (kind === "product") return products.get(id);
    const table = tables.get(id);
    return table && (fieldId === undefined ? tableLabel(table) : columnLabel(context, asking, { table, fieldId }));
  };
}

async function knownProducts(db: Lookup["db"], asking: Asking): Promise<ReadonlyMap<string, string>> {
  const rows = db.selectFrom("products").select(["id", "name", "account_id as accountId"]);
  const known = (await rows.where("ended_at", "is", null).execute()).filter(
    ({ id, accountId }) => decideFor(asking, "browse", { kind: "product", id, accountId }).allowed,
  );
  return new Map(known.map((one) => [one.id, `product ${nameInLists(asking, one)}`]));
}

async function columnLabel(
  context: Lookup,
  asking: Asking,
  { table, fieldId }: { readonly table: TableEntry; readonly fieldId: number },
): Promise<string | undefined> {
  const field = (await knownFields(context, asking, table)).find(({ id }) => id === fieldId);
  return field && `${tableLabel(table)}.${formatName([field.name])}`;
}
