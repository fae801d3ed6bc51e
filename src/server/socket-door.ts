/** Serves the commands of other terminals on a unix socket in the data directory, which only its owner can access. */
import { chmod, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { HttpDoor } from "../doors/http/http-door.ts";
import type { Context } from "../operations/context.ts";

/** Most commands end before another terminal connects, so the door is loaded on the first connection. */
export async function openSocketDoor(context: Context, socket: string): Promise<AsyncDisposable> {
  let opening: Promise<HttpDoor> | undefined;
  const server = createServer((connection) => {
    opening ??= loadDoor(context);
    opening.then((door) => door.serve(connection)).catch(() => connection.destroy());
  });
  await rm(socket, { force: true });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(socket, resolve));
  await chmod(socket, 0o600);
  return {
    async [Symbol.asyncDispose]() {
      await (await opening)?.drain();
      server.close();
      await (await opening)?.[Symbol.asyncDispose]();
    },
  };
}

async function loadDoor(context: Context): Promise<HttpDoor> {
  const [{ openHttpDoor }, { operations }] = await Promise.all([
    import("../doors/http/http-door.ts"),
    import("../operations/operations.ts"),
  ]);
  return openHttpDoor({ context, operations });
}
