/**
 * The HTTP door: serves the operations on a unix socket (for commands on this machine) and, under `headgate up`, on a TCP port.
 * It translates and never decides. The socket is guarded by the file system (its directory is the owner's alone); on TCP every
 * call but `/health` needs the token that `headgate up` prints.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { formatJson } from "../../base/json.ts";
import { errorCodes, HeadgateError } from "../../errors.ts";
import type { Context } from "../../operations/context.ts";
import type { Operation } from "../../operations/operation.ts";
import { presentError, toHeadgateError } from "../../base/present-error.ts";
import { lineStream } from "./line-stream.ts";
import { page } from "./page.ts";

export interface HttpDoor extends AsyncDisposable {
  listen(at: { socket: string } | { host: string; port: number }): Promise<string>;
  /** Resolves when no call is under way. */
  idle(): Promise<void>;
}

export interface DoorOptions {
  readonly context: Context;
  readonly operations: readonly Operation<never, unknown>[];
  /** Required from every caller when given; a door on a unix socket has none. */
  readonly token?: string | undefined;
}

const bodyLimitBytes = 1024 * 1024;

export function openHttpDoor({ context, operations, token }: DoorOptions): HttpDoor {
  const server = fastify({ bodyLimit: bodyLimitBytes, forceCloseConnections: true });
  const calls = new Set<Promise<void>>();
  if (token !== undefined) server.addHook("onRequest", requireToken(token));
  server.setErrorHandler((failure, _request, reply) => sendError(reply, failure));
  server.get("/health", () => ({ status: "ok" }));
  server.get("/", (_request, reply) => reply.type("text/html; charset=utf-8").send(page));
  for (const operation of operations) addRoute(server, { context, operation, calls });
  return {
    listen: (at) => listen(server, at),
    idle: async () => {
      while (calls.size > 0) await Promise.all(calls);
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

interface RouteParts {
  readonly context: Context;
  readonly operation: Operation<never, unknown>;
  readonly calls: Set<Promise<void>>;
}

/** `POST /api/operations/<name>` answers with one JSON document a line: progress, items, then the result or the error. */
function addRoute(server: FastifyInstance, { context, operation, calls }: RouteParts): void {
  server.post(`/api/operations/${operation.name}`, (request, reply) => {
    const input = parseInput(operation, request.body);
    const lines = lineStream();
    void reply.type("application/x-ndjson").send(lines.readable);
    const gone = new AbortController();
    reply.raw.on("close", () => gone.abort(new HeadgateError("CANCELLED")));
    const call = operation
      .run(context, input, {
        report: (event) => lines.write(formatJson({ progress: event })),
        emit: (item) => lines.writeWhenReady(formatJson({ item })),
        signal: gone.signal,
      })
      .then((result) => lines.write(formatJson({ result })))
      .catch((failure: unknown) => lines.write(formatJson({ error: presentError(failure) })))
      .finally(() => {
        lines.end();
        calls.delete(call);
      });
    calls.add(call);
    return reply;
  });
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

async function listen(
  server: FastifyInstance,
  at: { socket: string } | { host: string; port: number },
): Promise<string> {
  if ("socket" in at) return server.listen({ path: at.socket });
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
