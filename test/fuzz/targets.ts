/**
 * The fuzzed readers: every reader of bytes that others made, each with valid recordings to start from and the failures
 * that are allowed.
 * Invariant: a reader fails only with one of its own codes, and returns no more than its input bytes can contain.
 */
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import avro from "avsc";
import { ProtocolViolation } from "../../src/base/protocol-violation.ts";
import { avroColumns } from "../../src/catalog/avro-columns.ts";
import { copyBytes, copyHandlings, copyRow } from "../../src/connectors/postgres/copy-bytes.fixture.ts";
import { copyResult } from "../../src/connectors/postgres/copy-result.ts";
import { TextResult } from "../../src/connectors/mariadb/text-result.ts";
import { typeHandling } from "../../src/connectors/mariadb/types.ts";
import { ColumnBuffer } from "../../src/engine/column-buffer.ts";
import { HeadgateError, type ErrorCode } from "../../src/errors.ts";
import { longType, readAvroFile, writeAvroFile } from "../../src/iceberg/avro-file.ts";
import { openAvroBlocks } from "../../src/iceberg/avro-blocks.ts";
import { avroField, avroIntMap, avroList } from "../../src/iceberg/avro-schema.ts";
import { metadataText } from "../../src/iceberg/metadata-file.ts";
import { newTable } from "../../src/iceberg/new-table.ts";
import { readRoaring64, writeRoaring64 } from "../../src/iceberg/roaring-bitmap.ts";
import { fromBytes } from "../../src/iceberg/single-value.ts";
import { snappyDecompress } from "../../src/iceberg/snappy.ts";
import { formatTableMetadata, parseTableMetadata } from "../../src/iceberg/table-metadata.ts";

export interface FuzzTarget {
  readonly name: string;
  readonly recordings: readonly Buffer[];
  readonly allowed: readonly (ErrorCode | "ProtocolViolation")[];
  /** Reads the bytes; returns how many bytes or values it produced, which is limited by the input. */
  read(bytes: Buffer): number | Promise<number>;
  /** The most that one byte of input may produce. */
  readonly growth: number;
}

export function isAllowed({ allowed }: FuzzTarget, failure: unknown): boolean {
  if (failure instanceof ProtocolViolation) return allowed.includes("ProtocolViolation");
  return failure instanceof HeadgateError && allowed.includes(failure.code);
}

const mysqlTypes = [
  "int(11)",
  "varchar(20) utf8mb4",
  "datetime(6)",
  "bit(9)",
  "decimal(12,2)",
  "double",
  "uuid",
  "date",
];
const mysqlTexts = [
  "-7",
  "some text",
  "2024-02-29 12:00:00.25",
  "\u0001x",
  "12.50",
  "1.5e3",
  "0".repeat(32),
  "2024-02-29",
];

const mariadbText: FuzzTarget = {
  name: "mariadb-text",
  recordings: [textResult([mysqlTexts, mysqlTexts.map(() => null), mysqlTexts])],
  allowed: ["ProtocolViolation"],
  growth: 16,
  read(bytes) {
    const columns = mysqlTypes.map((type) => new ColumnBuffer(typeHandling(type).staged));
    const appenders = columns.map((column, index) =>
      typeHandling(mysqlTypes[index] ?? "").fromText(column, () => undefined),
    );
    new TextResult({ appenders, rowDone: () => undefined, ended: () => undefined }).execute(bytes);
    return columns.reduce((sum, { size }) => sum + size, 0);
  },
};

/** Every text is shorter than 251 bytes, so that its length takes one byte. */
function textResult(rows: readonly (readonly (string | null)[])[]): Buffer {
  const eof = Buffer.from([0xfe, 0, 0, 2, 0]);
  const definitions = mysqlTypes.map(() => Buffer.from("\u0003defdefinition"));
  const value = (text: string | null): Buffer =>
    text === null ? Buffer.from([0xfb]) : Buffer.from(`${String.fromCharCode(text.length)}${text}`, "latin1");
  const values = rows.map((row) => Buffer.concat(row.map(value)));
  return Buffer.concat(packets([Buffer.from([mysqlTypes.length]), ...definitions, eof, ...values, eof]));
}

function packets(payloads: readonly Buffer[]): Buffer[] {
  return payloads.map((payload, index) => Buffer.concat([Buffer.from([payload.length, 0, 0, index + 1]), payload]));
}

const postgresCopy: FuzzTarget = {
  name: "postgres-copy",
  recordings: [copyBytes([copyRow, copyRow.map(() => null), copyRow])],
  allowed: ["ProtocolViolation"],
  growth: 16,
  read(bytes) {
    const columns = copyHandlings.map(({ staged }) => new ColumnBuffer(staged));
    const appenders = copyHandlings.map((handling) => handling.fromBinary(() => undefined));
    const sink = { columns, rowDone: () => undefined };
    copyResult({ sink, appenders }, { done: () => undefined, failed: () => undefined }).chunk(bytes);
    return columns.reduce((sum, { size }) => sum + size, 0);
  },
};

