/** Parts of columns are found in older files even when the schemas that those were written with have been removed. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Engine } from "../engine/engine.ts";
import { openEngine } from "../engine/open-engine.ts";
import { readDataFilesSql } from "../engine/read-data-files.ts";
import { newTable } from "../iceberg/new-table.ts";
import { currentSchema } from "../iceberg/table-metadata.ts";
import { applyUpdates, schemaUpdates } from "../iceberg/table-update.ts";
import type { NestedField } from "../iceberg/type.ts";
import { readColumn } from "./read-column.ts";
import { shapedFiles } from "./shaped-files.ts";

let directory: string;
let engine: Engine;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headgate-shaped-"));
  engine = await openEngine({ memoryMb: 192, threads: 2, scratchDirectory: directory });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

function column(...parts: readonly (readonly [number, string])[]): NestedField {
  const fields = parts.map(([id, name]) => ({ id, name, required: false, type: "int" }));
  return { id: 1, name: "v", required: false, type: { type: "struct", fields } };
}

test("one renamed, one whose name another has now, one that went", async () => {
  const path = join(directory, "old.parquet");
  const ids = "{v: {__duckdb_field_id: 1, was: 2, same: 3, gone: 4}}";
  await engine.run(`copy (select {was: 20, same: 30, gone: 40} as v) to '${path}' (format parquet, field_ids ${ids})`);
  const schema = { schemaId: 0, identifierFieldIds: [], fields: [column([2, "was"], [3, "same"], [4, "gone"])] };
  const now = 1;
  const metadata = applyUpdates(newTable({ uuid: "u", location: "memory://t", schema, now }), {
    updates: [
      ...schemaUpdates({ ...schema, fields: [column([2, "now"], [5, "same"])] }),
      { action: "remove-schemas", schemaIds: [0] },
    ],
    previousFile: undefined,
    now,
  });
  const files = await shapedFiles(engine, { metadata, files: [{ path, location: path, deletes: [] }] });
  const columns = currentSchema(metadata).fields.map(readColumn);
  const { rows } = await engine.run(`select to_json(v)::varchar from (${readDataFilesSql({ files, columns })})`);
  expect(rows).toEqual([['{"now":20,"same":null}']]);
});
