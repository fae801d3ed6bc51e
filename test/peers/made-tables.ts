/** The tables of table-maker.ts that the counterparts read; their names say what each is for. */
import type { Schema } from "../../src/iceberg/schema.ts";
import { schemaUpdates } from "../../src/iceberg/table-update.ts";
import type { Transform } from "../../src/iceberg/transform.ts";
import type { NestedField } from "../../src/iceberg/type.ts";
import type { Context } from "../../src/operations/context.ts";
import { changeFiles, createTable, evolve, specOf, type LiteralRow, type MadeTable } from "./table-maker.ts";

export async function makeTables(context: Context): Promise<readonly MadeTable[]> {
  const tables: MadeTable[] = [];
  for (const make of [makeAllTypes, makeTimes, makeOddNames, makeEmpty, makeEvolved, makeChanged, makeSorted])
    tables.push(await make(context));
  for (const [name, transform, sourceId] of partitionings)
    tables.push(await makePartitioned(context, { name, transform, sourceId }));
  return tables;
}

/** `name type` pairs, numbered from 1, all optional. */
function schemaOf(columns: readonly string[]): Schema {
  const fields = columns.map((text, index): NestedField => {
    const at = text.lastIndexOf(" ");
    return { id: index + 1, name: text.slice(0, at), required: false, type: text.slice(at + 1) };
  });
  return { schemaId: 0, fields, identifierFieldIds: [] };
}

async function makeAllTypes(context: Context): Promise<MadeTable> {
  const schema = schemaOf([
    "b boolean",
    "i int",
    "l long",
    "f float",
    "d double",
    "n decimal(9,2)",
    "m decimal(18,4)",
    "w decimal(38,10)",
    "day date",
    "ts timestamp",
    "tz timestamptz",
    "s string",
    "x binary",
  ]);
  const nulls = schema.fields.map(() => "null");
  const rows: LiteralRow[] = [
    [
      "true",
      "2147483647",
      "9223372036854775807",
      "'nan'::float",
      "'nan'::double",
      "9999999.99::decimal(9,2)",
      "99999999999999.9999::decimal(18,4)",
      "9999999999999999999999999999.9999999999::decimal(38,10)",
      "date '9999-12-31'",
      "timestamp '9999-12-31 23:59:59.999999'",
      "timestamptz '2262-01-01 00:00:00+00'",
      "'grüße 🌍 \"quoted\" \\ back'",
      "'\\x00\\xFF\\x01'::blob",
    ],
    [
      "false",
      "-2147483648",
      "-9223372036854775808",
      "'-inf'::float",
      "'inf'::double",
      "-9999999.99::decimal(9,2)",
      "-0.0001::decimal(18,4)",
      "-0.0000000001::decimal(38,10)",
      "date '0001-01-01'",
      "timestamp '0001-01-01 00:00:00'",
      "timestamptz '1969-12-31 23:59:59.999999+00'",
      "''",
      "''::blob",
    ],
    [
      "true",
      "0",
      "0",
      "-0.0::float",
      "-0.0::double",
      "0::decimal(9,2)",
      "0::decimal(18,4)",
      "0::decimal(38,10)",
      "date '1970-01-01'",
      "timestamp '1970-01-01 00:00:00.000001'",
      "timestamptz '2026-03-29 01:30:00+00'",
      "'zz a text that is longer than sixteen characters, for truncated bounds'",
      "'\\xFF\\xFF\\xFF\\xFF\\xFF\\xFF\\xFF\\xFF\\xFF\\xFF\\xFF\\xFF\\xFF\\xFF\\xFF\\xFF\\xFF'::blob",
    ],
    [
      "false",
      "1",
      "9007199254740993",
      "0.1::float",
      "0.1::double",
      "0.01::decimal(9,2)",
      "1.5::decimal(18,4)",
      "1.1::decimal(38,10)",
      "date '1582-10-14'",
      "timestamp '1582-10-04 12:00:00'",
      "timestamptz '1900-01-01 00:00:00+00'",
      "'null'",
      "'null'::blob",
    ],
    nulls,
    nulls,
  ];
  return changeFiles(context, await createTable(context, { name: "all_types", schema }), { rows });
}

/** Types that not every counterpart supports. */
async function makeTimes(context: Context): Promise<MadeTable> {
  const schema = schemaOf(["t time", "u uuid"]);
  const rows = [
    ["time '00:00:00'", "'00000000-0000-0000-0000-000000000000'::uuid"],
    ["time '23:59:59.999999'", "'f79c3e09-677c-4bbd-a479-3f349cb785e7'::uuid"],
    ["null", "null"],
  ];
  return changeFiles(context, await createTable(context, { name: "time_and_uuid", schema }), { rows });
}

async function makeOddNames(context: Context): Promise<MadeTable> {
  const schema = schemaOf([
    "with space int",
    "with.dot string",
    "naïve☕ int",
    'quo"te int',
    "select int",
    "a-b int",
    "1st int",
  ]);
  return changeFiles(context, await createTable(context, { name: "odd_names", schema }), {
    rows: [
      ["1", "'x'", "2", "3", "4", "5", "6"],
      ["null", "null", "null", "null", "null", "null", "null"],
    ],
  });
}

