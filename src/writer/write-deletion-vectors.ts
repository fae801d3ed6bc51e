/**
 * Writes the deleted rows as deletion vectors (spec: "Deletion Vectors"), with all vectors of a commit in one Puffin
 * file. A vector contains everything that is deleted by position from its data file, so it replaces an older vector and
 * position delete files from before version 3.
 * Invariant: no data file has two vectors, and no vector is left for a removed data file.
 */
import { writeFile } from "node:fs/promises";
import type { LocalFile } from "../catalog/local-files.ts";
import { deletedPlacesSql } from "../engine/read-data-files.ts";
import { fileKey } from "../iceberg/data-file.ts";
import { writeDeletionVector } from "../iceberg/deletion-vector.ts";
import { rowPositionId } from "../iceberg/position-deletes.ts";
import { writePuffin } from "../iceberg/puffin.ts";
import type { DeleteParts, StagedVector, WrittenDeletes } from "./staged-deletes.ts";

/** `rewritten` contains the locations of data files that are removed. */
export async function writeDeletionVectors(
  parts: DeleteParts,
  rewritten: ReadonlySet<string>,
): Promise<WrittenDeletes> {
  const vectors: Vector[] = [];
  for (const { file, number } of await filesThatLose(parts, rewritten))
    vectors.push(vectorOf(file, await positionsOf(parts, { file, number })));
  const released = new Set([...rewritten, ...vectors.map(({ file }) => file.location)]);
  return { deletes: await publish(parts, vectors), replaced: unneeded(parts.live, released) };
}

interface LosingFile {
  readonly file: LocalFile;
  /** The file's number in the places of the difference. */
  readonly number: number;
}

/** Data files that stay but lose rows. */
async function filesThatLose(
  { engine, live, difference, signal }: DeleteParts,
  rewritten: ReadonlySet<string>,
): Promise<readonly LosingFile[]> {
  const { rows } = await engine.run(`select distinct file from ${difference.going}`, { signal });
  const numbers = new Set(rows.map(([file]) => Number(file)));
  return live
    .map((file, index) => ({ file, number: index + 1 }))
    .filter(({ file, number }) => numbers.has(number) && !rewritten.has(file.location));
}

/** The positions of all deleted rows of a file, old and new, in ascending order. */
async function positionsOf(
  { engine, difference, signal }: DeleteParts,
  { file, number }: LosingFile,
): Promise<readonly number[]> {
  const { rows } = await engine.run(
    `select list(row order by row) from (select row from ${difference.going} where file = ${number}
       union select row from (${deletedPlacesSql([file])}) before) places`,
    { signal },
  );
  return rows[0]?.[0] as unknown as readonly number[];
}

interface Vector {
  readonly file: LocalFile;
  readonly rowCount: number;
  readonly bytes: Uint8Array;
}

function vectorOf(file: LocalFile, positions: readonly number[]): Vector {
  return { file, rowCount: positions.length, bytes: writeDeletionVector(positions) };
}

async function publish({ newFile }: DeleteParts, vectors: readonly Vector[]): Promise<readonly StagedVector[]> {
  if (vectors.length === 0) return [];
  const { bytes, offsets } = writePuffin(
    vectors.map(({ file, rowCount, bytes: blob }) => ({
      type: "deletion-vector-v1",
      fields: [rowPositionId],
      properties: { "referenced-data-file": file.location, cardinality: String(rowCount) },
      bytes: blob,
    })),
  );
  const draft = await newFile("puffin");
  try {
    await writeFile(draft.path, bytes);
    await draft.publish();
  } catch (failure) {
    await draft.discard();
    throw failure;
  }
  return vectors.map(({ file: { location: dataFile, dataFile: entry }, rowCount, bytes: blob }, index) => ({
    location: draft.location,
    rowCount,
    sizeBytes: bytes.length,
    specId: entry.specId,
    partition: entry.partition,
    dataFile,
    offset: offsets[index] ?? 0,
    length: blob.length,
  }));
}

/**
 * Position delete files of the released data files that no other data file needs, since one may name many. Deletes by
 * value are kept.
 */
function unneeded(live: readonly LocalFile[], released: ReadonlySet<string>): readonly string[] {
  const keysOf = (files: readonly LocalFile[]): readonly string[] =>
    files
      .flatMap(({ deleteFiles }) => deleteFiles)
      .filter(({ content }) => content === "position-deletes")
      .map(fileKey);
  const needed = new Set(keysOf(live.filter(({ location }) => !released.has(location))));
  return keysOf(live.filter(({ location }) => released.has(location))).filter((key) => !needed.has(key));
}
