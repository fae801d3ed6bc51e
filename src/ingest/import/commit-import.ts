/** Makes imported rows visible: the table's next metadata, then one catalog transaction with the pointer and the list of files. */
import { uuidv7 } from "../../base/uuid.ts";
import { checkLayout, commitAnew, type CommitAttempt } from "../../catalog/commit-anew.ts";
import { commit } from "../../catalog/commit.ts";
import { fileIO } from "../../catalog/file-io.ts";
import type { CatalogTable } from "../../catalog/catalog.ts";
import { leastVersion } from "../../iceberg/format-version.ts";
import { compressedMetadata, metadataVersion, writeMetadata } from "../../iceberg/metadata-file.ts";
import { newTable } from "../../iceberg/new-table.ts";
import type { Schema } from "../../iceberg/schema.ts";
import { produceSnapshot } from "../../iceberg/snapshot-producer.ts";
import { defaultSpec, type TableMetadata } from "../../iceberg/table-metadata.ts";
import { applyUpdates } from "../../iceberg/table-update.ts";
import { reach } from "../../writer/crash-points.ts";
import { manifestEntry, type StagedFile } from "../../writer/staged-file.ts";
import { endAttempt } from "./import-attempts.ts";
import type { ImportContext } from "./import-context.ts";
import type { CsvOptions } from "./file-relation.ts";
import type { ImportFile } from "./import-file.ts";
import { rememberImport } from "./imported-files.ts";
import type { ImportColumn } from "./write-import.ts";

export interface CommitImport {
  readonly attempt: string;
  readonly tableId: string;
  readonly database: string;
  readonly name: string;
  readonly tableLocation: string;
  /** Undefined: it is made. */
  readonly current: CatalogTable | undefined;
  readonly schema: Schema;
  readonly lastColumnId: number;
  readonly columns: readonly ImportColumn[];
  readonly staged: readonly StagedFile[];
  readonly files: readonly ImportFile[];
  readonly location: string;
  readonly hasHeader: boolean;
  readonly csv: CsvOptions;
}

/** A table that is there: after another writer's commit upon it. Returns the commit's id. Throws COMMIT_CONFLICT, COMMIT_UNKNOWN. */
export async function commitImport(context: ImportContext, request: CommitImport): Promise<string> {
  const { attempt: uuid, current: planned } = request;
  if (planned === undefined) return commitOnce(context, request, { io: fileIO(context.objects), uuid });
  return commitAnew(context.catalog, {
    table: planned,
    uuid,
    attempt: async (attempt) => {
      checkLayout(planned.metadata, attempt.table);
      return commitOnce(context, { ...request, current: attempt.table }, attempt);
    },
  });
}

type Writing = Pick<CommitAttempt, "io" | "uuid">;

async function commitOnce(context: ImportContext, request: CommitImport, { io, uuid }: Writing): Promise<string> {
  const { attempt, tableId, current, tableLocation, database, name } = request;
  const next = await nextMetadata(request, { io, uuid });
  const version = current === undefined ? 0 : metadataVersion(current.metadataLocation) + 1;
  const to = await writeMetadata(io, next, { version, uuid });
  reach("import-written", context.config);
  const id = uuidv7();
  const label = `${database}.${name}`;
  const create =
    current === undefined
      ? { databaseId: await context.catalog.ensureDatabase(database), name, location: tableLocation }
      : undefined;
  await commit(context.db, {
    id,
    runId: undefined,
    summary: `import into ${label}: ${request.files.length} files`,
    steps: [{ tableId, label, from: current?.metadataLocation, to, snapshotId: next.currentSnapshotId, create }],
    positions: [],
    within: async (transaction) => {
      await endAttempt(transaction, attempt);
      await rememberImport(transaction, { ...request, commitId: id });
    },
  });
  reach("import-committed", context.config);
  return id;
}

/** A table is made with a snapshot even when no file has a row, so that there is a first state to ask for. */
async function nextMetadata(request: CommitImport, { io, uuid }: Writing): Promise<TableMetadata> {
  const { staged, location } = request;
  const now = Date.now();
  const base = evolved(request, now);
  const layout = { schema: request.schema, spec: defaultSpec(base), sortOrderId: base.defaultSortOrderId };
  const { updates } = await produceSnapshot(io, base, {
    add: staged.map((file) => manifestEntry(file, layout)),
    remove: new Set(),
    uuid,
    summary: { "headgate.import": location },
    now,
  });
  return applyUpdates(base, { updates, previousFile: undefined, now });
}

function evolved({ current, tableId, tableLocation, schema, lastColumnId }: CommitImport, now: number): TableMetadata {
  if (current === undefined)
    return newTable({
      uuid: tableId,
      location: tableLocation,
      schema,
      formatVersion: leastVersion(schema),
      properties: compressedMetadata,
      now,
    });
  return applyUpdates(current.metadata, {
    updates: [{ action: "set-schema", schema, lastColumnId }],
    previousFile: current.metadataLocation,
    now,
  });
}
