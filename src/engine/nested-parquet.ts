/**
 * Writes rows with nested columns as Parquet, row group by row group. It turns files of other formats into files that
 * the engine can read, with their field ids and row order. These are not files of the lake: PLAIN encoding, one page
 * per column and row group, no statistics.
 * (Apache Parquet format: thrift definition, "Nested Encoding", "Nested Types", "Data Pages".)
 */
import { open } from "node:fs/promises";
import { promisify } from "node:util";
import { constants, zstdCompress } from "node:zlib";
import { sumOf } from "../base/sum.ts";
import { ColumnBuffer, type StagedType } from "./column-buffer.ts";
import { nameFile, physicalNumbers, writeLogicalType } from "./plain-parquet.ts";
import { thriftWriter, type ThriftWriter } from "./thrift-compact.ts";

export type Repetition = "required" | "optional" | "repeated";

/** A column or a part of one: a leaf with values, or a group of parts. */
export interface ParquetElement {
  readonly name: string;
  readonly fieldId?: number | undefined;
  readonly repetition: Repetition;
  readonly leaf?: ParquetLeaf | undefined;
  readonly group?: "struct" | "list" | "map" | undefined;
  readonly parts: readonly ParquetElement[];
}

export interface LeafType extends StagedType {
  /** Values are appended as 0 and 1. */
  readonly isBoolean?: boolean | undefined;
  /** Nanoseconds since 1970-01-01T00:00:00, used instead of `logical`; `utc` marks an instant. */
  readonly nanoseconds?: { readonly utc: boolean } | undefined;
}

/** How many levels of a leaf's path may be absent or repeated. */
export interface LeafDepth {
  /** The definition level of a value. */
  readonly definition: number;
  /** The repetition level of the innermost list. */
  readonly repetition: number;
}

/** The values of one leaf, gathered for a row group. */
export class ParquetLeaf {
  readonly type: LeafType;
  readonly depth: LeafDepth;
  /** The buffer to append the value itself to, after calling `present`. */
  readonly values: ColumnBuffer;
  #definitions: Uint8Array = new Uint8Array(1024);
  #repetitions: Uint8Array = new Uint8Array(1024);
  #levels = 0;

  constructor(type: LeafType, depth: LeafDepth) {
    this.type = type;
    this.depth = depth;
    this.values = new ColumnBuffer(type);
  }

  present(repetition: number): void {
    this.absent(repetition, this.depth.definition);
  }

