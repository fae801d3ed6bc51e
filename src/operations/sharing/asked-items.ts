/**
 * The things that a share request asks for, as people write them: `shop.orders` for a table, `shop.*` for all tables of a
 * database, `database shop` for the same with the database, each with its account in front of it if that is another one.
 * Invariant: somebody who may not know that a thing exists gets the same answer as if it did not, and does not get it as
 * one of all tables of a database, or of all columns of a table, either.
 */
import { z } from "zod";
import { mapLimit } from "../../base/limit.ts";
import { isView, type CatalogTable, type TableEntry } from "../../catalog/catalog.ts";
import { parseParts, tableLabel } from "../../catalog/table-name.ts";
import { HeadgateError, type ErrorCode } from "../../errors.ts";
import type { Asking } from "../../governance/asking.ts";
import { decideFor } from "../../governance/decide.ts";
import { securableTable } from "../../governance/securable.ts";
import { hasColumn, isWhole, type ColumnSet } from "../../governance/table-access.ts";
import { currentSchema } from "../../iceberg/table-metadata.ts";
import type { NestedField } from "../../iceberg/type.ts";
import { parsePredicate } from "../../governance/predicate/parse-predicate.ts";
import type { NewItem } from "../../sharing/request-store.ts";
import { columnSet, knownFields } from "../access/column-names.ts";
import type { Context } from "../context.ts";
import { ofTable } from "../failures.ts";

export const askedItem = z
  .strictObject({
    on: z
      .string()
      .min(1)
      .describe(
        'A table as shop.orders, all tables of a database as shop.*, or "database shop"; sales.shop.orders for another account\'s.',
      ),
    columns: z.array(z.string()).min(1).optional().describe("Only these columns of a table."),
    except: z.array(z.string()).min(1).optional().describe("All columns of a table but these."),
    rows: z.string().min(1).optional().describe("Only rows of a table for which this holds: country = 'DE'."),
  })
  .meta({ title: "AskedItem" });

export type AskedItem = z.infer<typeof askedItem>;

export const itemMissingCodes: readonly ErrorCode[] = [...ofTable, "DATABASE_NOT_FOUND", "FILTER_INVALID"];

export interface FoundItem extends NewItem {
  readonly accountId: string;
}

/** `catalog` shows what the asker may know. Throws TABLE_NOT_FOUND, DATABASE_NOT_FOUND, FILTER_INVALID, USAGE. */
export async function findItem(
  { catalog }: Pick<Context, "catalog">,
  asking: Asking,
  { on, columns, except, rows }: AskedItem,
): Promise<FoundItem> {
  const [, database] = /^database\s+(.+)$/s.exec(on.trim()) ?? [];
  const parts = parseParts(database ?? on.trim());
  const last = parts.at(-1);
  const isAll = database === undefined && parts.length > 1 && last?.text === "*" && !last.isQuoted;
  if (database !== undefined || isAll) {
    checkWhole(on, { columns, except, rows });
    const names = (isAll ? parts.slice(0, -1) : parts).map(({ text }) => text);
    const entries = await catalog.entries();
    const { databaseId, accountId } = databaseNamed(asking, { on, names, entries });
    const kind = isAll ? "tables" : "database";
    const inside = entries.filter((entry) => entry.databaseId === databaseId && !isView(entry));
    const judged = await mapLimit(inside, readAtOnce, async (entry) => ({
      id: entry.id,
      fieldIds: [],
      knownIds: await knownIds(catalog, asking, entry),
    }));
    return { kind, thingId: databaseId, databaseId, accountId, columns: { mode: "all" }, rows: undefined, judged };
  }
  return tableItem(catalog, asking, { on, columns, except, rows });
}

const readAtOnce = 16;

/** Undefined for all columns. */
async function knownIds(
  catalog: Pick<Context["catalog"], "load">,
  asking: Asking,
  entry: TableEntry,
): Promise<readonly number[] | undefined> {
  const decision = decideFor(asking, "browse", securableTable(entry));
  if (decision.allowed && isWhole(decision.access)) return undefined;
  return knownFields(asking, await catalog.load(entry)).map(({ id }) => id);
}

