/**
 * Data files and delete files in Avro as files an engine reads: Parquet with the same columns, field ids and order of rows. Each is
 * made once, from bytes that never change, and kept in a cache for as long as there is room.
 * Invariant: memory is bounded by a row group, whatever the file's size; a file that lost rows is refused, not read in part.
 */
import { createReadStream } from "node:fs";
import { semaphore } from "../base/semaphore.ts";
import { sumOf } from "../base/sum.ts";
import { writeNestedParquet } from "../engine/nested-parquet.ts";
import { HeadgateError } from "../errors.ts";
import { openAvroBlocks, type AvroBlocks } from "../iceberg/avro-blocks.ts";
import type { DataFile } from "../iceberg/data-file.ts";
import { avroColumns } from "./avro-columns.ts";
import type { LakeFiles } from "./deletion-vectors.ts";

/** Each holds a row group in memory. */
const translations = semaphore(2);

/** The path of its translation. Throws DATA_FILE_MISSING, DATA_FILE_CORRUPT; METADATA_INVALID for types and codecs that are not read. */
export function avroAsParquet({ objects, derived }: LakeFiles, file: DataFile): Promise<string> {
  const { filePath, recordCount } = file;
  return derived.path(`${filePath} as parquet`, async (draft) => {
    const path = await objects.localPath(filePath);
    const rows = await translations.run(() => translate(path, draft)).catch(namePlace(filePath));
    if (BigInt(rows) === recordCount) return;
    const message = `a file of ${recordCount} rows holds ${rows}`;
    throw new HeadgateError("DATA_FILE_CORRUPT", { place: filePath, message });
  });
}

/** What is wrong with a file is said where the file is not known. */
function namePlace(place: string): (failure: unknown) => never {
  return (failure) => {
    if (!(failure instanceof HeadgateError) || failure.place !== undefined) throw failure;
    const { code, message, cause } = failure;
    throw new HeadgateError(code, { place, message, cause });
  };
}

const groupRows = 122_880;
const groupBytes = 16 * 1024 * 1024;

/** Returns how many rows there were. */
async function translate(from: string, to: string): Promise<number> {
  const source = createReadStream(from);
  try {
    return await translateBlocks(await openAvroBlocks(source), to);
  } finally {
    source.destroy();
  }
}

async function translateBlocks({ schema, blocks }: AvroBlocks, to: string): Promise<number> {
  const { columns, leaves, readRow } = avroColumns(schema);
  let rows = 0;
  await writeNestedParquet(to, columns, async (writeGroup) => {
    let gathered = 0;
    for await (const { records, input } of blocks) {
      for (let index = 0; index < records; index++) readRow(input);
      gathered += records;
      rows += records;
      if (gathered < groupRows && sumOf(leaves, ({ size }) => size) < groupBytes) continue;
      await writeGroup(gathered);
      gathered = 0;
    }
    if (gathered > 0) await writeGroup(gathered);
  });
  return rows;
}
