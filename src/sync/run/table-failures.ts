/**
 * Which tables of a source failed last, and why: for status, metrics and alerts, and for schedules to retry. A table's
 * entry is removed when the table is brought to a cut or is no longer in the source.
 */
import { sql, type Kysely } from "kysely";
import type { PresentedError } from "../../base/present-error.ts";
import { formatJson } from "../../base/json.ts";
import { withoutRowValues } from "../../base/row-values.ts";
import type { Tables } from "../../db/tables.ts";
import { inTransaction } from "../../db/transaction.ts";
import type { TableName } from "../source.ts";

export interface FailingTable {
  readonly sourceId: string;
  readonly name: TableName;
  readonly error: PresentedError;
  readonly since: Date;
}

interface RunFailures {
  readonly sourceId: string;
  readonly run: string;
  readonly failed: readonly { readonly name: TableName; readonly error: PresentedError }[];
  /** Tables that the run tried. */
  readonly chosen: readonly { readonly name: TableName }[];
  /** Everything that the source has. */
  readonly discovered: readonly { readonly name: TableName }[];
}

export async function noteFailures(db: Kysely<Tables>, run: RunFailures): Promise<void> {
  const known = await failingTables(db, run.sourceId);
  const isOver = ({ name }: FailingTable): boolean =>
    !hasName(run.failed, name) && (hasName(run.chosen, name) || !hasName(run.discovered, name));
  const over = known.filter(isOver);
  if (over.length + run.failed.length === 0) return;
  await inTransaction(db, async (transaction) => {
    for (const { name } of over)
      await transaction
        .deleteFrom("table_failures")
        .where("source_id", "=", run.sourceId)
        .where("source_schema", "=", name.schema)
        .where("source_name", "=", name.name)
        .execute();
    for (const { name, error } of run.failed)
      await transaction
        .insertInto("table_failures")
        .values({
          source_id: run.sourceId,
          source_schema: name.schema,
          source_name: name.name,
          run_id: run.run,
          error: formatJson(withoutRowValues(error)),
        })
        .onConflict((conflict) =>
          conflict
            .columns(["source_id", "source_schema", "source_name"])
            .doUpdateSet({ run_id: sql`excluded.run_id`, error: sql`excluded.error` }),
        )
        .execute();
  });
}

function hasName(objects: readonly { readonly name: TableName }[], { schema, name }: TableName): boolean {
  return objects.some((other) => other.name.schema === schema && other.name.name === name);
}

/** The failing tables of one source, or of all. */
export async function failingTables(db: Kysely<Tables>, sourceId?: string): Promise<readonly FailingTable[]> {
  const rows = await db
    .selectFrom("table_failures")
    .selectAll()
    .$if(sourceId !== undefined, (query) => query.where("source_id", "=", sourceId ?? ""))
    .orderBy("source_schema")
    .orderBy("source_name")
    .execute();
  return rows.map((row) => ({
    sourceId: row.source_id,
    name: { schema: row.source_schema, name: row.source_name },
    error: row.error,
    since: row.since,
  }));
}
