/** A Parquet file without rows and without a column anybody asks for. Made once; see `Reading.rowlessFile` for its use. */
import { ColumnBuffer } from "../engine/column-buffer.ts";
import { writePlainParquet } from "../engine/plain-parquet.ts";
import type { LakeFiles } from "./deletion-vectors.ts";

/** Its path. */
export function rowlessFile({ derived }: Pick<LakeFiles, "derived">): Promise<string> {
  return derived.path("rowless", async (path) => {
    await writePlainParquet(path, [{ name: "none", batch: new ColumnBuffer({ physical: "int32" }).take() }]);
  });
}
