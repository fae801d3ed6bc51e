/**
 * A table whose changes are recorded. Its state at the beginning plus its history equals its current state, through
 * every command: syncs, repairs and rollbacks.
 */
import { tableLabel } from "../../../src/catalog/table-name.ts";
import { runCommand } from "../../world/command.ts";
import { readByPython, type LakeTable, type ReadTable } from "../judge/lake-rows.ts";
import type { Cell } from "../judge/rows.ts";
import type { Door, Side } from "../side.ts";
import type { Soak } from "../soak-world.ts";
import type { PreparedKind } from "./kind.ts";

const table = "recorded";

/** How often each row occurs. */
type Counts = Map<string, number>;

export async function openHistory(soak: Soak, side: Side): Promise<PreparedKind> {
  const { server, doors } = side;
  const values = Array.from({ length: 60 }, (_, id) => `(${id}, 'row ${id}')`);
  await server.execute([
    `create table ${table} (id int primary key, v varchar(60))`,
    `insert into ${table} values ${values.join()}`,
  ]);
  const beginnings = new Map<Door, Counts>();
  let next = 100;
  const work = (): Promise<void> =>
    server.execute(
      soak.random.pick([
        [`update ${table} set v = 'changed ${++next}' where id % 5 = ${next % 5}`],
        [`delete from ${table} where id % 11 = ${next % 11}`],
        [`insert into ${table} values (${++next}, 'new')`],
        [`update ${table} set id = id + 1000 where id = ${next}`],
      ]),
    );
  return {
    settings: { [table]: { history: true } },
    async change() {
      await work();
      if (soak.random.chance(0.5)) await goBack(soak, soak.random.pick(doors));
      if (soak.random.chance(0.5)) await work();
    },
    async check(door, judged, state) {
      const lake = judged.find(({ source }) => source.name === table)?.lake;
      if (lake === undefined) return;
      const name = `${table}__history`;
      const metadata = state.get(`${lake.database}.${name}`)?.metadata;
      const history = metadata === undefined ? [] : [{ ...lake, name, metadata }];
      const begun = beginning(await readBoth(lake, history));
      const before = beginnings.get(door);
      if (before === undefined) beginnings.set(door, begun);
      else if (!isEqual(before, begun))
        soak.complain(`${door.name}: ${table} less its history is not what it was: ${difference(before, begun)}`);
    },
  };
}

/** Rolls the lake's table back to an earlier state; the next sync makes it equal to the source again. */
async function goBack({ at, complain }: Soak, { name }: Door): Promise<void> {
  const { code, stderr } = await runCommand(
    ["table", "rollback", tableLabel({ database: name, name: table }), "--to", "before-last"],
    at,
  );
  if (code !== 0 && !/SNAPSHOT_NOT_FOUND|TABLE_NOT_FOUND/.test(stderr))
    complain(`${name}: rollback ended with ${code}: ${stderr.slice(-500)}`);
}

async function readBoth(lake: LakeTable, history: readonly LakeTable[]): Promise<readonly ReadTable[]> {
  const read = await readByPython("lake_reader.py", [lake, ...history]);
  for (const { failure } of read) if (failure !== undefined) throw new Error(failure);
  return read;
}

/** The table's rows with every change undone. */
function beginning([now, history]: readonly ReadTable[]): Counts {
  const counts: Counts = new Map();
  const add = (read: ReadTable, row: readonly Cell[], by: number): void => {
    const names = [...read.types.keys()];
    const line = JSON.stringify([row[names.indexOf("id")], row[names.indexOf("v")]]);
    const count = (counts.get(line) ?? 0) + by;
    if (count === 0) counts.delete(line);
    else counts.set(line, count);
  };
  if (now !== undefined) for (const row of now.cells) add(now, row, 1);
  const operation = [...(history?.types.keys() ?? [])].indexOf("_operation");
  if (history !== undefined)
    for (const row of history.cells) add(history, row, /insert|after/.test(row[operation] ?? "") ? -1 : 1);
  return counts;
}

function isEqual(left: Counts, right: Counts): boolean {
  return difference(left, right) === undefined;
}

function difference(left: Counts, right: Counts): string | undefined {
  const line = [...left.keys(), ...right.keys()].find((key) => left.get(key) !== right.get(key));
  return line === undefined ? undefined : `${line}: ${left.get(line) ?? 0} times, now ${right.get(line) ?? 0}`;
}
