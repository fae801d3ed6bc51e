/** Avro files as a whole and block by block: what is written is read, in any number of blocks, and damage is refused. */
import { deflateRawSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openAvroBlocks } from "./avro-blocks.ts";
import { decompress } from "./avro-codec.ts";
import { readAvroFile, readAvroRecords, writeAvroFile } from "./avro-file.ts";
import { avroField, avroName, avroPrimitive, renameById, type AvroSchema } from "./avro-schema.ts";

const schema: AvroSchema = {
  type: "record",
  name: "row",
  fields: [
    avroField({ name: "id", id: 1, type: "long", required: true }),
    avroField({ name: "label", id: 2, type: "string", required: false }),
    avroField({ name: "list", id: 3, type: { type: "array", items: "int" }, required: false }),
  ],
};
const names = new Map([
  [1, "id"],
  [2, "label"],
  [3, "list"],
]);
const record = (index: number) => ({
  id: BigInt(index),
  label: index % 2 === 0 ? null : `n${index}`,
  list: [index, 1],
});
const records = (count: number) => Array.from({ length: count }, (_, index) => record(index));
const write = (count: number): Buffer =>
  Buffer.from(writeAvroFile({ schema, metadata: { kind: "test" }, records: records(count) }));
const plain = (value: unknown): unknown => ({ ...(value as object) });

describe("a file", () => {
  test.each([0, 1, 4_000, 4_001])("of %i records is read as it was written", (count) => {
    const { metadata, records: read } = readAvroFile(write(count), { names });
    expect(read.map(plain)).toEqual(records(count));
    expect(metadata.get("kind")).toBe("test");
  });

  test("is read without some fields, and as a whole where that is asked for", () => {
    const read = [...readAvroRecords(write(2), { names, without: new Set([2, 3]) })];
    expect(read.map(({ value }) => plain(value))).toEqual([{ id: 0n }, { id: 1n }]);
    expect(read.map(({ whole }) => plain(whole()))).toEqual(records(2));
  });

  test("is read by the ids of its fields, whatever their names are", () => {
    const [first] = readAvroFile(write(1), { names: new Map([[1, "number"]]) }).records;
    expect(plain(first)).toMatchObject({ number: 0n, label: null });
  });

  test("that is damaged is refused", () => {
    const good = write(3);
    const refused = (bytes: Uint8Array): void => {
      expect(() => readAvroFile(bytes, { names })).toThrow(expect.objectContaining({ code: "METADATA_INVALID" }));
    };
    refused(Buffer.from("Parquet"));
    refused(Buffer.alloc(0));
    for (const length of [4, 30, good.length - 17, good.length - 1]) refused(good.subarray(0, length));
    const marker = Buffer.from(good);
    marker[marker.length - 1] = (marker.at(-1) ?? 0) ^ 1;
    refused(marker);
  });
});

/** A file in the encoding of the specification, with one block of these bytes. */
function file(count: number, block: Buffer, codec = "null"): Buffer {
  const long = (value: number): number[] => {
    const bytes: number[] = [];
    let rest = value < 0 ? -value * 2 - 1 : value * 2;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    return [...bytes, rest];
  };
  const text = (value: string): number[] => [...long(Buffer.byteLength(value)), ...Buffer.from(value)];
  const header = [
    ...long(2),
    ...text("avro.schema"),
    ...text('{"type": "int"}'),
    ...text("avro.codec"),
    ...text(codec),
    0,
  ];
  const sync = Buffer.alloc(16, 7);
  const blocks = count === 0 ? [] : [...long(count), ...long(block.length), ...block, ...sync];
  return Buffer.from([...Buffer.from("Obj\u0001", "latin1"), ...header, ...sync, ...blocks]);
}

