/**
 * Avro data files as other writers make them, in all types and codecs, are read through the engine exactly as they were
 * written.
 */
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { crc32, deflateRawSync, zstdCompressSync } from "node:zlib";
import avro from "avsc";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRandom, type Random } from "../../test/soak/random.ts";
import type { EngineValue } from "../engine/engine-protocol.ts";
import type { Engine } from "../engine/engine.ts";
import { openEngine } from "../engine/open-engine.ts";
import { readDataFilesSql } from "../engine/read-data-files.ts";
import { longType } from "../iceberg/avro-file.ts";
import type { DataFile } from "../iceberg/data-file.ts";
import { newTable } from "../iceberg/new-table.ts";
import type { ScanFile } from "../iceberg/scan.ts";
import type { NestedField, Type } from "../iceberg/type.ts";
import { fileCache } from "../objects/file-cache.ts";
import { fileObjectStore } from "../objects/fs/file-object-store.ts";
import type { LakeFiles } from "./deletion-vectors.ts";
import { tableFiles } from "./table-files.ts";
import { localFiles, type LocalFile } from "./local-files.ts";
import { readColumn } from "./read-column.ts";
import { shapedFiles } from "./shaped-files.ts";

let directory: string;
let engine: Engine;
let lake: LakeFiles;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "headgate-avro-"));
  engine = await openEngine({ memoryMb: 256, threads: 2, scratchDirectory: directory });
  const derived = fileCache({ directory: join(directory, "derived"), boundBytes: 1 });
  lake = { objects: fileObjectStore(pathToFileURL(directory).href), derived };
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

/** Used for longs with a logical type too. */
const exactLongs = (schema: avro.Schema): avro.Type | undefined =>
  (schema as { type?: unknown }).type === "long" || schema === "long" ? longType : undefined;

/** Writes each codec's block format. The compression may be poor, but must be correct. */
const codecs: Readonly<Record<string, (data: Buffer) => Buffer>> = {
  null: (data) => data,
  deflate: (data) => deflateRawSync(data),
  zstandard: (data) => zstdCompressSync(data),
  snappy(data) {
    const length = Buffer.alloc(5);
    for (let index = 0, rest = data.length; index < 5; index++, rest >>>= 7)
      length[index] = (rest & 0x7f) | (index < 4 ? 0x80 : 0);
    const tag = Buffer.alloc(5, 63 << 2);
    tag.writeUInt32LE(data.length - 1, 1);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(data));
    return Buffer.concat([length, tag, data, checksum]);
  },
};

interface AvroContent {
  readonly schema: object;
  readonly records: readonly unknown[];
  readonly codec?: string;
  readonly blockRecords?: number;
}

let made = 0;

async function avroFile(content: AvroContent, more: Partial<DataFile> = {}): Promise<DataFile> {
  const { schema, records, codec = "deflate", blockRecords = 700 } = content;
  const type = avro.Type.forSchema(schema as avro.Schema, { typeHook: exactLongs });
  const long = (value: number): Buffer => avro.Type.forSchema("long").toBuffer(value);
  const header = avro.Type.forSchema({ type: "map", values: "bytes" }).toBuffer({
    "avro.schema": Buffer.from(JSON.stringify(schema)),
    "avro.codec": Buffer.from(codec),
  });
  const sync = Buffer.from("0123456789abcdef");
  const parts = [Buffer.from("Obj\u0001"), header, sync];
  for (let start = 0; start < records.length; start += blockRecords) {
    const block = records.slice(start, start + blockRecords);
    const data = codecs[codec]?.(Buffer.concat(block.map((record) => type.toBuffer(record)))) ?? Buffer.alloc(0);
    parts.push(long(block.length), long(data.length), data, sync);
  }
  const path = join(directory, `${made++}.avro`);
  await writeFile(path, Buffer.concat(parts));
  return dataFile({ filePath: pathToFileURL(path).href, recordCount: BigInt(records.length), ...more });
}

function dataFile(more: Partial<DataFile>): DataFile {
  const usual = { content: "data", fileFormat: "AVRO", specId: 0, partition: [], fileSizeInBytes: 1n } as const;
  return { ...usual, filePath: "", recordCount: 0n, ...more };
}

function tableOf(fields: readonly NestedField[], properties: Readonly<Record<string, string>> = {}) {
  const schema = { schemaId: 0, fields, identifierFieldIds: [] };
  return newTable({ uuid: "t", location: pathToFileURL(directory).href, schema, properties, now: 0 });
}

