/** Checks of a source of files: whether they can be listed and opened, and how those of each table are read. */
import { presentError } from "../../base/present-error.ts";
import type { Check, KnownTable, KnownTables, TableName } from "../../sync/source.ts";
import { describeTable } from "./describe-table.ts";
import type { Listing, Listings } from "./listing.ts";
import type { Looking } from "./looked-at.ts";
import type { TableFiles } from "./layout.ts";
import { oldestUnread } from "./next-files.ts";
import { parsePosition } from "./position.ts";
import { parseReading, type KnownReading } from "./reading.ts";

interface CheckParts {
  readonly listings: Listings;
  readonly isMeant: (name: TableName) => boolean;
  readonly known: KnownTables | undefined;
}

export async function checkFiles(
  looking: Looking,
  { listings, isMeant, known }: CheckParts,
): Promise<readonly Check[]> {
  try {
    const listing = await listings.anew();
    const tables = listing.tables.filter(({ name }) => isMeant(name));
    const checks: Check[] = [listed(looking, listing)];
    for (const table of tables) checks.push(await checkTable(looking, table, known?.(table.name)));
    return checks;
  } catch (failure) {
    const { message, remedy } = presentError(failure);
    return [{ name: "files", outcome: "failed", found: message, mend: remedy }];
  }
}

function listed({ files }: Looking, { tables, transactions }: Listing): Check {
  const name = "files";
  const found = `${tables.length} tables below ${files.location}`;
  const mend = "the folders below the address are those of schemas, with a folder for each table";
  if (tables.length === 0) return { name, outcome: "warning", found, mend };
  const shared = transactions.length === 0 ? "" : `, ${transactions.length} files of whole transactions`;
  return { name, outcome: "ok", found: found + shared };
}

/** Tells columns, marks and how late the table is, which are structure, and no values. */
async function checkTable(looking: Looking, files: TableFiles, known: KnownTable | undefined): Promise<Check> {
  const name = `${files.name.schema}.${files.name.name}`;
  const table = await describeTable(looking, { name: files.name, files, known });
  if ("obstacle" in table)
    return { name, outcome: "failed", found: table.obstacle.message, mend: table.obstacle.remedy };
  const columns = table.columns.map(({ name: column, lakeType }) => `${column} ${lakeType}`).join(", ");
  const found = [
    countText(files),
    lateText(files, known?.position),
    marksText(files, parseReading(table.incarnation)),
    columns,
  ];
  return { name, outcome: "ok", found: found.join("; ") };
}

function countText({ loads, changes }: TableFiles): string {
  return `${loads.length} files of full loads, ${changes.length} of changes`;
}

function lateText(files: TableFiles, position: string | undefined): string {
  const since = position === undefined ? undefined : parsePosition(position);
  const oldest = oldestUnread(files, since);
  return oldest === undefined ? "all read" : `not all read, the oldest since ${oldest.modifiedAt.toISOString()}`;
}

function marksText({ loads, changes }: TableFiles, { header, delimiter, timestamp }: KnownReading): string {
  const isParquet = [...loads, ...changes].every(({ path }) => /\.parquet/i.test(path));
  const named = header === true ? "with" : "without";
  const marks = isParquet ? "Parquet" : `CSV ${named} a header, fields divided by ${JSON.stringify(delimiter)}`;
  return typeof timestamp === "string" ? `${marks}, times of commits in ${timestamp}` : marks;
}
