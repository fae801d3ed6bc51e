/**
 * A proxy before a test's MariaDB server that shares few connections to the server among its clients, like ProxySQL and
 * MaxScale: a TCP server that accepts logins itself and then forwards packets. It knows just enough of the protocol:
 * where a result ends, and whether a transaction is open then. It does not support prepared statements.
 */
import { once } from "node:events";
import { createConnection, createServer as createListener, type AddressInfo, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createServer } from "mysql2";
import type { MariadbServer } from "./mariadb-server.ts";

export interface MariadbPool extends AsyncDisposable {
  /** Address of a database through the pool, including a password; any password is accepted. */
  url(database: string): string;
}

export interface MariadbPoolOptions {
  /** How long a client keeps its connection to the server: until it disconnects, or until its transaction ends. */
  readonly mode: "session" | "transaction";
  /** Number of connections to the server; in session mode there must be as many as clients. */
  readonly size: number;
  readonly database: string;
  /** The connection number given to every client, which is not the server's. */
  readonly connectionId?: number | undefined;
  /** Port on 127.0.0.1; by default a free one. */
  readonly port?: number | undefined;
}

export async function startMariadbPool(server: MariadbServer, options: MariadbPoolOptions): Promise<MariadbPool> {
  const lines = await Promise.all(Array.from({ length: options.size }, () => openLine(server, options.database)));
  const pool = sharing(lines);
  const clients = new Set<Socket>();
  const logins = createServer((connection: unknown) => serve(connection as Internals, { pool, options }));
  const listener = createListener((socket) => {
    clients.add(socket);
    (logins as unknown as Logins)._handleConnection(socket);
  });
  await once(listener.listen(options.port ?? 0, "127.0.0.1"), "listening");
  const { port } = listener.address() as AddressInfo;
  return {
    url(database) {
      const address = new URL(server.url(database));
      address.port = String(port);
      return address.href;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      for (const line of lines) line.close();
      listener.close();
    },
  };
}

/** The driver's server listens on every address of the machine, so it is given only connections that arrived here. */
interface Logins {
  _handleConnection(socket: Socket): void;
}

/** Members that the driver's connections have but do not declare. */
interface Internals {
  on(event: "error", hear: () => void): void;
  packetParser: { execute(chunk: Buffer): void };
  readonly stream: Duplex;
  serverHandshake(greeting: object): void;
}

interface ServedParts {
  readonly pool: Pool;
  readonly options: MariadbPoolOptions;
}

/** Without TLS, compression and local files (`CLIENT_…` of the protocol). */
const capabilities = {
  longPassword: 0x1,
  longFlag: 0x4,
  connectWithDatabase: 0x8,
  protocol41: 0x200,
  transactions: 0x2000,
  secureConnection: 0x8000,
  multiResults: 0x2_0000,
  pluginAuth: 0x8_0000,
};

const utf8mb4 = 45;

function flags(chosen: Readonly<Record<string, number>>): number {
  return Object.values(chosen).reduce((all, one) => all | one, 0);
}

function serve(connection: Internals, parts: ServedParts): void {
  const client = openClient(connection.stream, parts);
  connection.on("error", () => undefined);
  connection.stream.on("close", client.leave);
  connection.serverHandshake({
    protocolVersion: 10,
    serverVersion: "5.5.5-10.11.0-MariaDB",
    connectionId: parts.options.connectionId ?? 1,
    statusFlags: 2,
    characterSet: utf8mb4,
    capabilityFlags: flags(capabilities),
    authCallback(_login: unknown, done: (failure: null) => void) {
      done(null);
      connection.packetParser = { execute: splitter(client.packet) };
    },
  });
}

interface Client {
  packet(packet: Buffer): void;
  leave(): void;
}

const quit = 1;

function openClient(stream: Duplex, { pool, options: { mode } }: ServedParts): Client {
  let line: Line | undefined;
  let work = Promise.resolve();
  const isKept = (): boolean => mode === "session" || line?.isInTransaction() === true;
  const release = (): void => {
    if (line !== undefined) pool.giveBack(line);
    line = undefined;
  };
  return {
    packet(packet) {
      if (packet[4] === quit) return void stream.end();
      work = work.then(async () => {
        line ??= await pool.take();
        await line.ask(packet, (bytes) => stream.write(bytes));
        if (!isKept()) release();
      });
    },
    leave() {
      work = work.then(async () => {
        if (line?.isInTransaction() === true) await line.ask(packetOf(Buffer.from("\u0003rollback")), () => undefined);
        release();
      });
    },
  };
}

