/**
 * Writes column buffers as an uncompressed Parquet file in PLAIN encoding, from which DuckDB reads rows fastest.
 * For scratch files only, never for files of the lake: one row group, one page per column, no statistics.
 * (Apache Parquet format: thrift definition, "Data Pages", "Logical Types".)
 */
import { open, type FileHandle } from "node:fs/promises";
import type { ColumnBatch, Physical, StagedType } from "./column-buffer.ts";
import { thriftWriter, type ThriftWriter } from "./thrift-compact.ts";

export interface StagedColumn {
  readonly name: string;
  readonly batch: ColumnBatch;
}

export interface PlainParquetFile {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  /** Rewrites the footer so that texts are read as bytes, after values turned out not to be UTF-8. */
  relabelTexts(): Promise<void>;
}

/** Writes the rows to `path`. All columns must have the same number of rows. The batches are not needed afterwards. */
export async function writePlainParquet(path: string, columns: readonly StagedColumn[]): Promise<PlainParquetFile> {
  const { parts, chunks, rows } = plainParquetBody(columns);
  const bodyBytes = byteLength(parts);
  const file = await open(path, "w");
  try {
    await writeParts(file, [...parts, ...footerParts(chunks, rows)]).catch(nameFile(path));
  } finally {
    await file.close();
  }
  return {
    path,
    rows,
    bytes: bodyBytes,
    relabelTexts: () => replaceFooter({ path, bodyBytes, parts: footerParts(chunks.map(withoutText), rows) }),
  };
}

/** Adds the path to an error, because the system's errors about open files do not name them. */
export function nameFile(path: string): (failure: Error) => never {
  return (failure) => {
    throw Object.assign(failure, { path });
  };
}

/** The system accepts only a limited number of pieces in one call. */
const piecesAtOnce = 512;

async function writeParts(file: FileHandle, parts: readonly Uint8Array[]): Promise<void> {
  for (let start = 0; start < parts.length; start += piecesAtOnce) {
    const pieces = parts.slice(start, start + piecesAtOnce);
    const { bytesWritten } = await file.writev(pieces);
    if (bytesWritten < byteLength(pieces)) await file.writeFile(Buffer.concat(pieces).subarray(bytesWritten));
  }
}

async function replaceFooter({
  path,
  bodyBytes,
  parts,
}: {
  path: string;
  bodyBytes: number;
  parts: readonly Uint8Array[];
}): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.truncate(bodyBytes);
    await file.write(Buffer.concat(parts), 0, undefined, bodyBytes);
  } finally {
    await file.close();
  }
}

/** A column's place in the file. */
interface Chunk {
  readonly name: string;
  readonly type: StagedType;
  readonly isOptional: boolean;
  readonly rows: number;
  readonly offset: number;
  readonly size: number;
}

const magic = Buffer.from("PAR1");

function plainParquetBody(columns: readonly StagedColumn[]): { parts: Uint8Array[]; chunks: Chunk[]; rows: number } {
  const parts: Uint8Array[] = [magic];
  const chunks: Chunk[] = [];
  let offset = magic.length;
  for (const { name, batch } of columns) {
    const page = pageOf(batch);
    const size = byteLength(page);
    chunks.push({ name, type: batch.type, isOptional: isOptional(batch), rows: batch.rows, offset, size });
    parts.push(...page);
    offset += size;
  }
  return { parts, chunks, rows: columns[0]?.batch.rows ?? 0 };
}

function footerParts(chunks: readonly Chunk[], rows: number): Uint8Array[] {
  const footer = footerOf(chunks, rows);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return [footer, length, magic];
}

function withoutText(chunk: Chunk): Chunk {
  return chunk.type.logical?.kind === "utf8" ? { ...chunk, type: { physical: "bytes" } } : chunk;
}