interface Wanted {
  readonly fields: readonly NestedField[];
  readonly files: readonly ScanFile[];
  readonly properties?: Readonly<Record<string, string>>;
}

async function local({ fields, files, properties }: Wanted): Promise<readonly LocalFile[]> {
  const metadata = tableOf(fields, properties);
  const own = tableFiles(lake, { database: "d", name: "t", location: metadata.location, places: [] });
  return shapedFiles(engine, { metadata, files: await localFiles(own, { table: "t", metadata, files }) });
}

/** Rows in the order of the file. */
async function read(wanted: Wanted): Promise<readonly (readonly EngineValue[])[]> {
  const files = await local(wanted);
  const columns = wanted.fields.map(readColumn);
  const sql = readDataFilesSql({ files, columns, placesIn: files });
  const { rows } = await engine.run(`select * exclude (file, row) from (${sql}) rows order by file, row`);
  return rows;
}

const scanned = (file: DataFile, deletes: ScanFile["deletes"] = []): ScanFile => ({
  dataFile: file,
  sequenceNumber: 1n,
  deletes,
});

/** A type in Avro and in Iceberg, with a generator of values as they are written and as they are read. */
interface Kind {
  readonly avro: unknown;
  readonly type: Type;
  make(random: Random): { readonly written: unknown; readonly read: EngineValue };
}

function values(type: Type, schema: unknown, pairs: readonly (readonly [unknown, EngineValue])[]): Kind {
  return {
    avro: schema,
    type,
    make(random) {
      const [written, found] = random.pick(pairs);
      return { written, read: found };
    },
  };
}

function nullable(kind: Kind, nullFirst = true): Kind {
  return {
    avro: nullFirst ? ["null", kind.avro] : [kind.avro, "null"],
    type: kind.type,
    make: (random) => (random.chance(0.3) ? { written: null, read: null } : kind.make(random)),
  };
}

function listOf(elementId: number, kind: Kind): Kind {
  return {
    avro: { type: "array", items: kind.avro, "element-id": elementId },
    type: { type: "list", elementId, element: kind.type, elementRequired: false },
    make(random) {
      const items = Array.from({ length: random.below(4) }, () => kind.make(random));
      return { written: items.map(({ written }) => written), read: items.map((item) => item.read) };
    },
  };
}

function mapOf(ids: { readonly key: number; readonly value: number }, kind: Kind): Kind {
  return {
    avro: { type: "map", values: kind.avro, "key-id": ids.key, "value-id": ids.value },
    type: { type: "map", keyId: ids.key, key: "string", valueId: ids.value, value: kind.type, valueRequired: false },
    make(random) {
      const items = Array.from({ length: random.below(3) }, (_, key) => ({ key: `k${key}`, ...kind.make(random) }));
      return {
        written: Object.fromEntries(items.map(({ key, written }) => [key, written])),
        read: items.map((item) => ({ key: item.key, value: item.read })),
      };
    },
  };
}

function numberedMapOf(ids: { readonly key: number; readonly value: number }, kind: Kind): Kind {
  const fields = [
    { name: "key", type: "long", "field-id": ids.key },
    { name: "value", type: kind.avro, "field-id": ids.value },
  ];
  return {
    avro: { type: "array", logicalType: "map", items: { type: "record", name: `k${ids.key}`, fields } },
    type: { type: "map", keyId: ids.key, key: "long", valueId: ids.value, value: kind.type, valueRequired: false },
    make(random) {
      const items = Array.from({ length: random.below(3) }, (_, key) => ({ key, ...kind.make(random) }));
      return {
        written: items.map(({ key, written }) => ({ key: BigInt(key), value: written })),
        read: items.map((item) => ({ key: item.key, value: item.read })),
      };
    },
  };
}

interface Part {
  readonly id: number;
  readonly name: string;
  readonly kind: Kind;
}

function structOf(name: string, parts: readonly Part[]): Kind {
  const avroPart = ({ id, name: own, kind }: Part): object =>
    own.includes(" ")
      ? { name: own.replace(" ", "_x20"), type: kind.avro, "field-id": id, "iceberg-field-name": own }
      : { name: own, type: kind.avro, "field-id": id };
  return {
    avro: { type: "record", name, fields: parts.map(avroPart) },
    type: {
      type: "struct",
      fields: parts.map(({ id, name: own, kind }) => ({ id, name: own, required: false, type: kind.type })),
    },
    make(random) {
      const found = parts.map((part) => ({ ...part, ...part.kind.make(random) }));
      return {
        written: Object.fromEntries(found.map((part) => [part.name.replace(" ", "_x20"), part.written])),
        read: Object.fromEntries(found.map((part) => [part.name, part.read])),
      };
    },
  };
}

