/**
 * The table of the canaries: a few rows, in two states, with a text in each row that is nowhere else, so that it is
 * noticed wherever it shows.
 */
import { randomBytes } from "node:crypto";
import { uuidv7 } from "../../base/uuid.ts";
import { commit } from "../../catalog/commit.ts";
import { fileIO } from "../../catalog/file-io.ts";
import { copyDataFiles, publishAll } from "../../engine/copy-data-files.ts";
import { quoteText } from "../../engine/duckdb-type.ts";
import { compressedMetadata } from "../../iceberg/metadata-file.ts";
import { newTable } from "../../iceberg/new-table.ts";
import type { Schema } from "../../iceberg/schema.ts";
import { stagedFile, type StagedFile } from "../../writer/staged-file.ts";
import { tableLayout, usualLayout } from "../../writer/table-layout.ts";
import { writeTable, type TableWrite } from "../../writer/write-table.ts";
import type { Context } from "../context.ts";
import type { CanaryAccount } from "./canary-account.ts";

export type CanaryRow = readonly [id: number, country: string, amount: number, secret: string];

export interface CanaryTable {
  /** As it is named in its account. */
  readonly name: string;
  readonly rows: readonly CanaryRow[];
}

export const canaryColumns = ["id", "country", "amount", "secret"] as const;

const table = "readings";

const schema: Schema = {
  schemaId: 0,
  identifierFieldIds: [],
  fields: [
    { id: 1, name: "id", required: false, type: "int" },
    { id: 2, name: "country", required: false, type: "string" },
    { id: 3, name: "amount", required: false, type: "int" },
    { id: 4, name: "secret", required: false, type: "string" },
  ],
};

export async function addCanaryTable(
  context: Context,
  { id: accountId, name: account }: CanaryAccount,
): Promise<CanaryTable> {
  const rows = [1, 2, 3, 4, 5, 6].map((id): CanaryRow => {
    const secret = `canary${randomBytes(9).toString("hex")}`;
    return [id, id % 2 === 0 ? "FR" : "DE", id * 10, secret];
  });
  const catalog = context.catalog.actingIn(accountId);
  const tableId = uuidv7();
  const location = `${context.config.lakeLocation}/${tableId}`;
  const database = account.replaceAll("-", "_");
  const databaseId = await catalog.ensureDatabase(database);
  const metadata = newTable({ uuid: tableId, location, schema, properties: compressedMetadata, now: Date.now() });
  const name = `${database}.${table}`;
  const create = { databaseId, name: table, location };
  await addRows(context, { table: { metadata, label: name, create }, location, rows: rows.slice(0, 3) });
  const current = await catalog.find(name);
  await addRows(context, { table: { current, updates: [] }, location, rows: rows.slice(3) });
  return { name, rows };
}

interface AddedRows {
  readonly table: TableWrite["table"];
  readonly location: string;
  readonly rows: readonly CanaryRow[];
}

async function addRows(context: Context, { table: written, location, rows }: AddedRows): Promise<void> {
  const add = await writeRows(context, { location, rows });
  const uuid = uuidv7();
  const change = { add, remove: new Set<string>() };
  const step = await writeTable({ table: written, rows: change }, { io: fileIO(context.objects), uuid });
  const summary = "canaries of an examination";
  await commit(context.catalog, { id: uuid, runId: undefined, summary, steps: [step], positions: [] });
}

async function writeRows(
  context: Context,
  { location, rows }: Pick<AddedRows, "location" | "rows">,
): Promise<readonly StagedFile[]> {
  const values = rows.map(
    ([id, country, amount, secret]) => `(${id}, ${quoteText(country)}, ${amount}, ${quoteText(secret)})`,
  );
  const files = await copyDataFiles({
    engine: await context.loadEngine(),
    columns: schema.fields.map(({ id: fieldId, name }) => ({ name, fieldId, expression: `"${name}"` })),
    relation: `(values ${values.join(", ")}) as canaries(${canaryColumns.join(", ")})`,
    layout: tableLayout(usualLayout, { schema, metadata: undefined }).files,
    scratchDirectory: context.config.scratchDirectory,
    groupRows: rows.length,
    newFile: async () => {
      const path = `${location}/data/${uuidv7()}.parquet`;
      return { ...(await context.objects.draft(path)), location: path };
    },
  });
  await publishAll(files);
  return files.map(stagedFile);
}
