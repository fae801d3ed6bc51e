/**
 * Turns staged batches into data files of the lake, one per partition. Staged values become lake values, and invalid
 * texts are kept in escaped form.
 */
import { wordsOf } from "../base/present-error.ts";
import { HeadgateError } from "../errors.ts";
import { duckdbType, isFloat, quoteName, quoteText } from "./duckdb-type.ts";
import { copyDataFiles, type CopyDataFiles, type FileDraft, type WrittenFile } from "./copy-data-files.ts";
import type { Engine } from "./engine.ts";
import type { PlainParquetFile } from "./plain-parquet.ts";

export interface DataFileColumn {
  readonly name: string;
  readonly fieldId: number;
  /** Iceberg primitive type. */
  readonly type: string;
  /** The staged column's name. */
  readonly stagedName: string;
  /** Whether the staged values are texts. */
  readonly isText: boolean;
  readonly convert?: ((reference: string) => string) | undefined;
}

export interface WrittenBatches<Draft extends FileDraft> {
  readonly files: readonly WrittenFile<Draft>[];
  /** Number of texts that were not UTF-8, by field id. They are kept with the invalid bytes escaped as `\xHH`. */
  readonly repairedTexts: ReadonlyMap<number, number>;
}

interface WriteDataFiles<Draft extends FileDraft> extends Pick<
  CopyDataFiles<Draft>,
  "engine" | "layout" | "scratchDirectory" | "newFile"
> {
  readonly staged: readonly PlainParquetFile[];
  readonly columns: readonly DataFileColumn[];
}

/** Throws DISK_FULL, SQL_FAILED when a value does not fit its type, ENGINE_LOST. */
export async function writeDataFiles<Draft extends FileDraft>(
  request: WriteDataFiles<Draft>,
): Promise<WrittenBatches<Draft>> {
  try {
    return await copyWithRoom(request, { textsAsBytes: false });
  } catch (failure) {
    if (!isInvalidText(failure)) throw failure;
    for (const file of request.staged) await file.relabelTexts();
    return copyWithRoom(request, { textsAsBytes: true });
  }
}

/** Approximate number of copies of its largest batch that the engine makes while writing. */
const copiesOfBatch = 12;

/**
 * A value of many megabytes needs more memory than is reserved for ordinary rows, so the memory is raised to suit its
 * size.
 */
async function copyWithRoom<Draft extends FileDraft>(
  request: WriteDataFiles<Draft>,
  reading: { textsAsBytes: boolean },
): Promise<WrittenBatches<Draft>> {
  try {
    return await copy(request, reading);
  } catch (failure) {
    if (!(failure instanceof HeadgateError) || failure.code !== "SQL_OUT_OF_MEMORY") throw failure;
    const { engine, staged } = request;
    const largest = Math.max(...staged.map(({ bytes }) => bytes));
    await engine.allowMemory(engine.memoryMb + Math.ceil((largest * copiesOfBatch) / 1_000_000));
    return copy(request, reading);
  }
}

function isInvalidText(failure: unknown): boolean {
  return failure instanceof HeadgateError && /invalid (string encoding|unicode|UTF)/i.test(wordsOf(failure));
}

async function copy<Draft extends FileDraft>(
  { staged, columns, ...request }: WriteDataFiles<Draft>,
  { textsAsBytes }: { textsAsBytes: boolean },
): Promise<WrittenBatches<Draft>> {
  const relation = `read_parquet([${staged.map((file) => quoteText(file.path)).join(", ")}])`;
  const files = await copyDataFiles({
    ...request,
    columns: columns.map((column) => ({
      name: column.name,
      fieldId: column.fieldId,
      expression: expression(column, textsAsBytes),
      isFloat: isFloat(column.type),
    })),
    relation,
    groupRows: rowGroupSize(staged),
  });
  const { engine } = request;
  return { files, repairedTexts: textsAsBytes ? await countRepaired(engine, { relation, columns }) : new Map() };
}

function expression({ stagedName, type, isText, convert }: DataFileColumn, textsAsBytes: boolean): string {
  const reference = isText && textsAsBytes ? repaired(quoteName(stagedName)) : quoteName(stagedName);
  return `cast(${convert?.(reference) ?? reference} as ${duckdbType(type)})`;
}

function repaired(reference: string): string {
  return `coalesce(try(decode(${reference})), ${reference}::varchar)`;
}

async function countRepaired(
  engine: Engine,
  { relation, columns }: { relation: string; columns: readonly DataFileColumn[] },
): Promise<Map<number, number>> {
  const texts = columns.filter(({ isText }) => isText);
  const counts = texts.map(
    ({ stagedName }) =>
      `count(*) filter (where ${quoteName(stagedName)} is not null and try(decode(${quoteName(stagedName)})) is null)`,
  );
  const { rows } = await engine.run(`select ${counts.join(", ")} from ${relation}`);
  return new Map(
    texts
      .map(({ fieldId }, index): [number, number] => [fieldId, Number(rows[0]?.[index])])
      .filter(([, count]) => count > 0),
  );
}

/** One thread holds a row group in memory, so it gets as many rows as the largest batch, which was limited in bytes. */
function rowGroupSize(staged: readonly PlainParquetFile[]): number {
  const rows = Math.max(...staged.map((file) => file.rows));
  return Math.max(2048, Math.ceil(rows / 2048) * 2048);
}