const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");
const timestamp = (utc: boolean): object => ({ type: "long", logicalType: "timestamp-micros", "adjust-to-utc": utc });
const amounts = [
  [bytes("0000000000000005dc"), "1.500"],
  [bytes("ffffffffffffffffff"), "-0.001"],
  [bytes("056bc75e2d630fffff"), "99999999999999999.999"],
] as const;
const amount = { type: "fixed", name: "decimal_20_3", size: 9, logicalType: "decimal", precision: 20, scale: 3 };
const int = values("int", "int", [
  [-(2 ** 31), -(2 ** 31)],
  [2 ** 31 - 1, 2 ** 31 - 1],
  [0, 0],
  [-65, -65],
]);
const text = values("string", "string", [
  ["", ""],
  ["é€😀", "é€😀"],
  ["x".repeat(300), "x".repeat(300)],
]);
const point = structOf("r13", [
  { id: 14, name: "x", kind: int },
  { id: 15, name: "odd name", kind: nullable(text) },
]);

const kinds: readonly Part[] = [
  {
    id: 1,
    name: "flag",
    kind: nullable(
      values("boolean", "boolean", [
        [true, true],
        [false, false],
      ]),
    ),
  },
  { id: 2, name: "small", kind: nullable(int, false) },
  {
    id: 3,
    name: "large",
    kind: values("long", "long", [
      [2n ** 63n - 1n, 2n ** 63n - 1n],
      [-(2n ** 63n), -(2n ** 63n)],
      [-1n, -1],
      [2n ** 31n, 2 ** 31],
      [2n ** 34n + 5n, 2 ** 34 + 5],
      [-(2n ** 40n), -(2 ** 40)],
    ]),
  },
  {
    id: 4,
    name: "single",
    kind: nullable(
      values("float", "float", [
        [1.5, 1.5],
        [-0, -0],
        [Infinity, "Infinity"],
      ]),
    ),
  },
  {
    id: 5,
    name: "double",
    kind: nullable(
      values("double", "double", [
        [0.1, 0.1],
        [Number.NaN, "NaN"],
      ]),
    ),
  },
  { id: 6, name: "amount", kind: nullable(values("decimal(20,3)", amount, amounts)) },
  { id: 7, name: "price", kind: nullable(values("decimal(20,3)", "decimal_20_3", amounts)) },
  {
    id: 8,
    name: "day",
    kind: nullable(
      values("date", { type: "int", logicalType: "date" }, [
        [-1, "1969-12-31"],
        [20_000, "2024-10-04"],
      ]),
    ),
  },
  {
    id: 9,
    name: "time",
    kind: nullable(
      values("time", { type: "long", logicalType: "time-micros" }, [
        [1n, "00:00:00.000001"],
        [86_399_999_999n, "23:59:59.999999"],
      ]),
    ),
  },
  {
    id: 10,
    name: "local",
    kind: nullable(values("timestamp", timestamp(false), [[-1n, "1969-12-31T23:59:59.999999"]])),
  },
  {
    id: 11,
    name: "at",
    kind: nullable(values("timestamptz", timestamp(true), [[1_000_000n, "1970-01-01T00:00:01Z"]])),
  },
  { id: 12, name: "text", kind: nullable(text) },
  { id: 13, name: "point", kind: nullable(point) },
  {
    id: 16,
    name: "code",
    kind: nullable(
      values("uuid", { type: "fixed", name: "uuid_fixed", size: 16, logicalType: "uuid" }, [
        [bytes("00112233445566778899aabbccddeeff"), "00112233-4455-6677-8899-aabbccddeeff"],
        [bytes("ff112233445566778899aabbccddeeff"), "ff112233-4455-6677-8899-aabbccddeeff"],
      ]),
    ),
  },
  {
    id: 17,
    name: "bytes",
    kind: nullable(
      values("binary", "bytes", [
        [bytes(""), ""],
        [bytes("00ff"), "00ff"],
      ]),
    ),
  },
  {
    id: 18,
    name: "three",
    kind: nullable(values("fixed[3]", { type: "fixed", name: "fixed_3", size: 3 }, [[bytes("0001ff"), "0001ff"]])),
  },
  { id: 19, name: "list", kind: nullable(listOf(20, nullable(listOf(21, nullable(int))))) },
  { id: 22, name: "map", kind: nullable(mapOf({ key: 23, value: 24 }, nullable(listOf(25, text)))) },
  { id: 26, name: "by_number", kind: numberedMapOf({ key: 27, value: 28 }, nullable({ ...point, avro: "r13" })) },
  { id: 29, name: "points", kind: listOf(30, { ...point, avro: "r13" }) },
  {
    id: 31,
    name: "variable",
    kind: nullable(
      values("decimal(9,2)", { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 }, [
        [bytes("ff"), "-0.01"],
        [bytes("0100"), "2.56"],
      ]),
    ),
  },
];

