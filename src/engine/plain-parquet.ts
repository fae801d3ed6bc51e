/**
 * Writes column buffers as an uncompressed Parquet file in PLAIN encoding: the form in which rows reach DuckDB fastest.
 * Scratch only: one row group, one page a column, no statistics; never a file of the lake.
 * (Apache Parquet format: thrift definition, "Data Pages", "Logical Types".)
 */
import { open } from "node:fs/promises";
import type { ColumnBuffer, Physical, StagedType } from "./column-buffer.ts";
import { thriftWriter, type ThriftWriter } from "./thrift-compact.ts";

export interface StagedColumn {
  readonly name: string;
  readonly buffer: ColumnBuffer;
}

/** Writes the buffers' rows to `path`. All buffers must hold the same number of rows. */
export async function writePlainParquet(path: string, columns: readonly StagedColumn[]): Promise<void> {
  const file = await open(path, "w");
  try {
    const parts = plainParquet(columns);
    let rest = parts;
    while (rest.length > 0) {
      const some = rest.slice(0, 512);
      await file.writev(some as unknown as NodeJS.ArrayBufferView[]);
      rest = rest.slice(512);
    }
  } finally {
    await file.close();
  }
}

interface Chunk {
  readonly column: StagedColumn;
  readonly offset: number;
  readonly size: number;
}

/** The file as pieces in order; the value buffers are not copied. */
export function plainParquet(columns: readonly StagedColumn[]): Uint8Array[] {
  const magic = Buffer.from("PAR1");
  const parts: Uint8Array[] = [magic];
  const chunks: Chunk[] = [];
  let offset = magic.length;
  for (const column of columns) {
    const page = pageOf(column.buffer);
    const size = byteLength(page);
    chunks.push({ column, offset, size });
    parts.push(...page);
    offset += size;
  }
  const footer = footerOf(chunks, columns[0]?.buffer.rows ?? 0);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  parts.push(footer, length, magic);
  return parts;
}

function byteLength(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

const dataPage = 0;
const plain = 0;
const rle = 3;
const uncompressed = 0;

function pageOf(buffer: ColumnBuffer): Uint8Array[] {
  const levels = isOptional(buffer) ? definitionLevels(buffer) : [];
  const { values } = buffer;
  const size = byteLength(levels) + values.length;
  const header = thriftWriter();
  header.i32(1, dataPage);
  header.i32(2, size);
  header.i32(3, size);
  header.struct(5, () => {
    header.i32(1, buffer.rows);
    header.i32(2, plain);
    header.i32(3, rle);
    header.i32(4, rle);
  });
  return [header.finish(), ...levels, values];
}

function isOptional(buffer: ColumnBuffer): boolean {
  return buffer.nulls > 0;
}

/** One bit-packed run of the RLE hybrid, bit width 1, behind its length in four bytes. */
function definitionLevels(buffer: ColumnBuffer): Uint8Array[] {
  const { defined } = buffer;
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
  footer.list(2, "struct", [undefined, ...chunks], (chunk) => (chunk === undefined ? writeRoot(footer, chunks.length) : writeSchema(footer, chunk.column)));
  footer.i64(3, rows);
  footer.list(4, "struct", [chunks], (group) => writeRowGroup(footer, { chunks: group, rows }));
  footer.binary(6, "headgate");
  return footer.finish();
}

function writeRoot(thrift: ThriftWriter, children: number): void {
  thrift.binary(4, "rows");
  thrift.i32(5, children);
}

function writeSchema(thrift: ThriftWriter, { name, buffer }: StagedColumn): void {
  thrift.i32(1, physicalNumbers[buffer.type.physical]);
  if (buffer.type.physical === "fixed16") thrift.i32(2, 16);
  thrift.i32(3, isOptional(buffer) ? 1 : 0);
  thrift.binary(4, name);
  writeLogicalType(thrift, buffer.type);
}

const physicalNumbers: Readonly<Record<Physical, number>> = { int32: 1, int64: 2, float: 4, double: 5, bytes: 6, fixed16: 7 };
const micros = 2;

/** Field 6 is the converted type that older readers know, 10 the logical type. */
function writeLogicalType(thrift: ThriftWriter, { logical }: StagedType): void {
  const union = (field: number, write: () => void = () => {}): void => thrift.struct(10, () => thrift.struct(field, write));
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
  thrift.i64(2, chunks.reduce((sum, { size }) => sum + size, 0));
  thrift.i64(3, rows);
}

function writeColumnMetadata(thrift: ThriftWriter, { column, offset, size }: Chunk): void {
  thrift.i32(1, physicalNumbers[column.buffer.type.physical]);
  thrift.list(2, "i32", [plain, rle], (encoding) => thrift.bareI32(encoding));
  thrift.list(3, "binary", [column.name], (name) => thrift.bareBinary(name));
  thrift.i32(4, uncompressed);
  thrift.i64(5, column.buffer.rows);
  thrift.i64(6, size);
  thrift.i64(7, size);
  thrift.i64(9, offset);
}
