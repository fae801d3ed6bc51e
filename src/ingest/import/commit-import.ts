/**
 * Makes imported rows visible: writes the table's next metadata, then makes one catalog transaction with the pointer
 * and the list of files.
 */
import { tableLabel } from "../../catalog/table-name.ts";
import { uuidv7 } from "../../base/uuid.ts";
import { checkLayout, commitAnew } from "../../catalog/commit-anew.ts";
import { commit } from "../../catalog/commit.ts";
import { fileIO } from "../../catalog/file-io.ts";
import type { CatalogTable } from "../../catalog/catalog.ts";
import { leastVersion } from "../../iceberg/format-version.ts";
import { compressedMetadata } from "../../iceberg/metadata-file.ts";
import { newTable } from "../../iceberg/new-table.ts";
import type { Schema } from "../../iceberg/schema.ts";
import { schemaUpdates } from "../../iceberg/table-update.ts";
import { reach } from "../../writer/crash-points.ts";
import type { StagedFile } from "../../writer/staged-file.ts";
import { writeTable, type TableWrite, type Writing } from "../../writer/write-table.ts";
import { endAttempt } from "./import-attempts.ts";
import type { ImportContext } from "./import-context.ts";
import type { CsvOptions } from "./file-relation.ts";
import type { ImportFile } from "./import-file.ts";
import { rememberImport } from "./imported-files.ts";
import type { ImportColumn } from "./import-column.ts";

export interface CommitImport {
  /** The run that makes the commit. */
  readonly run: string;
  readonly tableId: string;
  readonly database: string;
  readonly name: string;
  readonly tableLocation: string;
  /** Undefined when the table has to be created. */
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

/**
 * For an existing table, starts again from the new state when another writer commits first. Returns the commit's id.
 * Throws COMMIT_CONFLICT, COMMIT_UNKNOWN.
 */
export async function commitImport(context: ImportContext, request: CommitImport): Promise<string> {
  const { run: uuid, current: planned } = request;
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

async function commitOnce(context: ImportContext, request: CommitImport, writing: Writing): Promise<string> {
  const { run, staged } = request;
  const rows = { add: staged, remove: new Set<string>(), summary: { "headgate.import": request.location } };
  // A new table gets a snapshot even when no file has a row, so that its first state can be queried.
  const step = await writeTable({ table: await tableOf(context, request), rows }, writing);
  reach("import-written", context.config);
  const id = uuidv7();
  await commit(context.catalog, {
    id,
    runId: run,
    summary: `import into ${tableLabel(request)}: ${request.files.length} files`,
    steps: [step],
    positions: [],
    within: async (transaction) => {
      await endAttempt(transaction, run);
      await rememberImport(transaction, { ...request, commitId: id });
    },
  });
  reach("import-committed", context.config);
  return id;
}

async function tableOf(context: ImportContext, request: CommitImport): Promise<TableWrite["table"]> {
  const { current, tableId, tableLocation: location, database, name, schema, lastColumnId } = request;
  if (current !== undefined) return { current, updates: schemaUpdates(schema, lastColumnId) };
  const databaseId = await context.catalog.ensureDatabase(database);
  return {
    metadata: newTable({
      uuid: tableId,
      location,
      schema,
      formatVersion: leastVersion(schema),
      properties: compressedMetadata,
      now: Date.now(),
    }),
    label: tableLabel(request),
    create: { databaseId, name, location },
  };
}
