/** A table that changes at random, as statements for Spark; it knows its columns. */
import type { Random } from "../soak/random.ts";

export interface RandomColumn {
  readonly theirs: string;
  readonly ours: string;
  /** Iceberg type. */
  readonly type: string;
}

export interface RandomTable {
  readonly name: string;
  create(version: 2 | 3): string;
  /** A statement for Spark, or `maintain` for Headgate. */
  next(): string;
  /** Parts of structs one by one. */
  columns(): readonly RandomColumn[];
}

interface Kind {
  /** In Spark. */
  readonly type: string;
  /** SQL for the value in row `id`. */
  readonly value: string;
  readonly iceberg: string;
  readonly widened?: Pick<Kind, "type" | "iceberg">;
}

const kinds: readonly Kind[] = [
  { type: "int", value: "cast(id % 7 as int)", iceberg: "int", widened: { type: "bigint", iceberg: "long" } },
  { type: "string", value: "concat('é', id % 5)", iceberg: "string" },
  { type: "float", value: "cast(id / 3.0 as float)", iceberg: "float", widened: { type: "double", iceberg: "double" } },
  {
    type: "decimal(9,2)",
    value: "cast(id * 1.25 as decimal(9,2))",
    iceberg: "decimal(9,2)",
    widened: { type: "decimal(14,2)", iceberg: "decimal(14,2)" },
  },
  { type: "date", value: "date_add(date'1969-12-20', cast(id % 40 as int))", iceberg: "date" },
  { type: "timestamp", value: "timestamp_seconds(id * 100000 - 1000000)", iceberg: "timestamptz" },
  { type: "boolean", value: "id % 3 = 0", iceberg: "boolean" },
];

interface Column extends Kind {
  readonly name: string;
}

export function randomTable(name: string, random: Random): RandomTable {
  const full = `lake.${name}`;
  const { pick } = random;
  let columns: Column[] = kinds.slice(0, 3).map((kind, index) => ({ ...kind, name: `c${index}` }));
  let named = columns.length;
  let rows = 0;
  let partitions: string[] = [];

  const insert = (): string => {
    const [from, to] = [rows, rows + 5 + random.below(40)];
    rows = to;
    const values = columns.map(({ value, type }) => `cast(${value} as ${type})`);
    const part = "named_struct('a', cast(id as int), 'b', concat('b', id % 3))";
    return `insert into ${full} select ${["id", part, ...values].join(", ")} from range(${from}, ${to})`;
  };
  const some = (): string => `id % ${2 + random.below(9)} = ${random.below(3)}`;
  const change = (): string => {
    const column = pick(columns);
    const value = random.below(2) === 0 ? "null" : `cast(${column.value} as ${column.type})`;
    return `update ${full} set ${column.name} = ${value} where ${some()}`;
  };
  const addColumn = (): string => {
    const column = { ...pick(kinds), name: `c${named++}` };
    columns.push(column);
    return `alter table ${full} add column ${column.name} ${column.type}`;
  };
  const dropColumn = (): string => {
    const free = columns.filter((column) => !partitions.some((term) => term.includes(column.name)));
    if (free.length < 2) return insert();
    const column = pick(free);
    columns = columns.filter((other) => other !== column);
    return `alter table ${full} drop column ${column.name}`;
  };
  const renameColumn = (): string => {
    const free = columns.filter((column) => !partitions.some((term) => term.includes(column.name)));
    if (free.length === 0) return insert();
    const column = pick(free);
    const next = `c${named++}`;
    columns = columns.map((other) => (other === column ? { ...column, name: next } : other));
    return `alter table ${full} rename column ${column.name} to ${next}`;
  };
  const widenColumn = (): string => {
    const column = columns.find(({ widened }) => widened !== undefined);
    if (column?.widened === undefined) return change();
    const { widened, ...rest } = column;
    columns = columns.map((other) => (other === column ? { ...rest, ...widened } : other));
    return `alter table ${full} alter column ${column.name} type ${widened.type}`;
  };
  const repartition = (): string => {
    const term = pick(partitions.length > 0 ? partitions : ["bucket(3, id)"]);
    if (partitions.includes(term)) {
      partitions = partitions.filter((other) => other !== term);
      return `alter table ${full} drop partition field ${term}`;
    }
    const wanted = pick(["bucket(3, id)", "truncate(20, id)"]);
    partitions.push(wanted);
    return `alter table ${full} add partition field ${wanted}`;
  };
  const upkeep = (): string =>
    pick([
      `call lake.system.rewrite_data_files(table => '${name}', options => map('min-input-files', '2'))`,
      `call lake.system.rewrite_manifests('${name}')`,
      `call lake.system.rewrite_position_delete_files('${name}')`,
      `call lake.system.expire_snapshots(table => '${name}', older_than => timestamp'2100-01-01', retain_last => 3)`,
    ]);
  const works: readonly (() => string)[] = [
    insert,
    insert,
    insert,
    () => `delete from ${full} where ${some()}`,
    change,
    addColumn,
    dropColumn,
    renameColumn,
    widenColumn,
    repartition,
    upkeep,
    () => "maintain",
    () => "maintain",
  ];
  return {
    name,
    create(version) {
      const list = columns.map((column) => `${column.name} ${column.type}`);
      const modes = ["delete", "update", "merge"].map((work) => `'write.${work}.mode'='merge-on-read'`);
      return `create table ${full} (id bigint, s struct<a: int, b: string>, ${list.join(", ")}) using iceberg
        tblproperties ('format-version'='${version}', ${modes.join(", ")})`;
    },
    next: () => (rows === 0 ? insert() : pick(works)()),
    columns: () => [
      { theirs: "id", ours: "id", type: "long" },
      { theirs: "s.a", ours: "s.a", type: "int" },
      { theirs: "s.b", ours: "s.b", type: "string" },
      ...columns.map(({ name: column, iceberg }) => ({ theirs: column, ours: column, type: iceberg })),
    ],
  };
}
