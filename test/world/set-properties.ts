/** Sets properties of a table, as another engine might. */
import { uuidv7 } from "../../src/base/uuid.ts";
import { commit } from "../../src/catalog/commit.ts";
import { fileIO } from "../../src/catalog/file-io.ts";
import { metadataVersion, writeMetadata } from "../../src/iceberg/metadata-file.ts";
import { applyUpdates } from "../../src/iceberg/table-update.ts";
import type { Context } from "../../src/operations/context.ts";

export async function setProperties(
  { db, catalog, objects }: Context,
  name: string,
  properties: Readonly<Record<string, string>>,
): Promise<void> {
  const { id: tableId, metadata, metadataLocation: from } = await catalog.find(name);
  const updates = [{ action: "set-properties", updates: properties }] as const;
  const next = applyUpdates(metadata, { updates, previousFile: from, now: Date.now() });
  const to = await writeMetadata(fileIO(objects), next, { version: metadataVersion(from) + 1, uuid: uuidv7() });
  const step = { tableId, label: name, from, to, snapshotId: metadata.currentSnapshotId };
  await commit({ db }, { id: uuidv7(), runId: undefined, summary: "another engine", steps: [step], positions: [] });
}
