/**
 * Plays one rogue server by name, connects to it as Headgate does, and prints how that ended, how long it took and how
 * much memory it used. Not a test by itself: rogue-answers.world.test.ts runs it in one process per server, so that the
 * memory belongs to that server.
 */
import type { Socket } from "node:net";
import { parseServerAddress } from "../../src/base/server-address.ts";
import { connect as connectMariadb } from "../../src/connectors/mariadb/connection.ts";
import { readTable } from "../../src/connectors/mariadb/read-table.ts";
import { connect as connectPostgres } from "../../src/connectors/postgres/connection.ts";
import {
  copyData,
  copyHandlings,
  copyRow,
  int32Bytes,
  message,
} from "../../src/connectors/postgres/copy-bytes.fixture.ts";
import { readCopy } from "../../src/connectors/postgres/copy-reader.ts";
import { ColumnBuffer } from "../../src/engine/column-buffer.ts";
import type { RowSink, SourceTable } from "../../src/sync/source.ts";
import { definition, eof, greeting, ok, packet, packets, row } from "./mysql-packets.ts";
import { drip, flood, rogueServer, type RogueParts } from "./rogue-server.ts";

const [name = ""] = process.argv.slice(2);
const stop = new AbortController();
const stopAfterMs = 3_000;
const intTable = {
  name: { schema: "shop", name: "orders" },
  kind: "table",
  columns: [{ name: "id", identity: "id", sourceType: "int(11)", nullable: false, lakeType: "int" }],
} as unknown as SourceTable;

/**
 * Where the server misbehaves: at the login, in the answer to a small query, in the answer to a bulk read, or at the
 * end of the connection.
 */
interface Rogue extends RogueParts {
  ask(port: number): Promise<unknown>;
}

const mebibyte = 1024 * 1024;
const fullHeader = (sequence: number): Buffer => Buffer.from([0xff, 0xff, 0xff, sequence]);
const endlessPacket = Buffer.concat([fullHeader(1), Buffer.alloc(0xffffff)]);

