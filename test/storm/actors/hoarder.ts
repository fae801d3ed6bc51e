/** A client that opens 40 to 60 results at once, reads none of them, and closes them all some time later. */
import { connect, type Socket } from "node:net";
import type { Caller } from "../asking.ts";
import type { Actor } from "../storm-world.ts";

export const hoarder: Actor = {
  name: "hoarder",
  async run(storm, random) {
    const caller = await storm.newKey("hoarder", "analyst");
    while (!storm.isOver()) {
      const { name } = random.pick(storm.banks);
      const sockets = Array.from({ length: 40 + random.below(21) }, () => openUnread(caller, resultSql(name)));
      storm.count("hoarder", "hoarded");
      await storm.pause(3_000 + random.below(20_000));
      for (const socket of sockets) socket.destroy();
      await storm.pause(1_000 + random.below(8_000));
    }
  },
};

function resultSql(name: string): string {
  return `select a.*, b.label as other from ${name}.reading a join ${name}.reading b on a.id = b.id`;
}

/** Nothing listens for data, so nothing is accepted once the buffers are full. */
function openUnread({ origin, headers }: Caller, sql: string): Socket {
  const { hostname, port } = new URL(origin);
  const body = JSON.stringify({ sql });
  const lines = Object.entries({
    host: hostname,
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  socket.write(`POST /api/operations/sql HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
  return socket;
}
