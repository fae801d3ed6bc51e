/**
 * Tables for Spark to create: format versions, kinds of deletes, evolution of schemas, parts of columns and partitions,
 * files of others.
 */

export interface ForeignTable {
  /** `database.table`. */
  readonly name: string;
  /** SQL, or rows to delete by value. */
  readonly steps: readonly (
    | string
    | { readonly table: string; readonly equal: Readonly<Record<string, readonly unknown[]>>; readonly format?: "AVRO" }
  )[];
  readonly columns: readonly ForeignColumn[];
  /** Where it has files besides its own location: those that it has taken in. */
  readonly filesAt?: string;
  /** Its plain columns are rewritten by Headgate and then read by Spark. */
  readonly keptUp?: boolean;
  /** A condition that skips files. */
  readonly filter?: string;
}

interface ForeignColumn {
  /** In the writer's SQL dialect. */
  readonly theirs: string;
  readonly ours: string;
  /** Iceberg type. */
  readonly type: string;
}

export function column(name: string, type: string, ours = name): ForeignColumn {
  return { theirs: name, ours, type };
}

const ids = (from: number, to: number): string => `select id, concat('n', id) as name from range(${from}, ${to}) r(id)`;

export function version(number: 1 | 2 | 3, mode: "merge-on-read" | "copy-on-write" = "merge-on-read"): string {
  const modes = ["delete", "update", "merge"].map((work) => `'write.${work}.mode'='${mode}'`);
  return `tblproperties ('format-version'='${number}', ${modes.join(", ")})`;
}

const plain = [column("id", "long"), column("name", "string")];