function byteLength(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

const dataPage = 0;
const plain = 0;
const rle = 3;
const uncompressed = 0;

function pageOf(batch: ColumnBatch): Uint8Array[] {
  const levels = isOptional(batch) ? definitionLevels(batch) : [];
  const { values } = batch;
  const size = byteLength(levels) + values.length;
  const header = thriftWriter();
  header.i32(1, dataPage);
  header.i32(2, size);
  header.i32(3, size);
  header.struct(5, () => {
    header.i32(1, batch.rows);
    header.i32(2, plain);
    header.i32(3, rle);
    header.i32(4, rle);
  });
  return [header.finish(), ...levels, values];
}

function isOptional(batch: ColumnBatch): boolean {
  return batch.nulls > 0;
}

/** One bit-packed run of the RLE hybrid with bit width 1, preceded by its length in four bytes. */
function definitionLevels({ defined }: ColumnBatch): Uint8Array[] {
  const run = varint((defined.length << 1) | 1);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(run.length + defined.length);
  return [length, run, defined];
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function footerOf(chunks: readonly Chunk[], rows: number): Uint8Array {
  const footer = thriftWriter();
  footer.i32(1, 1);
  footer.list(2, "struct", [undefined, ...chunks], (chunk) =>
    chunk === undefined ? writeRoot(footer, chunks.length) : writeSchema(footer, chunk),
  );
  footer.i64(3, rows);
  footer.list(4, "struct", [chunks], (group) => writeRowGroup(footer, { chunks: group, rows }));
  footer.binary(6, "headgate");
  return footer.finish();
}

function writeRoot(thrift: ThriftWriter, children: number): void {
  thrift.binary(4, "rows");
  thrift.i32(5, children);
}

function writeSchema(thrift: ThriftWriter, { name, type, isOptional: optional }: Chunk): void {
  thrift.i32(1, physicalNumbers[type.physical]);
  if (type.physical === "fixed16") thrift.i32(2, 16);
  thrift.i32(3, optional ? 1 : 0);
  thrift.binary(4, name);
  writeLogicalType(thrift, type);
}

export const physicalNumbers: Readonly<Record<Physical, number>> = {
  int32: 1,
  int64: 2,
  float: 4,
  double: 5,
  bytes: 6,
  fixed16: 7,
};
const micros = 2;

/** Field 6 is the converted type, for older readers; field 10 is the logical type. */
export function writeLogicalType(thrift: ThriftWriter, { logical }: StagedType): void {
  const union = (field: number, write: () => void = () => {}): void =>
    thrift.struct(10, () => thrift.struct(field, write));
  const timeUnit = (isUtc: boolean) => (): void => {
    thrift.bool(1, isUtc);
    thrift.struct(2, () => thrift.struct(micros, () => {}));
  };
  switch (logical?.kind) {
    case undefined:
      return;
    case "utf8":
      thrift.i32(6, 0);
      return union(1);
    case "decimal":
      thrift.i32(6, 5);
      thrift.i32(7, logical.scale);
      thrift.i32(8, logical.precision);
      return union(5, () => {
        thrift.i32(1, logical.scale);
        thrift.i32(2, logical.precision);
      });
    case "date":
      thrift.i32(6, 6);
      return union(6);
    case "time":
      thrift.i32(6, 8);
      return union(7, timeUnit(false));
    case "timestamp":
      if (logical.utc) thrift.i32(6, 10);
      return union(8, timeUnit(logical.utc));
    case "uuid":
      return union(14);
  }
}

function writeRowGroup(thrift: ThriftWriter, { chunks, rows }: { chunks: readonly Chunk[]; rows: number }): void {
  thrift.list(1, "struct", chunks, (chunk) => {
    thrift.i64(2, chunk.offset);
    thrift.struct(3, () => writeColumnMetadata(thrift, chunk));
  });
  thrift.i64(
    2,
    chunks.reduce((sum, { size }) => sum + size, 0),
  );
  thrift.i64(3, rows);
}

function writeColumnMetadata(thrift: ThriftWriter, { name, type, rows, offset, size }: Chunk): void {
  thrift.i32(1, physicalNumbers[type.physical]);
  thrift.list(2, "i32", [plain, rle], (encoding) => thrift.bareI32(encoding));
  thrift.list(3, "binary", [name], (part) => thrift.bareBinary(part));
  thrift.i32(4, uncompressed);
  thrift.i64(5, rows);
  thrift.i64(6, size);
  thrift.i64(7, size);
  thrift.i64(9, offset);
}
