/**
 * Progress of runs as server-sent events (WHATWG HTML, "Server-sent events"): `GET /api/events`, `GET
 * /api/runs/<run>/events`.
 */
import type { ServerResponse } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { formatJson } from "../../base/json.ts";
import { presentError } from "../../base/present-error.ts";
import { silent } from "../../base/progress.ts";
import type { Context } from "../../operations/context.ts";
import { admit, type Admitted } from "../../operations/perform.ts";
import { runWatch } from "../../operations/watch-runs.ts";
import type { Authentication } from "./authentication.ts";
import { lineWriter } from "./line-writer.ts";
import { safeHeaders } from "./safe-headers.ts";
import { untilGone } from "./until-gone.ts";

/** Keeps proxies from closing a silent connection. */
const heartbeatMs = 15_000;

export function addEvents(
  server: FastifyInstance,
  { context, authentication }: { context: Context; authentication: Authentication },
): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply, run?: string): Promise<void> => {
    const principal = authentication.principal(request);
    const watching = await admit(context, { operation: runWatch, principal, input: { run } });
    reply.hijack();
    if (reply.raw.closed) return;
    void stream(reply.raw, { watching, revoked: authentication.follow(request, reply.raw, watching.ended) });
  };
  server.get("/api/events", (request, reply) => answer(request, reply));
  server.get("/api/runs/:run/events", (request: FastifyRequest<{ Params: { run: string } }>, reply) =>
    answer(request, reply, request.params.run),
  );
}

interface Streaming {
  readonly watching: Admitted<unknown>;
  /** Aborted when the right to the events ends. */
  readonly revoked: AbortSignal;
}

async function stream(response: ServerResponse, { watching, revoked }: Streaming): Promise<void> {
  const signal = untilGone(response, revoked);
  response.writeHead(200, { ...safeHeaders, "content-type": "text/event-stream" }).flushHeaders();
  const lines = lineWriter(response);
  const heartbeat = setInterval(() => lines.write(": still here\n"), heartbeatMs);
  const send = (event: string, data: unknown): Promise<void> =>
    lines.writeWhenReady(`event: ${event}\ndata: ${formatJson(data)}\n`);
  try {
    const emit = (item: unknown): Promise<void> => send("run", item);
    await watching.run({ report: silent, emit, signal });
    await send("end", {});
  } catch (failure) {
    if (revoked.aborted) await send("failed", presentError(revoked.reason));
    else if (!signal.aborted) await send("failed", presentError(failure));
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}
