/**
 * Whether a page of ours sent a request that changes something. A browser adds a person's session by itself, also to what another
 * page of the same site sends, so a session alone proves nothing: our own origin must be named, and the content must be JSON,
 * which no form sends. An API key is never added by a browser, so who sends one is believed.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { HeadgateError } from "../../errors.ts";
import { sessionToken } from "./authentication.ts";

/** Throws ORIGIN_REFUSED, before anything else of a request is looked at. */
export function addOriginCheck(server: FastifyInstance): void {
  server.addHook("onRequest", async (request) => {
    if (["GET", "HEAD"].includes(request.method) || request.headers.authorization !== undefined) return;
    const { origin } = request.headers;
    const isOurs = origin === `${request.protocol}://${request.host}`;
    if (origin !== undefined && !isOurs) throw refused(`it comes from a page of ${origin}`);
    if (sessionToken(request) === undefined) return;
    if (!isOurs) throw refused("it brings a session and does not say which page it comes from (Origin)");
    if (!isJson(request)) throw refused("it brings a session and is not application/json");
  });
}

function isJson({ headers }: FastifyRequest): boolean {
  return /^application\/json\s*(;|$)/i.test(headers["content-type"] ?? "");
}

function refused(message: string): HeadgateError {
  return new HeadgateError("ORIGIN_REFUSED", { message });
}
