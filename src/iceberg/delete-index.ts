/**
 * Finds the delete files that apply to a data file (spec: "Scan Planning"): position deletes of the same or a later
 * commit in the same partition, unless a deletion vector replaces them; equality deletes of a later commit in the same
 * partition or without a partition.
 */
import { isDeletionVector, type DataFile } from "./data-file.ts";
import type { LiveEntry } from "./manifest.ts";
import { filePathId } from "./position-deletes.ts";
import { partitionKey } from "./partition-spec.ts";

/** A delete file with its sequence number, which is compared with that of the data file. */
export interface AppliedDelete {
  readonly file: DataFile;
  readonly sequenceNumber: bigint;
}

export interface DeleteIndex {
  appliedTo(data: { readonly dataFile: DataFile; readonly sequenceNumber: bigint }): readonly AppliedDelete[];
}

export function deleteIndex(entries: readonly LiveEntry[]): DeleteIndex {
  const deletes = entries.map(({ dataFile, sequenceNumber }) => ({ file: dataFile, sequenceNumber }));
  const byValue = deletes.filter(({ file }) => file.content === "equality-deletes");
  const byPosition = deletes.filter(({ file }) => file.content === "position-deletes");
  const global = byValue.filter(({ file }) => file.partition.length === 0);
  const equality = Map.groupBy(
    byValue.filter((applied) => !global.includes(applied)),
    ({ file }) => partitionKey(file),
  );
  const ofOneFile = Map.groupBy(byPosition, ({ file }) => file.referencedDataFile);
  const ofMany = Map.groupBy(ofOneFile.get(undefined) ?? [], ({ file }) => partitionKey(file));
  ofOneFile.delete(undefined);
  if (deletes.length === 0) return { appliedTo: () => [] };
  return {
    appliedTo({ dataFile, sequenceNumber }) {
      const key = partitionKey(dataFile);
      const named = (ofOneFile.get(dataFile.filePath) ?? []).filter(
        (applied) => applied.sequenceNumber >= sequenceNumber,
      );
      const vector = named.find(({ file }) => isDeletionVector(file));
      const positions = (ofMany.get(key) ?? []).filter(
        (applied) => applied.sequenceNumber >= sequenceNumber && mayName(applied.file, dataFile.filePath),
      );
      const values = [...global, ...(equality.get(key) ?? [])].filter(
        (applied) => applied.sequenceNumber > sequenceNumber,
      );
      return [...(vector === undefined ? [...named, ...positions] : [vector]), ...values];
    },
  };
}

function mayName({ lowerBounds, upperBounds }: DataFile, path: string): boolean {
  const [lower, upper] = [lowerBounds?.get(filePathId), upperBounds?.get(filePathId)];
  if (lower === undefined && upper === undefined) return true;
  const name = Buffer.from(path);
  return (lower === undefined || name.compare(lower) >= 0) && (upper === undefined || name.compare(upper) <= 0);
}
