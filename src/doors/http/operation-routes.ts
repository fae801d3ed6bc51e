/** The operations over HTTP: `POST /api/operations/<name>`, answered with one JSON document a line as the work goes. */
import type { ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import { formatJson } from "../../base/json.ts";
import { presentError } from "../../base/present-error.ts";
import type { Context } from "../../operations/context.ts";
import type { AnyOperation } from "../../operations/operation.ts";
import { admit, type Admitted } from "../../operations/perform.ts";
import type { Authentication } from "./authentication.ts";
import { lineWriter } from "./line-writer.ts";
import { pathOf } from "./openapi.ts";
import { safeHeaders } from "./safe-headers.ts";
import { untilGone } from "./until-gone.ts";

/** Calls under way. Once drained none begins: who still asks is hung up on before any answer. */
export interface OpenCalls {
  readonly open: Set<Promise<void>>;
  isDrained: boolean;
}

interface RouteParts {
  readonly context: Context;
  readonly authentication: Authentication;
  readonly calls: OpenCalls;
}

/** The head of an answer leaves before the work begins, so that who gets none knows that nothing was begun. */
export function addOperation(
  server: FastifyInstance,
  operation: AnyOperation,
  { context, authentication, calls }: RouteParts,
): void {
  server.post(pathOf(operation), (request, reply) => {
    const principal = authentication.principal(request);
    const admitted = admit(context, { operation, principal, input: request.body });
    reply.hijack();
    if (calls.isDrained) return void request.raw.socket.destroy();
    reply.raw.writeHead(200, { ...safeHeaders, "content-type": "application/x-ndjson" }).flushHeaders();
    const answered = answer(admitted, { response: reply.raw, revoked: authentication.follow(request, reply.raw) });
    calls.open.add(answered);
    void answered.finally(() => calls.open.delete(answered));
  });
}

interface Answering {
  readonly response: ServerResponse;
  /** Aborted when the right to the answer ends. */
  readonly revoked: AbortSignal;
}

/** Resolves when the last line has left, or the asker is gone. */
async function answer(admitted: Admitted<unknown>, { response, revoked }: Answering): Promise<void> {
  const closed = new Promise<void>((resolve) => response.once("close", resolve));
  const lines = lineWriter(response);
  try {
    const result = await admitted.run({
      report: (event) => lines.write(formatJson({ progress: event })),
      emit: (item) => lines.writeWhenReady(formatJson({ item })),
      signal: untilGone(response, revoked),
    });
    lines.write(formatJson({ result }));
  } catch (failure) {
    lines.write(formatJson({ error: presentError(revoked.aborted ? revoked.reason : failure) }));
  }
  response.end();
  await closed;
}
