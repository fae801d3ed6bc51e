/** Tests what commands rely on when the process that serves them ends: complete answers, and no call left half done. */
import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { openHttpDoor, type HttpDoor } from "../doors/http/http-door.ts";
import { emptyPolicy } from "../governance/policy.ts";
import type { Context } from "../operations/context.ts";
import { operation, type Operation } from "../operations/operation.ts";
import { callRemote, NothingBegun } from "./remote-call.ts";

const lineCount = 20_000;
let begun = 0;
let release = Promise.withResolvers<void>();

const report = operation({
  name: "report",
  summary: "many lines, once released",
  action: "watch",
  input: z.object({}),
  output: z.strictObject({ done: z.boolean() }),
  item: z.strictObject({ line: z.int(), text: z.string() }),
  errors: [],
  async run(_context: Context, _input, call) {
    begun++;
    await release.promise;
    for (let line = 0; line < lineCount; line++) await call.emit({ line, text: "x".repeat(100) });
    return { done: true };
  },
});

/** All that admitting a call of the owner needs. */
const everywhere = { actingIn: () => everywhere };
const context = {
  policies: { current: async () => emptyPolicy },
  catalog: everywhere,
  sources: everywhere,
} as unknown as Context;

let directory: string;
let socket: string;
let server: Server;
let door: HttpDoor;

beforeEach(async () => {
  begun = 0;
  release = Promise.withResolvers();
  directory = await mkdtemp(join(tmpdir(), "headgate-door-"));
  socket = join(directory, "door.sock");
  door = openHttpDoor({ context, operations: [report as unknown as Operation<never, unknown>] });
  server = createServer((connection) => void door.serve(connection)).listen(socket);
  await once(server, "listening");
});

afterEach(async () => {
  server.close();
  await door[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

function ask(signal = new AbortController().signal): Promise<{ lines: number; result: unknown }> {
  let lines = 0;
  const emit = async (): Promise<void> => void lines++;
  const call = { report: () => {}, emit, signal };
  return callRemote({ socket, operation: report, input: {}, call }).then((result) => ({ lines, result }));
}

async function untilBegun(count: number): Promise<void> {
  await expect.poll(() => begun).toBe(count);
}

test("a process that ends answers those it took on, to the last line", async () => {
  const answers = [ask(), ask(), ask()];
  await untilBegun(3);
  const closing = door.drain().then(() => door[Symbol.asyncDispose]());
  release.resolve();
  const whole = { lines: lineCount, result: { done: true } };
  expect(await Promise.all(answers)).toEqual([whole, whole, whole]);
  await closing;
});

test("whoever asks after that is told that nothing was begun", async () => {
  await door.drain();
  await expect(ask()).rejects.toBeInstanceOf(NothingBegun);
  server.close();
  await expect(ask()).rejects.toBeInstanceOf(NothingBegun);
  expect(begun).toBe(0);
});

test("so is whoever was connected and had not asked", async () => {
  const connection = connect(socket).resume();
  await once(connection, "connect");
  const hungUp = new Promise((resolve) => connection.on("error", () => {}).once("close", resolve));
  await door.drain();
  await door[Symbol.asyncDispose]();
  await hungUp;
});

test("who goes away does not keep the process", async () => {
  const leaving = new AbortController();
  const answer = ask(leaving.signal);
  await untilBegun(1);
  leaving.abort();
  await expect(answer).rejects.toThrow("aborted");
  release.resolve();
  await door.drain();
});
