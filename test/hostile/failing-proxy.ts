/** A proxy before a real server that cuts off or delays its answers from a given piece on. For tests. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface FailingProxy extends AsyncDisposable {
  readonly port: number;
  /** Number of pieces that the server sent, on all connections. */
  readonly pieces: number;
  /** Only half of this piece arrives; then the connection is closed or silent. Undefined: everything arrives. */
  failAt(piece: number | undefined, how?: "close" | "silence"): void;
}

export type Upstream = { readonly port: number } | { readonly path: string };

export async function failingProxy(upstream: Upstream): Promise<FailingProxy> {
  const state: { pieces: number; failAt: number | undefined; how: "close" | "silence" } = {
    pieces: 0,
    failAt: undefined,
    how: "close",
  };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const real = "port" in upstream ? connect(upstream.port, "127.0.0.1") : connect(upstream.path);
    for (const socket of [client, real]) {
      sockets.add(socket);
      socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
    }
    client.on("data", (bytes) => real.write(bytes)).on("close", () => real.destroy());
    real.on("close", () => client.end());
    real.on("data", (bytes) => {
      const piece = state.pieces++;
      if (state.failAt === undefined || piece < state.failAt) return void client.write(bytes);
      const half = bytes.subarray(0, Math.floor(bytes.length / 2));
      if (piece === state.failAt) client.write(half);
      if (state.how === "close") client.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get pieces() {
      return state.pieces;
    },
    failAt(piece, how = "close") {
      Object.assign(state, { pieces: 0, failAt: piece, how });
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
