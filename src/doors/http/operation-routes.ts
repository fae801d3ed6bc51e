/** The operations over HTTP: `POST /api/operations/<name>`, answered with one JSON document a line as the work goes. */
import type { ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import { formatJson } from "../../base/json.ts";
import { presentError } from "../../base/present-error.ts";
import { withoutRowValues, withRowValues } from "../../base/row-values.ts";
import { decide } from "../../governance/decide.ts";
import type { Context } from "../../operations/context.ts";
import type { Listener, Operation } from "../../operations/operation.ts";
import type { Authentication } from "./authentication.ts";
import { endWhenStalled } from "./end-when-stalled.ts";
import { lineWriter } from "./line-writer.ts";
import { pathOf } from "./openapi.ts";
import { safeHeaders } from "./safe-headers.ts";
import { untilGone } from "./until-gone.ts";
import { parseInput } from "../../operations/parse-input.ts";

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
  operation: Operation<never, unknown>,
  { context, authentication, calls }: RouteParts,
): void {
  server.post(pathOf(operation), (request, reply) => {
    const principal = authentication.check(request, operation.action);
    const input = parseInput(operation.name, operation.input, request.body);
    reply.hijack();
    if (calls.isDrained) return void request.raw.socket.destroy();
    reply.raw.writeHead(200, { ...safeHeaders, "content-type": "application/x-ndjson" }).flushHeaders();
    if (principal.kind !== "local") endWhenStalled(reply.raw);
    const revoked = authentication.follow(request, reply.raw);
    const mayRead = decide(principal, "read").allowed;
    const answered = answer({ response: reply.raw, revoked, mayRead }, (heard) =>
      operation.run(context, input, { ...heard, principal }),
    );
    calls.open.add(answered);
    void answered.finally(() => calls.open.delete(answered));
  });
}

interface Answering {
  readonly response: ServerResponse;
  /** Aborted when the right to the answer ends. */
  readonly revoked: AbortSignal;
  /** Whether values of rows may be in it. */
  readonly mayRead: boolean;
}

/** Resolves when the last line has left, or the asker is gone. */
async function answer(
  { response, revoked, mayRead }: Answering,
  run: (heard: Listener) => Promise<unknown>,
): Promise<void> {
  const closed = new Promise<void>((resolve) => response.once("close", resolve));
  const lines = lineWriter(response);
  const present = mayRead ? withRowValues : withoutRowValues;
  try {
    const result = await run({
      report: (event) => lines.write(formatJson({ progress: event })),
      // Items are rows, which are for those who may read them, or entries of the ledger, which hold no values.
      emit: (item) => lines.writeWhenReady(formatJson({ item: mayRead ? item : withoutRowValues(item) })),
      signal: untilGone(response, revoked),
    });
    lines.write(formatJson({ result: present(result) }));
  } catch (failure) {
    lines.write(formatJson({ error: present(presentError(revoked.aborted ? revoked.reason : failure)) }));
  }
  response.end();
  await closed;
}
