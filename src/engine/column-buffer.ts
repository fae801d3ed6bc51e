/**
 * One column of a batch of rows, held as bytes in Parquet's PLAIN encoding. Connectors fill it, and it is staged for
 * the engine.
 * It is not a vector of JavaScript values: nothing here boxes a value, and 64-bit integers are passed as two 32-bit
 * halves.
 * Invariant: every row appends exactly one value or one null to every column.
 */

/** The layout of a value in the staged file (Parquet physical types; `fixed16` is a 16-byte big-endian value). */
export type Physical = "bytes" | "int32" | "int64" | "float" | "double" | "fixed16";

/**
 * The meaning of the bytes (Parquet logical types). Without one, the physical type is meant (`bytes` is then a blob).
 */
export type Logical =
  | { readonly kind: "utf8" }
  | { readonly kind: "date" }
  /** Microseconds since midnight. */
  | { readonly kind: "time" }
  /** Microseconds since 1970-01-01T00:00:00; `utc` marks an instant, otherwise a local date and time. */
  | { readonly kind: "timestamp"; readonly utc: boolean }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "uuid" };

export interface StagedType {
  readonly physical: Physical;
  readonly logical?: Logical | undefined;
}

/** The contents of a buffer when it was taken: one column of one batch. */
export interface ColumnBatch {
  readonly type: StagedType;
  readonly rows: number;
  readonly nulls: number;
  /** PLAIN-encoded values. */
  readonly values: Buffer;
  /** One bit per row, least significant first; 1 means that there is a value. */
  readonly defined: Uint8Array;
}

const initialBytes = 64 * 1024;

export class ColumnBuffer {
  readonly type: StagedType;
  /** Number of rows appended, nulls included. */
  rows = 0;
  nulls = 0;
  #values: Buffer = Buffer.allocUnsafeSlow(initialBytes);
  #size = 0;
  /** One bit per row, least significant first; 1 means that there is a value. */
  #defined: Uint8Array = new Uint8Array(1024);

  constructor(type: StagedType) {
    this.type = type;
  }

  /** Number of bytes held, for memory limits. */
  get size(): number {
    return this.#size;
  }

  /** The PLAIN-encoded values. Valid until the next append or `clear`. */
  get values(): Buffer {
    return this.#values.subarray(0, this.#size);
  }

  /** The definition levels as a bitmap of `rows` bits. Valid until the next append or `clear`. */
  get defined(): Uint8Array {
    return this.#defined.subarray(0, (this.rows + 7) >>> 3);
  }

  appendNull(): void {
    const row = this.rows++;
    if (row >>> 3 >= this.#defined.length) this.#growDefined();
    this.nulls++;
  }

  /** Appends `source[start, end)` as one BYTE_ARRAY value. Throws RangeError for a range that is not within the source. */
  appendBytes(source: Buffer, start: number, end: number): void {
    const length = end - start;
    if (start < 0 || length < 0 || end > source.length) throw new RangeError("expected a range within its source");
    const at = this.#size;
    if (at + length + 4 > this.#values.length) this.#grow(length + 4);
    const values = this.#values;
    values[at] = length & 0xff;
    values[at + 1] = (length >>> 8) & 0xff;
    values[at + 2] = (length >>> 16) & 0xff;
    values[at + 3] = length >>> 24;
    if (length < 40) {
      for (let from = start, to = at + 4; from < end; from++, to++) values[to] = source[from] ?? 0;
    } else {
      source.copy(values, at + 4, start, end);
    }
    this.#size = at + 4 + length;
    this.#markDefined();
  }

  /** Appends 16 bytes as one FIXED_LEN_BYTE_ARRAY(16) value. Throws RangeError if the source is too short. */
  appendFixed16(source: Uint8Array, start: number): void {
    if (start < 0 || start + 16 > source.length) throw new RangeError("expected 16 bytes within their source");
    const at = this.#room(16);
    for (let index = 0; index < 16; index++) this.#values[at + index] = source[start + index] ?? 0;
    this.#size = at + 16;
    this.#markDefined();
  }

  appendInt32(value: number): void {
    const at = this.#room(4);
    const values = this.#values;
    values[at] = value & 0xff;
    values[at + 1] = (value >>> 8) & 0xff;
    values[at + 2] = (value >>> 16) & 0xff;
    values[at + 3] = (value >>> 24) & 0xff;
    this.#size = at + 4;
    this.#markDefined();
  }

  /** Appends a 64-bit integer given as its high (signed) and low 32 bits. */
  appendInt64(high: number, low: number): void {
    const at = this.#room(8);
    const values = this.#values;
    values[at] = low & 0xff;
    values[at + 1] = (low >>> 8) & 0xff;
    values[at + 2] = (low >>> 16) & 0xff;
    values[at + 3] = (low >>> 24) & 0xff;
    values[at + 4] = high & 0xff;
    values[at + 5] = (high >>> 8) & 0xff;
    values[at + 6] = (high >>> 16) & 0xff;
    values[at + 7] = (high >>> 24) & 0xff;
    this.#size = at + 8;
    this.#markDefined();
  }

  /** Appends a whole number of magnitude up to 2^53 as a 64-bit integer. */
  appendSafeInteger(value: number): void {
    this.appendInt64(Math.floor(value / 4294967296), value >>> 0);
  }

  appendBigInt64(value: bigint): void {
    const at = this.#room(8);
    this.#values.writeBigInt64LE(BigInt.asIntN(64, value), at);
    this.#size = at + 8;
    this.#markDefined();
  }

  appendFloat(value: number): void {
    const at = this.#room(4);
    this.#size = this.#values.writeFloatLE(value, at);
    this.#markDefined();
  }

  appendDouble(value: number): void {
    const at = this.#room(8);
    this.#size = this.#values.writeDoubleLE(value, at);
    this.#markDefined();
  }

  /** Hands over the rows and continues empty with new memory, or with the memory of `used`, a batch taken earlier. */
  take(used?: ColumnBatch): ColumnBatch {
    const batch = { type: this.type, rows: this.rows, nulls: this.nulls, values: this.values, defined: this.defined };
    this.#values = used === undefined ? Buffer.allocUnsafeSlow(this.#values.length) : Buffer.from(used.values.buffer);
    this.#defined =
      used === undefined ? new Uint8Array(this.#defined.length) : new Uint8Array(used.defined.buffer).fill(0);
    this.rows = 0;
    this.nulls = 0;
    this.#size = 0;
    return batch;
  }

  /** Forgets the rows but keeps the memory for the next batch. */
  clear(): void {
    this.#defined.fill(0, 0, (this.rows + 7) >>> 3);
    this.rows = 0;
    this.nulls = 0;
    this.#size = 0;
  }

  #markDefined(): void {
    const row = this.rows++;
    const byte = row >>> 3;
    if (byte >= this.#defined.length) this.#growDefined();
    this.#defined[byte] = (this.#defined[byte] ?? 0) | (1 << (row & 7));
  }

  #room(bytes: number): number {
    if (this.#size + bytes > this.#values.length) this.#grow(bytes);
    return this.#size;
  }

  #grow(bytes: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#values.length * 2, this.#size + bytes));
    this.#values.copy(larger, 0, 0, this.#size);
    this.#values = larger;
  }

  #growDefined(): void {
    const larger = new Uint8Array(this.#defined.length * 2);
    larger.set(this.#defined);
    this.#defined = larger;
  }
}
