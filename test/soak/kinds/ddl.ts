/**
 * Tables are altered, rewritten, emptied and replaced after a sync has begun and before it reads them. The rows of
 * `kept` exist in every committed state of the source, whatever happens to the table, so none of them may be marked as
 * deleted or appear in the history as removed.
 */
import { setTimeout as delay } from "node:timers/promises";
import { deletedAt, readByPython, type ReadTable } from "../judge/lake-rows.ts";
import type { Cell } from "../judge/rows.ts";
import type { Side } from "../side.ts";
import type { Soak } from "../soak-world.ts";
import type { PreparedKind } from "./kind.ts";

export async function openDdl(soak: Soak, side: Side): Promise<PreparedKind> {
  const { server, dialect } = side;
  await server.execute(prepared[dialect]);
  let number = 0;
  return {
    settings: { kept: { soft_delete: true, history: true } },
    async during() {
      for (let step = 0; step < 4; step++) {
        await server.execute(soak.random.pick(steps[dialect](++number)));
        await delay(soak.random.below(120));
      }
    },
    async change() {
      await server.execute(soak.random.pick(steps[dialect](++number)));
    },
    async check(door, judged, state) {
      const lake = judged.find(({ source }) => source.name === "kept")?.lake;
      const history = state.get(`${lake?.database}.kept__history`);
      if (lake === undefined) return;
      const more = history === undefined ? [] : [{ ...lake, name: "kept__history", metadata: history.metadata }];
      const [table, changes] = await readByPython("lake_reader.py", [lake, ...more]);
      const marked = count(table, deletedAt, (mark) => mark !== null);
      const gone = count(changes, "_operation", (operation) => operation === "delete");
      if (marked + gone > 0)
        soak.complain(
          `${door.name}: of kept ${marked} rows are marked as deleted and ${gone} recorded as such; none ever was`,
        );
    },
  };
}

function count(read: ReadTable | undefined, column: string, counts: (cell: Cell) => boolean): number {
  const index = [...(read?.types.keys() ?? [])].indexOf(column);
  return index < 0 ? 0 : (read?.cells.filter((row) => counts(row[index] ?? null)).length ?? 0);
}

const keptRows = Array.from({ length: 200 }, (_, id) => `(${id}, ${id})`).join();

const prepared = {
  postgres: [
    "create table kept (id int primary key, v int)",
    `insert into kept values ${keptRows}`,
    "create table split_up (id int, v int) partition by range (id)",
    "create table split_0 partition of split_up for values from (0) to (100)",
    `insert into split_up select n, n from generate_series(0, 99) n`,
    "create table replaced (id int, v int)",
    "insert into replaced values (1, 1), (2, 2)",
  ],
  mariadb: [
    "create table kept (id int primary key, v int)",
    `insert into kept values ${keptRows}`,
    "create table split_up (id int, v int) partition by range (id) (partition p0 values less than (100))",
    "insert into split_up select seq, seq from seq_0_to_99",
    "create table replaced (id int, v int)",
    "insert into replaced values (1, 1), (2, 2)",
  ],
};

function refill(n: number): readonly string[] {
  return [
    "begin",
    "create temp table held on commit drop as select * from kept",
    "truncate kept",
    `insert into kept select id, v + ${n} from held`,
    "commit",
  ];
}

const steps = {
  postgres: (n: number): readonly (readonly string[])[] => [
    [`alter table kept alter column v type ${n % 2 === 0 ? "int" : "bigint"} using (v % 1000)::int`],
    refill(n),
    ["vacuum full kept"],
    ["cluster kept using kept_pkey"],
    [`alter table kept add column c${n} int default ${n}`],
    [
      "begin",
      "drop table replaced",
      "create table replaced (id int, v int)",
      `insert into replaced values (1, ${n}), (2, 2)`,
      "commit",
    ],
    [
      `create table split_${n} partition of split_up for values from (${n * 100}) to (${n * 100 + 100})`,
      `insert into split_up select x, ${n} from generate_series(${n * 100}, ${n * 100 + 49}) x`,
    ],
    [
      `do $$ declare last text := (select inhrelid::regclass from pg_inherits where inhparent = 'split_up'::regclass order by random() limit 1);
      begin execute format('alter table split_up detach partition %s', last); execute format('drop table %s', last); exception when others then null; end $$`,
    ],
    [`update kept set v = ${n} where id % 7 = ${n % 7}`],
    [
      "truncate split_up",
      `insert into split_up select x, ${n} from generate_series(0, 99) x where exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid where inhparent = 'split_up'::regclass and relname = 'split_0')`,
    ],
  ],
  mariadb: (n: number): readonly (readonly string[])[] => [
    [`alter table kept modify v ${n % 2 === 0 ? "int" : "bigint"}`],
    ["optimize table kept"],
    [`alter table kept add column c${n} int default ${n}`],
    [`alter table kept engine=${n % 2 === 0 ? "InnoDB" : "Aria"}`],
    [
      "create table incoming like kept",
      `insert into incoming select * from kept`,
      `update incoming set v = ${n} where id < 9`,
      "rename table kept to outgoing, incoming to kept",
      "drop table outgoing",
    ],
    ["drop table replaced", "create table replaced (id int, v int)", `insert into replaced values (1, ${n}), (2, 2)`],
    [
      `alter table split_up add partition (partition p${n} values less than (${n * 100 + 1000}))`,
      `insert into split_up select seq, ${n} from seq_${n * 100 + 900}_to_${n * 100 + 949}`,
    ],
    ["alter table split_up truncate partition p0", "insert into split_up select seq, 1 from seq_0_to_99"],
    [`update kept set v = ${n} where id % 7 = ${n % 7}`],
  ],
};
