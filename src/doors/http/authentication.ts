/**
 * Identifies the caller of an HTTP request: by an API key in a header, or by a browser session in a cookie. On the
 * unix socket the caller is the owner of the data directory. What callers may do is decided in operations/perform.ts.
 * Invariant: only open routes run without a caller.
 */
import type { ServerResponse } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { HeadgateError } from "../../errors.ts";
import { assume, ownerIn } from "../../identity/acting.ts";
import { principalOfKey } from "../../identity/api-keys.ts";
import { credentialOf, type Credential } from "../../identity/credential.ts";
import { localPrincipal, type Principal } from "../../identity/principal.ts";
import { rightsWatch } from "../../identity/rights-watch.ts";
import { longestSession, principalOfSession } from "../../identity/sessions.ts";
import type { Context } from "../../operations/context.ts";
import { cookieOf, setCookie } from "./cookies.ts";
import { endWhenStalled } from "./end-when-stalled.ts";
import { endWithRight } from "./end-with-right.ts";

export interface Authentication {
  /** Throws UNAUTHENTICATED. */
  principal(request: FastifyRequest): Principal;
  /**
   * A signal that is aborted, with the reason to send, when the right behind this answer ends: the credential, or
   * `ended`. A remote caller who does not read is then disconnected.
   */
  follow(request: FastifyRequest, response: ServerResponse, ended: AbortSignal): AbortSignal;
}

/**
 * Open to everybody beside the console: the health check, signing in, what an identity provider sends by itself, and the
 * place where links of mails begin.
 */
const openPaths: ReadonlySet<string> = new Set(["/health", "/sign-in/providers", "/api/sign-in"]);
const openDoorsteps = /^\/decide\/[A-Za-z0-9_-]+$/;
const openProviderPaths = /^\/(sign-in\/(with|return)|api\/back-channel-logout)\/[a-z0-9._-]+$/;

/** For the unix socket: the owner of the data directory, acting in the account that a header names. */
export function addLocalAuthentication(server: FastifyInstance, { db }: Pick<Context, "db">): Authentication {
  const principals = new WeakMap<FastifyRequest, Principal>();
  server.addHook("onRequest", async (request) => {
    const account = request.headers[accountHeader];
    if (account !== undefined) principals.set(request, await ownerIn(db, decodeURIComponent(String(account))));
  });
  return {
    principal: (request) => principals.get(request) ?? localPrincipal,
    follow: (_request, _response, ended) => ended,
  };
}

/** Identifies the caller before anything else of a request is processed. */
export function addAuthentication(server: FastifyInstance, { db }: Pick<Context, "db">): Authentication {
  const principals = new WeakMap<FastifyRequest, Principal>();
  server.addHook("onRequest", async (request, reply) => {
    const [path = ""] = request.url.split("?");
    if (request.routeOptions.config.isOpen === true || openPaths.has(path)) return;
    if (openProviderPaths.test(path) || openDoorsteps.test(path)) return;
    const principal = await findPrincipal(db, request);
    if (principal !== undefined) return void principals.set(request, principal);
    if (path.startsWith("/decide/") && request.method === "GET") return reply.redirect("/sign-in");
    throw new HeadgateError("UNAUTHENTICATED");
  });
  const rights = rightsWatch({ db });
  return {
    principal(request) {
      const found = principals.get(request);
      if (found === undefined) throw new HeadgateError("UNAUTHENTICATED");
      return found;
    },
    follow(request, response, ended) {
      endWhenStalled(response);
      return endWithRight(rights, { credential: shownBy(request, principals.get(request)), response, ended });
    },
  };
}

function shownBy(request: FastifyRequest, principal: Principal | undefined): Credential | undefined {
  if (principal === undefined) return undefined;
  const [key, session] = [keyOf(request), sessionToken(request)];
  if (key !== undefined) return credentialOf({ kind: "key", token: key, principal });
  return session === undefined ? undefined : credentialOf({ kind: "session", token: session, principal });
}

async function findPrincipal(db: Context["db"], request: FastifyRequest): Promise<Principal | undefined> {
  const { authorization, [roleHeader]: role } = request.headers;
  if (authorization !== undefined) {
    const key = keyOf(request);
    const principal = key === undefined ? undefined : await principalOfKey(db, key);
    return principal === undefined || role === undefined ? principal : actingAs(db, principal, String(role));
  }
  if (role !== undefined)
    throw new HeadgateError("NOT_ALLOWED", {
      place: roleHeader,
      message: "only a request with an API key assumes a role with this header",
      remedy: "in a session, assume the role with POST /api/act",
    });
  const token = sessionToken(request);
  return token === undefined ? undefined : principalOfSession(db, token);
}

/** Names the account in which the owner of the data directory acts. */
const accountHeader = "headgate-account";

/** Names the role as which a request with an API key is made. */
const roleHeader = "headgate-role";

/** Throws NOT_ALLOWED, also if there is no such role. */
async function actingAs(db: Context["db"], principal: Principal, role: string): Promise<Principal> {
  try {
    return await assume(db, principal, role);
  } catch (failure) {
    if (!(failure instanceof HeadgateError && failure.code === "ROLE_NOT_FOUND")) throw failure;
    throw new HeadgateError("NOT_ALLOWED", {
      place: roleHeader,
      message: `there is no role ${role} that ${principal.name} may assume`,
      remedy: "ask an administrator to add the key: `headgate role member add <role> key:<name>`",
    });
  }
}

function keyOf({ headers: { authorization } }: FastifyRequest): string | undefined {
  return /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];
}

export function sessionToken(request: FastifyRequest): string | undefined {
  return cookieOf(request, "session");
}

/** Never sent by another site. An empty token ends the session in the browser. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  setCookie(request, reply, { name: "session", value: token, seconds: longestSession, sameSite: "Strict" });
}
