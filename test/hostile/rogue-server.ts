/**
 * Servers that accept every login and then misbehave: a greeting, and an answer to each message of the client. For
 * tests.
 */
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

export interface Heard {
  readonly socket: Socket;
  readonly bytes: Buffer;
  /** Number of earlier messages on this connection. */
  readonly turn: number;
}

export interface RogueServer extends AsyncDisposable {
  readonly port: number;
  /** Everything that clients sent. */
  readonly sent: readonly Buffer[];
}

export interface RogueParts {
  greet?(socket: Socket): void;
  answer(heard: Heard): void;
}

export async function rogueServer({ greet, answer }: RogueParts): Promise<RogueServer> {
  const sent: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let turn = 0;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      sent.push(bytes);
      answer({ socket, bytes, turn: turn++ });
    });
    greet?.(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    sent,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Sends the same bytes for as long as the other side accepts them. */
export function flood(socket: Socket, bytes: Buffer): void {
  const many = Buffer.concat(Array<Buffer>(Math.max(1, Math.floor(65_536 / bytes.length))).fill(bytes));
  const send = (): void => {
    while (!socket.destroyed && socket.write(many));
  };
  socket.on("drain", send);
  send();
}

export function drip(socket: Socket, bytes: Buffer, everyMs = 1_000): void {
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || at >= bytes.length) clearInterval(timer);
    else socket.write(bytes.subarray(at, ++at));
  }, everyMs);
}
