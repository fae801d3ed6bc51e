/** The rows of a table in format version 3 with their ids, whatever file they are in. */
import { fileIO } from "../../src/catalog/file-io.ts";
import { tableFiles } from "../../src/catalog/table-files.ts";
import { localFiles } from "../../src/catalog/local-files.ts";
import { readColumn } from "../../src/catalog/read-column.ts";
import { lastUpdatedColumn, readDataFilesSql, rowIdColumn } from "../../src/engine/read-data-files.ts";
import { planScan } from "../../src/iceberg/scan.ts";
import { currentSchema, currentSnapshot } from "../../src/iceberg/table-metadata.ts";
import type { Context } from "../../src/operations/context.ts";

export interface Lineage {
  readonly rowId: string;
  readonly updated: string;
}

/** By the text of a column that distinguishes rows. */
export async function rowLineage(
  { catalog, objects, loadEngine }: Context,
  { table, by }: { table: string; by: string },
): Promise<ReadonlyMap<string, Lineage>> {
  const found = await catalog.find(table);
  const { metadata } = found;
  const scan = { metadata, snapshot: currentSnapshot(metadata), filter: undefined };
  const { files: planned } = await planScan(fileIO(objects), scan);
  const files = await localFiles(tableFiles(catalog, found), { table, metadata, files: planned });
  const key = currentSchema(metadata).fields.filter(({ name }) => name === by);
  const columns = [...key.map(readColumn), rowIdColumn, lastUpdatedColumn];
  const engine = await loadEngine();
  const { rows } = await engine.run(`select columns(*)::varchar from (${readDataFilesSql({ files, columns })}) data`);
  return new Map(rows.map(([value, id, updated]) => [String(value), { rowId: String(id), updated: String(updated) }]));
}