const recordSchema = {
  type: "record",
  name: "entry",
  fields: [
    avroField({ name: "path", id: 1, type: "string", required: true }),
    avroField({ name: "rows", id: 2, type: "long", required: true }),
    avroField({ name: "sizes", id: 3, type: avroIntMap({ key: 4, value: 5 }, "long"), required: false }),
    avroField({ name: "splits", id: 6, type: avroList(7, "long"), required: false }),
    avroField({ name: "key", id: 8, type: "bytes", required: false }),
  ],
};
const record = { path: "data/one.parquet", rows: 3n, sizes: [{ key: 1, value: 9n }], splits: [4n, 8n], key: null };
const avroFile = Buffer.from(writeAvroFile({ schema: recordSchema, metadata: {}, records: [record, record] }));
const plainAvroFile = uncompressedFile();

/** The same file with an uncompressed block, so that changing a byte changes a value. */
function uncompressedFile(): Buffer {
  const type = avro.Type.forSchema(recordSchema as avro.Schema, { registry: { long: longType } });
  const data = Buffer.concat([type.toBuffer(record), type.toBuffer(record)]);
  const sync = Buffer.alloc(16, 5);
  const header = avro.Type.forSchema({ type: "map", values: "bytes" });
  const metadata = { "avro.schema": Buffer.from(JSON.stringify(recordSchema)), "avro.codec": Buffer.from("null") };
  const count = avro.Type.forSchema("long");
  return Buffer.concat([
    Buffer.from("Obj\u0001"),
    header.toBuffer(metadata),
    sync,
    count.toBuffer(2),
    count.toBuffer(data.length),
    data,
    sync,
  ]);
}

const manifests: FuzzTarget = {
  name: "avro-file",
  recordings: [avroFile, plainAvroFile],
  allowed: ["METADATA_INVALID"],
  growth: 1,
  read: (bytes) => readAvroFile(bytes, { names: new Map() }).records.length,
};

const avroData: FuzzTarget = {
  name: "avro-data-file",
  recordings: [avroFile, plainAvroFile],
  allowed: ["METADATA_INVALID", "DATA_FILE_CORRUPT"],
  growth: 1_000,
  async read(bytes) {
    const { schema, blocks } = await openAvroBlocks(chunksOf(bytes));
    const { leaves, readRow } = avroColumns(schema);
    for await (const { records, input } of blocks) for (let index = 0; index < records; index++) readRow(input);
    return leaves.reduce((sum, { size }) => sum + size, 0);
  },
};

async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 50) yield bytes.subarray(at, at + 50);
}

const snappy: FuzzTarget = {
  name: "snappy",
  /** "aaaaaaaaaa" as a literal of one byte and a copy. */
  recordings: [Buffer.from([10, 0, 97, 0x15, 1]), Buffer.concat([Buffer.from([20, 19 << 2]), randomBytes(20)])],
  allowed: ["DATA_FILE_CORRUPT"],
  growth: 64,
  read: (bytes) => snappyDecompress(bytes).length,
};

const roaring: FuzzTarget = {
  name: "roaring-bitmap",
  recordings: [
    Buffer.from(writeRoaring64([1, 2, 3, 70_000, 2 ** 33])),
    Buffer.from(writeRoaring64(Array.from({ length: 5_000 }, (_, index) => index * 3))),
  ],
  allowed: ["METADATA_INVALID"],
  growth: 65_536,
  read: (bytes) => readRoaring64(bytes).length,
};

const types = [
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "timestamp_ns",
  "string",
  "uuid",
  "binary",
  "decimal(9,2)",
] as const;

const bounds: FuzzTarget = {
  name: "single-value",
  recordings: [Buffer.alloc(0), Buffer.alloc(4, 1), Buffer.alloc(8, 0xff), Buffer.alloc(16, 7), Buffer.from("text")],
  allowed: ["METADATA_INVALID"],
  growth: 1_000,
  read(bytes) {
    for (const type of types) ignoreAllowed(this, () => fromBytes(type, bytes));
    return 0;
  },
};

function ignoreAllowed(target: FuzzTarget, work: () => unknown): void {
  try {
    work();
  } catch (failure) {
    if (!isAllowed(target, failure)) throw failure;
  }
}

const metadata = Buffer.from(
  formatTableMetadata(
    newTable({
      uuid: "0190a5d4-1111-7000-8000-000000000001",
      location: "file:///lake/one",
      schema: { schemaId: 0, fields: [{ id: 1, name: "id", required: true, type: "long" }], identifierFieldIds: [] },
      formatVersion: 2,
      spec: { specId: 0, fields: [] },
      sortOrder: { orderId: 0, fields: [] },
      properties: { "write.parquet.compression-codec": "zstd" },
      now: 1_700_000_000_000,
    }),
  ),
);

const tableMetadata: FuzzTarget = {
  name: "table-metadata",
  recordings: [metadata, gzipSync(metadata)],
  allowed: ["METADATA_INVALID"],
  growth: 1_000,
  read(bytes) {
    return parseTableMetadata(metadataText(bytes)).schemas.length;
  },
};

export const fuzzTargets: readonly FuzzTarget[] = [
  mariadbText,
  postgresCopy,
  manifests,
  avroData,
  snappy,
  roaring,
  bounds,
  tableMetadata,
];
