/**
 * Who asks over HTTP: an API key in the header, or the session of a browser in a cookie. On the unix socket it is whoever owns
 * the data directory. Invariant: no route but the open ones runs for nobody.
 */
import type { ServerResponse } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Kysely } from "kysely";
import type { Tables } from "../../db/tables.ts";
import { HeadgateError } from "../../errors.ts";
import { decide, type Action } from "../../governance/decide.ts";
import { principalOfKey } from "../../identity/api-keys.ts";
import { localPrincipal, type Principal } from "../../identity/principal.ts";
import { longestSession, principalOfSession } from "../../identity/sessions.ts";
import { digestOf } from "../../identity/token.ts";
import { rightsWatch, type Credential } from "./rights-watch.ts";

export interface Authentication {
  /** Throws UNAUTHENTICATED. */
  principal(request: FastifyRequest): Principal;
  /** Throws UNAUTHENTICATED, PASSWORD_MUST_CHANGE, NOT_ALLOWED. */
  check(request: FastifyRequest, action: Action): Principal;
  /** Aborted, with what to tell, when the right with which this is answered ends. */
  follow(request: FastifyRequest, response: ServerResponse): AbortSignal;
}

/** What anybody may ask: whether the process lives, and to be let in. */
const openPaths: ReadonlySet<string> = new Set(["/health", "/sign-in", "/api/sign-in"]);

/** On the unix socket. */
export const localAuthentication: Authentication = {
  ...checksOf(() => localPrincipal),
  follow: () => new AbortController().signal,
};

/** Finds out who asks before anything else of a request is looked at. */
export function addAuthentication(server: FastifyInstance, db: Kysely<Tables>): Authentication {
  const principals = new WeakMap<FastifyRequest, Principal>();
  server.addHook("onRequest", async (request, reply) => {
    const [path = ""] = request.url.split("?");
    if (openPaths.has(path)) return;
    const principal = await findPrincipal(db, request);
    if (principal !== undefined) return void principals.set(request, principal);
    if (path === "/" && request.method === "GET") return reply.redirect("/sign-in");
    throw new HeadgateError("UNAUTHENTICATED");
  });
  const rights = rightsWatch(db);
  return {
    ...checksOf((request) => principals.get(request)),
    follow: (request, response) => rights.follow(credentialOf(request, principals.get(request)), response),
  };
}

function credentialOf(request: FastifyRequest, principal: Principal | undefined): Credential | undefined {
  const [kind, token] = keyOf(request) === undefined ? ["session", sessionToken(request)] : ["key", keyOf(request)];
  if (principal === undefined || token === undefined) return undefined;
  return { kind: kind as Credential["kind"], digest: digestOf(token), role: principal.role };
}

function checksOf(
  find: (request: FastifyRequest) => Principal | undefined,
): Pick<Authentication, "principal" | "check"> {
  const principal = (request: FastifyRequest): Principal => {
    const found = find(request);
    if (found === undefined) throw new HeadgateError("UNAUTHENTICATED");
    return found;
  };
  return {
    principal,
    check(request, action) {
      const who = principal(request);
      const { allowed, because } = decide(who, action);
      if (allowed) return who;
      throw new HeadgateError(who.mustChangePassword ? "PASSWORD_MUST_CHANGE" : "NOT_ALLOWED", { message: because });
    },
  };
}

function findPrincipal(db: Kysely<Tables>, request: FastifyRequest): Promise<Principal | undefined> {
  const { authorization } = request.headers;
  const key = keyOf(request);
  if (authorization !== undefined) return key === undefined ? Promise.resolve(undefined) : principalOfKey(db, key);
  const token = sessionToken(request);
  return token === undefined ? Promise.resolve(undefined) : principalOfSession(db, token);
}

function keyOf({ headers: { authorization } }: FastifyRequest): string | undefined {
  return /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];
}

/** The prefix keeps other hosts of the same domain from setting it (RFC 6265bis, "The __Host- Prefix"); it needs TLS. */
function cookieName(overTls: boolean): string {
  return overTls ? "__Host-headgate_session" : "headgate_session";
}

/** By TLS of our own, or of a proxy that is trusted to say so. */
function isSecure({ protocol }: FastifyRequest): boolean {
  return protocol === "https";
}

export function sessionToken(request: FastifyRequest): string | undefined {
  const prefix = `${cookieName(isSecure(request))}=`;
  const cookies = (request.headers.cookie ?? "").split("; ");
  return cookies.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length);
}

/** Never sent along from another site, never read by a script. An empty token ends the session in the browser. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  const age = token === "" ? 0 : longestSession;
  const secure = isSecure(request);
  const parts = [`${cookieName(secure)}=${token}`, "Path=/", "HttpOnly", "SameSite=Strict", `Max-Age=${age}`];
  reply.header("set-cookie", [...parts, ...(secure ? ["Secure"] : [])].join("; "));
}
