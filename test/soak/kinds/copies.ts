/**
 * Restores a cold copy of the data directory: the server goes back in time and then makes other changes with as many
 * transactions. Positions and row versions remembered from the first history mean nothing in the second.
 */
import { join } from "node:path";
import { syncQuietly } from "../run-sync.ts";
import { touchTables, type Side } from "../side.ts";
import { copyFiles, putFilesBack } from "../soak-server.ts";
import type { Soak } from "../soak-world.ts";
import type { PreparedKind } from "./kind.ts";

export async function openCopies(soak: Soak, side: Side): Promise<PreparedKind> {
  const { server } = side;
  const copy = join(soak.home, `${side.dialect}-copy`);
  const values = Array.from({ length: 50 }, (_, id) => `(${id}, 'row ${id}')`);
  await server.execute([
    "create table copied (id int primary key, v varchar(80))",
    `insert into copied values ${values.join()}`,
  ]);
  const way = async (name: string): Promise<void> => {
    const id = soak.random.below(50);
    await server.execute([`update copied set v = '${name} ${soak.totals.rounds}' where id = ${id}`]);
  };
  return {
    async change() {
      await restarted(side, () => copyFiles(server, copy));
      await way("one");
      if (soak.random.chance(0.5)) await touchTables(soak, side, 2);
      for (const door of side.doors) await syncQuietly(soak, side, door);
      await restarted(side, () => putFilesBack(server, copy));
      await way("two");
      if (soak.random.chance(0.5)) await touchTables(soak, side, 4);
    },
  };
}

/** Servers that depend on it are stopped with it, and started again after it. */
async function restarted({ server, kinds }: Side, work: () => void): Promise<void> {
  for (const kind of kinds) await kind.beforeStop?.();
  await server.stop();
  work();
  await server.start();
  for (const kind of kinds) await kind.afterStart?.();
}
