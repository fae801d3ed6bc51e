/**
 * The stored facts about an import: the location of its files, the keys of their columns, and which files are in the
 * table.
 */
import type { Kysely, Transaction } from "kysely";
import { formatJson } from "../../base/json.ts";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import type { CsvOptions } from "./file-relation.ts";
import type { ImportFile } from "./import-file.ts";
import type { ImportColumn } from "./import-column.ts";

export interface RememberedImport {
  readonly location: string;
  readonly hasHeader: boolean;
  readonly csv: CsvOptions;
  /** The field id of the table's column for each key in the files. */
  readonly fieldIds: ReadonlyMap<string, number>;
}

/** Undefined for a table that was not made by an import. */
export async function findImport(db: Kysely<Tables>, tableId: string): Promise<RememberedImport | undefined> {
  const row = await db
    .selectFrom("imports")
    .select(["location", "has_header", "csv", "columns"])
    .where("table_id", "=", tableId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const fieldIds = new Map(row.columns.map(({ key, fieldId }) => [key, Number(fieldId)]));
  return { location: row.location, hasHeader: row.has_header, csv: row.csv, fieldIds };
}

/** Called in the transaction that moves the table's pointer. */
export async function rememberImport(
  transaction: Transaction<Tables>,
  {
    tableId,
    location,
    hasHeader,
    csv,
    columns,
    files,
    commitId,
  }: {
    readonly tableId: string;
    readonly location: string;
    readonly hasHeader: boolean;
    readonly csv: CsvOptions;
    readonly columns: readonly ImportColumn[];
    readonly files: readonly ImportFile[];
    readonly commitId: string;
  },
): Promise<void> {
  const known = formatJson(columns.map(({ key, field }) => ({ key, fieldId: field.id })));
  await transaction
    .insertInto("imports")
    .values({ table_id: tableId, location, has_header: hasHeader, csv: formatJson(csv), columns: known })
    .onConflict((conflict) => conflict.column("table_id").doUpdateSet({ columns: known }))
    .execute();
  for (let from = 0; from < files.length; from += rowsAtOnce)
    await transaction
      .insertInto("imported_files")
      .values(
        files.slice(from, from + rowsAtOnce).map((file) => ({
          table_id: tableId,
          location: file.location,
          size: BigInt(file.size),
          modified_at: file.modifiedAt,
          commit_id: commitId,
        })),
      )
      .execute();
}

/** A statement has at most 65,535 parameters. */
const rowsAtOnce = 5_000;

/** The files that are not in the table yet. Throws IMPORT_FILE_CHANGED if a file that is in the table has changed. */
export async function newFiles(
  db: Kysely<Tables>,
  { tableId, files }: { tableId: string; files: readonly ImportFile[] },
): Promise<readonly ImportFile[]> {
  const rows = await db
    .selectFrom("imported_files")
    .select(["location", "size", "modified_at"])
    .where("table_id", "=", tableId)
    .execute();
  const known = new Map(rows.map((row) => [row.location, row]));
  return files.filter((file) => {
    const taken = known.get(file.location);
    if (taken === undefined) return true;
    const isSame = taken.size === BigInt(file.size) && taken.modified_at?.getTime() === file.modifiedAt?.getTime();
    if (isSame) return false;
    throw new HeadgateError("IMPORT_FILE_CHANGED", {
      place: file.location,
      message: `the file had ${taken.size} bytes${of(taken.modified_at)} when it was imported, and now has ${file.size} bytes${of(file.modifiedAt)}`,
    });
  });
}

function of(time: Date | null): string {
  return time === null ? "" : ` of ${time.toISOString()}`;
}
