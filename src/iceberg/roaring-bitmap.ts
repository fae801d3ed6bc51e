/**
 * Sets of row positions as 64-bit Roaring bitmaps in their portable form (Roaring format specification: "Extension for
 * 64-bit implementations"), which deletion vectors contain. Positions are plain numbers, because no file has 2⁵³ rows.
 */
import { HeadgateError } from "../errors.ts";

const serialCookie = 12347;
const cookieWithoutRuns = 12346;
/** With fewer containers, and runs among them, the bitmap has no table of offsets. */
const fewestWithOffsets = 4;
const largestArray = 4096;
const bitmapBytes = 8192;
const highWord = 2 ** 32;
/** A container covers 2^16 values, and there are 2^16 containers in 32 bits. */
const containerValues = 65_536;
const mostContainers = 65_536;

/** Returns the positions in ascending order. Throws METADATA_INVALID. */
export function readRoaring64(bytes: Uint8Array): readonly number[] {
  const reader = openReader(bytes);
  const positions: number[] = [];
  const bitmaps = Number(reader.view.getBigUint64(reader.skip(8), true));
  for (let index = 0; index < bitmaps; index++) readRoaring32(reader, reader.uint32() * highWord, positions);
  return positions;
}

interface Reader {
  readonly view: DataView;
  /** Advances by this many bytes and returns where they begin. */
  skip(bytes: number): number;
  uint16(): number;
  uint32(): number;
}

function openReader(bytes: Uint8Array): Reader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const skip = (count: number): number => {
    if (at + count > bytes.byteLength) throw invalid("it ends too early");
    at += count;
    return at - count;
  };
  return { view, skip, uint16: () => view.getUint16(skip(2), true), uint32: () => view.getUint32(skip(4), true) };
}

interface Container {
  readonly key: number;
  readonly cardinality: number;
  readonly isRun: boolean;
}

function readRoaring32(reader: Reader, base: number, positions: number[]): void {
  const cookie = reader.uint32();
  const hasRuns = (cookie & 0xffff) === serialCookie;
  if (!hasRuns && cookie !== cookieWithoutRuns) throw invalid(`its cookie is ${cookie}`);
  const count = hasRuns ? (cookie >>> 16) + 1 : reader.uint32();
  if (count > mostContainers) throw invalid(`it has ${count} containers`);
  const runs = hasRuns ? reader.skip(Math.ceil(count / 8)) : undefined;
  const containers = Array.from({ length: count }, (_, index): Container => {
    const [key, cardinality] = [reader.uint16(), reader.uint16() + 1];
    const isRun = runs !== undefined && (reader.view.getUint8(runs + (index >> 3)) & (1 << (index & 7))) !== 0;
    return { key, cardinality, isRun };
  });
  if (!hasRuns || count >= fewestWithOffsets) reader.skip(count * 4);
  for (const container of containers)
    readContainer(reader, { container, base: base + container.key * containerValues, positions });
}

interface ContainerParts {
  readonly container: Container;
  readonly base: number;
  readonly positions: number[];
}

function readContainer(reader: Reader, { container, base, positions }: ContainerParts): void {
  if (container.isRun) {
    let next = base;
    for (let runs = reader.uint16(); runs > 0; runs--) {
      const start = base + reader.uint16();
      const last = start + reader.uint16();
      if (start < next || last >= base + containerValues) throw invalid("its runs overlap");
      for (let position = start; position <= last; position++) positions.push(position);
      next = last + 1;
    }
  } else if (container.cardinality <= largestArray) {
    for (let left = container.cardinality; left > 0; left--) positions.push(base + reader.uint16());
  } else readBitmap(reader, base, positions);
}

function readBitmap(reader: Reader, base: number, positions: number[]): void {
  const start = reader.skip(bitmapBytes);
  for (let byte = 0; byte < bitmapBytes; byte++) {
    const bits = reader.view.getUint8(start + byte);
    for (let bit = 0; bit < 8; bit++) if ((bits & (1 << bit)) !== 0) positions.push(base + byte * 8 + bit);
  }
}

/** `positions` must be in ascending order without duplicates. Runs are not used, only arrays and bitmaps. */
export function writeRoaring64(positions: readonly number[]): Uint8Array {
  const bitmaps = grouped(positions, highWord);
  const count = Buffer.alloc(8);
  count.writeBigUInt64LE(BigInt(bitmaps.length));
  return Buffer.concat([count, ...bitmaps.flatMap(([key, low]) => [uint32(key), writeRoaring32(low)])]);
}

function writeRoaring32(positions: readonly number[]): Buffer {
  const containers = grouped(positions, 65_536);
  const bodies = containers.map(([, low]) => (low.length <= largestArray ? uint16s(low) : bitmapOf(low)));
  const header = containers.map(([key, low]) => uint16s([key, low.length - 1]));
  let offset = 8 + containers.length * 8;
  const offsets = bodies.map((body) => {
    offset += body.length;
    return uint32(offset - body.length);
  });
  return Buffer.concat([uint32(cookieWithoutRuns), uint32(containers.length), ...header, ...offsets, ...bodies]);
}

/** Groups consecutive positions by quotient and returns their remainders. */
function grouped(positions: readonly number[], divisor: number): readonly (readonly [number, readonly number[]])[] {
  const groups: [number, number[]][] = [];
  for (const position of positions) {
    const quotient = Math.floor(position / divisor);
    const last = groups.at(-1);
    if (last?.[0] === quotient) last[1].push(position % divisor);
    else groups.push([quotient, [position % divisor]]);
  }
  return groups;
}

function bitmapOf(low: readonly number[]): Buffer {
  const bits = Buffer.alloc(bitmapBytes);
  for (const value of low) bits[value >> 3] = (bits[value >> 3] ?? 0) | (1 << (value & 7));
  return bits;
}

function uint16s(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, index * 2);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function invalid(what: string): HeadgateError {
  return new HeadgateError("METADATA_INVALID", {
    place: "roaring bitmap",
    message: `this is not a Roaring bitmap: ${what}`,
  });
}