  /** `definition` is the number of levels of the path that are present. */
  absent(repetition: number, definition: number): void {
    if (this.#levels === this.#definitions.length) this.#grow();
    this.#definitions[this.#levels] = definition;
    this.#repetitions[this.#levels++] = repetition;
  }

  /** Number of bytes held. */
  get size(): number {
    return this.values.size + 2 * this.#levels;
  }

  /** The contents of a data page, and its number of values including absent ones. Valid until the next append. */
  page(): { readonly parts: readonly Uint8Array[]; readonly levels: number } {
    const { definition, repetition } = this.depth;
    const values = this.type.isBoolean === true ? bitsOf(this.values.values) : this.values.values;
    return {
      parts: [
        ...encodedLevels(this.#repetitions.subarray(0, this.#levels), repetition),
        ...encodedLevels(this.#definitions.subarray(0, this.#levels), definition),
        values,
      ],
      levels: this.#levels,
    };
  }

  clear(): void {
    this.values.clear();
    this.#levels = 0;
  }

  #grow(): void {
    const [definitions, repetitions] = [this.#definitions, this.#repetitions];
    this.#definitions = new Uint8Array(definitions.length * 2);
    this.#repetitions = new Uint8Array(definitions.length * 2);
    this.#definitions.set(definitions);
    this.#repetitions.set(repetitions);
  }
}

/** Packs 32-bit integers 0 and 1 into one bit each, least significant first. */
function bitsOf(values: Buffer): Uint8Array {
  const bits = new Uint8Array((values.length / 4 + 7) >>> 3);
  for (let index = 0; index < values.length / 4; index++)
    bits[index >>> 3] = (bits[index >>> 3] ?? 0) | ((values[index * 4] ?? 0) << (index & 7));
  return bits;
}

/**
 * Encodes levels as an RLE hybrid preceded by its length: one run if all levels are equal, otherwise one bit-packed
 * run. Nothing if there are no levels.
 */
function encodedLevels(levels: Uint8Array, most: number): readonly Uint8Array[] {
  if (most === 0) return [];
  const [first = 0] = levels;
  const same = levels.every((level) => level === first);
  const run = same ? Buffer.from([...varint(levels.length << 1), first]) : packed(levels, 32 - Math.clz32(most));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(run.length);
  return [length, run];
}

/** Packs levels in groups of eight, with `width` bits each. */
function packed(levels: Uint8Array, width: number): Buffer {
  const groups = Math.ceil(levels.length / 8);
  const header = varint((groups << 1) | 1);
  const run = Buffer.alloc(header.length + groups * width);
  run.set(header);
  let bit = header.length * 8;
  for (const level of levels)
    for (let index = 0; index < width; index++, bit++)
      run[bit >>> 3] = (run[bit >>> 3] ?? 0) | (((level >>> index) & 1) << (bit & 7));
  return run;
}

function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return bytes;
}

/** `work` appends rows to the leaves and writes them group by group. The file is closed when it returns or throws. */
export async function writeNestedParquet(
  path: string,
  columns: readonly ParquetElement[],
  work: (writeGroup: (rows: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  const file = await open(path, "w", ownerOnly);
  const write: Write = async (parts) => {
    const bytes = Buffer.concat(parts);
    await file.writeFile(bytes).catch(nameFile(path));
    return bytes.length;
  };
  try {
    const groups: RowGroup[] = [];
    const leaves = leavesOf(columns);
    let offset = await write([magic]);
    await work(async (rows) => {
      const group = await writeGroup(write, { offset, rows, leaves });
      offset += group.bytes;
      groups.push(group);
    });
    await write(footerParts(columns, groups));
  } finally {
    await file.close();
  }
}

const ownerOnly = 0o600;
const magic = Buffer.from("PAR1");

/** Returns the number of bytes written. */
type Write = (parts: readonly Uint8Array[]) => Promise<number>;

interface Leaf {
  readonly path: readonly string[];
  readonly leaf: ParquetLeaf;
}

/** Depth first, in the order of the schema. */
function leavesOf(elements: readonly ParquetElement[], above: readonly string[] = []): readonly Leaf[] {
  return elements.flatMap(({ name, leaf, parts }) =>
    leaf === undefined ? leavesOf(parts, [...above, name]) : [{ path: [...above, name], leaf }],
  );
}

interface Chunk extends Leaf {
  readonly offset: number;
  readonly levels: number;
  /** Includes the page's header. */
  readonly bytes: number;
  readonly plainBytes: number;
}

interface RowGroup {
  readonly rows: number;
  readonly bytes: number;
  readonly chunks: readonly Chunk[];
}

async function writeGroup(
  write: Write,
  { offset, rows, leaves }: { offset: number; rows: number; leaves: readonly Leaf[] },
): Promise<RowGroup> {
  const chunks: Chunk[] = [];
  let bytes = 0;
  for (const { path, leaf } of leaves) {
    const { parts, levels } = leaf.page();
    const plain = Buffer.concat(parts);
    const compressed = await compress(plain, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
    const header = pageHeader({ levels, plain: plain.length, compressed: compressed.length });
    const written = await write([header, compressed]);
    chunks.push({
      path,
      leaf,
      offset: offset + bytes,
      levels,
      bytes: written,
      plainBytes: header.length + plain.length,
    });
    bytes += written;
    leaf.clear();
  }
  return { rows, bytes, chunks };
}

const compress = promisify(zstdCompress);

const dataPage = 0;
const plainEncoding = 0;
const rleEncoding = 3;
const zstd = 6;

function pageHeader({ levels, plain, compressed }: { levels: number; plain: number; compressed: number }): Uint8Array {
  const header = thriftWriter();
  header.i32(1, dataPage);
  header.i32(2, plain);
  header.i32(3, compressed);
  header.struct(5, () => {
    header.i32(1, levels);
    header.i32(2, plainEncoding);
    header.i32(3, rleEncoding);
    header.i32(4, rleEncoding);
  });
  return header.finish();
}

function footerParts(columns: readonly ParquetElement[], groups: readonly RowGroup[]): readonly Uint8Array[] {
  const footer = thriftWriter();
  const root: ParquetElement = { name: "rows", repetition: "required", parts: columns };
  footer.i32(1, 1);
  footer.list(2, "struct", [...elementsOf(root)], (element) => writeElement(footer, element));
  footer.i64(
    3,
    sumOf(groups, ({ rows }) => rows),
  );
  footer.list(4, "struct", groups, (group) => writeRowGroup(footer, group));
  footer.binary(6, "headgate");
  const bytes = footer.finish();
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return [bytes, length, magic];
}

function* elementsOf(element: ParquetElement): Generator<ParquetElement> {
  yield element;
  for (const part of element.parts) yield* elementsOf(part);
}

const repetitions: Readonly<Record<Repetition, number>> = { required: 0, optional: 1, repeated: 2 };
/** The converted type, for older readers, and the field number of the logical type. */
const groupTypes = { list: [3, 3], map: [1, 2] } as const;
const booleanNumber = 0;
const fixed16Bytes = 16;

function writeElement(thrift: ThriftWriter, { name, fieldId, repetition, leaf, group, parts }: ParquetElement): void {
  if (leaf !== undefined)
    thrift.i32(1, leaf.type.isBoolean === true ? booleanNumber : physicalNumbers[leaf.type.physical]);
  if (leaf?.type.physical === "fixed16") thrift.i32(2, fixed16Bytes);
  thrift.i32(3, repetitions[repetition]);
  thrift.binary(4, name);
  if (leaf === undefined) thrift.i32(5, parts.length);
  else writeLeafType(thrift, leaf.type);
  if (group === "list" || group === "map") {
    const [converted, logical] = groupTypes[group];
    thrift.i32(6, converted);
    thrift.struct(10, () => thrift.struct(logical, () => {}));
  }
  if (fieldId !== undefined) thrift.i32(9, fieldId);
}

const timestampField = 8;
const nanosField = 3;

function writeLeafType(thrift: ThriftWriter, type: LeafType): void {
  const { nanoseconds } = type;
  if (nanoseconds === undefined) return writeLogicalType(thrift, type);
  thrift.struct(10, () =>
    thrift.struct(timestampField, () => {
      thrift.bool(1, nanoseconds.utc);
      thrift.struct(2, () => thrift.struct(nanosField, () => {}));
    }),
  );
}

function writeRowGroup(thrift: ThriftWriter, { rows, chunks }: RowGroup): void {
  thrift.list(1, "struct", chunks, (chunk) => {
    thrift.i64(2, chunk.offset);
    thrift.struct(3, () => writeColumnMetadata(thrift, chunk));
  });
  thrift.i64(
    2,
    sumOf(chunks, ({ plainBytes }) => plainBytes),
  );
  thrift.i64(3, rows);
}

function writeColumnMetadata(thrift: ThriftWriter, { path, leaf, offset, levels, bytes, plainBytes }: Chunk): void {
  thrift.i32(1, leaf.type.isBoolean === true ? booleanNumber : physicalNumbers[leaf.type.physical]);
  thrift.list(2, "i32", [plainEncoding, rleEncoding], (encoding) => thrift.bareI32(encoding));
  thrift.list(3, "binary", path, (part) => thrift.bareBinary(part));
  thrift.i32(4, zstd);
  thrift.i64(5, levels);
  thrift.i64(6, plainBytes);
  thrift.i64(7, bytes);
  thrift.i64(9, offset);
}
