/**
 * Checks that a request which changes something was sent by one of our own pages. A browser adds a person's session
 * automatically, even to requests from other pages of the same site, so a session alone proves nothing: the request
 * must name our own origin, and its content must be JSON, which no form can send, except where we have a form ourselves. A browser never adds an API key, so
 * requests with a key are exempt.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { HeadgateError } from "../../errors.ts";
import { sessionToken } from "./authentication.ts";

/** Throws ORIGIN_REFUSED before anything else of a request is processed. */
export function addOriginCheck(server: FastifyInstance): void {
  server.addHook("onRequest", async (request) => {
    if (["GET", "HEAD"].includes(request.method) || request.headers.authorization !== undefined) return;
    const { origin } = request.headers;
    const isOurs = origin === `${request.protocol}://${request.host}`;
    if (origin !== undefined && !isOurs) throw refused(`the request comes from a page of ${origin}`);
    if (sessionToken(request) === undefined) return;
    if (!isOurs) throw refused("the request uses a session but has no Origin header to say which page sent it");
    // The pages behind the links of mails have a form, which is ours: a page of another origin was refused above.
    if (!isJson(request) && !formPaths.test(request.url))
      throw refused("the request uses a session, but its body is not application/json");
  });
}

const formPaths = /^\/decide\/[A-Za-z0-9_-]+\/request$/;

function isJson({ headers }: FastifyRequest): boolean {
  return /^application\/json\s*(;|$)/i.test(headers["content-type"] ?? "");
}

function refused(message: string): HeadgateError {
  return new HeadgateError("ORIGIN_REFUSED", { message });
}
