/** Checks of a source of files: whether they can be listed and opened, and how those of each table are read. */
import { presentError } from "../../base/present-error.ts";
import type { Check, TableName } from "../../sync/source.ts";
import { describeTable } from "./describe-table.ts";
import type { Listing, Listings } from "./listing.ts";
import type { Looking } from "./looked-at.ts";
import type { TableFiles } from "./layout.ts";
import { parseReading } from "./reading.ts";

interface CheckParts {
  readonly listings: Listings;
  readonly isMeant: (name: TableName) => boolean;
}

export async function checkFiles(looking: Looking, { listings, isMeant }: CheckParts): Promise<readonly Check[]> {
  try {
    const listing = await listings.anew();
    const tables = listing.tables.filter(({ name }) => isMeant(name));
    const checks: Check[] = [listed(looking, listing)];
    for (const table of tables) checks.push(await checkTable(looking, table));
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

/** Tells columns and marks, which are structure, and no values. */
async function checkTable(looking: Looking, files: TableFiles): Promise<Check> {
  const name = `${files.name.schema}.${files.name.name}`;
  const table = await describeTable(looking, { name: files.name, files, known: undefined });
  if ("obstacle" in table)
    return { name, outcome: "failed", found: table.obstacle.message, mend: table.obstacle.remedy };
  const { header, delimiter, timestamp } = parseReading(table.incarnation);
  const isParquet = [...files.loads, ...files.changes].every(({ path }) => /\.parquet/i.test(path));
  const marks = isParquet
    ? "Parquet"
    : `CSV ${header === true ? "with" : "without"} a header, fields divided by ${JSON.stringify(delimiter)}`;
  const time = typeof timestamp === "string" ? `, times of commits in ${timestamp}` : "";
  const columns = table.columns.map(({ name: column, lakeType }) => `${column} ${lakeType}`).join(", ");
  const count = `${files.loads.length} files of full loads, ${files.changes.length} of changes`;
  return { name, outcome: "ok", found: `${count}; ${marks}${time}; ${columns}` };
}