const rogues: Readonly<Record<string, () => Rogue>> = {
  "mariadb silent login": () => mariadbLogin(() => undefined),
  "mariadb dripping login": () => mariadbLogin((socket) => drip(socket, packet(greeting(), 0))),
  "mariadb flooding login": () => ({
    greet: (socket) => socket.write(packet(greeting(), 0)),
    answer: ({ socket }) => flood(socket, packet(Buffer.from("\u0001once more"), 2)),
    ask: askMariadb,
  }),
  "mariadb login of 16 MB packets": () => mariadbLogin((socket) => flood(socket, endlessPacket)),
  "mariadb early end": () => mariadbLogin((socket) => socket.end(packet(greeting(), 0).subarray(0, 20))),
  "mariadb wants a file": () =>
    mariadb((socket) => socket.write(packet(Buffer.from(`\u00fb${import.meta.filename}`, "latin1"), 1))),
  "mariadb wants a file after a result": () =>
    mariadb((socket) => {
      const result = [Buffer.from([1]), definition("a"), eof(), eof({ moreResults: true })];
      socket.write(packets([...result, Buffer.from(`\u00fb${import.meta.filename}`, "latin1")]));
    }),
  "mariadb wants a file in a bulk read": () =>
    mariadbBulk((socket) => socket.write(packet(Buffer.from(`\u00fb${import.meta.filename}`, "latin1"), 1))),
  "mariadb endless columns": () =>
    mariadb((socket) => {
      socket.write(packet(Buffer.from([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0]), 1));
      flood(socket, packet(definition("a"), 2));
    }),
  "mariadb forgets an end": () =>
    mariadb((socket) => socket.write(packets([Buffer.from([1]), definition("a"), row(["1"]), eof()]))),
  "mariadb endless rows": () =>
    mariadb((socket) => {
      socket.write(packets([Buffer.from([1]), definition("a"), eof()]));
      flood(socket, numberedPackets(row(["ab"]), 4));
    }),
  "mariadb answer of 16 MB packets": () => mariadb((socket) => flood(socket, endlessPacket)),
  "mariadb dripping answer": () =>
    mariadb((socket) => drip(socket, packets([Buffer.from([1]), definition("a".repeat(200))]), 700)),
  "mariadb bulk read described in 16 MB packets": () => mariadbBulk((socket) => flood(socket, endlessPacket)),
  "mariadb endless row": () =>
    mariadbBulk((socket) => {
      socket.write(packets([Buffer.from([1]), definition("id"), eof()]));
      flood(socket, endlessPacket);
    }),
  "mariadb endless bulk read, told to end": () =>
    mariadbBulk((socket) => {
      stopSoon();
      socket.write(packets([Buffer.from([1]), definition("id"), eof()]));
      flood(socket, numberedPackets(row(["7"]), 4));
    }),
  "mariadb silent bulk read, told to end": () => mariadbBulk(stopSoon),
  "mariadb dripping bulk read": () =>
    mariadbBulk((socket) => drip(socket, packets([Buffer.from([1]), definition("a".repeat(200))]), 700)),

  "postgres silent login": () => postgresLogin(() => undefined),
  "postgres dripping login": () => postgresLogin((socket) => drip(socket, message("R", Buffer.alloc(4000)))),
  "postgres login of a gigabyte": () =>
    postgresLogin((socket) =>
      flood(socket, Buffer.concat([Buffer.from("R\x3f\xff\xff\xff", "latin1"), Buffer.alloc(mebibyte)])),
    ),
  "postgres login of a negative length": () =>
    postgresLogin((socket) => socket.write(Buffer.from("R\xff\xff\xff\xff", "latin1"))),
  "postgres login with endless parameters": () =>
    postgresLogin((socket) => flood(socket, message("S", Buffer.from("name\0value\0")))),
  "postgres login with endless notices": () =>
    postgresLogin((socket) => flood(socket, message("N", Buffer.from("SNOTICE\0Mhear\0\0")))),
  "postgres early end": () => postgresLogin((socket) => socket.end(Buffer.from("R\0\0"))),
  "postgres endless parameters": () => postgres((socket) => flood(socket, message("S", Buffer.from("name\0value\0")))),
  "postgres endless notices": () =>
    postgres((socket) => flood(socket, message("N", Buffer.from("SNOTICE\0Mhear\0\0")))),
  "postgres endless notifications": () =>
    postgres((socket) => flood(socket, message("A", Buffer.from("\0\0\0\u0001a\0b\0")))),
  "postgres endless columns": () => postgres((socket) => flood(socket, description(30_000))),
  "postgres endless descriptions": () => postgres((socket) => flood(socket, description(1_000))),
  "postgres endless rows": () =>
    postgres((socket) => {
      socket.write(description(1));
      flood(socket, message("D", Buffer.concat([Buffer.from([0, 1]), int32Bytes(2), Buffer.from("ab")])));
    }),
  "postgres value beyond its row": () =>
    postgres((socket) => {
      socket.write(description(1));
      socket.write(message("D", Buffer.concat([Buffer.from([0, 1]), int32Bytes(60_000), Buffer.from("ab")])));
    }),
  "postgres unknown messages": () => postgres((socket) => flood(socket, message("!", Buffer.from("what?")))),
  "postgres dripping answer": () => postgres((socket) => drip(socket, description(100), 700)),
  "postgres bulk read with endless notices": () =>
    postgresBulk((socket) => flood(socket, message("N", Buffer.from("SNOTICE\0Mhear\0\0")))),
  "postgres bulk read with a notice of a gigabyte": () =>
    postgresBulk((socket) =>
      flood(socket, Buffer.concat([Buffer.from("N\x3f\xff\xff\xff", "latin1"), Buffer.alloc(mebibyte)])),
    ),
  "postgres endless bulk read, told to end": () =>
    postgresBulk((socket) => {
      stopSoon();
      socket.write(Buffer.concat([message("H", Buffer.from([1, 0, 0])), copyData(copyRow, 0, copyHeader)]));
      flood(socket, copyData(copyRow, 1, copyHeader));
    }),
  "postgres silent bulk read, told to end": () => postgresBulk(stopSoon),
  "postgres dripping bulk read": () => postgresBulk((socket) => drip(socket, message("H", Buffer.alloc(1000)), 700)),
  "postgres keeps its side open": () => ({
    answer: ({ socket, turn, bytes }) => letInToPostgres(socket, { turn, bytes }),
    async ask(port) {
      const connection = await connectPostgres(addressOf("postgres", port));
      await connection[Symbol.asyncDispose]();
      throw new Error("left");
    },
  }),
};

