/**
 * A database or a table by the name that people use for either: `shop` is a database, `shop.orders` a table.
 * Invariant: somebody who may not know that a thing exists gets the same answer as if it did not.
 */
import type { TableEntry } from "../../catalog/catalog.ts";
import { parseName, tableLabel } from "../../catalog/table-name.ts";
import type { DescribedKind } from "../../db/tables.ts";
import { HeadgateError, type ErrorCode } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import type { Resource } from "../../governance/resource.ts";
import { showsColumn } from "../../governance/table-access.ts";
import { decideFor } from "../../governance/decide.ts";
import { securableTable, type Securable } from "../../governance/securable.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import type { NestedField } from "../../iceberg/type.ts";
import type { Context } from "../context.ts";
import { ofTable } from "../failures.ts";
import { findDatabase } from "./find-database.ts";

export interface DescribedThing {
  readonly kind: DescribedKind;
  readonly id: string;
  readonly accountId: string;
  /** As people write it. */
  readonly label: string;
  /** Undefined for a database. */
  readonly table: TableEntry | undefined;
}

export const thingMissingCodes: readonly ErrorCode[] = [...ofTable, "DATABASE_NOT_FOUND"];

/** The resource that a name stands for. */
export function thingNamed(name: string): Resource {
  return { kind: isDatabase(name) ? "database" : "table", name: isDatabase(name) ? bareName(name) : name };
}

function isDatabase(name: string): boolean {
  try {
    return parseName(name).length === 1;
  } catch {
    return false;
  }
}

function bareName(name: string): string {
  return parseName(name)[0] ?? name;
}

/** Throws DATABASE_NOT_FOUND, TABLE_NOT_FOUND, TABLE_AMBIGUOUS, USAGE. */
export async function findThing(
  context: Pick<Context, "db" | "catalog">,
  asking: Asking,
  name: string,
): Promise<DescribedThing> {
  if (isDatabase(name)) {
    const { id, accountId, name: label } = await findDatabase(context, asking, bareName(name));
    return { kind: "database", id, accountId, label, table: undefined };
  }
  return tableThing(await context.catalog.findEntry(name));
}

export function tableThing(table: TableEntry): DescribedThing {
  return { kind: "table", id: table.id, accountId: table.accountId, label: tableLabel(table), table };
}

export function securableThing({ kind, id, accountId, table }: DescribedThing): Securable {
  if (table !== undefined) return securableTable(table);
  if (kind === "table") throw new TypeError("a table without its entry");
  return { kind, id, accountId };
}

/** The columns of a table that somebody may know of. */
export async function knownFields(
  { catalog }: Pick<Context, "catalog">,
  asking: Asking,
  table: TableEntry,
): Promise<readonly NestedField[]> {
  const decision = decideFor(asking, "watch", securableTable(table));
  const { fields } = currentSchema((await catalog.load(table)).metadata);
  return decision.allowed ? fields.filter(({ id }) => showsColumn(decision.access, id)) : [];
}

/** By the exact name, or else by the only one that ignoring case fits. Throws COLUMN_NOT_FOUND. */
export function fieldNamed(fields: readonly NestedField[], name: string, place: string): NestedField {
  const exact = fields.find((field) => field.name === name);
  const [alike, another] = fields.filter((field) => field.name.toLowerCase() === name.toLowerCase());
  const found = exact ?? (another === undefined ? alike : undefined);
  if (found !== undefined) return found;
  throw new HeadgateError("COLUMN_NOT_FOUND", {
    place,
    message: `the table has no column ${name}, or several whose names differ only in case`,
  });
}

/** The id of a column, or of none if none is named; a database has no columns. Throws COLUMN_NOT_FOUND, USAGE. */
export async function fieldIdOf(
  context: Pick<Context, "catalog">,
  asking: Asking,
  { thing, column }: { readonly thing: DescribedThing; readonly column: string | undefined },
): Promise<number | undefined> {
  if (column === undefined) return undefined;
  if (thing.table === undefined)
    throw new HeadgateError("USAGE", { place: thing.label, message: "a database has no columns" });
  const fields = await knownFields(context, asking, thing.table);
  return fieldNamed(fields, column, `${thing.label}: ${column}`).id;
}
