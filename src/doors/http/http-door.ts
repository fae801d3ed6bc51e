/**
 * The HTTP door: serves the operations on a unix socket (for commands on this machine) and, under `headgate up`, on a
 * TCP port. It translates and never decides. The socket is protected by the file system (only the owner can access its
 * directory); on TCP every call except `/health` and signing in needs a session or an API key, and the number of calls
 * per minute is limited.
 */
import { codeOf, messageOf } from "../../base/thrown.ts";
import type { Socket } from "node:net";
import rateLimit from "@fastify/rate-limit";
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { formatJson } from "../../base/json.ts";
import { presentError, toHeadgateError } from "../../base/present-error.ts";
import { silent } from "../../base/progress.ts";
import { withoutRowValues } from "../../base/row-values.ts";
import { errorCodes, HeadgateError } from "../../errors.ts";
import { visible } from "../../governance/resource.ts";
import type { Context } from "../../operations/context.ts";
import { figures, ready } from "../../operations/figures.ts";
import type { AnyOperation, Listener } from "../../operations/operation.ts";
import { perform, permit } from "../../operations/perform.ts";
import { addScim } from "../scim/scim-door.ts";
import { addAuthentication, addLocalAuthentication, type Authentication } from "./authentication.ts";
import { addAuthenticatorRoutes } from "./authenticator-routes.ts";
import { addEvents } from "./events.ts";
import { addConsole } from "./console-files.ts";
import { addDecisionPages } from "./decision-routes.ts";
import type { Metrics } from "./metrics.ts";
import { apiPage, openApiDocument } from "./openapi.ts";
import { addOperation, type OpenCalls } from "./operation-routes.ts";
import { addOriginCheck } from "./request-origin.ts";
import { addSafeHeaders } from "./safe-headers.ts";
import { sendPage } from "./send-page.ts";
import { addProviderSignIn } from "./provider-sign-in.ts";
import { addSignIn, type SignInParts } from "./sign-in.ts";

export interface HttpDoor extends AsyncDisposable {
  listen(at: { host: string; port: number }): Promise<string>;
  /** Serves a connection that was accepted elsewhere. */
  serve(connection: Socket): Promise<void>;
  /**
   * Resolves when every call has been answered. No call begins afterwards: later requests are disconnected without an
   * answer.
   */
  drain(): Promise<void>;
}

export interface DoorOptions {
  readonly context: Context;
  readonly operations: readonly AnyOperation[];
  /** Headgate's version, for the API's description. */
  readonly version?: string | undefined;
  /** Given when others than the owner of the data directory can connect. */
  readonly guard?: DoorGuard | undefined;
}

export interface DoorGuard {
  /** Limit per address. */
  readonly requestsPerMinute: number;
  /** PEM; undefined for plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  /** Logs to stderr, one JSON document per request. */
  readonly logsRequests: boolean;
  /** Whether a proxy in front reports the scheme, host and address of a request (`X-Forwarded-…`). */
  readonly trustsProxy: boolean;
}

const bodyLimitBytes = 1024 * 1024;

/** The query string is left out, because it may contain what somebody searched for, and so are the tokens of mails. */
const requestLog = {
  level: "info",
  stream: process.stderr,
  serializers: {
    req: ({ method, url, ip }: FastifyRequest) => ({ method, path: loggedPath(url), remoteAddress: ip }),
  },
};

function loggedPath(url: string): string | undefined {
  return url.split("?")[0]?.replace(/^(\/+decide\/+)[^/]+/i, "$1…");
}

/** Limit per address, whichever user names are tried. */
const signInsPerMinute = 20;

export function openHttpDoor(options: DoorOptions): HttpDoor {
  const { guard } = options;
  const calls: OpenCalls = { open: new Set(), isDrained: false };
  const server = fastify({
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: true,
    logger: guard?.logsRequests === true ? requestLog : false,
    trustProxy: guard?.trustsProxy === true,
    ...(guard?.tls === undefined ? {} : { https: guard.tls }),
  }) as unknown as FastifyInstance;
  // A page of another site can send plain text without the browser asking first, so it is not accepted.
  server.removeContentTypeParser("text/plain");
  server.addHook("onSend", async (_request, reply) => addSafeHeaders(reply));
  server.setErrorHandler((failure, _request, reply) => sendError(reply, failure));
  if (guard === undefined)
    addRoutes(server, { ...options, calls, authentication: addLocalAuthentication(server, options.context) });
  else {
    server.register(rateLimit, { global: false });
    server.after(() => addGuardedRoutes(server, { ...options, guard, calls }));
  }
  return doorOf(server, calls);
}

type RouteParts = DoorOptions & { readonly calls: OpenCalls };

