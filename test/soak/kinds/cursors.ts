/**
 * Tables that switch to a cursor and back to comparison. While the cursor reads, rows are added and changed with higher
 * values; rows deleted in that time, which a cursor does not see, must be gone once the table is compared again.
 */
import { tableLabel } from "../../../src/catalog/table-name.ts";
import { runCommand } from "../../world/command.ts";
import { syncQuietly } from "../run-sync.ts";
import type { Side } from "../side.ts";
import type { Soak } from "../soak-world.ts";
import type { PreparedKind } from "./kind.ts";

const table = "walked";

export async function openCursors(soak: Soak, side: Side): Promise<PreparedKind> {
  const { server, dialect } = side;
  await server.execute(prepared[dialect]);
  let next = 100;
  const grow = async (): Promise<void> => {
    const [key, last] = [soak.random.pick(keys[dialect]), ++next];
    await server.execute([
      `insert into ${table} values (${key}, ${last}, 'new ${last}', ${++next})`,
      `update ${table} set v = 'changed', changed = ${++next} where id = ${soak.random.below(next)}`,
    ]);
  };
  const shrink = (): Promise<void> =>
    server.execute([
      `delete from ${table} where id % 9 = ${soak.random.below(9)}`,
      `update ${table} set v = 'unseen' where id % 9 = 1`,
    ]);
  const mode = async (...words: readonly string[]): Promise<void> => {
    for (const { name } of side.doors.filter(({ sees }) => sees({ schema: "", name: table }))) {
      const { code, stderr } = await runCommand(
        ["table", "set", tableLabel({ database: name, name: table }), "--mode", ...words],
        soak.at,
      );
      if (code !== 0) soak.complain(`${name}: mode ${words.join(" ")} ended with ${code}: ${stderr.slice(-500)}`);
    }
  };
  return {
    async change() {
      await mode("cursor", "--column", "changed");
      await grow();
      if (soak.random.chance(0.5)) return;
      for (const door of side.doors) await syncQuietly(soak, side, door);
      await shrink();
      await grow();
      for (const door of side.doors) await syncQuietly(soak, side, door);
      await mode("auto");
    },
  };
}

/** Part of the key; some of MariaDB's values become null in the lake. */
const keys = {
  postgres: ["'a'", "'A'", "''", "'-'"],
  mariadb: ["'2024-01-01'", "'0000-00-00'", "'2024-05-00'"],
};

const prepared = {
  postgres: [
    `create table ${table} (k text, id bigint, v text, changed bigint, primary key (k, id))`,
    `insert into ${table} select '', n, 'row', n from generate_series(1, 100) n`,
  ],
  mariadb: [
    `create table ${table} (k date not null, id bigint not null, v text, changed bigint, primary key (k, id))`,
    `insert into ${table} select '0000-00-00', seq, 'row', seq from seq_1_to_100`,
  ],
};
