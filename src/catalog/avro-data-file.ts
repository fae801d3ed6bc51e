/**
 * Translates data files and delete files from Avro to Parquet, which the engine reads, with the same columns, field ids
 * and row order. Each is translated once, because its bytes never change, and is kept in a cache while there is room.
 * Invariant: memory is limited by the size of a row group, not of the file. A file that has lost rows is refused and
 * not read in part.
 */
import type { ReadStream } from "node:fs";
import { semaphore } from "../base/semaphore.ts";
import { sumOf } from "../base/sum.ts";
import { writeNestedParquet } from "../engine/nested-parquet.ts";
import { HeadgateError } from "../errors.ts";
import { openAvroBlocks, type AvroBlocks } from "../iceberg/avro-blocks.ts";
import type { DataFile } from "../iceberg/data-file.ts";
import { avroColumns } from "./avro-columns.ts";
import type { LakeFiles } from "./deletion-vectors.ts";

/** Limits how many row groups are in memory. */
const translations = semaphore(2);

/**
 * Returns the path of the translation. Throws DATA_FILE_MISSING, DATA_FILE_CORRUPT, and METADATA_INVALID for
 * unsupported types and codecs.
 */
export function avroAsParquet({ objects, derived }: LakeFiles, file: DataFile): Promise<string> {
  const { filePath, recordCount } = file;
  return derived.path(`${filePath} as parquet`, async (draft) => {
    const source = (await objects.open(filePath)).createReadStream();
    const rows = await translations.run(() => translate(source, draft)).catch(namePlace(filePath));
    if (BigInt(rows) === recordCount) return;
    const message = `the file has ${rows} rows, but the table's metadata says ${recordCount}`;
    throw new HeadgateError("DATA_FILE_CORRUPT", { place: filePath, message });
  });
}

/** Adds the file to errors that were thrown where the file is not known. */
function namePlace(place: string): (failure: unknown) => never {
  return (failure) => {
    if (!(failure instanceof HeadgateError) || failure.place !== undefined) throw failure;
    const { code, message, cause } = failure;
    throw new HeadgateError(code, { place, message, cause });
  };
}

const groupRows = 122_880;
const groupBytes = 16 * 1024 * 1024;

/** Returns the number of rows. */
async function translate(source: ReadStream, to: string): Promise<number> {
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