describe("a file that arrives in pieces", () => {
  async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const read = async (bytes: Buffer, size = 5): Promise<readonly number[]> => {
    const { blocks } = await openAvroBlocks(pieces(bytes, size));
    const found: number[] = [];
    for await (const { records: count, input } of blocks)
      for (let index = 0; index < count; index++) found.push(input.int());
    return found;
  };

  test.each([1, 7, 1_000])("of %i bytes is read", async (size) => {
    expect(await read(file(3, Buffer.from([2, 4, 6])), size)).toEqual([1, 2, 3]);
    expect(await read(file(0, Buffer.alloc(0)), size)).toEqual([]);
    expect((await openAvroBlocks(pieces(file(0, Buffer.alloc(0)), size))).schema).toBe('{"type": "int"}');
  });

  test("may be compressed", async () => {
    expect(await read(file(2, deflateRawSync(Buffer.from([2, 4])), "deflate"))).toEqual([1, 2]);
    expect(await read(file(2, zstdCompressSync(Buffer.from([2, 4])), "zstandard"))).toEqual([1, 2]);
    await expect(read(file(1, Buffer.from([2]), "deflate"))).rejects.toMatchObject({
      code: "DATA_FILE_CORRUPT",
      message: "a block compressed with deflate is damaged",
    });
    await expect(read(file(1, Buffer.from([2]), "lzma"))).rejects.toMatchObject({ code: "METADATA_INVALID" });
  });

  test.each([
    ["more records than bytes", file(3, Buffer.from([2, 4]))],
    ["bytes after its last record", file(1, Buffer.from([2, 4]))],
    ["a negative number of records", file(-1, Buffer.from([2]))],
    ["another end than it says", Buffer.concat([file(1, Buffer.from([2])).subarray(0, -1), Buffer.from([8])])],
    ["an end that is cut off", file(1, Buffer.from([2])).subarray(0, -1)],
    ["no beginning", Buffer.from("Obj\u0002 and more", "latin1")],
    ["nothing in it", Buffer.alloc(0)],
  ])("with %s is refused", async (_, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: "DATA_FILE_CORRUPT" });
  });
});

test("a snappy block is checked by its checksum, and may not be shorter than that", () => {
  for (const bytes of [Buffer.alloc(3), Buffer.from([0, 1, 2, 3, 4])])
    expect(() => decompress(bytes, "snappy")).toThrow(expect.objectContaining({ code: "DATA_FILE_CORRUPT" }));
  expect(decompress(Buffer.from([0, 0, 0, 0, 0]), "snappy")).toEqual(Buffer.alloc(0));
});

test("names are those that Avro allows, and types those of the specification", () => {
  expect(["plain_1", "with space", "1st", "naïve", "\u{1F600}"].map(avroName)).toEqual([
    "plain_1",
    "with_x20space",
    "_1st",
    "na_xEFve",
    "_x1F600",
  ]);
  expect(avroPrimitive("decimal(9,2)", "p")).toEqual({
    type: "fixed",
    name: "p",
    size: 4,
    logicalType: "decimal",
    precision: 9,
    scale: 2,
  });
  expect(avroPrimitive("fixed[3]", "p")).toEqual({ type: "fixed", name: "p", size: 3 });
  expect(
    ["timestamp", "timestamptz", "timestamp_ns", "timestamptz_ns"].map((type) => avroPrimitive(type, "p")),
  ).toEqual([
    { type: "long", logicalType: "timestamp-micros", "adjust-to-utc": false },
    { type: "long", logicalType: "timestamp-micros", "adjust-to-utc": true },
    { type: "long", logicalType: "timestamp-nanos", "adjust-to-utc": false },
    { type: "long", logicalType: "timestamp-nanos", "adjust-to-utc": true },
  ]);
  expect(["unknown", "binary", "int"].map((type) => avroPrimitive(type, "p"))).toEqual(["null", "bytes", "int"]);
  expect(avroField({ name: "a", id: 1, type: "null", required: false })).toEqual({
    name: "a",
    type: "null",
    default: null,
    "field-id": 1,
  });
});

test("fields are renamed at any depth, and those without an id keep their name", () => {
  const inner = {
    type: "record",
    name: "inner",
    fields: [
      { name: "b", type: "int", "field-id": 2 },
      { name: "c", type: "int" },
    ],
  };
  const outer = {
    type: "record",
    name: "outer",
    fields: [{ name: "a", type: ["null", { type: "array", items: inner }], "field-id": 1 }],
  };
  const renamed = renameById(
    outer,
    new Map([
      [1, "x"],
      [2, "y"],
    ]),
  );
  expect(renamed).toMatchObject({
    name: "outer",
    fields: [{ name: "x", type: ["null", { items: { fields: [{ name: "y" }, { name: "c" }] } }] }],
  });
  expect(renameById("int", new Map())).toBe("int");
});