function makeEmpty(context: Context): Promise<MadeTable> {
  return createTable(context, { name: "empty", schema: schemaOf(["id int", "name string"]) });
}

/** Added, dropped, renamed, reordered and widened columns over files of every age. */
async function makeEvolved(context: Context): Promise<MadeTable> {
  const before = schemaOf(["id int", "gone string", "old_name string", "ratio float", "price decimal(9,2)"]);
  let table = await createTable(context, { name: "evolved", schema: before });
  table = await changeFiles(context, table, {
    rows: [
      ["1", "'dropped'", "'first'", "1.5::float", "1.25::decimal(9,2)"],
      ["-2147483648", "null", "null", "null", "null"],
    ],
  });
  const field = (id: number, name: string, type: string): NestedField => ({ id, name, required: false, type });
  const fields = [
    field(3, "new_name", "string"),
    field(1, "id", "long"),
    field(5, "price", "decimal(18,2)"),
    field(4, "ratio", "double"),
    field(6, "added", "string"),
    field(7, "gone", "int"),
  ];
  table = await evolve(context, table, schemaUpdates({ schemaId: 0, fields, identifierFieldIds: [] }));
  return changeFiles(context, table, {
    rows: [["'second'", "9223372036854775807", "99999999.99::decimal(18,2)", "0.1::double", "'there'", "7"]],
  });
}

/** Appended twice, one file removed, all overwritten: each state must stay readable. */
async function makeChanged(context: Context): Promise<MadeTable> {
  let table = await createTable(context, { name: "changed", schema: schemaOf(["id int", "name string"]) });
  table = await changeFiles(context, table, {
    rows: [
      ["1", "'a'"],
      ["2", "'b'"],
    ],
  });
  table = await changeFiles(context, table, { rows: [["3", "'c'"]] });
  const first = await filesOf(context, table);
  table = await changeFiles(context, table, { rows: [["4", "'d'"]] });
  table = await changeFiles(context, table, { remove: new Set(first.slice(0, 1)) });
  return changeFiles(context, table, { rows: [["9", "'overwritten'"]], remove: "all" });
}

async function filesOf(context: Context, { metadata }: MadeTable): Promise<readonly string[]> {
  const { planScan } = await import("../../src/iceberg/scan.ts");
  const { currentSnapshot } = await import("../../src/iceberg/table-metadata.ts");
  const { fileIO } = await import("../../src/catalog/file-io.ts");
  const plan = await planScan(fileIO(context.objects), {
    metadata,
    snapshot: currentSnapshot(metadata),
    filter: undefined,
  });
  return plan.files.map(({ dataFile }) => dataFile.filePath);
}

async function makeSorted(context: Context): Promise<MadeTable> {
  const sortOrder = {
    orderId: 1,
    fields: [{ sourceId: 1, transform: { kind: "identity" }, direction: "desc", nullOrder: "nulls-last" }],
  } as const;
  return changeFiles(
    context,
    await createTable(context, { name: "sorted", schema: schemaOf(["id int", "name string"]), sortOrder }),
    {
      rows: [
        ["3", "'c'"],
        ["2", "'b'"],
        ["1", "'a'"],
      ],
    },
  );
}

const partitionings: readonly (readonly [name: string, transform: Transform, sourceId: number])[] = [
  ["by_identity_int", { kind: "identity" }, 1],
  ["by_identity_string", { kind: "identity" }, 2],
  ["by_identity_decimal", { kind: "identity" }, 5],
  ["by_identity_date", { kind: "identity" }, 3],
  ["by_bucket_long", { kind: "bucket", buckets: 4 }, 6],
  ["by_bucket_string", { kind: "bucket", buckets: 4 }, 2],
  ["by_bucket_decimal", { kind: "bucket", buckets: 4 }, 5],
  ["by_truncate_int", { kind: "truncate", width: 10 }, 1],
  ["by_truncate_string", { kind: "truncate", width: 2 }, 2],
  ["by_truncate_decimal", { kind: "truncate", width: 50 }, 5],
  ["by_year", { kind: "year" }, 3],
  ["by_month", { kind: "month" }, 3],
  ["by_day", { kind: "day" }, 4],
  ["by_hour", { kind: "hour" }, 4],
  ["by_void", { kind: "void" }, 1],
];

async function makePartitioned(
  context: Context,
  { name, transform, sourceId }: { name: string; transform: Transform; sourceId: number },
): Promise<MadeTable> {
  const schema = schemaOf(["i int", "s string", "d date", "ts timestamp", "n decimal(9,2)", "l long"]);
  const rows = [
    ["-11", "'äöü long'", "date '1969-12-31'", "timestamp '1969-12-31 23:59:59.999999'", "-10.65::decimal(9,2)", "-34"],
    ["7", "'iceberg'", "date '2017-11-16'", "timestamp '2017-11-16 22:31:08'", "14.20::decimal(9,2)", "34"],
    [
      "7",
      "'🌍🌍🌍'",
      "date '2017-11-17'",
      "timestamp '2017-11-16 22:59:59'",
      "14.20::decimal(9,2)",
      "9007199254740993",
    ],
    ["null", "null", "null", "null", "null", "null"],
  ];
  const table = await createTable(context, { name, schema, spec: specOf(schema, [{ sourceId, transform }]) });
  return changeFiles(context, table, { rows });
}
