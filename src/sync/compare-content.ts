/**
 * Compares newly read data files with a lake table's current rows, as multisets: how many rows came and went, duplicates
 * counted. In the engine, by a hash of all columns that keeps null from '' and −0 from 0; it spills to disk.
 */
import { planScan } from "../iceberg/scan.ts";
import { currentSnapshot } from "../iceberg/table-metadata.ts";
import type { CatalogTable } from "../catalog/catalog.ts";
import { fileIO } from "../catalog/file-io.ts";
import { duckdbType, quoteName } from "../engine/duckdb-type.ts";
import { readDataFilesSql, type ReadColumn } from "../engine/read-data-files.ts";
import type { StagedFile } from "./staged-file.ts";
import type { SyncRun } from "./sync-run.ts";
import type { SyncTarget } from "./sync-target.ts";

export interface ContentDifference {
  readonly equal: boolean;
  readonly rowsAdded: number;
  readonly rowsRemoved: number;
}

interface CompareParts {
  readonly target: SyncTarget;
  readonly current: CatalogTable;
  readonly files: readonly StagedFile[];
}

export async function compareContent(
  run: SyncRun,
  { target, current, files }: CompareParts,
): Promise<ContentDifference> {
  const { objects } = run;
  const plan = await planScan(fileIO(objects), {
    metadata: current.metadata,
    snapshot: currentSnapshot(current.metadata),
    filter: undefined,
  });
  const paths = (locations: readonly string[]): Promise<readonly string[]> =>
    Promise.all(locations.map((location) => objects.localPath(location)));
  const columns = target.follow.schema.fields.map(({ id, type }): ReadColumn => ({
    fieldId: id,
    name: `c${id}`,
    sqlType: duckdbType(String(type)),
  }));
  const hash = `hash(${columns.map(hashed).join(", ")})`;
  const side = async (locations: readonly string[]): Promise<string> =>
    `select ${hash} as h from (${readDataFilesSql({ files: await paths(locations), columns })})`;
  const { rows } = await (
    await run.loadEngine()
  ).run(
    `with counted as (
       select h, sum(n)::hugeint as n from (
         select h, count(*) as n from (${await side(files.map(({ location }) => location))}) group by h
         union all
         select h, -count(*) as n from (${await side(plan.files.map(({ dataFile }) => dataFile.filePath))}) group by h
       ) group by h having sum(n) <> 0)
     select coalesce(sum(n) filter (where n > 0), 0)::bigint, coalesce(-sum(n) filter (where n < 0), 0)::bigint from counted`,
    { signal: run.signal },
  );
  const [rowsAdded, rowsRemoved] = (rows[0] ?? []).map(Number);
  return { equal: rowsAdded === 0 && rowsRemoved === 0, rowsAdded: rowsAdded ?? 0, rowsRemoved: rowsRemoved ?? 0 };
}

/** The engine hashes −0 like 0; as text they differ. */
function hashed({ name, sqlType }: ReadColumn): string {
  return sqlType === "float" || sqlType === "double" ? `${quoteName(name)}::varchar` : quoteName(name);
}
