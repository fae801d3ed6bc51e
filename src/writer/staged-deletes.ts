/**
 * Published deletes by position that no snapshot lists yet: position delete files, and deletion vectors in a Puffin
 * file.
 */
import type { LocalFile } from "../catalog/local-files.ts";
import type { Engine } from "../engine/engine.ts";
import type { DataFile } from "../iceberg/data-file.ts";
import type { Partition } from "../iceberg/partition-spec.ts";
import { filePathId } from "../iceberg/position-deletes.ts";
import type { RowDifference } from "./row-difference.ts";
import type { LocatedDraft } from "../objects/object-store.ts";

/** The parts that are needed to write deletes. */
export interface DeleteParts {
  readonly engine: Engine;
  readonly live: readonly LocalFile[];
  readonly difference: RowDifference;
  readonly scratchDirectory: string;
  readonly signal: AbortSignal;
  newFile(extension?: "puffin"): Promise<LocatedDraft>;
}

export interface WrittenDeletes {
  readonly deletes: readonly StagedDeletes[];
  /** Keys (`fileKey`) of the delete files that they replace. */
  readonly replaced: readonly string[];
}

export type StagedDeletes = StagedPositionDeletes | StagedVector;

interface Staged {
  readonly location: string;
  readonly rowCount: number;
  /** Size of the whole file in bytes. */
  readonly sizeBytes: number;
  /** The partition spec of all the data files it names. */
  readonly specId: number;
  readonly partition: Partition;
}

export interface StagedPositionDeletes extends Staged {
  /** The first and the last data file it names, in order of their locations. */
  readonly firstFile: string;
  readonly lastFile: string;
}

export interface StagedVector extends Staged {
  readonly dataFile: string;
  /** The vector's place in the Puffin file. */
  readonly offset: number;
  readonly length: number;
}

export function deletesEntry(deletes: StagedDeletes): DataFile {
  const { location, rowCount, sizeBytes, specId, partition } = deletes;
  return {
    content: "position-deletes",
    filePath: location,
    specId,
    partition,
    recordCount: BigInt(rowCount),
    fileSizeInBytes: BigInt(sizeBytes),
    ...("dataFile" in deletes ? vectorEntry(deletes) : positionsEntry(deletes)),
  };
}

/** The bounds are not truncated, so that readers can tell which data files are not named. */
function positionsEntry({ firstFile, lastFile }: StagedPositionDeletes) {
  return {
    fileFormat: "PARQUET",
    lowerBounds: new Map([[filePathId, Buffer.from(firstFile)]]),
    upperBounds: new Map([[filePathId, Buffer.from(lastFile)]]),
    referencedDataFile: firstFile === lastFile ? firstFile : undefined,
  };
}

function vectorEntry({ dataFile, offset, length }: StagedVector) {
  return {
    fileFormat: "PUFFIN",
    referencedDataFile: dataFile,
    contentOffset: BigInt(offset),
    contentSizeInBytes: BigInt(length),
  };
}
