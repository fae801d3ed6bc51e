/**
 * The HTTP door: serves the operations on a unix socket (for commands on this machine) and, under `headgate up`, on a TCP port.
 * It translates and never decides. The socket is guarded by the file system (its directory is the owner's alone); on TCP every
 * call but `/health` needs the token that `headgate up` prints.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { sql } from "kysely";
import { formatJson } from "../../base/json.ts";
import { errorCodes, HeadgateError } from "../../errors.ts";
import type { Context } from "../../operations/context.ts";
import type { Call, Operation } from "../../operations/operation.ts";
import { presentError, toHeadgateError } from "../../base/present-error.ts";
import type { Metrics } from "./metrics.ts";
import { apiPage, openApiDocument, pathOf } from "./openapi.ts";
import { lineWriter } from "./line-writer.ts";
import { page } from "./page.ts";

export interface HttpDoor extends AsyncDisposable {
  listen(at: { host: string; port: number }): Promise<string>;
  /** Serves a connection that was accepted elsewhere. */
  serve(connection: Socket): Promise<void>;
  /** Resolves when every call has been answered. None begins after: who still asks is hung up on before any answer. */
  drain(): Promise<void>;
}

export interface DoorOptions {
  readonly context: Context;
  readonly operations: readonly Operation<never, unknown>[];
  /** Required from every caller when given; a door on a unix socket has none. */
  readonly token?: string | undefined;
  /** Of Headgate, for the API's description. */
  readonly version?: string | undefined;
}

const bodyLimitBytes = 1024 * 1024;

export function openHttpDoor({ context, operations, token, version = "" }: DoorOptions): HttpDoor {
  const server = fastify({ bodyLimit: bodyLimitBytes, forceCloseConnections: true });
  const calls: OpenCalls = { open: new Set(), isDrained: false };
  const served = new Set<Socket>();
  let isClosed = false;
  if (token !== undefined) server.addHook("onRequest", requireToken(token));
  server.setErrorHandler((failure, _request, reply) => sendError(reply, failure));
  server.get("/health", () => ({ status: "ok" }));
  server.get("/ready", async () => {
    await sql`select 1`.execute(context.db);
    return { status: "ready" };
  });
  server.get("/", (_request, reply) => reply.type("text/html; charset=utf-8").send(page));
  addDescriptions(server, { context, operations, version });
  for (const operation of operations) addRoute(server, { context, operation, calls });
  return {
    listen: (at) => listen(server, at),
    async serve(connection) {
      served.add(connection.once("close", () => served.delete(connection)));
      if (isClosed) return void connection.destroy();
      await server.ready();
      server.server.emit("connection", connection);
    },
    drain: async () => {
      while (calls.open.size > 0) await Promise.all(calls.open);
      calls.isDrained = true;
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      for (const connection of served) connection.destroy();
      await server.close();
    },
  };
}

/** What the API is, for programs and for people, and how it goes. */
function addDescriptions(
  server: FastifyInstance,
  { context, operations, version }: Omit<DoorOptions, "token" | "version"> & { readonly version: string },
): void {
  server.get("/api/openapi.json", () => openApiDocument(operations, version));
  server.get("/api/docs", (_request, reply) => reply.type("text/html; charset=utf-8").send(apiPage(operations)));
  let opening: Promise<Metrics> | undefined;
  server.get("/metrics", async (_request, reply) => {
    // Most doors are never asked.
    opening ??= import("./metrics.ts").then(({ openMetrics }) => openMetrics(context));
    const metrics = await opening;
    return reply.type(metrics.contentType).send(await metrics.text());
  });
}

interface OpenCalls {
  readonly open: Set<Promise<void>>;
  isDrained: boolean;
}

interface RouteParts {
  readonly context: Context;
  readonly operation: Operation<never, unknown>;
  readonly calls: OpenCalls;
}

/**
 * `POST /api/operations/<name>` answers with one JSON document a line: progress, items, then the result or the error. The head
 * of the answer leaves before the work begins, so that who gets none knows that nothing was begun.
 */
function addRoute(server: FastifyInstance, { context, operation, calls }: RouteParts): void {
  server.post(pathOf(operation), (request, reply) => {
    const input = parseInput(operation, request.body);
    reply.hijack();
    if (calls.isDrained) return void request.raw.socket.destroy();
    reply.raw.writeHead(200, { "content-type": "application/x-ndjson" }).flushHeaders();
    const answered = answer(reply.raw, (call) => operation.run(context, input, call));
    calls.open.add(answered);
    void answered.finally(() => calls.open.delete(answered));
  });
}

/** Resolves when the last line has left, or the asker is gone. */
async function answer(response: ServerResponse, run: (call: Call) => Promise<unknown>): Promise<void> {
  const gone = new AbortController();
  const closed = new Promise<void>((resolve) => response.once("close", resolve));
  void closed.then(() => gone.abort(new HeadgateError("CANCELLED")));
  const lines = lineWriter(response);
  try {
    const result = await run({
      report: (event) => lines.write(formatJson({ progress: event })),
      emit: (item) => lines.writeWhenReady(formatJson({ item })),
      signal: gone.signal,
    });
    lines.write(formatJson({ result }));
  } catch (failure) {
    lines.write(formatJson({ error: presentError(failure) }));
  }
  response.end();
  await closed;
}

function parseInput(operation: Operation<never, unknown>, body: unknown): never {
  const parsed = operation.input.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new HeadgateError("USAGE", {
    place: [operation.name, ...(issue?.path ?? [])].join("."),
    message: issue?.message,
  });
}

function requireToken(token: string): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  const expected = digest(token);
  return async (request, reply) => {
    if (request.url === "/health") return;
    const { token: inQuery } = request.query as { token?: string };
    const given = request.headers.authorization?.replace(/^Bearer /, "") ?? inQuery ?? "";
    if (timingSafeEqual(digest(given), expected)) return;
    await reply.code(401).send({
      error: {
        code: "UNAUTHENTICATED",
        message: "the token is missing or wrong",
        remedy: "use the address `headgate up` printed",
      },
    });
  };
}

async function sendError(reply: FastifyReply, failure: unknown): Promise<void> {
  const status = (failure as { statusCode?: number }).statusCode;
  const known =
    status !== undefined && status < 500
      ? new HeadgateError("USAGE", { message: (failure as Error).message, cause: failure })
      : toHeadgateError(failure);
  await reply
    .code(status ?? errorCodes[known.code].status)
    .type("application/json")
    .send(formatJson({ error: presentError(known) }));
}

async function listen(server: FastifyInstance, at: { host: string; port: number }): Promise<string> {
  try {
    return await server.listen(at);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") throw new HeadgateError("PORT_IN_USE", { place: `${at.host}:${at.port}`, cause });
    if (code === "EACCES" || code === "EADDRNOTAVAIL")
      throw new HeadgateError("SETTING_INVALID", {
        place: `${at.host}:${at.port}`,
        message: "this address cannot be listened on",
        cause,
      });
    throw cause;
  }
}
