/** Files of DMS beside the server: a random walk of its own, whose every step is compared with a model. */
import { join } from "node:path";
import { openDmsWalk } from "../../dms/dms-walk.ts";
import type { Side } from "../side.ts";
import type { Soak } from "../soak-world.ts";
import type { PreparedKind } from "./kind.ts";

export async function openFiles(soak: Soak, side: Side): Promise<PreparedKind> {
  const { random, at } = soak;
  const name = `files_${side.dialect}`;
  const walk = openDmsWalk({ home: join(soak.home, name), name, random, at });
  return {
    async change() {
      for (const what of await walk.step()) soak.complain(`files: ${what}`);
    },
  };
}
