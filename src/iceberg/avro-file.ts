/**
 * Avro object container files (Avro 1.11 specification, "Object Container Files") as Iceberg uses them: compressed with
 * deflate, with field ids in the schemas, and longs as bigint. Files are written and read as a whole, because manifests
 * are small.
 * Invariant: reading ends quickly whatever the bytes are, and fails only with METADATA_INVALID.
 */
import { randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import avro from "avsc";
import { HeadgateError } from "../errors.ts";
import { BoundedArrayType } from "./avro-array.ts";
import { decompress } from "./avro-codec.ts";
import { AvroInput } from "./avro-input.ts";
import { renameById, withoutFields, type AvroSchema, type FieldNames } from "./avro-schema.ts";

export interface AvroFile {
  readonly metadata: ReadonlyMap<string, string>;
  readonly records: readonly unknown[];
}

const magic = Buffer.from("Obj\u0001", "latin1");
const syncBytes = 16;
const recordsPerBlock = 4_000;

/** The Avro type for longs as bigint. */
export const longType = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer(value: bigint) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === "bigint",
  compare: (left: bigint, right: bigint) => (left === right ? 0 : left < right ? -1 : 1),
});

const headerType = avro.Type.forSchema({ type: "map", values: "bytes" });

/**
 * A type is compiled to code, which takes longer than reading a small file. A lake needs about as many types as it has
 * partition specs.
 */
const compiled = new Map<string, avro.Type>();
const mostCompiled = 1_000;

function typeOf(schema: AvroSchema): avro.Type {
  const key = JSON.stringify(schema);
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const type = avro.Type.forSchema(schema as avro.Schema, { registry: { long: longType }, typeHook: ownType });
  if (compiled.size >= mostCompiled) compiled.delete(compiled.keys().next().value ?? "");
  compiled.set(key, type);
  return type;
}

/**
 * The library does not look up longs with a logical type (times, timestamps) in the registry, so they are recognised
 * here.
 */
function ownType(schema: unknown, options: unknown): avro.Type | undefined {
  if (typeof schema !== "object" || schema === null || !("type" in schema)) return undefined;
  if (schema.type === "long") return longType;
  return schema.type === "array" ? new BoundedArrayType(schema as avro.Schema, options) : undefined;
}

export function writeAvroFile(file: {
  schema: AvroSchema;
  metadata: Readonly<Record<string, string>>;
  records: readonly unknown[];
}): Uint8Array {
  const type = typeOf(file.schema);
  const sync = randomBytes(syncBytes);
  const metadata = { ...file.metadata, "avro.schema": JSON.stringify(file.schema), "avro.codec": "deflate" };
  const header = headerType.toBuffer(
    Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value)])),
  );
  const parts: Uint8Array[] = [magic, header, sync];
  for (let start = 0; start < file.records.length; start += recordsPerBlock) {
    const records = file.records.slice(start, start + recordsPerBlock);
    const data = deflateRawSync(Buffer.concat(records.map((record) => type.toBuffer(record))));
    parts.push(varint(records.length), varint(data.length), data, sync);
  }
  return Buffer.concat(parts);
}

interface Reading {
  /** Names that fields get, by id, before the records are decoded. */
  readonly names: FieldNames;
}

interface ReadingParts extends Reading {
  /** Ids of fields to skip, which is faster than reading them. */
  readonly without: ReadonlySet<number>;
}

/** A record without the skipped fields. */
export interface AvroRecord {
  readonly value: unknown;
  /** Returns the record with every field, and decodes it again at each call. */
  whole(): unknown;
}

/** Throws METADATA_INVALID. */
export function readAvroFile(bytes: Uint8Array, { names }: Reading): AvroFile {
  const { metadata, schema, blocks } = openAvroFile(bytes);
  const decoder = decoderOf(schema, { names, without: nothing });
  const records: unknown[] = [];
  for (const { data, count } of blocks)
    for (const { value } of recordsOf(data, { count, decoder, whole: decoder })) records.push(value);
  return { metadata, records };
}