/** `warehouse`: the directory they are made in. */
export function sparkTables(warehouse: string): readonly ForeignTable[] {
  return [
    {
      name: "spark.first_version",
      steps: [
        `create table lake.spark.first_version (id bigint, name string, day date) using iceberg partitioned by (day) ${version(1, "copy-on-write")}`,
        `insert into lake.spark.first_version select id, concat('n', id), date_add(date'2026-01-01', cast(id % 5 as int)) from range(50)`,
        `alter table lake.spark.first_version drop partition field day`,
        `alter table lake.spark.first_version add partition field bucket(4, id)`,
        `insert into lake.spark.first_version select id, null, date'2026-02-01' from range(50, 60)`,
        `delete from lake.spark.first_version where id % 7 = 3`,
      ],
      columns: [...plain, column("day", "date")],
      filter: "day = date '2026-01-02'",
    },
    {
      name: "spark.positions",
      keptUp: true,
      steps: [
        `create table lake.spark.positions (id bigint, name string) using iceberg partitioned by (truncate(10, id)) ${version(2)}`,
        `insert into lake.spark.positions ${ids(0, 100)}`,
        `delete from lake.spark.positions where id % 3 = 0`,
        `update lake.spark.positions set name = 'changed' where id % 10 = 1`,
        `alter table lake.spark.positions add partition field name`,
        `merge into lake.spark.positions t using (${ids(95, 110)}) s on t.id = s.id
           when matched then delete when not matched then insert *`,
      ],
      columns: plain,
      filter: "id between 20 and 25",
    },
    {
      name: "spark.by_value",
      keptUp: true,
      steps: [
        `create table lake.spark.by_value (id int, name string) using iceberg ${version(2)}`,
        `insert into lake.spark.by_value select cast(id as int), concat('n', id) from range(20)`,
        { table: "lake.spark.by_value", equal: { id: [3, 4, 99] } },
        `insert into lake.spark.by_value select 4, 'again'`,
        { table: "lake.spark.by_value", equal: { id: [7, 8], name: ["n7", "not this"] } },
        `delete from lake.spark.by_value where id = 10`,
        `alter table lake.spark.by_value rename column name to called`,
        `insert into lake.spark.by_value select 3, 'new'`,
      ],
      columns: [column("id", "int"), column("called", "string")],
    },
    {
      name: "spark.vectors",
      keptUp: true,
      steps: [
        `create table lake.spark.vectors (id bigint, name string) using iceberg partitioned by (bucket(2, id)) ${version(3)}`,
        `insert into lake.spark.vectors ${ids(0, 1000)}`,
        `delete from lake.spark.vectors where id % 3 = 0`,
        `delete from lake.spark.vectors where id between 100 and 400`,
        `insert into lake.spark.vectors ${ids(2000, 2010)}`,
        `update lake.spark.vectors set name = null where id = 2001`,
        `call lake.system.rewrite_manifests('spark.vectors')`,
      ],
      columns: plain,
    },
    {
      name: "spark.upgraded",
      keptUp: true,
      steps: [
        `create table lake.spark.upgraded (id bigint, name string) using iceberg ${version(2)}`,
        `insert into lake.spark.upgraded ${ids(0, 100)}`,
        `delete from lake.spark.upgraded where id < 10`,
        `alter table lake.spark.upgraded set tblproperties ('format-version'='3')`,
        `insert into lake.spark.upgraded ${ids(100, 200)}`,
        `delete from lake.spark.upgraded where id % 10 = 5`,
      ],
      columns: plain,
    },
    {
      name: "spark.evolved",
      keptUp: true,
      steps: [
        `create table lake.spark.evolved (id int, amount decimal(9, 2), ratio float, gone string) using iceberg ${version(2)}`,
        `insert into lake.spark.evolved values (1, 1.50, 0.5, 'x'), (2, -2.25, 1.5, 'y')`,
        `alter table lake.spark.evolved alter column id type bigint`,
        `alter table lake.spark.evolved alter column amount type decimal(18, 2)`,
        `alter table lake.spark.evolved alter column ratio type double`,
        `alter table lake.spark.evolved drop column gone`,
        `alter table lake.spark.evolved add column gone int first`,
        `alter table lake.spark.evolved rename column ratio to share`,
        `insert into lake.spark.evolved values (7, 9999999999, 1234567890.12, 2.5)`,
      ],
      columns: [
        column("id", "long"),
        column("amount", "decimal(18,2)"),
        column("share", "double"),
        column("gone", "int"),
      ],
    },
    {
      name: "spark.nested",
      keptUp: true,
      steps: [
        `create table lake.spark.nested (id int, s struct<a: int, b: string>, l array<struct<x: int>>, m map<string, struct<y: int>>) using iceberg ${version(2)}`,
        `insert into lake.spark.nested values (1, named_struct('a', 1, 'b', 'one'), array(named_struct('x', 10), null), map('k', named_struct('y', 100))), (2, null, null, null)`,
        `alter table lake.spark.nested rename column s.a to first`,
        `alter table lake.spark.nested drop column s.b`,
        `alter table lake.spark.nested add column s.c double`,
        `alter table lake.spark.nested alter column s.first type bigint`,
        `alter table lake.spark.nested rename column l.element.x to z`,
        `alter table lake.spark.nested add column m.value.w string`,
        `insert into lake.spark.nested values (3, named_struct('first', 3L, 'c', 0.5D), array(named_struct('z', 30)), map('k', named_struct('y', 300, 'w', 'w')))`,
        `insert into lake.spark.nested values (4, null, array(), map())`,
        `insert into lake.spark.nested select 5, s, l, m from lake.spark.nested where id = 1`,
      ],
      columns: [
        column("id", "int"),
        column("s.first", "long"),
        column("s.c", "double"),
        column("s is null", "boolean"),
        column("l[0].z", "int", "l[1].z"),
        column("size(l)", "int", "coalesce(len(l), -1)"),
        column("m['k'].y", "int"),
        column("m['k'].w", "string"),
      ],
    },
    {
      name: "spark.odd_names",
      keptUp: true,
      steps: [
        `create table lake.spark.odd_names (id int, \`a b\` int, s struct<\`odd name\`: string, \`1st\`: int>, l array<struct<\`é\`: int>>) using iceberg ${version(2)}`,
        `insert into lake.spark.odd_names values (1, 2, named_struct('odd name', 'x', '1st', 3), array(named_struct('é', 4)))`,
        `insert into lake.spark.odd_names values (5, null, named_struct('odd name', null, '1st', 6), null)`,
      ],
      columns: [
        column("id", "int"),
        { theirs: "`a b`", ours: '"a b"', type: "int" },
        { theirs: "s.`odd name`", ours: 's."odd name"', type: "string" },
        { theirs: "s.`1st`", ours: 's."1st"', type: "int" },
        { theirs: "l[0].`é`", ours: 'l[1]."é"', type: "int" },
      ],
    },
    {
      name: "spark.times",
      steps: [
        `create table lake.spark.times (at timestamp, local timestamp_ntz, day date, name string) using iceberg
           partitioned by (hours(at), months(local), years(day), truncate(2, name)) ${version(2)}`,
        `insert into lake.spark.times select timestamp_seconds(id * 40000), timestamp_ntz'1969-12-30 23:30:00' + make_dt_interval(cast(id as int)),
           date_add(date'1969-12-01', cast(id * 20 as int)), concat('é', id) from range(-5, 20)`,
      ],
      columns: [
        column("at", "timestamptz", '"at"'),
        column("local", "timestamp"),
        column("day", "date"),
        column("name", "string"),
      ],
      filter: `"at" < timestamptz '1970-01-01 00:00:00+00'`,
    },
    {
      name: "spark.taken_in",
      keptUp: true,
      steps: [
        `create table lake.spark.taken_in (id bigint, name string, city string) using iceberg partitioned by (city) ${version(2)}`,
        `insert overwrite directory '${warehouse}/plain/city=Cluj Napoca' using parquet select id, concat('n', id) as name from range(10)`,
        `insert overwrite directory '${warehouse}/plain/city=Iași' using parquet select id, concat('n', id) as name, 1 as more from range(5)`,
        `call lake.system.add_files(table => 'spark.taken_in', source_table => '\`parquet\`.\`${warehouse}/plain\`')`,
        `alter table lake.spark.taken_in rename column name to called`,
        `insert into lake.spark.taken_in values (100, 'own', 'Turda')`,
        `delete from lake.spark.taken_in where id = 3`,
      ],
      columns: [column("id", "long"), column("called", "string"), column("city", "string")],
      filesAt: `file://${warehouse}/plain`,
      filter: "city = 'Turda'",
    },
    {
      name: "spark.taken_in_as_written_long_ago",
      keptUp: true,
      steps: [
        `create table lake.spark.taken_in_as_written_long_ago (id int, at timestamp, small decimal(5, 2), large decimal(30, 4)) using iceberg ${version(2)}`,
        `set spark.sql.parquet.outputTimestampType=INT96`,
        `set spark.sql.parquet.writeLegacyFormat=true`,
        `insert overwrite directory '${warehouse}/long ago' using parquet select cast(id as int) as id,
           timestamp_micros(id * 40000000001) as at, cast(id as decimal(5, 2)) as small, cast(-id as decimal(30, 4)) as large
           from range(-5, 20)`,
        `set spark.sql.parquet.writeLegacyFormat=false`,
        `set spark.sql.parquet.outputTimestampType=TIMESTAMP_MICROS`,
        `call lake.system.add_files(table => 'spark.taken_in_as_written_long_ago', source_table => '\`parquet\`.\`${warehouse}/long ago\`')`,
        `insert into lake.spark.taken_in_as_written_long_ago values (100, timestamp'2026-01-01 00:00:00', 1, 2)`,
        `delete from lake.spark.taken_in_as_written_long_ago where id = 3`,
      ],
      filesAt: `file://${warehouse}/long ago`,
      columns: [
        column("id", "int"),
        column("at", "timestamptz", '"at"'),
        column("small", "decimal(5,2)"),
        column("large", "decimal(30,4)"),
      ],
    },
  ];
}
