/** Sets properties of a table, as another engine may. */
import { uuidv7 } from "../../src/base/uuid.ts";
import { commit } from "../../src/catalog/commit.ts";
import { metadataLocation, metadataVersion } from "../../src/iceberg/new-table.ts";
import { formatTableMetadata } from "../../src/iceberg/table-metadata.ts";
import { applyUpdates } from "../../src/iceberg/table-update.ts";
import type { Context } from "../../src/operations/context.ts";

export async function setProperties(
  { db, catalog, objects }: Context,
  name: string,
  properties: Readonly<Record<string, string>>,
): Promise<void> {
  const { id: tableId, metadata, metadataLocation: from } = await catalog.find(name);
  const updates = [{ action: "set-properties", properties }] as const;
  const next = applyUpdates(metadata, { updates, previousFile: from, now: Date.now() });
  const to = metadataLocation(next, { version: metadataVersion(from) + 1, uuid: uuidv7() });
  await objects.put(to, Buffer.from(formatTableMetadata(next)));
  const step = { tableId, label: name, from, to, snapshotId: metadata.currentSnapshotId };
  await commit(db, { id: uuidv7(), runId: undefined, summary: "another engine", steps: [step], positions: [] });
}
