/**
 * Identifies the caller of an HTTP request: by an API key in the header, or by a browser session in a cookie. On the
 * unix socket the caller is the owner of the data directory. What callers may do is decided in operations/perform.ts.
 * Invariant: only open routes run without a caller.
 */
import type { ServerResponse } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { HeadgateError } from "../../errors.ts";
import { principalOfKey } from "../../identity/api-keys.ts";
import { credentialOf, type Credential } from "../../identity/credential.ts";
import { localPrincipal, type Principal } from "../../identity/principal.ts";
import { rightsWatch } from "../../identity/rights-watch.ts";
import { longestSession, principalOfSession } from "../../identity/sessions.ts";
import type { Context } from "../../operations/context.ts";
import { endWhenStalled } from "./end-when-stalled.ts";
import { endWithRight } from "./end-with-right.ts";

export interface Authentication {
  /** Throws UNAUTHENTICATED. */
  principal(request: FastifyRequest): Principal;
  /**
   * A signal that is aborted, with the reason to send, when the right behind this answer ends. A remote caller who does
   * not read is then disconnected.
   */
  follow(request: FastifyRequest, response: ServerResponse): AbortSignal;
}

/** Open to everybody: the health check, and signing in. */
const openPaths: ReadonlySet<string> = new Set(["/health", "/sign-in", "/api/sign-in"]);

/** For the unix socket. */
export const localAuthentication: Authentication = {
  principal: () => localPrincipal,
  follow: () => new AbortController().signal,
};

/** Identifies the caller before anything else of a request is processed. */
export function addAuthentication(server: FastifyInstance, { db }: Pick<Context, "db">): Authentication {
  const principals = new WeakMap<FastifyRequest, Principal>();
  server.addHook("onRequest", async (request, reply) => {
    const [path = ""] = request.url.split("?");
    if (openPaths.has(path)) return;
    const principal = await findPrincipal(db, request);
    if (principal !== undefined) return void principals.set(request, principal);
    if (path === "/" && request.method === "GET") return reply.redirect("/sign-in");
    throw new HeadgateError("UNAUTHENTICATED");
  });
  const rights = rightsWatch({ db });
  return {
    principal(request) {
      const found = principals.get(request);
      if (found === undefined) throw new HeadgateError("UNAUTHENTICATED");
      return found;
    },
    follow(request, response) {
      endWhenStalled(response);
      return endWithRight(rights, { credential: shownBy(request, principals.get(request)), response });
    },
  };
}

function shownBy(request: FastifyRequest, principal: Principal | undefined): Credential | undefined {
  if (principal === undefined) return undefined;
  const [key, session] = [keyOf(request), sessionToken(request)];
  if (key !== undefined) return credentialOf({ kind: "key", token: key, principal });
  return session === undefined ? undefined : credentialOf({ kind: "session", token: session, principal });
}

function findPrincipal(db: Context["db"], request: FastifyRequest): Promise<Principal | undefined> {
  const { authorization } = request.headers;
  const key = keyOf(request);
  if (authorization !== undefined) return key === undefined ? Promise.resolve(undefined) : principalOfKey(db, key);
  const token = sessionToken(request);
  return token === undefined ? Promise.resolve(undefined) : principalOfSession(db, token);
}

function keyOf({ headers: { authorization } }: FastifyRequest): string | undefined {
  return /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];
}

/**
 * The prefix prevents other hosts of the same domain from setting the cookie (RFC 6265bis, "The __Host- Prefix"); it
 * requires TLS.
 */
function cookieName(overTls: boolean): string {
  return overTls ? "__Host-headgate_session" : "headgate_session";
}

/** Over our own TLS, or according to a trusted proxy. */
function isSecure({ protocol }: FastifyRequest): boolean {
  return protocol === "https";
}

export function sessionToken(request: FastifyRequest): string | undefined {
  const prefix = `${cookieName(isSecure(request))}=`;
  const cookies = (request.headers.cookie ?? "").split("; ");
  return cookies.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length);
}

/** Never sent by another site, never readable by a script. An empty token ends the session in the browser. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  const age = token === "" ? 0 : longestSession;
  const secure = isSecure(request);
  const parts = [`${cookieName(secure)}=${token}`, "Path=/", "HttpOnly", "SameSite=Strict", `Max-Age=${age}`];
  reply.header("set-cookie", [...parts, ...(secure ? ["Secure"] : [])].join("; "));
}