async function tableItem(
  catalog: Context["catalog"],
  asking: Asking,
  { on, columns, except, rows }: AskedItem,
): Promise<FoundItem> {
  const table = await catalog.find(on).catch(pointToSearch);
  const known = knownFields(asking, table);
  const predicate = rows === undefined ? undefined : parsePredicate(rows, known);
  return {
    kind: "table",
    thingId: table.id,
    databaseId: table.databaseId,
    accountId: table.accountId,
    columns: knownColumns(columnSet(asking, table, { columns, except }), table, known),
    rows: rows === undefined || predicate === undefined ? undefined : { text: rows, predicate },
    judged: [],
  };
}

/** Lists do not show what one may only browse, and that is what most people ask for. */
function pointToSearch(failure: unknown): never {
  if (!(failure instanceof HeadgateError) || failure.code !== "TABLE_NOT_FOUND") throw failure;
  const { code, place, message } = failure;
  throw new HeadgateError(code, { place, message, remedy: whereToLook });
}

const whereToLook =
  "see `headgate search` for what you may ask for; a thing of another account is written with the account in front, such as sales.crm.customers";

/** Named one by one if there are others that the asker may not know. */
function knownColumns(asked: ColumnSet, table: CatalogTable, known: readonly NestedField[]): ColumnSet {
  if (asked.mode === "include" || known.length === currentSchema(table.metadata).fields.length) return asked;
  return { mode: "include", fieldIds: new Set(known.map(({ id }) => id).filter((id) => hasColumn(asked, id))) };
}

function checkWhole(place: string, { columns, except, rows }: Omit<AskedItem, "on">): void {
  if (columns === undefined && except === undefined && rows === undefined) return;
  throw new HeadgateError("USAGE", {
    place,
    message: "columns and rows are those of one table",
    remedy: "ask for the tables one by one, each with its columns and rows",
  });
}

interface NamedDatabase {
  readonly on: string;
  readonly names: readonly string[];
  readonly entries: readonly TableEntry[];
}

/** A database of which the asker may know a table. */
function databaseNamed(asking: Asking, { on, names, entries }: NamedDatabase): TableEntry {
  const [name = "", account] = names.toReversed();
  const found = entries.find(
    (entry) =>
      !isView(entry) &&
      names.length <= 2 &&
      entry.database === name &&
      (account === undefined ? entry.accountId === asking.accountId : entry.account === account),
  );
  if (found !== undefined) return found;
  throw new HeadgateError("DATABASE_NOT_FOUND", { place: on, remedy: whereToLook });
}

/** A thing that is asked for twice could be denied or narrowed once, and be shared all the same. Throws USAGE. */
export function checkApart(items: readonly (FoundItem & Pick<AskedItem, "on">)[]): void {
  const twice = items.find((item, index) => items.slice(0, index).some((other) => overlap(item, other)));
  if (twice === undefined) return;
  throw new HeadgateError("USAGE", {
    place: twice.on,
    message: `${twice.on} is asked for twice`,
    remedy: "name each table once, alone or with all tables of its database",
  });
}

function overlap(one: FoundItem, other: FoundItem): boolean {
  if (one.databaseId !== other.databaseId) return false;
  return one.kind !== "table" || other.kind !== "table" || one.thingId === other.thingId;
}

/** All of them belong to one account, which decides on them. Throws USAGE. */
export function oneAccountOf(items: readonly FoundItem[]): string {
  const [first, ...others] = new Set(items.map(({ accountId }) => accountId));
  if (first !== undefined && others.length === 0) return first;
  throw new HeadgateError("USAGE", {
    message: "the things that are asked for belong to several accounts",
    remedy: "ask for those of each account in a request of their own",
  });
}

/** Labels as the asker writes them; undefined for what they may not know, or what is gone. */
export function labelOfItem(
  { kind, thingId }: Pick<NewItem, "kind" | "thingId">,
  { asking, entries }: { readonly asking: Asking; readonly entries: readonly TableEntry[] },
): string | undefined {
  if (kind === "table") {
    const table = entries.find(({ id }) => id === thingId);
    return table && tableLabel(table);
  }
  const inside = entries.find(({ databaseId }) => databaseId === thingId);
  if (inside === undefined) return undefined;
  const label = tableLabel({ ...inside, isElsewhere: inside.accountId !== asking.accountId, name: "*" });
  return kind === "tables" ? label.replace(/"\*"$/, "*") : `database ${label.replace(/\."\*"$/, "")}`;
}
