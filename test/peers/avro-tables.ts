/**
 * Tables for Spark to create in Avro: partitioned, evolved, with deletes of every kind, mixed with Parquet, in every
 * codec.
 */
import { column, version, type ForeignTable } from "./spark-tables.ts";

function inAvro(codec: string): string {
  const formats = ["write.format.default", "write.delete.format.default"].map((name) => `'${name}'='avro'`);
  return `${formats.join(", ")}, 'write.avro.compression-codec'='${codec}'`;
}

function properties(number: 1 | 2 | 3, codec: string): string {
  return version(number).replace("tblproperties (", `tblproperties (${inAvro(codec)}, `);
}

export const avroTables: readonly ForeignTable[] = [
  {
    name: "spark.avro_mixed",
    keptUp: true,
    steps: [
      `create table lake.spark.avro_mixed (id int, name string, ratio float, day date) using iceberg partitioned by (day) ${properties(2, "gzip")}`,
      `insert into lake.spark.avro_mixed select cast(id as int), concat('n', id), id / 4, date_add(date'2026-01-01', cast(id % 4 as int)) from range(400)`,
      `delete from lake.spark.avro_mixed where id % 7 = 3`,
      `alter table lake.spark.avro_mixed alter column id type bigint`,
      `alter table lake.spark.avro_mixed alter column ratio type double`,
      `alter table lake.spark.avro_mixed rename column name to called`,
      `alter table lake.spark.avro_mixed add column name decimal(9, 2) first`,
      `insert into lake.spark.avro_mixed values (1.25, 10000000000, 'ten', 0.1, date'2026-01-02')`,
      `alter table lake.spark.avro_mixed set tblproperties ('write.format.default'='parquet')`,
      `insert into lake.spark.avro_mixed select 2.5, id, null, id, date'2026-01-04' from range(1000, 1100)`,
      `alter table lake.spark.avro_mixed add partition field bucket(3, id)`,
      `update lake.spark.avro_mixed set called = 'changed' where id % 50 = 1`,
      `alter table lake.spark.avro_mixed set tblproperties ('write.delete.format.default'='parquet')`,
      `delete from lake.spark.avro_mixed where id % 11 = 5`,
    ],
    columns: [
      column("id", "long"),
      column("called", "string"),
      column("ratio", "double"),
      column("name", "decimal(9,2)"),
      column("day", "date"),
    ],
    filter: "day = date '2026-01-03'",
  },
  {
    name: "spark.avro_by_value",
    keptUp: true,
    steps: [
      `create table lake.spark.avro_by_value (id int, name string) using iceberg ${properties(2, "uncompressed")}`,
      `insert into lake.spark.avro_by_value select cast(id as int), concat('n', id) from range(20)`,
      { table: "lake.spark.avro_by_value", equal: { id: [3, 4, 99] }, format: "AVRO" },
      `insert into lake.spark.avro_by_value select 4, 'again'`,
      `alter table lake.spark.avro_by_value set tblproperties ('write.format.default'='parquet')`,
      `insert into lake.spark.avro_by_value select 5, 'n5'`,
      { table: "lake.spark.avro_by_value", equal: { id: [7, 5], name: ["n7", "n5"] }, format: "AVRO" },
      `alter table lake.spark.avro_by_value alter column id type bigint`,
      `insert into lake.spark.avro_by_value select 3, 'new'`,
    ],
    columns: [column("id", "long"), column("name", "string")],
  },
  {
    name: "spark.avro_types",
    steps: [
      `create table lake.spark.avro_types (flag boolean, small int, large bigint, single float, half double, amount decimal(38, 10), price decimal(38, 10),
         day date, at timestamp, local timestamp_ntz, text string, bytes binary,
         s struct<a: int, \`odd name\`: string, deep: struct<x: bigint>>, l array<array<int>>, m map<string, array<string>>, n map<int, struct<y: double>>)
         using iceberg ${properties(2, "snappy")}`,
      `insert into lake.spark.avro_types select id % 3 = 0, id, id * 123456789012, id / 3, if(id = 4, double('NaN'), id / 7),
         cast(id as decimal(38, 10)) * -1234567890123456.0123456789, if(id % 5 = 0, null, id),
         date_add(date'1969-12-25', cast(id as int)), timestamp_micros(id * 1234567890123 - 5), timestamp_ntz'1969-12-31 23:59:59.999999',
         repeat('é€😀 over and over ', cast(id as int)), unhex(repeat('00ff', cast(id % 4 as int))),
         if(id % 4 = 1, null, named_struct('a', cast(id as int), 'odd name', if(id % 2 = 0, null, 'odd'), 'deep', if(id % 3 = 1, null, named_struct('x', id)))),
         if(id % 6 = 2, null, transform(sequence(0, cast(id % 3 as int)), i -> if(i = 1, null, sequence(i, i + 2)))),
         map_from_arrays(array('k', 'other'), array(array(), array('v', concat('w', id)))),
         if(id % 4 = 3, null, map(cast(id as int), named_struct('y', id / 2)))
         from range(200)`,
      `alter table lake.spark.avro_types rename column s.a to first`,
      `alter table lake.spark.avro_types add column s.later string`,
      `insert into lake.spark.avro_types values (null, -1, null, null, null, null, null, null, null, null, null, null, named_struct('first', 1, 'odd name', 'x', 'deep', null, 'later', 'now'), array(), map(), map())`,
      `alter table lake.spark.avro_types set tblproperties ('write.format.default'='parquet')`,
      `insert into lake.spark.avro_types select * from lake.spark.avro_types where small < 50`,
    ],
    columns: [
      ...[
        "flag:boolean",
        "small:int",
        "large:long",
        "single:float",
        "half:double",
        "amount:decimal(38,10)",
        "price:decimal(38,10)",
      ].map(named),
      ...["day:date", "local:timestamp", "text:string"].map(named),
      column("at", "timestamptz", '"at"'),
      { theirs: "lower(hex(bytes))", ours: "lower(hex(bytes))", type: "string" },
      column("s.first", "int"),
      { theirs: "s.`odd name`", ours: 's."odd name"', type: "string" },
      column("s.deep.x", "long"),
      column("s.deep is null", "boolean"),
      column("s.later", "string"),
      column("l[1][0]", "int", "l[2][1]"),
      column("l[0][2]", "int", "l[1][3]"),
      { theirs: "size(l)", ours: "coalesce(len(l), -1)", type: "int" },
      column("m['other'][1]", "string", "m['other'][2]"),
      { theirs: "size(m)", ours: "coalesce(cardinality(m), -1)", type: "int" },
      column("n[small].y", "double"),
    ],
  },
  {
    name: "spark.avro_vectors",
    keptUp: true,
    steps: [
      `create table lake.spark.avro_vectors (id bigint, name string) using iceberg ${properties(3, "zstd")}`,
      `insert into lake.spark.avro_vectors select id, concat('n', id) from range(3000)`,
      `delete from lake.spark.avro_vectors where id % 3 = 0`,
      `insert into lake.spark.avro_vectors select id, null from range(5000, 5010)`,
      `update lake.spark.avro_vectors set name = 'changed' where id % 100 = 1`,
    ],
    columns: [column("id", "long"), column("name", "string")],
  },
];

function named(text: string) {
  const [name = "", type = ""] = text.split(":");
  return column(name, type);
}
