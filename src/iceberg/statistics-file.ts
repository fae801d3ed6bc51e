/**
 * Statistics files that other engines write beside a table (spec: "Table Statistics", "Partition Statistics"): which there are, and
 * of which snapshot. They are not read here.
 */
import type { Json } from "../base/json.ts";
import type { TableMetadata } from "./table-metadata.ts";

const lists = ["statistics", "partition-statistics"] as const;

interface StatisticsFile {
  readonly "snapshot-id": number | bigint;
  readonly "statistics-path": string;
}

/** Paths of the files of these snapshots. */
export function statisticsFiles({ other }: TableMetadata, snapshotIds: ReadonlySet<bigint>): readonly string[] {
  return lists
    .flatMap((list) => filesIn(other[list]))
    .filter((file) => snapshotIds.has(BigInt(file["snapshot-id"])))
    .map((file) => file["statistics-path"]);
}

/** What is left of them; everything else stays as it is. */
export function withStatistics(
  other: TableMetadata["other"],
  isKept: (snapshotId: bigint) => boolean,
): TableMetadata["other"] {
  const left = lists
    .filter((list) => other[list] !== undefined)
    .map((list) => [list, filesIn(other[list]).filter((file) => isKept(BigInt(file["snapshot-id"])))] as const);
  return { ...other, ...Object.fromEntries(left) } as TableMetadata["other"];
}

function filesIn(json: Json | undefined): readonly StatisticsFile[] {
  return (json ?? []) as unknown as readonly StatisticsFile[];
}
