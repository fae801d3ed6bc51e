/**
 * A Parquet file without rows, with one column that nobody asks for. It is made once; `Reading.rowlessFile` explains
 * its use.
 */
import { ColumnBuffer } from "../engine/column-buffer.ts";
import { writePlainParquet } from "../engine/plain-parquet.ts";
import type { LakeFiles } from "./deletion-vectors.ts";

/** Returns the path of the file. */
export function rowlessFile({ derived }: Pick<LakeFiles, "derived">): Promise<string> {
  return derived.path("rowless", async (path) => {
    await writePlainParquet(path, [{ name: "none", batch: new ColumnBuffer({ physical: "int32" }).take() }]);
  });
}
