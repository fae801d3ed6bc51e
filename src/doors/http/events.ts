/** Runs as they go, as server-sent events (WHATWG HTML, "Server-sent events"): `GET /api/events`, `GET /api/runs/<run>/events`. */
import type { ServerResponse } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { formatJson } from "../../base/json.ts";
import { presentError } from "../../base/present-error.ts";
import { withoutRowValues } from "../../base/row-values.ts";
import { silent } from "../../base/progress.ts";
import type { Principal } from "../../identity/principal.ts";
import type { Context } from "../../operations/context.ts";
import { runWatch } from "../../operations/watch-runs.ts";
import type { Authentication } from "./authentication.ts";
import { endWhenStalled } from "./end-when-stalled.ts";
import { lineWriter } from "./line-writer.ts";
import { safeHeaders } from "./safe-headers.ts";
import { untilGone } from "./until-gone.ts";

/** So that what stands between does not take silence for the end. */
const heartbeatMs = 15_000;

export function addEvents(
  server: FastifyInstance,
  { context, authentication }: { context: Context; authentication: Authentication },
): void {
  server.get("/api/events", (request, reply) => {
    const principal = authentication.check(request, runWatch.action);
    reply.hijack();
    const revoked = authentication.follow(request, reply.raw);
    void stream(reply.raw, { context, principal, revoked, run: undefined });
  });
  server.get("/api/runs/:run/events", (request: FastifyRequest<{ Params: { run: string } }>, reply) => {
    const principal = authentication.check(request, runWatch.action);
    reply.hijack();
    const revoked = authentication.follow(request, reply.raw);
    void stream(reply.raw, { context, principal, revoked, run: request.params.run });
  });
}

interface Streaming {
  readonly context: Context;
  readonly principal: Principal;
  /** Aborted when the right to the events ends. */
  readonly revoked: AbortSignal;
  readonly run: string | undefined;
}

async function stream(response: ServerResponse, { context, principal, revoked, run }: Streaming): Promise<void> {
  const signal = untilGone(response, revoked);
  response.writeHead(200, { ...safeHeaders, "content-type": "text/event-stream" }).flushHeaders();
  endWhenStalled(response);
  const lines = lineWriter(response);
  const heartbeat = setInterval(() => lines.write(": still here\n"), heartbeatMs);
  const send = (event: string, data: unknown): Promise<void> =>
    lines.writeWhenReady(`event: ${event}\ndata: ${formatJson(data)}\n`);
  try {
    const emit = (item: unknown): Promise<void> => send("run", item);
    await runWatch.run(context, { run }, { principal, report: silent, emit, signal });
    await send("end", {});
  } catch (failure) {
    if (revoked.aborted) await send("failed", withoutRowValues(presentError(revoked.reason)));
    else if (!signal.aborted) await send("failed", withoutRowValues(presentError(failure)));
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}
