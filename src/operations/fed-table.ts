/**
 * Finds the source table behind a table of the lake, because settings of a lake table belong to the source table that
 * feeds it. A table that no run has loaded yet is found by the name that it will have in the lake.
 */
import { using } from "../base/cleanup.ts";
import { codeOf } from "../base/thrown.ts";
import type { TableEntry } from "../catalog/catalog.ts";
import { parseName, pickTable, tableLabel, tableNotFound, type NamedTable } from "../catalog/table-name.ts";
import { HeadgateError } from "../errors.ts";
import { lakeName } from "../sync/run/lake-name.ts";
import type { RegisteredSource } from "../sync/settings/source-registry.ts";
import type { TableName } from "../sync/source.ts";
import type { Context } from "./context.ts";

export interface FedTable {
  /** `database.table` in the lake. */
  readonly label: string;
  readonly source: RegisteredSource;
  /** The table's name in the source. */
  readonly name: TableName;
}

/**
 * Throws TABLE_NOT_FOUND, TABLE_AMBIGUOUS, USAGE for a table that no source feeds, and whatever a source throws that
 * has to be asked.
 */
export async function findFedTable(context: Context, text: string): Promise<FedTable> {
  const parts = parseName(text);
  const found = await inLake(context, text);
  const entry = found instanceof HeadgateError ? undefined : found;
  const fed = entry && (await feedOf(context, entry));
  if (fed !== undefined) return fed;
  // A table of the lake may also wait to be fed: it stayed when its source was removed, and the source has been added
  // again.
  const { coming, known } = await tableToCome(context, entry === undefined ? parts : [entry.database, entry.name]);
  if (coming !== undefined) return coming;
  if (found instanceof HeadgateError) throw known.length === 0 ? found : tableNotFound(parts, known);
  const place = tableLabel(found);
  const message = `no source feeds ${place}, so there is nothing to set, pause or reset`;
  throw new HeadgateError("USAGE", { place, message });
}

/** Returns TABLE_NOT_FOUND if the lake has no such table yet. Throws TABLE_AMBIGUOUS. */
function inLake({ catalog }: Context, text: string): Promise<TableEntry | HeadgateError> {
  return catalog.findEntry(text).catch((failure: unknown) => {
    if (failure instanceof HeadgateError && failure.code === "TABLE_NOT_FOUND") return failure;
    throw failure;
  });
}

async function feedOf({ db, sources }: Context, entry: TableEntry): Promise<FedTable | undefined> {
  const row = await db
    .selectFrom("positions")
    .innerJoin("sources", "sources.id", "positions.source_id")
    .select(["sources.id as sourceId", "source_schema as schema", "source_name as name"])
    .where("table_id", "=", entry.id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const name = { schema: row.schema, name: row.name };
  return { label: tableLabel(entry), source: await sources.byId(row.sourceId), name };
}

interface ToCome {
  readonly coming: FedTable | undefined;
  /** The tables that were considered. */
  readonly known: readonly NamedTable[];
}

/** Asks only the sources whose tables would be in the named database. */
async function tableToCome(context: Context, parts: readonly string[]): Promise<ToCome> {
  const [database = ""] = parts;
  const known: NamedTable[] = [];
  for (const source of parts.length === 2 ? await context.sources.list() : []) {
    if (!mayFeed(source.name, database.toLowerCase())) continue;
    const tables = await tablesToCome(context, source);
    const found = findTable(parts, tables);
    if (found !== undefined) return { coming: { label: tableLabel(found), source, name: found.inSource }, known };
    known.push(...tables);
  }
  return { coming: undefined, known };
}

function mayFeed(source: string, database: string): boolean {
  return database === source.toLowerCase() || database.startsWith(`${source.toLowerCase()}_`);
}

type TableToCome = NamedTable & { readonly inSource: TableName };

function tablesToCome({ sources }: Context, source: RegisteredSource): Promise<readonly TableToCome[]> {
  return using(sources.open(source), async (opened) =>
    (await opened.discover()).map((object) => ({
      ...lakeName({ name: source.name, mainSchema: opened.mainSchema }, object.name),
      inSource: object.name,
    })),
  );
}

/** Undefined if no table has the name. Throws TABLE_AMBIGUOUS. */
function findTable<T extends NamedTable>(parts: readonly string[], tables: readonly T[]): T | undefined {
  try {
    return pickTable(parts, tables);
  } catch (failure) {
    if (codeOf(failure) === "TABLE_NOT_FOUND") return undefined;
    throw failure;
  }
}
