/**
 * A proxy between a source and its reader that passes every byte on and counts bytes and queries. For connections
 * without TLS.
 */
import { mkdirSync } from "node:fs";
import { connect, createServer, type NetConnectOpts, type Server } from "node:net";
import { join } from "node:path";
import type { SampleSource } from "../../test/world/sample-source.ts";

export interface CountingProxy extends AsyncDisposable {
  /** The source's address through the proxy. */
  readonly url: string;
  counts(): { readonly queries: number; readonly toServer: number; readonly fromServer: number };
}

export async function openCountingProxy(source: SampleSource, home: string): Promise<CountingProxy> {
  const counts = { queries: 0, toServer: 0, fromServer: 0 };
  const url = new URL(source.url);
  const target = targetOf(url);
  const server = createServer((client) => {
    const upstream = connect(target);
    const countQueries = source.dialect === "postgres" ? postgresQueries() : mariadbQueries();
    client.on("data", (bytes) => {
      counts.toServer += bytes.length;
      counts.queries += countQueries(bytes);
      upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      counts.fromServer += bytes.length;
      client.write(bytes);
    });
    client.on("error", () => upstream.destroy()).on("close", () => upstream.end());
    upstream.on("error", () => client.destroy()).on("close", () => client.end());
  });
  return {
    url: await listen(server, { url, isSocket: "path" in target, home }),
    counts: () => ({ ...counts }),
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}

function targetOf(url: URL): NetConnectOpts {
  const socket = url.searchParams.get("socket");
  return socket === null ? { host: url.hostname, port: Number(url.port) } : { path: join(socket, ".s.PGSQL.5432") };
}

async function listen(
  server: Server,
  { url, isSocket, home }: { url: URL; isSocket: boolean; home: string },
): Promise<string> {
  const through = new URL(url);
  if (isSocket) {
    const directory = join(home, "proxy");
    mkdirSync(directory);
    await new Promise<void>((resolve) => server.listen(join(directory, ".s.PGSQL.5432"), resolve));
    through.searchParams.set("socket", directory);
    return through.href;
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  through.port = String((server.address() as { port: number }).port);
  return through.href;
}

/** Simple queries and parsed statements: messages `Q` and `P` after the start-up message, which has no type. */
function postgresQueries(): (bytes: Buffer) => number {
  const sslRequest = 80877103;
  let rest: Buffer = Buffer.alloc(0);
  let started = false;
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    let queries = 0;
    for (;;) {
      const head = started ? 1 : 0;
      if (rest.length < head + 8 && !(started && rest.length >= 5)) return queries;
      const length = head + rest.readInt32BE(head);
      if (rest.length < length) return queries;
      if (started && (rest[0] === 0x51 || rest[0] === 0x50)) queries++;
      if (!started && rest.readInt32BE(4) !== sslRequest) started = true;
      rest = rest.subarray(length);
    }
  };
}

/** Packets that begin a command (sequence number 0) and are queries (`COM_QUERY`). */
function mariadbQueries(): (bytes: Buffer) => number {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    let queries = 0;
    while (rest.length >= 5) {
      const length = 4 + rest.readUIntLE(0, 3);
      if (rest.length < length) break;
      if (rest[3] === 0 && rest[4] === 3) queries++;
      rest = rest.subarray(length);
    }
    return queries;
  };
}