const copyHeader = Buffer.concat([Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"), Buffer.alloc(8)]);
const rogue = (rogues[name] as () => Rogue)();
const server = await rogueServer(rogue);
const before = process.memoryUsage.rss();
const started = performance.now();
const ended = await rogue.ask(server.port).then(
  () => "answered",
  (failure: { readonly code?: string; readonly message: string }) => failure.code ?? failure.message,
);
const seconds = (performance.now() - started) / 1000;
const growthMb = (process.resourceUsage().maxRSS * 1024 - before) / mebibyte;
const gaveFile = server.sent.some((bytes) => bytes.includes("Plays one rogue server by name"));
process.stdout.write(`${JSON.stringify({ name, ended, seconds, growthMb, gaveFile })}\n`, () => process.exit());

function stopSoon(): void {
  setTimeout(() => stop.abort(new Error("told to end")), stopAfterMs);
}

function addressOf(scheme: string, port: number) {
  const url = new URL(`${scheme}://somebody@127.0.0.1:${port}/shop?tls=disable`);
  const address = parseServerAddress(url, { defaultPort: port });
  return { address, password: "secret" };
}

async function askMariadb(port: number): Promise<void> {
  const connection = await connectMariadb(addressOf("mysql", port));
  await connection.query("select a from a");
}

function mariadbLogin(greet: (socket: Socket) => void): Rogue {
  return { greet, answer: () => undefined, ask: askMariadb };
}

/**
 * Lets the client log in and prepare its session; `misbehave` answers the next message, and all later ones stay
 * unanswered.
 */
function mariadb(misbehave: (socket: Socket) => void): Rogue {
  return {
    greet: (socket) => socket.write(packet(greeting(), 0)),
    answer: ({ socket, turn }) => letInToMariadb(socket, { turn, misbehave }),
    ask: askMariadb,
  };
}

function mariadbBulk(misbehave: (socket: Socket) => void): Rogue {
  return {
    ...mariadb(misbehave),
    async ask(port) {
      const credentials = addressOf("mysql", port);
      const [connection, control] = [await connectMariadb(credentials), await connectMariadb(credentials)];
      const kill = async ({ threadId }: { readonly threadId: number }): Promise<void> =>
        void (await control.query(`kill query ${threadId}`));
      const sink = forgettingSink(1);
      await readTable({ connection, table: intTable, predicate: undefined, sink, signal: stop.signal, kill });
    },
  };
}

function letInToMariadb(
  socket: Socket,
  { turn, misbehave }: { turn: number; misbehave: (socket: Socket) => void },
): void {
  const [login, version, session, isolation] = [0, 1, 2, 3];
  if (turn === login) socket.write(packet(ok, 2));
  else if (turn === version)
    socket.write(packets([Buffer.from([1]), definition("version"), eof(), row(["8.0.30"]), eof()]));
  else if (turn === session || turn === isolation) socket.write(packet(ok, 1));
  else if (turn === isolation + 1) misbehave(socket);
}

async function askPostgres(port: number): Promise<void> {
  const connection = await connectPostgres(addressOf("postgres", port));
  await connection.query("select 1");
}

function postgresLogin(misbehave: (socket: Socket) => void): Rogue {
  return { answer: ({ socket, turn }) => void (turn === 0 && misbehave(socket)), ask: askPostgres };
}

function postgres(misbehave: (socket: Socket) => void): Rogue {
  return {
    answer({ socket, turn, bytes }) {
      if (!letInToPostgres(socket, { turn, bytes })) misbehave(socket);
    },
    ask: askPostgres,
  };
}

function postgresBulk(misbehave: (socket: Socket) => void): Rogue {
  return {
    ...postgres(misbehave),
    async ask(port) {
      const connection = await connectPostgres(addressOf("postgres", port));
      const appenders = copyHandlings.map((handling) => handling.fromBinary(() => undefined));
      const sink = forgettingSink(appenders.length);
      await readCopy(connection, {
        statement: "copy (select 1) to stdout (format binary)",
        sink,
        appenders,
        signal: stop.signal,
        place: "shop.orders",
      });
    },
  };
}

/** Answers the login and the first query; false for later messages. */
function letInToPostgres(socket: Socket, { turn, bytes }: { turn: number; bytes: Buffer }): boolean {
  const ready = message("Z", Buffer.from("I"));
  if (turn === 0) {
    const process = Buffer.concat([int32Bytes(1), int32Bytes(2)]);
    socket.write(Buffer.concat([message("R", int32Bytes(0)), message("K", process), ready]));
  } else if (bytes.includes("server_version_num")) {
    const values = ["150018", "15.18", "1"].flatMap((text) => [int32Bytes(text.length), Buffer.from(text)]);
    const version = message("D", Buffer.concat([Buffer.from([0, 3]), ...values]));
    const columns = description(["number", "text", "process"]);
    socket.write(Buffer.concat([columns, version, message("C", Buffer.from("SELECT 1\0")), ready]));
  } else return false;
  return true;
}

/** `RowDescription` of columns of text. */
function description(columns: number | readonly string[]): Buffer {
  const names = typeof columns === "number" ? Array<string>(columns).fill("a") : columns;
  const fields = names.map((column) =>
    Buffer.concat([Buffer.from(`${column}\0`), Buffer.alloc(6), int32Bytes(25), Buffer.alloc(8)]),
  );
  return message("T", Buffer.concat([Buffer.from([names.length >>> 8, names.length & 0xff]), ...fields]));
}

/** 256 packets, so that their numbers continue when they are sent again. */
function numberedPackets(payload: Buffer, first: number): Buffer {
  return packets(Array<Buffer>(256).fill(payload), first);
}

/** Receives rows as a sync does, a batch at a time, and discards them. */
function forgettingSink(width: number): RowSink {
  const types = width === 1 ? [{ physical: "int32" } as const] : copyHandlings.map(({ staged }) => staged);
  const columns = types.map((staged) => new ColumnBuffer(staged));
  let rows = 0;
  return {
    columns,
    rowDone: () => void rows++,
    get full() {
      return rows >= 10_000;
    },
    async drain() {
      await new Promise((resolve) => setImmediate(resolve));
      for (const column of columns) column.clear();
      rows = 0;
    },
    inexact: () => undefined,
  };
}
