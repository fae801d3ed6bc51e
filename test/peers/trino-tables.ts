/**
 * Tables for Trino to create: rows changed by position deletes, partitions and columns that change, and all of its
 * types.
 */

interface TrinoTable {
  readonly name: string;
  readonly steps: readonly string[];
}

export const trinoTables: readonly TrinoTable[] = [
  {
    name: "trino.changed",
    steps: [
      `create table lake.trino.changed (id bigint, city varchar, at timestamp(6) with time zone, amount decimal(12, 2))
         with (format_version = 2, partitioning = array['city', 'day(at)'])`,
      `insert into lake.trino.changed select n, 'oraș ' || cast(n % 3 as varchar), timestamp '1969-12-30 00:00:00 UTC' + n * interval '7' hour,
         cast(n as decimal(12, 2)) / 4 from unnest(sequence(1, 60)) t(n)`,
      `delete from lake.trino.changed where id % 7 = 2`,
      `update lake.trino.changed set city = 'moved', amount = null where id between 10 and 20`,
      `alter table lake.trino.changed set properties partitioning = array['bucket(id, 4)']`,
      `insert into lake.trino.changed values (100, null, null, 0.01)`,
      `merge into lake.trino.changed t using (values 1, 2, 100, 101) s(id) on t.id = s.id
         when matched then delete when not matched then insert (id, city) values (s.id, 'merged')`,
    ],
  },
  {
    name: "trino.evolved",
    steps: [
      `create table lake.trino.evolved (id integer, ratio real, day date, ok boolean, raw varbinary, u uuid, local timestamp(6), t time(6))
         with (format_version = 2, sorted_by = array['id'])`,
      `insert into lake.trino.evolved select n, cast(n as real) / 3, date '1969-12-01' + n * interval '1' day, n % 2 = 0, to_utf8('é' || cast(n as varchar)),
         cast('12151fd2-7586-11e9-8f9e-2a86e4085a59' as uuid), timestamp '1969-12-31 23:59:59.123456', time '10:20:30.123456' from unnest(sequence(1, 20)) t(n)`,
      `alter table lake.trino.evolved alter column id set data type bigint`,
      `alter table lake.trino.evolved alter column ratio set data type double`,
      `alter table lake.trino.evolved rename column day to date_of`,
      `alter table lake.trino.evolved drop column ok`,
      `alter table lake.trino.evolved add column ok varchar`,
      `insert into lake.trino.evolved (id, ok) values (9999999999, 'yes')`,
      `alter table lake.trino.evolved execute optimize`,
    ],
  },
  {
    name: "trino.in_avro",
    steps: [
      `create table lake.trino.in_avro (id integer, ratio real, day date, ok boolean, raw varbinary, u uuid, local timestamp(6), at timestamp(6) with time zone,
         t time(6), amount decimal(30, 4)) with (format_version = 2, format = 'AVRO', partitioning = array['ok'])`,
      `insert into lake.trino.in_avro select n, cast(n as real) / 4, date '1969-12-01' + n * interval '1' day, n % 2 = 0, to_utf8('é' || cast(n as varchar)),
         cast('12151fd2-7586-11e9-8f9e-2a86e4085a59' as uuid), timestamp '1969-12-31 23:59:59.123456', timestamp '1969-12-31 23:59:59.123456 UTC',
         time '10:20:30.123456', cast(n - 10 as decimal(30, 4)) / 8 from unnest(sequence(1, 40)) t(n)`,
      `delete from lake.trino.in_avro where id % 7 = 2`,
      `alter table lake.trino.in_avro alter column id set data type bigint`,
      `alter table lake.trino.in_avro add column more varchar`,
      `update lake.trino.in_avro set more = 'changed', raw = null where id between 10 and 20`,
      `alter table lake.trino.in_avro set properties format = 'PARQUET'`,
      `insert into lake.trino.in_avro (id, more) values (9999999999, 'in Parquet')`,
    ],
  },
];
