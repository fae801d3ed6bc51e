import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { endWhenStalled } from "./end-when-stalled.ts";

let close = async (): Promise<void> => {};
afterEach(() => close());

/** A client that has sent a request and does not read yet. */
async function asked(answer: (response: ServerResponse) => void): Promise<Socket> {
  const server = createServer((_request, response) => answer(response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1").pause();
  client.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
  client.on("error", () => {});
  close = async () => {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return client;
}

test("a reader that takes nothing of what waits is hung up on", async () => {
  const ended = Promise.withResolvers<boolean>();
  await asked((response) => {
    endWhenStalled(response, 100);
    response.once("close", () => ended.resolve(response.writableFinished));
    response.write("x".repeat(50_000_000));
  });
  expect(await ended.promise).toBe(false);
});

test("one that reads slowly, or for whom nothing waits, is not", async () => {
  const client = await asked((response) => {
    endWhenStalled(response, 200);
    setTimeout(() => response.end("y".repeat(4_000_000)), 700);
  });
  let bytes = 0;
  client.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    client.pause();
    setTimeout(() => client.resume(), 5);
  });
  client.resume();
  await expect.poll(() => bytes, { timeout: 30_000 }).toBeGreaterThan(4_000_000);
}, 60_000);
