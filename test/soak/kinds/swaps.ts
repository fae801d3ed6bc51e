/**
 * Another relation takes a name: tables, partitions, schemas and whole databases are exchanged, and tables are rebuilt
 * with as many rows. The new relation has as many rows and the same columns, so that only its values differ.
 */
import { quoted, type RandomTable } from "../random-table.ts";
import type { Side } from "../side.ts";
import type { Soak } from "../soak-world.ts";
import type { PreparedKind } from "./kind.ts";

interface Swapping {
  readonly soak: Soak;
  readonly side: Side;
}

type Step = (swapping: Swapping) => Promise<void>;

export async function openSwaps(soak: Soak, side: Side): Promise<PreparedKind> {
  const swapping = { soak, side };
  const steps = side.dialect === "postgres" ? postgresSteps : mariadbSteps;
  await side.server.execute(prepared[side.dialect]);
  if (side.dialect === "mariadb")
    await side.server.execute([`create table swap_a (${columns})`, rowsOf("swap_a", 3)], "aside");
  return {
    async change() {
      for (let step = 0; step < 3; step++) await soak.random.pick(steps)(swapping);
    },
  };
}

const columns = "id int primary key, v varchar(40)";

function rowsOf(table: string, number: number): string {
  const values = Array.from({ length: 20 }, (_, id) => `(${id}, 'table ${number} row ${id}')`);
  return `insert into ${table} values ${values.join(", ")}`;
}

const plainTables = ["swap_a", "swap_b", "swap_c"].flatMap((name, number) => [
  `create table ${name} (${columns})`,
  rowsOf(name, number),
]);

function partition(table: string, { from, value }: { from: number; value: string }): string {
  const values = Array.from({ length: 20 }, (_, id) => `(${from + id}, '${value} ${id}')`);
  return `insert into ${table} values ${values.join(", ")}`;
}

const prepared = {
  postgres: [
    ...plainTables,
    ...["sa", "sb"].flatMap((schema, number) => [
      `create schema ${schema}`,
      `create table ${schema}.swap_in (${columns})`,
      rowsOf(`${schema}.swap_in`, number),
    ]),
    "create table parted (id int, v text) partition by range (id)",
    "create table parted_0 partition of parted for values from (0) to (100)",
    "create table parted_1 partition of parted for values from (100) to (200)",
    "create table parted_2 (id int, v text)",
    partition("parted", { from: 10, value: "first" }),
    partition("parted", { from: 110, value: "second" }),
    partition("parted_2", { from: 110, value: "third" }),
  ],
  mariadb: [
    ...plainTables,
    "create database aside",
    "create table parted (id int, v varchar(40)) partition by range (id) (partition p0 values less than (100), partition p1 values less than (200))",
    "create table parted_2 (id int, v varchar(40))",
    partition("parted", { from: 10, value: "first" }),
    partition("parted", { from: 110, value: "second" }),
    partition("parted_2", { from: 110, value: "third" }),
  ],
};

/** In one step, so that nobody sees a name without a table. */
function renamed(dialect: Side["dialect"], from: readonly string[], to: readonly string[]): readonly string[] {
  const parked = from.map((_, index) => `parked_${index}`);
  const moves = [...zip(from, parked), ...zip(parked, to)];
  if (dialect === "mariadb")
    return [
      `rename table ${moves.map(([old, next]) => `${quoted(dialect, old)} to ${quoted(dialect, next)}`).join(", ")}`,
    ];
  return [
    "begin",
    ...moves.map(([old, next]) => `alter table ${quoted(dialect, old)} rename to ${quoted(dialect, next)}`),
    "commit",
  ];
}

function zip(left: readonly string[], right: readonly string[]): readonly (readonly [string, string])[] {
  return left.map((name, index) => [name, right[index] ?? ""]);
}

const turnNames: Step = async ({ side }) =>
  side.server.execute(renamed(side.dialect, ["swap_a", "swap_b", "swap_c"], ["swap_b", "swap_c", "swap_a"]));

