/** Checks of a source of files: whether they can be listed and opened, and how those of each table are read. */
import { presentError } from "../../base/present-error.ts";
import type { Check, KnownTable, KnownTables, TableName } from "../../sync/source.ts";
import { describeTable } from "./describe-table.ts";
import type { Listings } from "./listing.ts";
import type { Looking } from "./looked-at.ts";
import { allTables } from "./all-tables.ts";
import type { Layout, TableFiles } from "./layout.ts";
import { parseReading, type KnownReading } from "./reading.ts";
import { unreadOf } from "./unread-of.ts";

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
    const all = await allTables(looking, listing);
    const tables = all.filter(({ name }) => isMeant(name));
    const checks: Check[] = [listed(looking, { tables: all, transactions: listing.transactions })];
    checks.push(...(await unclear(looking, listing)));
    for (const table of tables) checks.push(await checkTable(looking, table, known?.(table.name)));
    return checks;
  } catch (failure) {
    const { message, remedy } = presentError(failure);
    return [{ name: "files", outcome: "failed", found: message, mend: remedy }];
  }
}

function listed({ files }: Looking, { tables, transactions }: Layout): Check {
  const name = "files";
  const found = `${tables.length} tables below ${files.location}`;
  const mend = "the folders below the address are those of schemas, with a folder for each table";
  if (tables.length === 0) return { name, outcome: "warning", found, mend };
  const shared = transactions.length === 0 ? "" : `, ${transactions.length} files of whole transactions`;
  return { name, outcome: "ok", found: found + shared };
}

/** A file of whole transactions that cannot be understood may have tables that no other file has. */
async function unclear(looking: Looking, { transactions }: Layout): Promise<readonly Check[]> {
  if (transactions.length === 0) return [];
  const { failure } = await looking.occurring(transactions);
  if (failure === undefined) return [];
  const { message, place, remedy } = presentError(failure);
  return [
    {
      name: "transactions",
      outcome: "warning",
      found: `${message}${place === undefined ? "" : ` (${place})`}`,
      mend: remedy,
    },
  ];
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
    await lateText(looking, files, known?.position),
    marksText(files, parseReading(table.incarnation)),
    columns,
  ];
  return { name, outcome: "ok", found: found.join("; ") };
}

function countText({ hasFolder, loads, changes }: TableFiles): string {
  if (!hasFolder) return `no folder, ${changes.length} files of whole transactions`;
  return `${loads.length} files of full loads, ${changes.length} of changes`;
}

async function lateText(looking: Looking, files: TableFiles, position: string | undefined): Promise<string> {
  const unread = await unreadOf(looking, files, position);
  if (unread === undefined) return "all read";
  return `${unread.files} not read, the oldest since ${unread.oldestAt.toISOString()}`;
}

function marksText({ loads, changes }: TableFiles, { header, delimiter, timestamp }: KnownReading): string {
  const isParquet = [...loads, ...changes].every(({ path }) => /\.parquet/i.test(path));
  const named = header === true ? "with" : "without";
  const marks = isParquet ? "Parquet" : `CSV ${named} a header, fields divided by ${JSON.stringify(delimiter)}`;
  return typeof timestamp === "string" ? `${marks}, times of commits in ${timestamp}` : marks;
}
