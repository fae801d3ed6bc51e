/**
 * Writes the deleted rows as position delete files (spec: "Position Delete Files"), one for each partition. If the plan
 * says so, these also contain the rows of older delete files and replace them.
 */
import { must } from "../base/must.ts";
import type { LocalFile } from "../catalog/local-files.ts";
import { copyDataFiles, publishAll } from "../engine/copy-data-files.ts";
import { quoteText } from "../engine/duckdb-type.ts";
import { plainLayout } from "../engine/file-layout.ts";
import { deletedPlacesSql } from "../engine/read-data-files.ts";
import type { DataFile } from "../iceberg/data-file.ts";
import { partitionKey } from "../iceberg/partition-spec.ts";
import { filePathId, positionId } from "../iceberg/position-deletes.ts";
import type { MergePlan } from "./merge-plan.ts";
import type { DeleteParts, StagedPositionDeletes, WrittenDeletes } from "./staged-deletes.ts";

/** A delete file names only files of one partition (spec: "Scan Planning"). */
export async function writePositionDeletes(parts: DeleteParts, plan: MergePlan): Promise<WrittenDeletes> {
  const places = await deletedPlaces(parts, plan);
  const kept = parts.live
    .map(({ location, dataFile }, index) => ({ location, dataFile, number: index + 1 }))
    .filter(({ location, number }) => !plan.rewrite.has(location) && places.files.has(number));
  const groups = Map.groupBy(kept, ({ dataFile }) => partitionKey(dataFile));
  const deletes: StagedPositionDeletes[] = [];
  for (const group of groups.values()) deletes.push(...(await writeGroup(parts, { group, places: places.sql })));
  return { deletes, replaced: plan.replaceDeletes ? deleteLocations(parts.live) : [] };
}

/** Locations of position delete files. Deletes by value, from other writers, are kept. */
function deleteLocations(live: readonly LocalFile[]): readonly string[] {
  return live
    .flatMap(({ deleteFiles }) => deleteFiles)
    .filter(({ content }) => content === "position-deletes")
    .map(({ filePath }) => filePath);
}

/** The places of deleted rows, including those of replaced delete files, and the files that have any. */
async function deletedPlaces({ engine, live, difference, signal }: DeleteParts, plan: MergePlan) {
  const selects = [
    `select file, row from ${difference.going}`,
    ...(plan.replaceDeletes ? [deletedPlacesSql(live)] : []),
  ];
  const sql = selects.join(" union all ");
  const { rows } = await engine.run(`select distinct file from (${sql}) places`, { signal });
  return { sql, files: new Set(rows.map(([file]) => Number(file))) };
}

interface DeleteGroup {
  readonly group: readonly { readonly location: string; readonly number: number; readonly dataFile: DataFile }[];
  readonly places: string;
}

/** The rows are sorted by file and position (spec: "Position Delete Files"). */
async function writeGroup(
  parts: DeleteParts,
  { group, places }: DeleteGroup,
): Promise<readonly StagedPositionDeletes[]> {
  const { engine, scratchDirectory, newFile, signal } = parts;
  const names = group.map(({ number, location }) => `(${number}, ${quoteText(location)})`).join(", ");
  const files = await copyDataFiles({
    engine,
    columns: [
      { fieldId: filePathId, name: "file_path", expression: "file_path" },
      { fieldId: positionId, name: "pos", expression: "pos" },
    ],
    relation: `(select names.location as file_path, places.row as pos
      from (${places}) places join (values ${names}) names(number, location) on places.file = names.number
      order by file_path, pos) deletes`,
    layout: plainLayout,
    scratchDirectory,
    groupRows: 122_880,
    newFile,
    signal,
  });
  await publishAll(files);
  const locations = group.map(({ location }) => location).toSorted(byBytes);
  return files.map(({ draft, file: { rowCount, sizeBytes } }) => ({
    location: draft.location,
    rowCount,
    sizeBytes,
    firstFile: must(locations[0], "a file that is named"),
    lastFile: must(locations.at(-1), "a file that is named"),
    specId: must(group[0], "a file of the partition").dataFile.specId,
    partition: must(group[0], "a file of the partition").dataFile.partition,
  }));
}

function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