/** Reads one record at a time, block by block. Throws METADATA_INVALID. */
export function* readAvroRecords(bytes: Uint8Array, { names, without }: ReadingParts): Generator<AvroRecord> {
  const { schema, blocks } = openAvroFile(bytes);
  const decoder = decoderOf(schema, { names, without });
  const whole = decoderOf(schema, { names, without: nothing });
  for (const { data, count } of blocks) yield* recordsOf(data, { count, decoder, whole });
}

const nothing: ReadonlySet<number> = new Set();

interface OpenFile {
  readonly metadata: ReadonlyMap<string, string>;
  /** The schema as JSON. */
  readonly schema: string;
  readonly blocks: Iterable<Block>;
}

function openAvroFile(bytes: Uint8Array): OpenFile {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!buffer.subarray(0, magic.length).equals(magic)) throw invalid("this is not an Avro file");
  const input = new AvroInput(buffer);
  input.take(magic.length);
  const metadata = orInvalid(() => readHeader(input));
  const sync = buffer.subarray(input.at - syncBytes, input.at);
  const codec = metadata.get("avro.codec") ?? "null";
  return { metadata, schema: metadata.get("avro.schema") ?? "null", blocks: readBlocks(input, { sync, codec }) };
}

/** The header is a map of bytes, followed by the sync marker that ends every block. */
function readHeader(input: AvroInput): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  for (let count = input.itemCount(); count > 0; count = input.itemCount())
    for (let index = 0; index < count; index++) metadata.set(input.text(), input.text());
  input.take(syncBytes);
  return metadata;
}

/** Replaces errors that damaged bytes cause in zlib, in the library or here, because people cannot understand them. */
function orInvalid<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof HeadgateError && cause.code === "METADATA_INVALID") throw cause;
    throw invalid("an Avro file is damaged", cause);
  }
}

function invalid(message: string, cause?: unknown): HeadgateError {
  return new HeadgateError("METADATA_INVALID", { message, cause });
}

interface Decoder {
  readonly type: avro.Type;
  readonly resolver?: ReturnType<avro.Type["createResolver"]> | undefined;
}

/** Decoders are cached, because most files of a table have the same schema. */
const decoders = new WeakMap<FieldNames, Map<string, Decoder>>();

function decoderOf(text: string, { names, without }: ReadingParts): Decoder {
  const known = decoders.get(names) ?? new Map<string, Decoder>();
  decoders.set(names, known);
  const key = `${[...without].join()} ${text}`;
  const decoder =
    known.get(key) ?? orInvalid(() => newDecoder(renameById(JSON.parse(text) as AvroSchema, names), without));
  known.set(key, decoder);
  return decoder;
}

function newDecoder(written: AvroSchema, without: ReadonlySet<number>): Decoder {
  if (without.size === 0) return { type: typeOf(written) };
  const type = typeOf(withoutFields(written, without));
  return { type, resolver: type.createResolver(typeOf(written)) };
}

interface Block {
  readonly data: Buffer;
  /** Number of records. */
  readonly count: number;
}

function* readBlocks(input: AvroInput, parts: { sync: Buffer; codec: string }): Generator<Block> {
  while (input.at < input.bytes.length) yield orInvalid(() => nextBlock(input, parts));
}

function nextBlock(input: AvroInput, { sync, codec }: { sync: Buffer; codec: string }): Block {
  const count = input.int();
  const size = input.int();
  const start = input.take(size);
  const end = input.take(syncBytes);
  if (!input.bytes.subarray(end, input.at).equals(sync)) throw invalid("a block does not end where it says");
  const data = decompress(input.bytes.subarray(start, end), codec);
  if (count < 0 || count > data.length) throw invalid("a block has more records than bytes");
  return { data, count };
}

interface Decoding {
  readonly count: number;
  readonly decoder: Decoder;
  readonly whole: Decoder;
}

function* recordsOf(data: Buffer, { count, decoder, whole }: Decoding): Generator<AvroRecord> {
  let position = 0;
  for (let index = 0; index < count; index++) {
    const start = position;
    const { value, offset } = orInvalid(() => decoder.type.decode(data, start, decoder.resolver));
    if (offset <= start) throw invalid("a record is cut off");
    position = offset;
    yield { value, whole: () => orInvalid(() => whole.type.decode(data, start).value) };
  }
}

/** Avro's zigzag varint of a non-negative whole number. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value * 2;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
