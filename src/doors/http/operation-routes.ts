/**
 * The operations over HTTP: `POST /api/operations/<name>`, answered with one JSON document per line as the work
 * proceeds.
 */
import type { ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import { formatJson } from "../../base/json.ts";
import { presentError } from "../../base/present-error.ts";
import { errorCodes } from "../../errors.ts";
import type { Context } from "../../operations/context.ts";
import type { AnyOperation } from "../../operations/operation.ts";
import { admit, type Admitted } from "../../operations/perform.ts";
import type { Authentication } from "./authentication.ts";
import { lineWriter } from "./line-writer.ts";
import { pathOf } from "./openapi.ts";
import { safeHeaders } from "./safe-headers.ts";
import { untilGone } from "./until-gone.ts";

/** Calls in progress. Once drained, no call begins: later requests are disconnected without an answer. */
export interface OpenCalls {
  readonly open: Set<Promise<void>>;
  isDrained: boolean;
}

interface RouteParts {
  readonly context: Context;
  readonly authentication: Authentication;
  readonly calls: OpenCalls;
  /**
   * True on the unix socket, where the head of an answer is sent at once: a command that receives no head concludes
   * that nothing was begun.
   */
  readonly isSocket: boolean;
}

/**
 * Until then, an error can still have a status of its own. Afterwards it is the last line, and the head is sent so that
 * the caller sees the work proceed.
 */
const headAfterMs = 1_000;

export function addOperation(
  server: FastifyInstance,
  operation: AnyOperation,
  { context, authentication, calls, isSocket }: RouteParts,
): void {
  server.post(pathOf(operation), async (request, reply) => {
    const principal = authentication.principal(request);
    const admitted = await admit(context, { operation, principal, input: request.body });
    reply.hijack();
    if (calls.isDrained || reply.raw.closed) return void request.raw.socket.destroy();
    const answered = answer(admitted, {
      response: reply.raw,
      revoked: authentication.follow(request, reply.raw, admitted.ended),
      patienceMs: isSocket ? 0 : headAfterMs,
    });
    calls.open.add(answered);
    void answered.finally(() => calls.open.delete(answered));
  });
}

interface Answering {
  readonly response: ServerResponse;
  /** Aborted when the right to the answer ends. */
  readonly revoked: AbortSignal;
  /** Time after which the head is sent, if nothing else was sent before. */
  readonly patienceMs: number;
}

/** Resolves when the last line has been sent, or the caller has disconnected. */
async function answer(admitted: Admitted<unknown>, { response, revoked, patienceMs }: Answering): Promise<void> {
  const closed = new Promise<void>((resolve) => response.once("close", resolve));
  const lines = lineWriter(response);
  const begin = (): void => {
    if (!response.headersSent) response.writeHead(200, headOf("application/x-ndjson")).flushHeaders();
  };
  if (patienceMs === 0) begin();
  const timer = setTimeout(begin, patienceMs);
  let sentBytes = 0;
  try {
    const result = await admitted.run({
      report: (event) => {
        begin();
        lines.write(formatJson({ progress: event }));
      },
      emit: (item) => {
        begin();
        const line = formatJson({ item });
        sentBytes += Buffer.byteLength(line) + 1;
        return lines.writeWhenReady(line);
      },
      sentBytes: () => sentBytes,
      signal: untilGone(response, revoked),
    });
    begin();
    lines.write(formatJson({ result }));
  } catch (failure) {
    const error = presentError(revoked.aborted ? revoked.reason : failure);
    if (!response.headersSent) response.writeHead(errorCodes[error.code].status, headOf("application/json"));
    lines.write(formatJson({ error }));
  }
  clearTimeout(timer);
  response.end();
  await closed;
}

function headOf(contentType: string): Readonly<Record<string, string>> {
  return { ...safeHeaders, "content-type": contentType };
}
