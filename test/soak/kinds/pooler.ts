/**
 * PgBouncer in transaction mode as the source, with one connection for everybody, so that session settings are lost or
 * belong to somebody else.
 */
import { startPgBouncer } from "../../world/pgbouncer.ts";
import { openReaderDoor, readerName, readerPassword, type Side } from "../side.ts";
import type { Soak } from "../soak-world.ts";
import type { PreparedKind } from "./kind.ts";

export async function openPooler(_soak: Soak, side: Side): Promise<PreparedKind> {
  const { server } = side;
  if (side.dialect !== "postgres") return {};
  const users = { [readerName]: readerPassword };
  const pooler = await startPgBouncer(server.postgres(), { mode: "transaction", poolSize: 4, users });
  const { searchParams, port } = new URL(pooler.url("shop"));
  const socket = searchParams.get("socket") ?? "";
  side.doors.push(openReaderDoor(side, { name: "pooled", socket, port }));
  return { close: () => pooler.stop() };
}
