/**
 * A standby as the source: it shows what has been replayed, and does not list transactions that are open on its
 * primary. One of those stays open during a sync while others write; its change must arrive once it has committed.
 */
import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { startStandby, type PostgresStandby } from "../../world/postgres-standby.ts";
import { syncQuietly } from "../run-sync.ts";
import { openReaderDoor, type Side } from "../side.ts";
import type { Soak } from "../soak-world.ts";
import type { PreparedKind } from "./kind.ts";

export async function openStandby(soak: Soak, side: Side): Promise<PreparedKind> {
  const { server } = side;
  if (side.dialect !== "postgres") return {};
  await server.execute([
    "create table open_ended (id int primary key, v text)",
    "insert into open_ended values (1, 'one'), (2, 'two')",
  ]);
  /** The address stays the same; after each stop, a new standby is behind it. */
  const address = join(soak.home, "standby");
  let standby: PostgresStandby | undefined;
  const begin = async (): Promise<void> => {
    standby = await startStandby(server.postgres());
    await symlink(standby.socketDirectory, address);
  };
  const end = async (): Promise<void> => {
    await standby?.stop();
    await rm(address, { force: true });
  };
  await begin();
  const door = openReaderDoor(side, { name: "standby", socket: address, settle: async () => standby?.catchUp() });
  side.doors.push(door);
  let number = 0;
  return {
    async change() {
      await using open = await server.connect();
      await open.run("begin");
      await open.run(`update open_ended set v = 'late ${++number}' where id = 1`);
      await server.execute([`update open_ended set v = 'early ${number}' where id = 2`]);
      await syncQuietly(soak, side, door);
      await open.run("commit");
      if (soak.random.chance(0.5)) await syncQuietly(soak, side, door);
    },
    beforeStop: end,
    afterStart: begin,
    close: end,
  };
}
