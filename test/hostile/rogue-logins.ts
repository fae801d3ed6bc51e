/**
 * Logs in to servers that only want the password, and prints one line of JSON per server: how the login ended, and
 * whether the password was among the bytes sent. Not a test by itself: rogue-logins.world.test.ts runs it where
 * 10.9.9.9 is this machine, so that the address is not a loopback address.
 */
import { generateKeyPairSync, privateDecrypt, type KeyObject } from "node:crypto";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { mysql } from "../../src/connectors/mariadb/mariadb.ts";
import { postgres } from "../../src/connectors/postgres/postgres.ts";
import type { Connector } from "../../src/sync/source.ts";
import { greeting, packet, scramble } from "./mysql-packets.ts";

const password = "hunter2 and the rest";
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const [host = "127.0.0.1"] = process.argv.slice(2);

await logIn("cleartext", { connector: postgres, server: postgresServer });
for (const method of ["caching_sha2_password", "sha256_password", "mysql_clear_password"])
  await logIn(method, { connector: mysql, server: (sent) => mysqlServer(method, sent) });
process.exit();

type Sent = Buffer[];

async function logIn(
  method: string,
  { connector, server }: { connector: Connector; server: (sent: Sent) => Server },
): Promise<void> {
  const sent: Sent = [];
  const listening = server(sent);
  await new Promise<void>((resolve) => listening.listen(0, host, resolve));
  const { port } = listening.address() as AddressInfo;
  const url = new URL(`${connector.schemes[0]}://somebody@${host}:${port}/shop`);
  const ended = await connector.open({ url, password }).then(
    () => "let in",
    (failure: { readonly code?: string }) => failure.code,
  );
  listening.close();
  console.log(JSON.stringify({ method, ended, learned: sent.some(hasPassword) }));
}

function hasPassword(bytes: Buffer): boolean {
  return bytes.includes(password) || decrypted(bytes.subarray(4), privateKey).includes(password);
}

/** A MySQL client encrypts the password after masking it with the server's scramble. */
function decrypted(bytes: Buffer, key: KeyObject): string {
  if (bytes.length !== 256) return "";
  const masked = privateDecrypt({ key, oaepHash: "sha1" }, bytes);
  return Buffer.from(masked.map((byte, index) => byte ^ scramble.charCodeAt(index % scramble.length))).toString();
}

function postgresServer(sent: Sent): Server {
  const sslRequestBytes = 8;
  return recording(sent, (socket, { bytes }) => {
    if (bytes.length === sslRequestBytes) socket.write("N");
    else if (bytes[0] === 0) socket.write(Buffer.from("R\0\0\0\u0008\0\0\0\u0003", "latin1"));
    else socket.end();
  });
}

/** Greets without TLS, switches to the method, asks for the full password, and offers a key of its own. */
function mysqlServer(method: string, sent: Sent): Server {
  const answers = [
    Buffer.from(`\u00fe${method}\0${scramble}\0`, "latin1"),
    ...(method === "caching_sha2_password" ? [Buffer.from([1, 4])] : []),
    Buffer.from(`\u0001${publicKey.export({ type: "spki", format: "pem" })}`, "latin1"),
  ];
  const server = recording(sent, (socket, { bytes, turn }) => {
    const answer = answers[turn];
    if (answer === undefined) socket.end();
    else socket.write(packet(answer, ((bytes[3] as number) + 1) & 0xff));
  });
  return server.on("connection", (socket) => socket.write(packet(greeting(), 0)));
}

type Answer = (socket: Socket, received: { readonly bytes: Buffer; readonly turn: number }) => void;

function recording(sent: Sent, answer: Answer): Server {
  return createServer((socket) => {
    let turn = 0;
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      sent.push(bytes);
      answer(socket, { bytes, turn: turn++ });
    });
  });
}