function addGuardedRoutes(server: FastifyInstance, parts: RouteParts & { readonly guard: DoorGuard }): void {
  const { context, guard } = parts;
  const limitOf = (max: number) => ({ max, timeWindow: "1 minute", errorResponseBuilder: () => tooMany(max) });
  server.addHook("onRequest", server.rateLimit(limitOf(guard.requestsPerMinute)));
  addOriginCheck(server);
  const authentication = addAuthentication(server, context);
  server.setNotFoundHandler((request) => {
    throw new HeadgateError("PATH_NOT_FOUND", { place: `${request.method} ${request.url.split("?")[0]}` });
  });
  const limiter = server.createRateLimit({ max: signInsPerMinute, timeWindow: "1 minute" });
  const failures = server.createRateLimit({ max: signInsPerMinute, timeWindow: "1 minute" });
  const signingIn: SignInParts = {
    context,
    authentication,
    async isFew(request) {
      const counted = await failures(request);
      return counted.isAllowed || !counted.isExceeded;
    },
    async limit(request, reply) {
      const counted = await limiter(request);
      if (counted.isAllowed || !counted.isExceeded) return;
      reply.header("retry-after", counted.ttlInSeconds);
      throw tooMany(signInsPerMinute);
    },
  };
  addSignIn(server, signingIn);
  addProviderSignIn(server, signingIn);
  addAuthenticatorRoutes(server, signingIn);
  addScim(server, { context, authentication });
  addDecisionPages(server, { context, authentication });
  addRoutes(server, { ...parts, authentication });
}

const nobody: Listener = { report: silent, emit: async () => {}, signal: new AbortController().signal };

function tooMany(max: number): HeadgateError {
  return new HeadgateError("TOO_MANY_REQUESTS", {
    message: `this address has sent more than ${max} requests within a minute`,
  });
}

function addRoutes(server: FastifyInstance, parts: RouteParts & { readonly authentication: Authentication }): void {
  const { context, operations, authentication, calls, guard, version = "" } = parts;
  const loadMetrics = onDemandMetrics();
  const askedBy = (request: FastifyRequest) => ({ principal: authentication.principal(request), listener: nobody });
  const forCallers = {
    preHandler: async (request: FastifyRequest): Promise<void> => {
      const asked = { operation: request.routeOptions.url ?? "", action: "watch", resources: [visible] } as const;
      await permit(context, { ...asked, principal: authentication.principal(request) });
    },
  };
  server.get("/health", () => ({ status: "ok" }));
  server.get("/ready", (request) => perform(context, { operation: ready, input: {}, ...askedBy(request) }));
  server.get("/api/openapi.json", forCallers, () => openApiDocument(operations, version));
  server.get("/api/docs", forCallers, (_request, reply) => sendPage(reply, apiPage(operations)));
  server.get("/metrics", async (request, reply) => {
    const found = await perform(context, { operation: figures, input: {}, ...askedBy(request) });
    const metrics = await loadMetrics();
    return reply.type(metrics.contentType).send(await metrics.text(found));
  });
  addEvents(server, { context, authentication });
  addConsole(server);
  for (const operation of operations)
    addOperation(server, operation, { context, authentication, calls, isSocket: guard === undefined });
}

/** Most doors are never asked for metrics, so the library is loaded on the first request. */
function onDemandMetrics(): () => Promise<Metrics> {
  let opening: Promise<Metrics> | undefined;
  return () => (opening ??= import("./metrics.ts").then(({ openMetrics }) => openMetrics()));
}

function doorOf(server: FastifyInstance, calls: OpenCalls): HttpDoor {
  const served = new Set<Socket>();
  let isClosed = false;
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

async function sendError(reply: FastifyReply, failure: unknown): Promise<void> {
  const status = (failure as { statusCode?: number }).statusCode;
  const known =
    status !== undefined && status < 500
      ? new HeadgateError("USAGE", { ...refusalText(status, failure), cause: failure })
      : toHeadgateError(failure);
  await reply
    .code(status ?? errorCodes[known.code].status)
    .type("application/json")
    .send(`${formatJson({ error: withoutRowValues(presentError(known)) })}\n`);
}

function refusalText(status: number, failure: unknown): { message: string; remedy?: string } {
  if (status !== 415) return { message: messageOf(failure) };
  return {
    message: "the body of the request is not marked as JSON",
    remedy: "send it as JSON, with the header `content-type: application/json`",
  };
}

async function listen(server: FastifyInstance, at: { host: string; port: number }): Promise<string> {
  try {
    return await server.listen(at);
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "EADDRINUSE") throw new HeadgateError("PORT_IN_USE", { place: `${at.host}:${at.port}`, cause });
    if (code === "EACCES" || code === "EADDRNOTAVAIL")
      throw new HeadgateError("SETTING_INVALID", {
        place: `${at.host}:${at.port}`,
        message: "Headgate cannot listen on this address",
        cause,
      });
    throw cause;
  }
}
