/** Moves a table's pointer to a metadata file that another engine wrote, as a catalog does when that engine commits. */
import { uuidv7 } from "../../src/base/uuid.ts";
import type { CatalogTable } from "../../src/catalog/catalog.ts";
import { commit } from "../../src/catalog/commit.ts";
import type { HeldDirectory } from "../../src/server/hold-directory.ts";

export async function movePointer(
  { context }: HeldDirectory,
  { table, to, snapshotId }: { table: CatalogTable; to: string; snapshotId: bigint },
): Promise<void> {
  const { id: tableId, name: label, metadataLocation: from } = table;
  await commit(context.catalog, {
    id: uuidv7(),
    runId: undefined,
    summary: "another engine",
    steps: [{ tableId, label, from, to, snapshotId }],
    positions: [],
  });
}