const swapTwo: Step = async ({ side }) =>
  side.server.execute(renamed(side.dialect, ["swap_a", "swap_b"], ["swap_b", "swap_a"]));

const swapRandom: Step = async ({ soak, side }) => {
  const [left, right] = [soak.random.pick(side.tables), soak.random.pick(side.tables)];
  if (left === right) return;
  const names = [left.name, right.name];
  await side.server.execute(renamed(side.dialect, names, names.toReversed()));
  left.becomes(names[1] ?? "");
  right.becomes(names[0] ?? "");
};

/** The same rows, one of them changed, in a new relation under the old name. */
const rebuild: Step = async ({ soak, side }) => {
  const table: RandomTable = soak.random.pick(side.tables);
  const [old, next] = [quoted(side.dialect, table.name), quoted(side.dialect, "rebuilt")];
  if (side.dialect === "mariadb") {
    await side.server.execute([`create table ${next} like ${old}`, `insert into ${next} select * from ${old}`]);
    await side.server.execute([`rename table ${old} to outgoing, ${next} to ${old}`, "drop table outgoing"]);
  } else {
    const copy = [`create table ${next} (like ${old} including all)`, `insert into ${next} select * from ${old}`];
    const move = [
      `alter table ${old} rename to outgoing`,
      `alter table ${next} rename to ${old}`,
      "drop table outgoing",
    ];
    await side.server.execute(["begin", ...copy, ...move, "commit"]);
  }
  await side.server.execute(table.touch());
};

const swapSchemas: Step = ({ side }) =>
  side.server.execute([
    "begin",
    "alter schema sa rename to parked",
    "alter schema sb rename to sa",
    "alter schema parked rename to sb",
    "commit",
  ]);

/** The partition and the table beside it are exchanged under the same names. */
const swapPartitions: Step = ({ side }) =>
  side.server.execute([
    "begin",
    "alter table parted detach partition parted_1",
    "alter table parted_1 rename to parked",
    "alter table parted_2 rename to parted_1",
    "alter table parked rename to parted_2",
    "alter table parted attach partition parted_1 for values from (100) to (200)",
    "commit",
  ]);

/** A copy of the database, with the same oids and file nodes, is changed and takes the name. */
const swapDatabases: Step = async ({ side }) => {
  const admin = "postgres";
  const alone = `select pg_terminate_backend(pid) from pg_stat_activity where datname in ('shop', 'shop_next') and pid <> pg_backend_pid()`;
  await side.server.execute([alone, "create database shop_next template shop"], admin);
  await side.server.execute(
    ["update swap_a set v = v || '.' where id = 3", "update parted set v = v || '.' where id = 11"],
    "shop_next",
  );
  await side.server.execute(
    [
      alone,
      "alter database shop rename to shop_old",
      "alter database shop_next rename to shop",
      "drop database shop_old",
    ],
    admin,
  );
};

const exchangePartition: Step = ({ side }) =>
  side.server.execute(["alter table parted exchange partition p1 with table parted_2"]);

const rebuildPartitions: Step = ({ side }) => side.server.execute(["alter table parted rebuild partition p0, p1"]);

const emptyPartition: Step = async ({ side, soak }) =>
  side.server.execute([
    "alter table parted truncate partition p1",
    partition("parted", { from: 110, value: `round ${soak.totals.rounds}` }),
  ]);

/** A table of another database takes the name. */
const swapWithOtherDatabase: Step = ({ side }) =>
  side.server.execute(["rename table swap_a to aside.parked, aside.swap_a to swap_a, aside.parked to aside.swap_a"]);

const everywhere = [turnNames, swapTwo, swapRandom, rebuild];
const postgresSteps: readonly Step[] = [...everywhere, swapSchemas, swapPartitions, swapDatabases];
const mariadbSteps: readonly Step[] = [
  ...everywhere,
  exchangePartition,
  rebuildPartitions,
  emptyPartition,
  swapWithOtherDatabase,
];