function packetOf(body: Buffer, sequence = 0): Buffer {
  const header = Buffer.alloc(4);
  header.writeUIntLE(body.length, 0, 3);
  header[3] = sequence;
  return Buffer.concat([header, body]);
}

interface Pool {
  take(): Promise<Line>;
  giveBack(line: Line): void;
}

/** The connection that has been idle longest is first, so that a client rarely gets the same one again. */
function sharing(lines: readonly Line[]): Pool {
  const free = [...lines];
  const waiting: ((line: Line) => void)[] = [];
  return {
    take: async () => free.shift() ?? new Promise((resolve) => waiting.push(resolve)),
    giveBack(line) {
      const next = waiting.shift();
      if (next === undefined) free.push(line);
      else next(line);
    },
  };
}

/** A connection to the server. */
interface Line {
  isInTransaction(): boolean;
  /** Forwards a command and its answer as it arrives; resolves at its end. */
  ask(command: Buffer, hear: (bytes: Buffer) => void): Promise<void>;
  close(): void;
}

async function openLine(server: MariadbServer, database: string): Promise<Line> {
  const socket = createConnection(server.socket).on("error", () => undefined);
  let hear = (_packet: Buffer): void => undefined;
  const packets = splitter((packet) => hear(packet));
  socket.on("data", packets);
  await new Promise<void>((resolve) => (hear = logIn(socket, { database, resolve })));
  let isOpen = false;
  return {
    isInTransaction: () => isOpen,
    ask: (command, hearBytes) =>
      new Promise((ended) => {
        const answer = openAnswer();
        hear = (packet) => {
          hearBytes(packet);
          const status = answer(packet);
          if (status === undefined) return;
          if (status !== "failed") isOpen = (status & inTransaction) !== 0;
          ended();
        };
        socket.write(command);
      }),
    close: () => socket.destroy(),
  };
}

/**
 * As root, who needs no password on the server's socket. The driver would request more about columns than the pool's
 * clients expect.
 */
function logIn(
  socket: Socket,
  { database, resolve }: { database: string; resolve: () => void },
): (packet: Buffer) => void {
  const settings = Buffer.alloc(32);
  settings.writeUInt32LE(flags(capabilities), 0);
  settings.writeUInt32LE(longest, 4);
  settings[8] = utf8mb4;
  const login = Buffer.concat([settings, Buffer.from(`root\0\0${database}\0mysql_native_password\0`)]);
  let isGreeted = false;
  return (packet) => {
    if (!isGreeted) socket.write(packetOf(login, 1));
    // Another method that needs no password either.
    else if (packet[4] === 0xfe) socket.write(packetOf(Buffer.alloc(0), (packet[3] ?? 0) + 1));
    else resolve();
    isGreeted = true;
  };
}

const inTransaction = 1;
const moreResults = 8;
const longest = 0xff_ff_ff;

/**
 * Takes the packets of an answer; returns the server's status flags with the last one, or says that it was an error.
 */
function openAnswer(): (packet: Buffer) => number | "failed" | undefined {
  let part: "first" | "columns" | "rows" = "first";
  let isContinued = false;
  return (packet) => {
    const wasContinued = isContinued;
    const length = packet.readUIntLE(0, 3);
    isContinued = length === longest;
    if (wasContinued) return undefined;
    const kind = packet[4];
    if (kind === 0xff) return "failed";
    if (part === "first") {
      if (kind !== 0) part = "columns";
      return kind === 0 ? endOf(okStatus(packet)) : undefined;
    }
    if (kind !== 0xfe || length >= 9) return undefined;
    const status = packet.readUInt16LE(7);
    const isEnd = part === "rows";
    part = "rows";
    return isEnd ? endOf(status) : undefined;
  };

  function endOf(status: number): number | undefined {
    if ((status & moreResults) === 0) return status;
    part = "first";
    return undefined;
  }
}

/** After two numbers whose first byte tells their length. */
function okStatus(packet: Buffer): number {
  let at = 5;
  for (let number = 0; number < 2; number++) at += { 0xfc: 3, 0xfd: 4, 0xfe: 9 }[packet[at] as 0xfc | 0xfd | 0xfe] ?? 1;
  return packet.readUInt16LE(at);
}

/** Divides bytes into packets, including headers. */
function splitter(hear: (packet: Buffer) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4) {
      const end = 4 + rest.readUIntLE(0, 3);
      if (rest.length < end) return;
      const packet = rest.subarray(0, end);
      rest = rest.subarray(end);
      hear(packet);
    }
  };
}
