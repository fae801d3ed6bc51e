/**
 * Files in the lake that no table reaches from any of its snapshots or earlier states; a crash must not leave them for
 * good.
 */
import { fileIO } from "../../src/catalog/file-io.ts";
import type { CatalogTable } from "../../src/catalog/catalog.ts";
import { liveEntries, readManifests } from "../../src/iceberg/snapshot-manifests.ts";
import type { Context } from "../../src/operations/context.ts";
import { lakeFiles } from "./lake.ts";

export async function orphans(context: Context): Promise<readonly string[]> {
  const { catalog, objects, db } = context;
  const states = await db
    .selectFrom("table_commits")
    .select("metadata_location")
    .where("expired", "=", false)
    .execute();
  const reachable = new Set(states.map(({ metadata_location: location }) => location));
  for (const entry of await catalog.entries())
    for (const location of await filesOf(await catalog.load(entry))) reachable.add(location);
  return (await lakeFiles(context)).filter((file) => !reachable.has(file));

  async function filesOf({ metadata, metadataLocation }: CatalogTable): Promise<readonly string[]> {
    const io = fileIO(objects);
    const found = [metadataLocation, ...metadata.metadataLog.map(({ metadataFile }) => metadataFile)];
    for (const snapshot of metadata.snapshots) {
      const manifests = await readManifests(io, snapshot);
      found.push(snapshot.manifestList ?? "", ...manifests.map(({ manifestPath }) => manifestPath));
      for (const manifest of manifests)
        found.push(...(await liveEntries(io, metadata, manifest)).map(({ dataFile }) => dataFile.filePath));
    }
    return found;
  }
}