const everyType = structOf("table", kinds);
const everyField = (everyType.type as { fields: readonly NestedField[] }).fields;

describe("read through the engine", () => {
  test.each(Object.keys(codecs))("rows of every type, compressed with %s", async (codec) => {
    const random = openRandom(codec.length);
    const rows = Array.from({ length: 3_000 }, () => everyType.make(random));
    const content = { schema: everyType.avro as object, codec, records: rows.map(({ written }) => written) };
    const found = await read({ fields: everyField, files: [scanned(await avroFile(content))] });
    expect(found).toEqual(rows.map((row) => Object.values(row.read as object)));
  });

  const number = { id: 1, name: "n", required: true, type: "long" } as const;
  const numbers = { type: "record", name: "table", fields: [{ name: "n", type: "long", "field-id": 1 }] };
  const counted = (count: number) => Array.from({ length: count }, (_, n) => ({ n: BigInt(n) }));

  test("more rows than a row group holds, in their order, once for all who ask; nobody else may read the copy", async () => {
    const types = { n: "long", d: "double", f: "float", s: "string" } as const;
    const names = Object.entries(types);
    const schema = { ...numbers, fields: names.map(([name, type], index) => ({ name, type, "field-id": index + 1 })) };
    const rows = Array.from({ length: 300_000 }, (_, n) => ({ n: BigInt(n), d: n / 4, f: n / 2, s: `row ${n}` }));
    const file = await avroFile({ schema, records: rows, codec: "zstandard" });
    const fields = names.map(([name, type], index) => ({ id: index + 1, name, required: true, type }));
    const wanted = { fields, files: [scanned(file)] };
    const [[one], [other]] = await Promise.all([local(wanted), local(wanted)]);
    expect(one?.path).toBe(other?.path);
    expect((await stat(one?.path ?? "")).mode & 0o777).toBe(0o600);
    const found = await read(wanted);
    const wrong = found.findIndex(
      ([n, d, f, s], row) => n !== row || d !== row / 4 || f !== row / 2 || s !== `row ${row}`,
    );
    expect({ rows: found.length, wrong: found[wrong] }).toEqual({ rows: 300_000, wrong: undefined });
  });

  test("without rows, and with columns that came later", async () => {
    const later = { id: 2, name: "later", required: false, type: "int", initialDefault: 7 } as const;
    const files = [
      await avroFile({ schema: numbers, records: [] }),
      await avroFile({ schema: numbers, records: counted(2) }),
    ];
    expect(await read({ fields: [number, later], files: files.map((file) => scanned(file)) })).toEqual([
      [0, 7],
      [1, 7],
    ]);
  });

  test("less what delete files in Avro name, by position and by value", async () => {
    const data = await avroFile({ schema: numbers, records: counted(10) });
    const places = {
      type: "record",
      name: "deletes",
      fields: [
        { name: "file_path", type: "string", "field-id": 2147483546 },
        { name: "pos", type: "long", "field-id": 2147483545 },
      ],
    };
    const named = [1n, 8n].map((pos) => ({ file_path: data.filePath, pos }));
    const others = [{ file_path: "elsewhere", pos: 2n }];
    const byPlace = await avroFile({ schema: places, records: [...named, ...others] }, { content: "position-deletes" });
    const byValue = await avroFile(
      { schema: numbers, records: [{ n: 5n }] },
      { content: "equality-deletes", equalityIds: [1] },
    );
    const deletes = [byPlace, byValue].map((file) => ({ file, sequenceNumber: 2n }));
    const found = await read({ fields: [number], files: [scanned(data, deletes)] });
    expect(found.flat()).toEqual([0, 2, 3, 4, 6, 7, 9]);
  });

  test("of a writer that knows no field ids, by the table's name mapping", async () => {
    const fields = [
      { name: "kind", type: { type: "enum", name: "kinds", symbols: ["small", "large"] } },
      { name: "seen", type: ["null", { type: "long", logicalType: "timestamp-millis" }] },
      { name: "clock", type: { type: "int", logicalType: "time-millis" } },
      { name: "nothing", type: "null" },
    ];
    const file = await avroFile({
      schema: { type: "record", name: "events", namespace: "a.b", fields },
      records: [{ kind: "large", seen: -1n, clock: 1, nothing: null }],
    });
    const types = ["string", "timestamp", "time", "string"];
    const mapping = fields.map(({ name }, index) => ({ "field-id": index + 1, names: [name] }));
    const found = await read({
      fields: types.map((type, index) => ({ id: index + 1, name: `c${index}`, required: false, type })),
      files: [scanned(file)],
      properties: { "schema.name-mapping.default": JSON.stringify(mapping) },
    });
    expect(found).toEqual([["large", "1969-12-31T23:59:59.999", "00:00:00.001", null]]);
  });

  describe("is refused", () => {
    const refusal = async (file: DataFile) =>
      local({ fields: [number], files: [scanned(file)] }).then(
        () => undefined,
        ({ code, message, place }) => ({ code, message, place }),
      );

    async function damage(file: DataFile, change: (bytes: Buffer) => Buffer): Promise<DataFile> {
      const path = join(directory, `${made++}.avro`);
      await writeFile(path, change((await lake.objects.get(file.filePath)) as Buffer));
      return { ...file, filePath: pathToFileURL(path).href };
    }

    test.each<[string, (bytes: Buffer) => Buffer]>([
      ["cut within a block", (all) => all.subarray(0, -5)],
      ["cut after a block", (all) => all.subarray(0, all.lastIndexOf("0123456789abcdef", -17) + 16)],
      [
        "with a byte changed",
        (all) => Buffer.concat([all.subarray(0, -30), Buffer.from([1, 2, 3]), all.subarray(-27)]),
      ],
      ["that is something else", () => Buffer.from("PAR1")],
    ])("a file %s, and no copy is left", async (_, change) => {
      const whole = await avroFile({ schema: numbers, records: counted(5_000), codec: "snappy" });
      const before = await readdir(join(directory, "derived"), { recursive: true });
      const file = await damage(whole, change);
      expect(await refusal(file)).toMatchObject({ code: "DATA_FILE_CORRUPT", place: file.filePath });
      const after = await readdir(join(directory, "derived"), { recursive: true });
      expect(after.filter((name) => name.length > 2)).toEqual(before.filter((name) => name.length > 2));
    });

    test("a union of several types, a variant, a codec that Node lacks", async () => {
      const parts = ["metadata", "value"].map((name) => ({ name, type: "bytes" }));
      const variant = { type: "record", name: "v", logicalType: "variant", fields: parts };
      for (const type of [["long", "string"], variant]) {
        const file = await avroFile({
          schema: { ...numbers, fields: [{ name: "n", type, "field-id": 1 }] },
          records: [],
        });
        expect(await refusal(file)).toMatchObject({ code: "METADATA_INVALID", place: file.filePath });
      }
      const other = await damage(await avroFile({ schema: numbers, records: counted(1), codec: "null" }), (all) =>
        Buffer.from(all.toString("latin1").replace("null", "lzma"), "latin1"),
      );
      expect(await refusal(other)).toMatchObject({ code: "METADATA_INVALID", message: /codec lzma/ });
    });

    test("another format, as data and as deletes, with what to do", async () => {
      const orc = dataFile({ filePath: "file:///x.orc", fileFormat: "ORC" });
      const asDeletes = scanned(await avroFile({ schema: numbers, records: [] }), [
        { file: { ...orc, content: "position-deletes" }, sequenceNumber: 2n },
      ]);
      for (const files of [[scanned(orc)], [asDeletes]])
        await expect(local({ fields: [number], files })).rejects.toMatchObject({
          code: "METADATA_INVALID",
          place: "t: file:///x.orc",
          remedy: expect.stringContaining("rewrite_data_files"),
        });
    });
  });
});
